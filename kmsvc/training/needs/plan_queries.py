"""Reads over the annual plan, its sums, what was entered as hurting, and suggestions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.options import value
from kmsvc.core.permissions import can
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.queries import names
from kmsvc.people.units.queries import unit_names
from kmsvc.training.needs.models import AnnualLine, DeliveryStep, NeedEntry, Suggestion
from kmsvc.training.needs.options import HOURS_EACH, YUAN_EACH
from kmsvc.training.needs.permissions import PLAN_YEAR, SEE_NEEDS
from kmsvc.training.needs.rules import Delivery, LineState, Sums


@dataclass(frozen=True)
class DeliveryLine:
    """A step of delivery. done_on: none while it is not done."""

    step: str
    done_on: date | None
    note: str | None
    person: str


@dataclass(frozen=True)
class PlanLineCard:
    """A line of the annual plan. minutes: a head; fen: all of it; delivery: the five steps."""

    id: int
    number: str
    year: int
    state: str
    subject: str
    audience: str | None
    unit_id: int | None
    unit: str
    heads: int
    minutes: int
    fen: int
    target: str | None
    evaluation: str
    quarter: int
    owner_id: int | None
    owner: str
    owner_login: str
    campaign_id: int | None
    reasons: tuple[Mapping[str, Any], ...]
    plan_id: int | None
    reason: str | None
    delivery: tuple[DeliveryLine, ...]
    version: int

    @property
    def url(self) -> str:
        """The page of it."""
        return f"/training/needs/lines/{self.id}"

    @property
    def hours(self) -> float:
        """Hours a head."""
        return round(self.minutes / 60, 2)

    @property
    def yuan(self) -> float:
        """Cost of all of it."""
        return self.fen / 100

    @property
    def done(self) -> int:
        """Steps of delivery that are done."""
        return sum(one.done_on is not None for one in self.delivery)


@dataclass(frozen=True)
class LineFilters:
    """What the list of lines is narrowed to."""

    q: str | None = None
    year: int | None = None
    quarter: int | None = None
    state: str | None = None


def _lines_query(actor: Actor, asked: LineFilters, *columns: Any) -> Select[Any]:
    query = select(*columns).select_from(AnnualLine).where(
        AnnualLine.id.is_not(None) if can(actor, SEE_NEEDS) else AnnualLine.owner_id == (actor.person_id or 0))
    if asked.q:
        query = query.where(or_(*(column.icontains(asked.q, autoescape=True) for column in (
            AnnualLine.number, AnnualLine.subject, AnnualLine.audience, AnnualLine.target))))
    for column, wanted in ((AnnualLine.year, asked.year), (AnnualLine.quarter, asked.quarter), (AnnualLine.state, asked.state)):
        if wanted:
            query = query.where(column == wanted)
    return query


def plan_lines(session: Session, actor: Actor, asked: LineFilters, *, start: int = 0,
               limit: int = 50) -> tuple[list[PlanLineCard], int | None]:
    """Lines by year, quarter and number from a place on, and the place to go on from."""
    rows = list(session.scalars(_lines_query(actor, asked, AnnualLine).order_by(
        AnnualLine.year.desc(), AnnualLine.quarter, AnnualLine.id).offset(start).limit(limit + 1)))
    return _line_cards(session, rows[:limit]), start + limit if len(rows) > limit else None


def count_lines(session: Session, actor: Actor, asked: LineFilters) -> int:
    """How many lines fit."""
    return session.scalar(_lines_query(actor, asked, func.count(AnnualLine.id))) or 0


def line_card(session: Session, actor: Actor, line_id: int) -> PlanLineCard:
    """One line, or NotFound where it is missing or not for this caller."""
    row = session.scalars(_lines_query(actor, LineFilters(), AnnualLine).where(AnnualLine.id == line_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _line_cards(session, [row])[0]


def _line_cards(session: Session, rows: Sequence[AnnualLine]) -> list[PlanLineCard]:
    people, units = directory(session).people, unit_names(session)
    steps: dict[tuple[int, str], DeliveryStep] = {(one.line_id, one.step): one for one in session.scalars(
        select(DeliveryStep).where(DeliveryStep.line_id.in_([row.id for row in rows])))}
    who = names(session, [one.person_id for one in steps.values()])

    def delivery(line_id: int) -> Iterable[DeliveryLine]:
        for step in Delivery:
            one = steps.get((line_id, step.value))
            yield DeliveryLine(step.value, one.done_on if one else None, one.note if one else None,
                               who.get(one.person_id or 0, "") if one else "")
    found = []
    for row in rows:
        owner = people.get(row.owner_id or 0)
        found.append(PlanLineCard(
            row.id, row.number, row.year, row.state, row.subject, row.audience, row.unit_id, units.get(row.unit_id or 0, ""), row.heads,
            row.minutes, row.fen, row.target, row.evaluation, row.quarter, row.owner_id, owner.name if owner else "",
            owner.login if owner else "", row.campaign_id, tuple(row.reasons), row.plan_id, row.reason, tuple(delivery(row.id)),
            row.version))
    return found


def sums_of(session: Session, actor: Actor, year: int) -> Sums:
    """What the plan of a year comes to, lines that were dropped left out, a head of everybody who works here today."""
    lines, minutes, fen = session.execute(_lines_query(
        actor, LineFilters(year=year), func.count(AnnualLine.id), func.sum(AnnualLine.minutes * AnnualLine.heads),
        func.sum(AnnualLine.fen)).where(AnnualLine.state != LineState.DROPPED)).one()
    return Sums(lines, int(minutes or 0), int(fen or 0), len(directory(session).active()), value(session, HOURS_EACH),
                value(session, YUAN_EACH))


def plan_years(session: Session) -> list[int]:
    """The years with lines, newest first."""
    return list(session.scalars(select(AnnualLine.year).distinct().order_by(AnnualLine.year.desc())))


@dataclass(frozen=True)
class EntryLine:
    """What was entered as hurting."""

    id: int
    year: int
    source: str
    subject: str
    count: int
    note: str | None
    entered_by: str
    entered_at: datetime
    removed: bool
    version: int


def entry_lines(session: Session, actor: Actor, *, q: str | None = None, year: int | None = None, source: str | None = None,
                removed: bool = False, before: int | None = None, limit: int = 50) -> tuple[list[EntryLine], int | None]:
    """Entries, newest first, and the id to go on from. removed: those that were taken away."""
    if not can(actor, SEE_NEEDS):
        return [], None
    query = select(NeedEntry).where(NeedEntry.removed_at.is_not(None) if removed else NeedEntry.removed_at.is_(None))
    if q:
        query = query.where(or_(NeedEntry.subject.icontains(q, autoescape=True), NeedEntry.note.icontains(q, autoescape=True)))
    if year:
        query = query.where(NeedEntry.year == year)
    if source:
        query = query.where(NeedEntry.source == source)
    if before:
        query = query.where(NeedEntry.id < before)
    rows = list(session.scalars(query.order_by(NeedEntry.id.desc()).limit(limit + 1)))
    who = names(session, [row.entered_by_id for row in rows])
    return [EntryLine(row.id, row.year, row.source, row.subject, row.count, row.note, who.get(row.entered_by_id or 0, ""),
                      row.entered_at, row.removed_at is not None, row.version) for row in rows[:limit]], (
        rows[limit - 1].id if len(rows) > limit else None)


def entry_line(session: Session, actor: Actor, entry_id: int) -> EntryLine:
    """One entry, taken away or not."""
    for removed in (False, True):
        found = entry_lines(session, actor, removed=removed, before=entry_id + 1, limit=1)[0]
        if found and found[0].id == entry_id:
            return found[0]
    raise NotFound()


@dataclass(frozen=True)
class SuggestionLine:
    """A training suggestion."""

    id: int
    number: str
    person_id: int
    person: str
    subject: str
    text: str | None
    place: str | None
    sent_at: datetime
    state: str
    answer: str | None
    answered_by: str
    answered_at: datetime | None
    version: int

    @property
    def url(self) -> str:
        """The page of it."""
        return f"/training/needs/suggestions/{self.id}"


def _suggestions(actor: Actor, *columns: Any, q: str | None, state: str | None) -> Select[Any]:
    """The own ones; all, for whoever sees needs."""
    query = select(*columns).select_from(Suggestion)
    if not can(actor, SEE_NEEDS) and not can(actor, PLAN_YEAR):
        query = query.where(Suggestion.person_id == (actor.person_id or 0))
    if q:
        query = query.where(or_(*(column.icontains(q, autoescape=True) for column in (
            Suggestion.number, Suggestion.subject, Suggestion.text, Suggestion.answer))))
    return query.where(Suggestion.state == state) if state else query


def suggestion_lines(session: Session, actor: Actor, *, q: str | None = None, state: str | None = None, before: int | None = None,
                     limit: int = 50) -> tuple[list[SuggestionLine], int | None]:
    """Suggestions this person may see, newest first, and the id to go on from."""
    query = _suggestions(actor, Suggestion, q=q, state=state)
    if before:
        query = query.where(Suggestion.id < before)
    rows = list(session.scalars(query.order_by(Suggestion.id.desc()).limit(limit + 1)))
    who = names(session, [one for row in rows for one in (row.person_id, row.answered_by_id)])
    return [SuggestionLine(row.id, row.number, row.person_id, who.get(row.person_id, ""), row.subject, row.text, row.place, row.sent_at,
                           row.state, row.answer, who.get(row.answered_by_id or 0, ""), row.answered_at, row.version)
            for row in rows[:limit]], rows[limit - 1].id if len(rows) > limit else None


def count_suggestions(session: Session, actor: Actor, *, q: str | None = None, state: str | None = None) -> int:
    """How many fit."""
    return session.scalar(_suggestions(actor, func.count(Suggestion.id), q=q, state=state)) or 0


def suggestion_line(session: Session, actor: Actor, suggestion_id: int) -> SuggestionLine:
    """One suggestion, or NotFound where it is missing or another's."""
    found = suggestion_lines(session, actor, before=suggestion_id + 1, limit=1)[0]
    if not found or found[0].id != suggestion_id:
        raise NotFound()
    return found[0]
