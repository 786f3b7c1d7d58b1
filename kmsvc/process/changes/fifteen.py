"""The record of a change as fifteen rows: who did each step, when it came and left, how long it stood, with which words.

Pure functions over the history; they count the rounds of steps that were entered again. Feature A18, clause 67."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kmsvc.core.clock import local_date
from kmsvc.core.texts import N_
from kmsvc.core.workdays import workdays_after, workdays_between
from kmsvc.process.changes import rules
from kmsvc.process.changes.queries import HistoryLine


@dataclass(frozen=True)
class Stay:
    """One time a step was open; `left_at` is None while it still is."""

    step: int
    came_at: datetime
    left_at: datetime | None


@dataclass(frozen=True)
class StepRow:
    """One of the fifteen rows. status: done, now, again (entered before, not done now), skip, or empty (not reached)."""

    step: rules.Step
    status: str
    came_at: datetime | None
    left_at: datetime | None
    stood: timedelta
    rounds: int
    people: tuple[str, ...]
    acts: tuple[HistoryLine, ...]
    stays: tuple[Stay, ...] = ()

    @property
    def verb(self) -> str:
        """What finished the step, or was last done in it; English source of the verb's label."""
        acts = [act for act in self.acts if act.verb != "comment"]
        return label_of(acts[-1].verb) if acts else ""

    def workdays(self, now: datetime, zone: str) -> int:
        """Working days it stood, all rounds together; what limits are measured in."""
        return sum(workdays_between(local_date(stay.came_at, zone), local_date(stay.left_at or now, zone)) for stay in self.stays)

    @property
    def remarks(self) -> tuple[str, ...]:
        """The words left in this step, oldest first."""
        return tuple(act.comment for act in self.acts if act.comment)


def label_of(verb: str) -> str:
    """English source of a verb's label; what is said here of submitting and closing is no verb of the table."""
    special = {"submit": N_("Submit a change request"), "close": N_("Released, closed"),
               "overtaken": N_("Overtaken before its day, closed")}
    return special.get(verb) or rules.VERBS[verb].label


def stays(history: Sequence[HistoryLine]) -> list[Stay]:
    """Every time a step was open, in order."""
    found: list[Stay] = []
    for line in history:
        if line.verb == "submit":
            found.append(Stay(1, line.at, None))
        elif line.to_state != line.from_state:
            if found and found[-1].left_at is None:
                found[-1] = Stay(found[-1].step, found[-1].came_at, line.at)
            if rules.is_open(line.to_state):
                found.append(Stay(rules.BY_STATE[line.to_state].number, line.at, None))
    return found


def rows(history: Sequence[HistoryLine], state: str, now: datetime) -> list[StepRow]:
    """The fifteen rows, in the order of the steps."""
    all_stays = stays(history)
    here = rules.BY_STATE[state].number if rules.is_open(state) else 0
    last = all_stays[-1].step if all_stays else 0
    found = []
    for step in rules.STEPS:
        its = [stay for stay in all_stays if stay.step == step.number]
        acts = tuple(line for line in history if line.step == step.number)
        found.append(StepRow(
            step=step, status=_status(step.number, here, last, bool(its), state), came_at=its[0].came_at if its else None,
            left_at=its[-1].left_at if its else None,
            stood=sum(((stay.left_at or now) - stay.came_at for stay in its), timedelta()), rounds=len(its),
            people=tuple(dict.fromkeys(line.actor for line in acts if line.actor and line.verb != "comment")), acts=acts,
            stays=tuple(its)))
    return found


def _status(number: int, here: int, last: int, entered: bool, state: str) -> str:
    if here:
        return "now" if number == here else "done" if number < here else "again" if entered else ""
    if state == rules.State.RELEASED2:
        return "done"
    return "done" if entered and number < last else "skip" if number != last else "done"


@dataclass(frozen=True)
class Deadline:
    """How a change stands against the limit of its step, in working days; the same figures on every page.

    day: which working day of the step this is; the day of entering and the next working day are the first. limit: the last
    day that is in time, which is `due_on`. late: working days beyond it; a weekend or holiday adds none, though on it the due
    day may have passed.
    """

    day: int
    limit: int
    due_on: date
    late: int


def deadline(step_since: datetime, limit_days: int, today: date, zone: str) -> Deadline:
    """The standing of a step that was entered at this instant."""
    entered = local_date(step_since, zone)
    day = max(1, workdays_between(entered, today))
    return Deadline(day, limit_days, workdays_after(entered, limit_days), max(0, day - limit_days))
