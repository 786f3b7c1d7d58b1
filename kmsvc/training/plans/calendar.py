"""The register of what stands in the training calendar, and of what an empty place offers. Nouns above fill it: exams, later others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor


@dataclass(frozen=True)
class Movable:
    """A session that may be moved on the calendar. anyway: why it stands although something speaks against it."""

    id: int
    version: int
    seats: int
    trainer_id: int
    anyway: str | None


@dataclass(frozen=True)
class CalendarEntry:
    """Something with a time. said: title as it is shown; room, trainer: the lanes it occupies, by name; url: where it is opened, empty
    where this reader may not; people: how many take part; against: a sentence of what speaks against it; draft: not announced yet;
    peak: an interval that is shaded; course: its title; teams: of those who take part; moved: what moving it needs, none where this
    reader may not."""

    starts_at: datetime
    ends_at: datetime
    said: str
    url: str = ""
    room: str | None = None
    trainer: str | None = None
    kind: str = "session"
    peak: bool = False
    number: str = ""
    people: int | None = None
    against: str = ""
    draft: bool = False
    course: str | None = None
    teams: tuple[str, ...] = ()
    moved: Movable | None = None


@dataclass(frozen=True)
class Making:
    """What an empty place offers. label: English source; url: with `{day}` and `{at}` to be filled; permission: who is offered it; key:
    on the keyboard."""

    label: str
    url: str
    permission: str
    key: str = ""


Source = Callable[[Session, Actor, datetime, datetime], Iterator[CalendarEntry]]
SOURCES: dict[str, Source] = {}
MAKINGS: list[Making] = []


def register(kind: str, source: Source, making: Making | None = None) -> None:
    """Add entries of a kind (called with session, actor and the window, UTC) and what may be made in an empty place."""
    SOURCES[kind] = source
    if making is not None and making not in MAKINGS:
        MAKINGS.append(making)


def entries(session: Session, actor: Actor, begins: datetime, ends: datetime) -> list[CalendarEntry]:
    """All entries that touch the window, by time."""
    found = [one for source in SOURCES.values() for one in source(session, actor, begins, ends)
             if one.starts_at < ends and begins < one.ends_at]
    return sorted(found, key=lambda one: (one.starts_at, one.ends_at, one.kind, one.said))


def offered(actor: Actor) -> list[Making]:
    """What this person may make in an empty place."""
    return [one for one in MAKINGS if actor.can(one.permission)]
