"""What happens to obligations."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class ReminderDue(Event):
    """An obligation reached a rung of the ladder; whoever owns it is told once."""

    kind = "standards.duty.reminder_due"
    obligation_id: int
    rung: str


@dataclass(frozen=True)
class DutiesDue(Event):
    """Duties of clauses reached rungs of their ladders: one fact for everybody who hears of some, so that a morning is one message.

    step: owner, superior or manager. duties: the first of them by day; count: of all. day: ISO, for which was looked."""

    kind = "standards.duty.duties_due"
    person_id: int
    step: str
    duties: list[int]
    count: int
    late: int
    first_on: str
    day: str


@dataclass(frozen=True)
class DutyChanged(Event):
    """Somebody did something to an occurrence: done, moved, waived, cancelled, opened again, given to somebody else."""

    kind = "standards.duty.changed"
    obligation_id: int
    verb: str
    owner_id: int | None
    by_id: int | None
