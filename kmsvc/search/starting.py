"""What stands on the search page before anything is typed. Whoever keeps such lists fills this register; search knows no keeper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard


@dataclass(frozen=True)
class Line:
    """A thing with its title as HTML and a word beside it. uses: how often it was opened today, where that is why it stands here."""

    card: ThingCard
    title_html: str
    note: str = ""
    uses: int = 0


@dataclass(frozen=True)
class Group:
    """A short list with its heading, an English source, and the page that has all of it."""

    name: str
    title: str
    url: str
    lines: tuple[Line, ...]


Provider = Callable[[Session, Actor, date, str], Sequence[Group]]
_provider: list[Provider] = []


def provide(provider: Provider) -> None:
    """Say who answers; the last word wins so that a module may be loaded again."""
    _provider[:] = [provider]


def start_of(session: Session, actor: Actor, today: date, zone: str) -> Sequence[Group]:
    """The lists for this caller on a day of the centre's zone; none where nobody keeps any."""
    return _provider[0](session, actor, today, zone) if _provider else ()
