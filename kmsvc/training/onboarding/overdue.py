"""What is overdue in the onboarding: forms and whose part they wait for, talks, weeks to decide, points of the welcome pack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kmsvc.core.texts import N_, Labelled
from kmsvc.core.work import Work
from kmsvc.core.workdays import workdays_between
from kmsvc.people.accounts.queries import names
from kmsvc.training.onboarding import rules
from kmsvc.training.onboarding.gathering import Gathered, gather, week_lines
from kmsvc.training.onboarding.points import OnboardingList, points_of
from kmsvc.training.onboarding.queries import rows_seen
from kmsvc.training.onboarding.rules import FILLED_BY, NewcomerForm
from kmsvc.training.onboarding.weeks import WeekSign


class OverdueKind(Labelled):
    """What can be overdue."""

    FORM = "form", N_("Form of a day")
    TALK = "talk", N_("Formal talk")
    WEEK = "week", N_("Decision on a week")
    PACK = "pack", N_("Point of the welcome pack")


@dataclass(frozen=True)
class Overdue:
    """One thing. code: the form, the talk, the key of the point; number: of the day or the week; late: working days since; waits_for:
    the parts that are missing; url: where it is done."""

    trainee_id: int
    class_id: int
    class_name: str
    person: str
    what: OverdueKind
    code: str
    number: int
    due_on: date
    late: int
    waits_for: tuple[str, ...]
    url: str
    title: str = ""


def overdue(work: Work, today: date, *, class_id: int | None = None, what: str | None = None, q: str | None = None) -> list[Overdue]:
    """What is overdue of the newcomers this caller sees and who are still in the programme, the oldest first."""
    rows = [one for one in rows_seen(work.session, work.actor, class_id) if one.ended_on is None]
    who = names(work.session, {one.person_id for one in rows})
    found = [line for it in gather(work.session, rows, today) for line in _of(it, who.get(it.row.person_id, ""), today)
             if what is None or line.what == what]
    low = (q or "").lower()
    return sorted((one for one in found if low in one.person.lower()), key=lambda one: (one.due_on, one.person, one.trainee_id))


def _of(it: Gathered, person: str, today: date) -> list[Overdue]:
    page = f"/training/onboarding/trainees/{it.row.id}"
    parts: dict[tuple[str, int], set[str]] = {}
    for one in it.forms:
        parts.setdefault((one.form, one.day), set()).add(one.part)

    def line(what: OverdueKind, code: str, number: int, due_on: date, waits_for: tuple[str, ...], url: str, title: str = "") -> Overdue:
        return Overdue(it.row.id, it.its.id, it.its.name, person, what, code, number, due_on, workdays_between(due_on, today), waits_for,
                       url, title)

    found = [line(OverdueKind.FORM, due.form.value, due.number, due.due_on, tuple(
        one for one in FILLED_BY[NewcomerForm(due.form)] if one not in parts.get((due.form, due.number), set())),
        f"{page}/forms/{due.form.value}/{due.number}") for due in it.missing(today)]
    found += [line(OverdueKind.TALK, talk, 0, day, ("class_teacher",), f"{page}/talk?talk={talk}") for talk, day in it.late_talks(
        today).items()]
    found += [line(OverdueKind.WEEK, "", week.number, week.ends_on, ("class_teacher",), f"{page}/decide")
              for week in week_lines(it, today) if WeekSign.UNDECIDED in week.signs]
    ready = rules.prepare_by(it.programme)
    if ready < today:
        found += [line(OverdueKind.PACK, one.code, 0, ready, ("class_teacher",), f"{page}#welcome", one.title) for one in points_of(it)
                  if one.list == OnboardingList.WELCOME and not one.is_settled]
    return found
