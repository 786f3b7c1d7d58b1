"""Reads over programmes, audits and findings; whoever only answers findings sees those alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound, NotPermitted
from kmsvc.core.permissions import can
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.audits.models import (
    AuditProgramme,
    AuditSample,
    CheckPoint,
    Engagement,
    EngagementReport,
    Finding,
    FindingAction,
    FindingRevision,
    FindingStep,
)
from kmsvc.standards.audits.permissions import SEE_ENGAGEMENTS, SEE_OWN_FINDINGS
from kmsvc.standards.audits.rules import OPEN_STATES, CheckResult, FindingState


@dataclass(frozen=True)
class EngagementLine:
    """An audit in a list. checked, points: of the checklist; findings, open_findings: published ones."""

    id: int
    number: str
    version: int
    programme_id: int
    year: int
    title: str
    clauses: tuple[str, ...]
    lead_id: int | None
    lead: str
    answerable: str
    starts_on: date
    ends_on: date
    state: str
    points: int
    checked: int
    findings: int
    open_findings: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"/standards/audits/{self.id}"

    def is_late(self, today: date) -> bool:
        """Whether it should be over."""
        return self.state in ("planned", "running", "review") and self.ends_on < today


@dataclass(frozen=True)
class FindingLine:
    """A finding in a list. turn: what it waits for is its state; due_on: of its action."""

    id: int
    number: str
    version: int
    engagement_id: int
    engagement: str
    clause: str
    grade: str
    title: str
    state: str
    respondent: str
    owner: str
    due_on: date | None
    published_at: datetime | None
    point_id: int | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"/standards/audits/findings/{self.id}"

    def is_late(self, today: date) -> bool:
        """Whether its action should be done."""
        return self.state in ("proposed", "agreed") and self.due_on is not None and self.due_on < today


@dataclass(frozen=True)
class FindingFilters:
    """What the list is narrowed to. state: one of `FindingState`, or `open`; own: only those that one answers."""

    q: str | None = None
    state: str | None = None
    grade: str | None = None
    clause: str | None = None
    engagement: int | None = None
    own: bool = False


@dataclass(frozen=True)
class EngagementCard:
    """One audit with all that stands in it. whole: with what the auditors work on; who answers for what is audited sees its days, people
    and scope, and the reports."""

    line: EngagementLine
    row: Engagement
    programme: AuditProgramme
    auditors: tuple[str, ...]
    points: Sequence[CheckPoint]
    samples: Sequence[AuditSample]
    findings: Sequence[FindingLine]
    reports: Sequence[EngagementReport]
    people: dict[int, str] = field(default_factory=dict)
    whole: bool = True

    def found_of(self, point_id: int) -> list[FindingLine]:
        """The findings that a point of the checklist led to, withdrawn ones apart."""
        return [one for one in self.findings if one.point_id == point_id and one.state != FindingState.WITHDRAWN]

    @property
    def results(self) -> dict[str, int]:
        """Result -> how many points."""
        held = Counter(one.result for one in self.points)
        return {one.value: held[one.value] for one in CheckResult}


@dataclass(frozen=True)
class FindingCard:
    """One finding with its revisions, actions and steps, oldest first."""

    line: FindingLine
    row: Finding
    engagement: Engagement
    revisions: Sequence[FindingRevision]
    actions: Sequence[FindingAction]
    steps: Sequence[FindingStep]
    people: dict[int, str] = field(default_factory=dict)


def names_of(session: Session, ids: Sequence[int | None]) -> dict[int | None, str]:
    """Person -> name."""
    people = directory(session).people
    return {one: people[one].name if one in people else "" for one in ids}


def programmes(session: Session, actor: Actor) -> list[AuditProgramme]:
    """Newest year first. Raises NotPermitted."""
    _see(actor)
    return list(session.scalars(select(AuditProgramme).order_by(AuditProgramme.year.desc())))


def programme_of(session: Session, actor: Actor, programme_id: int) -> AuditProgramme:
    """One. Raises NotPermitted, NotFound."""
    _see(actor)
    row = session.get(AuditProgramme, programme_id)
    if row is None:
        raise NotFound()
    return row


def _see(actor: Actor) -> None:
    if not can(actor, SEE_ENGAGEMENTS):
        raise NotPermitted()


def _narrowed(query: Any, q: str | None, year: int | None, state: str | None, clause: str | None) -> Any:
    if q:
        query = query.where(or_(Engagement.number.icontains(q, autoescape=True), Engagement.title.icontains(q, autoescape=True)))
    if year:
        query = query.where(AuditProgramme.year == year)
    if clause:
        query = query.where(Engagement.id.in_(select(CheckPoint.engagement_id).where(CheckPoint.clause == clause.lstrip("#"))))
    return query.where(Engagement.state == state) if state else query


def engagement_lines(session: Session, actor: Actor, *, q: str | None = None, year: int | None = None, state: str | None = None,
                     clause: str | None = None, programme: int | None = None, start: int = 0, limit: int = 50
                     ) -> tuple[list[EngagementLine], int | None]:
    """Audits, newest year first and by day, and where the list goes on. Raises NotPermitted."""
    _see(actor)
    query = _narrowed(select(Engagement, AuditProgramme.year).join(AuditProgramme), q, year, state, clause)
    if programme is not None:
        query = query.where(Engagement.programme_id == programme)
    rows = session.execute(query.order_by(AuditProgramme.year.desc(), Engagement.starts_on, Engagement.id).offset(start).limit(
        limit + 1)).all()
    return _engagements(session, [(row[0], row[1]) for row in rows[:limit]]), start + limit if len(rows) > limit else None


def count_engagements(session: Session, *, q: str | None = None, year: int | None = None, state: str | None = None,
                      clause: str | None = None) -> int:
    """How many fit."""
    return int(session.scalar(_narrowed(select(func.count(Engagement.id)).join(AuditProgramme), q, year, state, clause)) or 0)


def _engagements(session: Session, rows: Sequence[tuple[Engagement, int]]) -> list[EngagementLine]:
    ids = [row.id for row, _ in rows]
    people = directory(session).people
    points = {one: (many, checked) for one, many, checked in session.execute(select(
        CheckPoint.engagement_id, func.count(), func.count(CheckPoint.result)).where(CheckPoint.engagement_id.in_(ids)).group_by(
        CheckPoint.engagement_id))}
    findings: dict[int, Counter[str]] = {}
    for one, state, many in session.execute(select(Finding.engagement_id, Finding.state, func.count()).where(
            Finding.engagement_id.in_(ids), Finding.state.not_in(["draft", "withdrawn"])).group_by(
            Finding.engagement_id, Finding.state)):
        findings.setdefault(one, Counter())[state] += many

    def name(person_id: int | None) -> str:
        return people[person_id].name if person_id in people else ""
    return [EngagementLine(
        row.id, row.number, row.version, row.programme_id, year, row.title, tuple(row.clauses), row.lead_id, name(row.lead_id),
        name(row.answerable_id), row.starts_on, row.ends_on, row.state, *points.get(row.id, (0, 0)),
        sum(findings.get(row.id, {}).values()), sum(many for state, many in findings.get(row.id, {}).items() if state in OPEN_STATES))
        for row, year in rows]


def engagement_card(session: Session, actor: Actor, engagement_id: int) -> EngagementCard:
    """One audit; drafts of findings are shown to its auditors alone, checklist and samples not to who is audited. Raises NotPermitted,
    NotFound."""
    row = session.get(Engagement, engagement_id)
    whole = can(actor, SEE_ENGAGEMENTS)
    if not whole and not (row is not None and answers_for(actor, row)):
        raise NotPermitted()
    if row is None:
        raise NotFound()
    programme = session.get_one(AuditProgramme, row.programme_id)
    people = {one.id: one.name for one in directory(session).people.values()}
    return EngagementCard(
        _engagements(session, [(row, programme.year)])[0], row, programme, tuple(people.get(one, "") for one in row.auditors),
        session.scalars(select(CheckPoint).where(CheckPoint.engagement_id == row.id).order_by(CheckPoint.place)).all() if whole else (),
        session.scalars(select(AuditSample).where(AuditSample.engagement_id == row.id).order_by(AuditSample.id)).all() if whole else (),
        finding_lines(session, actor, FindingFilters(engagement=row.id), limit=500)[0],
        session.scalars(select(EngagementReport).where(EngagementReport.engagement_id == row.id).order_by(EngagementReport.no)).all(),
        people, whole)


def answers_for(actor: Actor, row: Engagement) -> bool:
    """Whether this person answers for what is audited; an audit of a draft programme is nobody's yet."""
    return can(actor, SEE_OWN_FINDINGS) and actor.person_id is not None and row.answerable_id == actor.person_id


