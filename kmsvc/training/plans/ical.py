"""The own calendar for other programs (RFC 5545): what stands in it comes from a register that nouns above fill, as exams do. Instants
are written in UTC, the one form of the RFC that needs no VTIMEZONE and that daylight saving cannot move."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.people.accounts.directory import directory
from kmsvc.training.plans.models import Plan, SessionPerson, TrainingSession
from kmsvc.training.plans.rules import Place, SessionState
from kmsvc.training.trainers.models import Trainer

BACK = timedelta(days=60)
"""how far back entries are told"""


@dataclass(frozen=True)
class Event:
    """Something in a calendar. uid: the same as long as it lives, so that a moved one moves; path: of its page; cancelled: calendars
    strike it out; changed: how often it was changed."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str
    path: str
    place: str | None = None
    cancelled: bool = False
    changed: int = 0


Source = Callable[[Session, int, datetime], Iterable[Event]]
"""(session, person, now) -> what stands in the calendar of this person"""
SOURCES: dict[str, Source] = {}


def register(kind: str, source: Source) -> None:
    """Add a kind of event."""
    SOURCES[kind] = source


def events_of(session: Session, person_id: int, now: datetime) -> list[Event]:
    """Everything in a person's calendar that is not long over, by time."""
    found = [one for source in SOURCES.values() for one in source(session, person_id, now) if one.ends_at > now - BACK]
    return sorted(found, key=lambda one: (one.starts_at, one.uid))


def _sessions(session: Session, person_id: int, now: datetime) -> Iterator[Event]:
    """Sessions in which one has a seat, and those one teaches."""
    teaches = select(Trainer.id).where(Trainer.person_id == person_id)
    sits = select(SessionPerson.session_id).where(SessionPerson.person_id == person_id, SessionPerson.place == Place.SEAT)
    for row, title in session.execute(select(TrainingSession, Plan.title).join(Plan, Plan.id == TrainingSession.plan_id).where(
            TrainingSession.ends_at > now - BACK, TrainingSession.id.in_(sits) | TrainingSession.trainer_id.in_(teaches)).order_by(
            TrainingSession.starts_at, TrainingSession.id)):
        yield Event(f"session-{row.id}@kmsvc", row.starts_at, row.ends_at, f"{row.number} {title}", f"/training/plans/sessions/{row.id}",
                    row.room, row.state == SessionState.CANCELLED, row.version)


def may_read(session: Session, person_id: int) -> bool:
    """Whether this person still works here."""
    one = directory(session).people.get(person_id)
    return one is not None and one.is_active


def written(events: Iterable[Event], base_url: str, name: str, now: datetime) -> str:
    """The calendar as text, lines ended and folded as the RFC asks."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//kmsvc//training//EN", "METHOD:PUBLISH", f"X-WR-CALNAME:{_text(name)}",
             "REFRESH-INTERVAL;VALUE=DURATION:PT1H"]
    for one in events:
        lines += ["BEGIN:VEVENT", f"UID:{one.uid}", f"DTSTAMP:{_instant(now)}", f"SEQUENCE:{one.changed}",
                  f"DTSTART:{_instant(one.starts_at)}", f"DTEND:{_instant(one.ends_at)}", f"SUMMARY:{_text(one.title)}",
                  f"URL:{base_url.rstrip('/')}{one.path}", *([f"LOCATION:{_text(one.place)}"] if one.place else []),
                  *(["STATUS:CANCELLED"] if one.cancelled else []), "END:VEVENT"]
    return "\r\n".join(folded for line in [*lines, "END:VCALENDAR"] for folded in _folded(line)) + "\r\n"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    for mark, kept in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        words = words.replace(mark, kept)
    return words


def _folded(line: str) -> list[str]:
    """Lines of 75 bytes at most, the next begin with a space (RFC 5545 3.1); no character is cut."""
    found, held = [], ""
    for mark in line:
        if len((held + mark).encode()) > 74:
            found.append(held)
            held = " "
        held += mark
    return [*found, held]


register("session", _sessions)
