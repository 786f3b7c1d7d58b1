"""The register of things others point to: one description per kind, given by the noun that owns it.

Search, notices, files and standards read only this register, so they stay below the nouns. Architecture decision 5.2."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.memory import Family


@dataclass(frozen=True)
class ThingCard:
    """What can be shown of any thing: number, title, owner, state, address. `title` only for callers who may see it.

    scopes: where it applies, marks as `search/scopes.py` names them; none of a dimension for all of it."""

    kind: str
    id: int
    number: str
    title: str
    url: str
    state: str = ""
    owner: str = ""
    category: str = ""
    updated_on: date | None = None
    external_id: str | None = None
    summary: str = ""
    body: str = ""
    level: int = 1
    valid_to: date | None = None
    valid_from: date | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True)
class OtherLanguage:
    """The same thing in another language. tongue: its language by its own name; lang: as HTML names it; pair_url: both side by
    side; behind: the thing beside which it is shown has not followed a change of it."""

    id: int
    number: str
    title: str
    tongue: str
    lang: str
    url: str
    pair_url: str
    behind: bool


@dataclass(frozen=True)
class FirstQuestion:
    """What a thing that asks back asks first. version_id: of the text it stands in; url: where the number of the choice is sent."""

    question: str
    note: str
    choices: tuple[str, ...]
    version_id: int
    url: str


@dataclass(frozen=True)
class Reading:
    """A thing as somebody reads it in the middle of a call. `body`: Markdown, cut to what this reader may see.

    in force since a day (effective_on) or an instant (since). confidentiality: sayable, internal or secret.
    file_of: SHA-256 of an attachment -> its address, "" when there is none. feedback_url: where a word on it is sent.
    version_id: of which text. as_of: the day whose text this is, where that was asked; overtaken: another one counts today.
    twin: the same in the other language. kept: whether it is a favourite of this reader, None where there are no favourites.
    first: the question it begins with; asked_by: (title, address) of things that lead to it by questions. opened: times in the
    last thirty days; helpful of said: what readers said of the text in force.
    """

    card: ThingCard
    version_label: str
    effective_on: date | None
    review_on: date | None
    owner: str
    confidentiality: str
    summary: str
    body: str
    file_of: Callable[[str], str]
    since: datetime | None = None
    expired: bool = False
    feedback_url: str = ""
    version_id: int | None = None
    as_of: date | None = None
    overtaken: bool = False
    twin: OtherLanguage | None = None
    first: FirstQuestion | None = None
    asked_by: Sequence[tuple[str, str]] = ()
    kept: bool | None = None
    opened: int = 0
    helpful: int = 0
    said: int = 0


@dataclass(frozen=True)
class Moment:
    """A calendar day looked back at. today: of the one who looks; zone: of the centre, in which days are counted."""

    day: date
    today: date
    zone: str


@dataclass(frozen=True)
class OnDay:
    """How things are read that counted on an earlier day. Rights are those of today.

    cards(session, actor, ids, moment): of those that counted then, with the words of then. reading(session, actor, id, moment):
    the text of then. gone(session, actor, typed, moment, limit): things that counted then and are found no longer, by number
    or title.
    """

    cards: Callable[[Session, Actor, Sequence[int], Moment], Mapping[int, ThingCard]]
    reading: Callable[[Session, Actor, int, Moment], Reading | None]
    gone: Callable[[Session, Actor, str, Moment, int], Sequence[ThingCard]]


@dataclass(frozen=True)
class SecretText:
    """The secret words of one text of a thing, as far as a caller may read them. whole: all of it is secret.

    blocks: (lasting id, Markdown) of each paragraph with secret words. file_of: see Reading.
    """

    kind: str
    ref_id: int
    number: str
    version_id: int
    label: str
    whole: bool
    blocks: tuple[tuple[str, str], ...]
    file_of: Callable[[str], str]

    @property
    def ids(self) -> tuple[str, ...]:
        """The lasting ids of the paragraphs."""
        return tuple(one for one, _ in self.blocks)

    @property
    def mark(self) -> str:
        """The text as a page names it when it reports what was done: `article:5:17`."""
        return f"{self.kind}:{self.ref_id}:{self.version_id}"


@dataclass(frozen=True)
class Kind:
    """How one kind of thing is described.

    label: English source. cards(session, actor, ids): cards of those the actor may see, bodies cut to what may be read.
    documents(session, ids or None): search documents by id; an id that must not be found is left out.
    whole: like cards, with drafts and retired things for those who may open their pages. reading: the thing as read beside
    a list of results. keeps(session, actor, id): whether the actor may have all its files and removes them;
    adds: whether the actor may add some (without it, who keeps). texts(session, actor, id): every text of it, old ones
    too, that the actor may read; a file shown in none of them is not for that reader. literally(session, actor, text, limit): ids
    of indexed things that the actor may see and in whose rows the text stands, asked of the database while there
    is no index; whether it stands where it may be found, their documents tell. categories: those of its categories
    that are codes, with the English source of their names. named(session, actor, typed, limit): for kinds that are not
    indexed because who sees them depends on the person: those whose number or title fits, asked of the database.
    family: the tables its cards are made of; of an indexed kind nothing else decides on them, beside the caller's permissions
    and units, so that answers may be kept for callers alike until one of the tables changes.
    secret(session, actor, id, version id or None): the secret words of what is in force, or of one version, that the actor may
    read; None where there are none. on_day: for kinds whose past can be searched. heir(session, actor, typed): of a retired thing
    whose number or title was typed, that number and what stands in its place; both for this caller.
    """

    name: str
    label: str
    cards: Callable[[Session, Actor, Sequence[int]], Mapping[int, ThingCard]]
    documents: Callable[[Session, Iterable[int] | None], Iterator[Any]] | None = None
    whole: Callable[[Session, Actor, Sequence[int]], Mapping[int, ThingCard]] | None = None
    reading: Callable[[Session, Actor, int, date], Reading | None] | None = None
    keeps: Callable[[Session, Actor, int], bool] | None = None
    adds: Callable[[Session, Actor, int], bool] | None = None
    texts: Callable[[Session, Actor, int], Iterable[str]] | None = None
    literally: Callable[[Session, Actor, str, int], Sequence[int]] | None = None
    categories: Mapping[str, str] | None = None
    named: Callable[[Session, Actor, str, int], Sequence[ThingCard]] | None = None
    family: Family | None = None
    secret: Callable[[Session, Actor, int, int | None], SecretText | None] | None = None
    on_day: OnDay | None = None
    heir: Callable[[Session, Actor, str], tuple[str, ThingCard] | None] | None = None


KINDS: dict[str, Kind] = {}


NUMBERED: dict[str, Callable[[Session, Actor, str, int], Sequence[ThingCard]]] = {}
"""By the letters of their numbers (`GAP`), things that no search lists but that are gone to by their number: (session, actor, the
beginning of the number as it is written, limit) -> cards of those the actor may see."""


def register(kind: Kind) -> None:
    """Add a kind; the last word wins so that a module may be loaded again."""
    KINDS[kind.name] = kind


def card(session: Session, actor: Actor, kind: str, thing_id: int) -> ThingCard | None:
    """The card of one thing, or None when it is not there or not for this caller."""
    found = KINDS.get(kind)
    return found.cards(session, actor, [thing_id]).get(thing_id) if found else None


def whole_card(session: Session, actor: Actor, kind: str, thing_id: int) -> ThingCard | None:
    """The card of one thing whose page this caller may open, drafts and retired things included; else None."""
    found = KINDS.get(kind)
    return (found.whole or found.cards)(session, actor, [thing_id]).get(thing_id) if found else None


def whole_cards(session: Session, actor: Actor, kind: str, ids: Iterable[int]) -> Mapping[int, ThingCard]:
    """The same for several things of one kind."""
    found = KINDS.get(kind)
    return (found.whole or found.cards)(session, actor, sorted(ids)) if found else {}


def category_source(name: str) -> str:
    """The English source of a category that is a code; any other name is what somebody called it."""
    for kind in KINDS.values():
        if kind.categories and name in kind.categories:
            return kind.categories[name]
    return name