def _mine(actor: Actor) -> ColumnElement[bool]:
    """Published findings that this person answers, or does something about."""
    me = actor.person_id or 0
    newest = select(func.max(FindingAction.id)).group_by(FindingAction.finding_id)
    owned = select(FindingAction.finding_id).where(FindingAction.owner_id == me, FindingAction.id.in_(newest))
    return and_(Finding.published_at.is_not(None), or_(Finding.respondent_id == me, Finding.id.in_(owned)))


def visible(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Which findings this person sees: published ones and drafts of the own audits, or only those that one answers."""
    if can(actor, SEE_ENGAGEMENTS):
        own = [one for one, lead, auditors in session.execute(select(Engagement.id, Engagement.lead_id, Engagement.auditors))
               if actor.person_id is not None and (lead == actor.person_id or actor.person_id in auditors)]
        return or_(Finding.state != FindingState.DRAFT.value, Finding.engagement_id.in_(own))
    if can(actor, SEE_OWN_FINDINGS):
        return _mine(actor)
    raise NotPermitted()


def _findings(session: Session, actor: Actor, asked: FindingFilters) -> list[ColumnElement[bool]]:
    found = [visible(session, actor)]
    if asked.own:
        found.append(_mine(actor))
    if asked.q:
        found.append(or_(*(column.icontains(asked.q, autoescape=True) for column in (Finding.number, Finding.title, Finding.text))))
    if asked.state == "open":
        found.append(Finding.state.in_(sorted(OPEN_STATES)))
    elif asked.state:
        found.append(Finding.state == asked.state)
    return found + [column == value for column, value in (
        (Finding.grade, asked.grade), (Finding.clause, asked.clause and asked.clause.lstrip("#")),
        (Finding.engagement_id, asked.engagement)) if value]


def finding_lines(session: Session, actor: Actor, asked: FindingFilters, *, start: int = 0, limit: int = 50
                  ) -> tuple[list[FindingLine], int | None]:
    """Findings this person may see, newest first, and where the list goes on. Raises NotPermitted."""
    rows = session.scalars(select(Finding).where(*_findings(session, actor, asked)).order_by(Finding.id.desc()).offset(start).limit(
        limit + 1)).all()
    return _finding_lines(session, rows[:limit]), start + limit if len(rows) > limit else None


def count_findings(session: Session, actor: Actor, asked: FindingFilters) -> int:
    """How many fit."""
    return session.scalar(select(func.count(Finding.id)).where(*_findings(session, actor, asked))) or 0


def _finding_lines(session: Session, rows: Sequence[Finding]) -> list[FindingLine]:
    ids = [row.id for row in rows]
    people = directory(session).people
    audits: dict[int, str] = {one.id: one.number for one in session.scalars(select(Engagement).where(
        Engagement.id.in_({row.engagement_id for row in rows})))}
    actions = {one.finding_id: one for one in session.scalars(select(FindingAction).where(
        FindingAction.finding_id.in_(ids)).order_by(FindingAction.no))}

    def name(person_id: int | None) -> str:
        return people[person_id].name if person_id in people else ""
    return [FindingLine(
        row.id, row.number or "", row.version, row.engagement_id, audits[row.engagement_id], row.clause, row.grade, row.title, row.state,
        name(row.respondent_id), name(actions[row.id].owner_id) if row.id in actions else "",
        actions[row.id].due_on if row.id in actions else None, row.published_at, row.point_id) for row in rows]


def finding_card(session: Session, actor: Actor, finding_id: int) -> FindingCard:
    """One finding. Raises NotPermitted, NotFound."""
    row = session.scalars(select(Finding).where(visible(session, actor), Finding.id == finding_id)).one_or_none()
    if row is None:
        raise NotFound()
    people = {one.id: one.name for one in directory(session).people.values()}

    def of(kind: Any, order: Any) -> Sequence[Any]:
        return session.scalars(select(kind).where(kind.finding_id == row.id).order_by(order)).all()
    return FindingCard(
        _finding_lines(session, [row])[0], row, session.get_one(Engagement, row.engagement_id), of(FindingRevision, FindingRevision.no),
        of(FindingAction, FindingAction.no), of(FindingStep, FindingStep.id), people)
