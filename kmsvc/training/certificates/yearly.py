"""What is proven again each year, as a run over the year: who must, who has, who is late. Source: clauses 28, 64, 80."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import NotFound
from kmsvc.core.texts import N_, Labelled
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.rules import PersonState
from kmsvc.people.units.queries import parents, unit_names, upward
from kmsvc.training.certificates.models import Certificate, CertificateKind, CertificateNeed, Passing
from kmsvc.training.certificates.reading import concerns, given_on, held_by, needs
from kmsvc.training.certificates.rules import Held, Validity

WORTH_LOOKING = 50


class YearState(Labelled):
    """How somebody stands with the check of a year."""

    DONE = "done", N_("Passed this year")
    LATE = "late", N_("Late")
    OPEN = "open", N_("Still to come")
    LATER = "later", N_("Not due this year")


@dataclass(frozen=True)
class YearLine:
    """Somebody who is asked in a year. due_on: the day by which it is to be passed; passed_on: first passed in the year; source: how."""

    person_id: int
    person: str
    unit: str
    state: YearState
    due_on: date
    passed_on: date | None
    source: str | None
    certificate_id: int | None


@dataclass(frozen=True)
class Year:
    """A kind in a year, as of a day. counts: people by state; teams: (unit id, name, must, done, late)."""

    kind: CertificateKind
    year: int
    on: date
    lines: tuple[YearLine, ...]
    counts: dict[str, int]
    teams: tuple[tuple[int, str, int, int, int], ...]

    @property
    def must(self) -> int:
        """How many are asked in this year."""
        return sum(count for state, count in self.counts.items() if state != YearState.LATER)

    @property
    def percent(self) -> int:
        """How many of them have passed, in whole per cent rounded down; 100 when nobody is asked."""
        return 100 * self.counts[YearState.DONE] // self.must if self.must else 100


def year_due(held: Held | None, validity: Validity, year: int, first_on: date) -> date:
    """The day by which somebody passes in a year: the last day of what counted when it began; for who had nothing then, the day within
    which who is newly asked proves it, the first of the year at the earliest."""
    before = held.latest(date(year, 1, 1) - timedelta(days=1)) if held is not None else None
    if before is not None and validity.months is None:
        return date.max
    if before is not None and before.until is not None and before.until >= date(year, 1, 1):
        return before.until
    return max(first_on, date(year, 1, 1))


def year_state(held: Held | None, due_on: date, year: int, on: date) -> tuple[YearState, date | None]:
    """The state on a day, and the first day of the year on which this person passed by then."""
    passed = next((one.passed_on for one in held.terms if one.passed_on.year == year and one.passed_on <= on), None) if held else None
    if passed is not None:
        return YearState.DONE, passed
    if due_on.year > year:
        return YearState.LATER, None
    return (YearState.LATE if on > due_on else YearState.OPEN), None


def year_of(session: Session, kind: CertificateKind, year: int, today: date, units: frozenset[int] | None = None) -> Year:
    """The run of a kind over a year as it stands today, or as it stood on the last day of a past one. Who is asked follows units and
    posts as they are now."""
    on = min(today, date(year, 12, 31))
    asks = [one for one in needs(session) if one.kind_id == kind.id and one.whom != "queue" and _within(one, year, on)]
    tree, names = parents(session), unit_names(session)
    people = directory(session).active(units)
    ways = {one.unit_id: upward(tree, one.unit_id) for one in people}
    meant = [(one, [it for it in asks if concerns(it, one, ways[one.unit_id])]) for one in people]
    held = held_by(session, [one.id for one, its in meant if its], on)
    sources = _sources(session, [row.id for row, _ in held.values() if row.kind_id == kind.id], on)
    lines = []
    for person, its in meant:
        if not its:
            continue
        row, mine = held.get((person.id, kind.id), (None, None))
        asked_on = row.asked_on if row is not None and row.asked_on is not None else max(min(it.since for it in its), date(year, 1, 1))
        due_on = year_due(mine, mine.validity if mine is not None else Validity(kind.months), year,
                          asked_on + timedelta(days=max(it.first_days for it in its)))
        state, passed_on = year_state(mine, due_on, year, on)
        lines.append(YearLine(person.id, person.name, names.get(person.unit_id, ""), state, due_on, passed_on,
                              sources.get((row.id, passed_on)) if row is not None and passed_on is not None else None,
                              row.id if row is not None else None))
    order = {YearState.LATE: 0, YearState.OPEN: 1, YearState.LATER: 2, YearState.DONE: 3}
    lines.sort(key=lambda one: (order[one.state], one.due_on, one.person, one.person_id))
    counted = Counter(one.state.value for one in lines)
    return Year(kind, year, on, tuple(lines), {state.value: counted[state.value] for state in YearState},
                _teams(lines, {one.id: one.unit_id for one in people}, names))


def _within(it: CertificateNeed, year: int, on: date) -> bool:
    return it.since <= on and (it.ended_on is None or it.ended_on > date(year, 1, 1))


def _sources(session: Session, ids: Sequence[int], on: date) -> dict[tuple[int, date], str]:
    return {(certificate_id, one.row.passed_on): one.row.source
            for certificate_id, its in given_on(session, Passing.certificate_id.in_(ids), on).items() for one in its if one.counts}


def _teams(lines: Sequence[YearLine], unit_of: dict[int, int], names: dict[int, str]) -> tuple[tuple[int, str, int, int, int], ...]:
    found: dict[int, list[int]] = {}
    for one in lines:
        if one.state != YearState.LATER:
            row = found.setdefault(unit_of[one.person_id], [0, 0, 0])
            row[0] += 1
            row[1] += one.state == YearState.DONE
            row[2] += one.state == YearState.LATE
    return tuple((unit, names.get(unit, ""), must, done, late) for unit, (must, done, late) in sorted(
        found.items(), key=lambda it: (-it[1][2], names.get(it[0], ""), it[0])))


def nearly_done(session: Session, kind_id: int, year: int) -> bool:
    """Whether so few who are asked lack a passing of the year that it is worth looking at each; costs the same in any house."""
    passed = select(Passing.id).where(Passing.certificate_id == Certificate.id, Passing.passed_on.between(
        date(year, 1, 1), date(year, 12, 31)))
    lacking = session.scalars(select(Certificate.id).join(Person, Person.id == Certificate.person_id).where(
        Certificate.kind_id == kind_id, Certificate.asked_on.is_not(None), Person.state == PersonState.ACTIVE, ~passed.exists()).limit(
        WORTH_LOOKING + 1)).all()
    return len(lacking) <= WORTH_LOOKING


def missing_of(session: Session, kind: CertificateKind, today: date) -> list[int]:
    """Who still has to pass in the year of a day: late, or still to come."""
    return [one.person_id for one in year_of(session, kind, today.year, today).lines if one.state in (YearState.LATE, YearState.OPEN)]


def yearly_kinds(session: Session) -> list[CertificateKind]:
    """Kinds in use that are proven again after a time, what the standard asks for each year first."""
    rows = session.scalars(select(CertificateKind).where(CertificateKind.retired_at.is_(None), CertificateKind.months.is_not(None)))
    return sorted(rows, key=lambda one: (one.preset is None, one.number))


def kind_of(kinds: Sequence[CertificateKind], number: str | None) -> CertificateKind | None:
    """The kind of this number, NotFound for another one; the first without a number, None when there is none."""
    if number is None:
        return kinds[0] if kinds else None
    found = next((one for one in kinds if one.number == number.upper()), None)
    if found is None:
        raise NotFound()
    return found
