"""Hours and cost of training a head and year, planned and held, onboarding apart from other training, by unit; and the rows each
figure counts. Source: domain 5.6, section 13 there (onboarding counts, the split is shown)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.options import value
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.people.accounts.directory import directory
from kmsvc.people.units.queries import unit_names
from kmsvc.training.plans.clashes import has_seat, was_there
from kmsvc.training.plans.further import onboarding_spans
from kmsvc.training.plans.models import Plan, PlanParticipant, SessionPerson, TrainingSession
from kmsvc.training.plans.permissions import SEE_PLANS
from kmsvc.training.plans.rules import PlanState, Purpose
from kmsvc.training.plans.targets import HOURS_EACH, YUAN_EACH
from kmsvc.training.plans.week import bounds

PLANNED, HELD = "planned", "held"
TIMETABLE = N_("Onboarding by its timetable")
COUNTED = (PlanState.APPROVED, PlanState.RUNNING, PlanState.DONE)


@dataclass(frozen=True)
class Counted:
    """What a figure counts: of somebody in a plan, or at one session of it. minutes: of training; fen: their share of the cost in
    hundredths of a yuan; url: where it is opened."""

    stage: str
    purpose: str
    unit_id: int
    unit: str
    person_id: int
    person: str
    number: str
    title: str
    on: date | None
    minutes: int
    fen: float
    url: str


@dataclass(frozen=True)
class UnitFigures:
    """Sums of a unit or of all (unit_id none). heads: who works there now; planned, held: purpose -> (minutes, hundredths of a
    yuan)."""

    unit_id: int | None
    unit: str
    heads: int
    planned: dict[str, tuple[int, float]]
    held: dict[str, tuple[int, float]]

    def hours(self, stage: str, purpose: str | None = None) -> float | None:
        """Hours a head; none without heads."""
        return self._each(stage, purpose, 0, 60)

    def yuan(self, stage: str, purpose: str | None = None) -> float | None:
        """Yuan a head; none without heads."""
        return self._each(stage, purpose, 1, 100)

    def _each(self, stage: str, purpose: str | None, place: int, whole: int) -> float | None:
        held = self.planned if stage == PLANNED else self.held
        return sum(sums[place] for name, sums in held.items() if purpose in (None, name)) / whole / self.heads if self.heads else None


@dataclass(frozen=True)
class YearFigures:
    """A year. hours_goal, yuan_goal: a head; whole: the centre; units: those with people or training, by name."""

    year: int
    hours_goal: int
    yuan_goal: int
    whole: UnitFigures
    units: tuple[UnitFigures, ...]


def counted(session: Session, actor: Actor, year: int, zone: str, *, today: date, stage: str | None = None, purpose: str | None = None,
            unit_id: int | None = None, q: str = "") -> list[Counted]:
    """What the figures of a year count, by unit and person; nothing for who may not see plans. Planned: everybody on an approved plan
    of the year, with its minutes and their share of its cost. Held: everybody who was at a session of the year, with its length; their
    share of what the plan cost in the end, by attendance. Both: the hours of newcomers by their timetable, planned those of the whole
    year, held until today; at the time of a session only the session counts."""
    if not can(actor, SEE_PLANS):
        return []
    found: list[Counted] = []
    if stage in (None, PLANNED):
        found += _planned(session, year)
        found += _newcomers(session, year, zone, PLANNED, today)
    if stage in (None, HELD):
        found += _held(session, year, zone)
        found += _newcomers(session, year, zone, HELD, today)
    word = q.casefold()
    found = [one for one in found if purpose in (None, one.purpose) and unit_id in (None, one.unit_id)
             and word in f"{one.person} {one.number} {one.title} {one.unit}".casefold()]
    return sorted(found, key=lambda one: (one.stage != PLANNED, one.unit, one.person, one.person_id, one.on or date.min, one.number))


def _planned(session: Session, year: int) -> Iterable[Counted]:
    people, units = directory(session).people, unit_names(session)
    heads = dict(session.execute(select(PlanParticipant.plan_id, func.count()).group_by(PlanParticipant.plan_id)).all())
    for plan, person in session.execute(select(Plan, PlanParticipant.person_id).join(
            PlanParticipant, PlanParticipant.plan_id == Plan.id).where(Plan.year == year, Plan.state.in_(COUNTED)).order_by(
            Plan.id, PlanParticipant.id)):
        who = people[person]
        yield Counted(PLANNED, plan.purpose, who.unit_id, units.get(who.unit_id, ""), who.id, who.name, plan.number, plan.title, None,
                      plan.minutes, plan.cost * 100 / heads[plan.id], f"/training/plans/{plan.id}")


def _held(session: Session, year: int, zone: str) -> Iterable[Counted]:
    people, units, it = directory(session).people, unit_names(session), ZoneInfo(zone)
    begins, ends = bounds(date(year, 1, 1), (date(year + 1, 1, 1) - date(year, 1, 1)).days, zone)
    came = dict(session.execute(select(TrainingSession.plan_id, func.count(SessionPerson.present_at)).join(
        SessionPerson, SessionPerson.session_id == TrainingSession.id).where(
        was_there()).group_by(TrainingSession.plan_id)).all())
    for row, plan, person in session.execute(select(TrainingSession, Plan, SessionPerson.person_id).join(
            Plan, Plan.id == TrainingSession.plan_id).join(SessionPerson, SessionPerson.session_id == TrainingSession.id).where(
            was_there(),
            TrainingSession.starts_at >= begins, TrainingSession.starts_at < ends).order_by(TrainingSession.id, SessionPerson.id)):
        who = people[person]
        yield Counted(HELD, plan.purpose, who.unit_id, units.get(who.unit_id, ""), who.id, who.name, row.number, plan.title,
                      row.starts_at.astimezone(it).date(), minutes_of(row.starts_at, row.ends_at),
                      (plan.spent or 0) * 100 / came[plan.id], f"/training/plans/sessions/{row.id}")


def _newcomers(session: Session, year: int, zone: str, stage: str, today: date) -> Iterable[Counted]:
    people, units = directory(session).people, unit_names(session)
    last = date(year, 12, 31) if stage == PLANNED else min(today, date(year, 12, 31))
    spans = [one for one in onboarding_spans(session, list(people), date(year, 1, 1), last) if stage == PLANNED or not one.missed]
    apart = _times(session, {one.person_id for one in spans}, stage)
    found: dict[int, int] = {}
    for one in spans:
        begins, ends = (datetime.combine(one.day, at, ZoneInfo(zone)) for at in (one.begins, one.ends))
        found[one.person_id] = found.get(one.person_id, 0) + _minutes_beside(begins, ends, apart.get(one.person_id, ()))
    for person, minutes in sorted(found.items()):
        who = people[person]
        if minutes:
            yield Counted(stage, Purpose.ONBOARDING, who.unit_id, units.get(who.unit_id, ""), who.id, who.name, "", TIMETABLE, None,
                          minutes, 0.0, "")


def _times(session: Session, people: Collection[int], stage: str) -> dict[int, list[tuple[datetime, datetime]]]:
    """When these people are in sessions that are counted, by time: hours of a timetable at that time are those of the session."""
    found: dict[int, list[tuple[datetime, datetime]]] = {}
    for row in session.execute(select(SessionPerson.person_id, TrainingSession.starts_at, TrainingSession.ends_at).join(
            TrainingSession, TrainingSession.id == SessionPerson.session_id).join(Plan, Plan.id == TrainingSession.plan_id).where(
            SessionPerson.person_id.in_(people), *((has_seat(), Plan.state.in_(COUNTED)) if stage == PLANNED else (was_there(),)))
            .order_by(TrainingSession.starts_at, TrainingSession.id)):
        found.setdefault(row.person_id, []).append((row.starts_at, row.ends_at))
    return found


def _minutes_beside(begins: datetime, ends: datetime, times: Iterable[tuple[datetime, datetime]]) -> int:
    """Minutes of a span outside of times that are sorted by their begin."""
    at, found = begins.astimezone(UTC), 0
    ends = ends.astimezone(UTC)
    for first, last in times:
        found += max(0, minutes_of(at, min(first, ends)))
        at = max(at, min(last, ends))
    return found + max(0, minutes_of(at, ends))


def minutes_of(starts_at: datetime, ends_at: datetime) -> int:
    """How long a session took, by its instants: over a clock that is put forward an hour less than the wall says."""
    return int((ends_at - starts_at).total_seconds()) // 60


def year_figures(session: Session, actor: Actor, year: int, zone: str, today: date) -> YearFigures:
    """The figures of a year, of all and by unit."""
    rows = counted(session, actor, year, zone, today=today)
    active = directory(session).active()
    heads: dict[int, int] = {}
    for one in active:
        heads[one.unit_id] = heads.get(one.unit_id, 0) + 1
    units = unit_names(session)
    kept = {one: [row for row in rows if row.unit_id == one] for one in {*heads, *(row.unit_id for row in rows)}}
    return YearFigures(year, value(session, HOURS_EACH), value(session, YUAN_EACH), _sums(None, "", len(active), rows), tuple(sorted(
        (_sums(one, units.get(one, ""), heads.get(one, 0), its) for one, its in kept.items()), key=lambda one: (one.unit, one.unit_id))))


def _sums(unit_id: int | None, unit: str, heads: int, rows: Sequence[Counted]) -> UnitFigures:
    def of(stage: str) -> dict[str, tuple[int, float]]:
        return {purpose.value: (sum(one.minutes for one in rows if (one.stage, one.purpose) == (stage, purpose)),
                                sum(one.fen for one in rows if (one.stage, one.purpose) == (stage, purpose))) for purpose in Purpose}
    return UnitFigures(unit_id, unit, heads, of(PLANNED), of(HELD))


def figures_json(one: UnitFigures) -> dict[str, object]:
    """Sums, as JSON: hours and yuan a head, none without heads."""
    return {"unit_id": one.unit_id, "unit": one.unit or None, "heads": one.heads, **{
        stage: {"hours": _round(one.hours(stage)), "yuan": _round(one.yuan(stage)), "by_purpose": [
            {"purpose": purpose.value, "hours": _round(one.hours(stage, purpose)), "yuan": _round(one.yuan(stage, purpose))}
            for purpose in Purpose]} for stage in (PLANNED, HELD)}}


def counted_json(one: Counted) -> dict[str, object]:
    """A row that is counted, as JSON."""
    return {"stage": one.stage, "purpose": one.purpose, "unit_id": one.unit_id, "unit": one.unit, "person_id": one.person_id,
            "person": one.person, "number": one.number, "title": one.title, "on": one.on, "minutes": one.minutes,
            "yuan": _round(one.fen / 100), "url": one.url}


def _round(number: float | None) -> float | None:
    return None if number is None else round(number, 2)
