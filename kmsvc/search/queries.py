"""Asking the index as a person: rights from the living database, texts and snippets from there too, never
from the index."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from time import perf_counter
from typing import Any

from markupsafe import escape
from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.memory import epoch
from kmsvc.core.work import kept_in
from kmsvc.markup.fences import SECRET, visible
from kmsvc.markup.plain import quick_plain
from kmsvc.search.analysis import number_form
from kmsvc.search.documents import Reach
from kmsvc.search.engine import SearchEngine
from kmsvc.search.expansions import NONE, expansions_for
from kmsvc.search.failures import SearchFailure
from kmsvc.search.learned import NONE as NOTHING_LEARNED
from kmsvc.search.learned import lifts_for
from kmsvc.search.models import DirtyMark
from kmsvc.search.requests import SearchRequest, SearchResult, Suggestion
from kmsvc.search.scopes import Wanted, passes, register_of

NEAREST = 3
MOST_NAMED = 3
MOST_LITERAL = 200
_OF_YEAR = re.compile(r"([a-z]{2,3})(\d{1,4})(\d*)")


@dataclass(frozen=True)
class Found:
    """One hit with its card; title and snippet are HTML with <mark>. moved: places it stands higher by use; instead: the number
    of the retired thing that was asked for and whose place it took."""

    card: ThingCard
    title_html: str
    snippet: str
    score: float
    moved: int = 0
    instead: str = ""


@dataclass(frozen=True)
class Answer:
    """A page of results. degraded: the index was unusable and only names in the database were looked at.

    nearest: where nothing holds a fair part of the question, what comes nearest; it is no result. slipped: letters were
    taken for the nearest spelling. expansions: words that were searched too, from the centre's vocabulary. scopes: by mark, how many
    there are if it is chosen.
    """

    items: list[Found]
    total: int
    took_ms: float
    lag_s: float
    categories: Mapping[str, int]
    kinds: Mapping[str, int]
    tried: Sequence[str]
    degraded: bool = False
    nearest: Sequence[ThingCard] = ()
    slipped: bool = False
    expansions: Mapping[str, Sequence[str]] = NONE
    scopes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Kept:
    """An answer for callers alike. size: bytes, roughly."""

    result: SearchResult
    items: tuple[Found, ...]
    size: int


_MARK = DirtyMark.__table__.c
_MARKED = select(_MARK.kind, _MARK.ref_id, _MARK.marked_at).order_by(_MARK.id).limit(2000)


def lag_seconds(session: Session, now: datetime) -> float:
    """How far the index is behind: how old the oldest mark is, in seconds; 0 when it is level."""
    oldest = min((row.marked_at for row in _marks(session)), default=now)
    return max(0.0, (now - oldest).total_seconds())


def _marks(session: Session) -> Sequence[Any]:
    kept = kept_in(session, "search marks")  # the lag and what is hidden ask the same
    if "rows" not in kept:
        kept["rows"] = session.execute(_MARKED).all()
    rows: Sequence[Any] = kept["rows"]
    return rows


def reach_of(actor: Actor, session: Session) -> Reach:
    """What the caller may see. What is marked is re-read: a withdrawn document is hidden before the index
    knows (R-S3)."""
    level = 3 if actor.can("knowledge.article.read_secret") else 2
    hidden: set[str] = set()
    by_kind: dict[str, list[int]] = {}
    for row in _marks(session):
        by_kind.setdefault(row.kind, []).append(row.ref_id)
    for kind, ids in by_kind.items():
        described = cards.KINDS.get(kind)
        seen = described.cards(session, actor, ids) if described else {}
        hidden |= {f"{kind}:{one}" for one in ids if one not in seen}
    units = (
        None
        if actor.can("process.definition.read_drafts") or actor.can("knowledge.article.edit")
        else actor.units
    )
    return Reach(level=level, units=units, hidden=frozenset(hidden))


@lru_cache(maxsize=4096)
def quotable(body: str, level: int) -> str:
    """The words a snippet may quote: what the index holds of a text, so never a secret block of an open one.

    The same fifty texts are asked for at each keystroke."""
    return quick_plain(visible(body, max(level, 2)))


def quoted(card: ThingCard, snippet: str) -> str:
    """What a line of results quotes: nothing of what is secret as a whole, that is opened by a word of its own and noted."""
    return snippet if card.level < SECRET else ""


def texts_for(session: Session, actor: Actor, seen: dict[str, ThingCard]) -> Any:
    """The callback the engine reads titles and readable texts with; what the caller may not see is left
    out."""

    def texts(keys: Sequence[str]) -> dict[str, tuple[str, str]]:
        wanted: dict[str, list[int]] = {}
        for key in keys:
            if key not in seen:
                kind, _, ref_id = key.partition(":")
                wanted.setdefault(kind, []).append(int(ref_id))
        for kind, ids in wanted.items():
            described = cards.KINDS.get(kind)
            for thing_id, card in (described.cards(session, actor, ids) if described else {}).items():
                seen[f"{kind}:{thing_id}"] = card
        return {
            key: (seen[key].title, f"{seen[key].summary}\n{quotable(seen[key].body, seen[key].level)}".strip())
            for key in keys
            if key in seen
        }

    return texts


def ask(
    session: Session,
    engine: SearchEngine,
    actor: Actor,
    *,
    text: str,
    on: date,
    lag_s: float,
    kind: str | None = None,
    category: str | None = None,
    scopes: Sequence[str] = (),
    limit: int = 10,
    offset: int = 0,
    expired: bool = False,
    learned: bool = True,
) -> Answer:
    """Search as this person. Where the index is unusable, numbers and titles of the database answer, with a
    notice. scopes: marks that were chosen. learned: with what use has taught; benches ask without."""
    expansions, known = expansions_for(session, text), register_of(session)
    request = SearchRequest(
        text,
        reach_of(actor, session),
        on=None if expired else on,
        kinds=frozenset({kind}) if kind else None,
        categories=frozenset({category}) if category else None,
        scopes=known.wanted(scopes),
        limit=limit,
        offset=offset,
        expansions=expansions,
        lifts=lifts_for(session, text) if learned else NOTHING_LEARNED,
    )
    try:
        result, items = _indexed(session, engine, actor, request)
    except SearchFailure:
        return degraded_answer(session, actor, text, kind, limit, lag_s, category, request.scopes)
    first, last = _named(session, actor, text, kind, limit) if not category and not offset else ([], [])
    heirs = [one for one in _heirs(session, actor, text, request.on) if not offset and kind in (None, one.card.kind)
             and category in (None, one.card.category) and passes(one.card.scopes, request.scopes)]
    if result.weak and not first and not last and not heirs:
        return Answer([], 0, result.took_ms, lag_s, {}, {}, result.tried, nearest=[one.card for one in items[:NEAREST]],
                      expansions=expansions)
    items, total = ([], 0) if result.weak else (items, result.total)
    kinds = {**({} if result.weak else result.kinds), **Counter(one.card.kind for one in first + last)}
    for one in heirs:
        rest = [other for other in items if (other.card.kind, other.card.id) != (one.card.kind, one.card.id)]
        new = int(len(rest) == len(items))
        items, total = [one, *rest], total + new
        kinds[one.card.kind] = kinds.get(one.card.kind, 0) + new
    return Answer(first + items + last, total + len(first) + len(last), result.took_ms, lag_s,
                  {} if result.weak else result.categories, kinds, result.tried, slipped=result.slipped,
                  expansions=expansions, scopes=known.counts(
                      *(({}, {}, 0) if result.weak else (result.scopes, result.everywhere, result.total)), len(first) + len(last)))


def _indexed(
    session: Session, engine: SearchEngine, actor: Actor, request: SearchRequest
) -> tuple[SearchResult, list[Found]]:
    """What the index finds, with cards. On a bad day everybody asks the same: an answer is kept for all callers with equal
    permissions and units until the index or one of the tables behind it moves."""
    began = perf_counter()
    epochs = tuple(epoch(session, kind.family) for kind in cards.KINDS.values() if kind.documents and kind.family)
    name = (request, actor.permissions, actor.units, engine.seen(), epochs)
    kept: _Kept | None = engine.answers.get(name)
    if kept is not None:
        return replace(kept.result, took_ms=(perf_counter() - began) * 1000), list(kept.items)
    seen: dict[str, ThingCard] = {}
    texts = texts_for(session, actor, seen)
    result = engine.search(request, texts)
    texts([hit.key for hit in result.hits])
    items = [
        Found(replace(seen[hit.key], body=""), hit.title, quoted(seen[hit.key], hit.snippet), round(hit.score, 4), hit.moved)
        for hit in result.hits
        if hit.key in seen
    ]
    if result.complete and engine.seen() == name[3]:
        size = 2_000 + sum(1_500 + 4 * len(one.snippet) + 4 * len(one.card.summary) for one in items)
        engine.answers.put(name, _Kept(result, tuple(items), size))
    return result, items


def _named(session: Session, actor: Actor, text: str, kind: str | None, limit: int) -> tuple[list[Found], list[Found]]:
    """Things that are not indexed, of those the caller may see: by a number that was typed or begun, which stand first,
    and by title, which stand last."""
    typed = number_form(text)
    most = limit if kind or any(letter.isdigit() for letter in typed) else MOST_NAMED
    found = [card for described in cards.KINDS.values() if described.named and kind in (None, described.name)
             for card in described.named(session, actor, text, most)]
    sides: tuple[list[Found], list[Found]] = ([], [])
    for card in found:
        sides[not number_form(card.number).startswith(typed)].append(Found(card, str(escape(card.title)), "", 0.0))
    return sides


def _heirs(session: Session, actor: Actor, typed: str, on: date | None) -> list[Found]:
    """What took the place of a retired thing whose number or title was typed; it counts on this day, if one is given."""
    if not typed.strip():
        return []
    found = [described.heir(session, actor, typed) for described in cards.KINDS.values() if described.heir]
    return [Found(replace(card, body=""), str(escape(card.title)), quoted(card, str(escape(card.summary))), 0.0, instead=number)
            for number, card in filter(None, found)
            if on is None or ((card.valid_from is None or card.valid_from <= on) and (card.valid_to is None or card.valid_to >= on))]


def degraded_answer(
    session: Session, actor: Actor, text: str, kind: str | None, limit: int, lag_s: float, category: str | None = None,
    scopes: Wanted = (),
) -> Answer:
    """What the database alone finds while the index is unusable: things that hold the text literally. Everybody asks so at the same
    time, just when the index is being made: no more is read than can be shown."""
    needle = text.strip().lower()
    items: list[Found] = []
    for described in cards.KINDS.values():
        if not needle or described.documents is None or (kind and described.name != kind):
            continue
        likely = described.literally(session, actor, needle, MOST_LITERAL) if described.literally else None
        ids = [
            doc.id
            for doc in described.documents(session, likely)
            if needle in doc.title.lower() or needle in doc.number.lower() or needle in doc.body.lower()
        ]
        seen: list[ThingCard] = []
        for first in range(0, len(ids), MOST_LITERAL):  # what others may see leaves the places to what this reader may
            if len(seen) < MOST_LITERAL:
                seen += described.cards(session, actor, ids[first:first + MOST_LITERAL]).values()
        items += [Found(card, str(escape(card.title)), "", 0.0) for card in seen[:MOST_LITERAL]
                  if category in (None, card.category) and passes(card.scopes, scopes)]
    return Answer(items[:limit], len(items), 0.0, lag_s, {}, {}, [needle] if needle else [], degraded=True)


def _numbered(session: Session, actor: Actor, typed: str) -> list[ThingCard]:
    """Things with a number of the year whose number begins with what was typed, in any case and with any separators."""
    fits = _OF_YEAR.fullmatch(number_form(typed))
    find = cards.NUMBERED.get(fits[1].upper()) if fits else None
    return list(find(session, actor, "-".join((fits[1].upper(), fits[2], *([fits[3]] if fits[3] else []))), 3)) if fits and find else []


def names_for(
    session: Session,
    engine: SearchEngine,
    actor: Actor,
    typed: str,
    on: date,
    limit: int = 8,
) -> list[tuple[Suggestion, ThingCard]]:
    """Things whose number, title or alias fits what was typed so far."""
    try:
        found = engine.suggest(typed, reach_of(actor, session), on, limit)
    except SearchFailure:
        found = ()
    by_kind: dict[str, list[int]] = {}
    for one in found:
        by_kind.setdefault(one.kind, []).append(one.id)
    seen = {
        (kind, ref_id): card
        for kind, ids in by_kind.items()
        if kind in cards.KINDS
        for ref_id, card in cards.KINDS[kind].cards(session, actor, ids).items()
    }
    named = [(Suggestion(card.kind, card.id, card.number, card.title, card.title), card)
             for described in cards.KINDS.values() if described.named
             for card in described.named(session, actor, typed, 3)]
    named += [(Suggestion(card.kind, card.id, card.number, card.title, card.title), card) for card in _numbered(session, actor, typed)]
    heirs = [(Suggestion(one.card.kind, one.card.id, one.card.number, one.card.title, one.instead), one.card)
             for one in _heirs(session, actor, typed, on)]
    for one, _ in heirs:
        seen.pop((one.kind, one.id), None)
    return heirs + [(one, seen[(one.kind, one.id)]) for one in found if (one.kind, one.id) in seen] + named
