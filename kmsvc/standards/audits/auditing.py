"""Auditing: begin, judge the points of the checklist, draw a sample, look through, finish with a frozen report. Source: E9, E18, W10."""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import func, select

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.frozen import digest_of
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.standards.audits.events import AuditFinished
from kmsvc.standards.audits.models import (
    AuditProgramme,
    AuditSample,
    CheckPoint,
    Engagement,
    EngagementReport,
    Finding,
)
from kmsvc.standards.audits.permissions import DO_ENGAGEMENT, LEAD_ENGAGEMENT
from kmsvc.standards.audits.rules import (
    MOST_SAMPLED,
    CheckResult,
    EngagementState,
    FindingState,
    NoteKind,
    ProgrammeState,
    check_finishable,
)
from kmsvc.standards.evidence import queries
from kmsvc.standards.evidence.sampling import drawn, population_hash


def engagement_to_lead(work: Work, engagement_id: int, version: int | None, *states: str) -> Engagement:
    """The audit, held to the end, for its lead. Raises NotPermitted, Stale, RuleBroken."""
    row = work.get(Engagement, engagement_id, lock=True, version=version)
    work.permit(LEAD_ENGAGEMENT, row)
    check_state(row, *states)
    return row


def check_state(row: Engagement, *states: str) -> None:
    """RuleBroken where the audit stands elsewhere."""
    if row.state not in states:
        raise RuleBroken("standards.audit.state", N_("The audit is not in a state in which this can be done."))


def points_of(work: Work, engagement_id: int) -> list[CheckPoint]:
    """The checklist of an audit, in its order."""
    return list(work.session.scalars(select(CheckPoint).where(CheckPoint.engagement_id == engagement_id).order_by(CheckPoint.place)))


def start(work: Work, engagement_id: int, *, version: int | None = None) -> Engagement:
    """Begin: the programme is under way, and somebody answers for what is audited."""
    row = engagement_to_lead(work, engagement_id, version, EngagementState.PLANNED)
    if work.get(AuditProgramme, row.programme_id).state != ProgrammeState.ACTIVE:
        raise RuleBroken("standards.programme.state", N_("The programme of the year is not approved and under way yet."))
    if row.answerable_id is None:
        raise RuleBroken("standards.audit.answerable", N_("Nobody is named who answers for what is audited."))
    row.state = EngagementState.RUNNING.value
    return row


def check(work: Work, point_id: int, *, result: str | None, note_kind: str | None = None, note: str | None = None,
          version: int | None = None) -> CheckPoint:
    """Judge a point of the checklist; no result takes the judgement back. What does not conform needs a note."""
    point = work.get(CheckPoint, point_id, lock=True, version=version)
    row = work.get(Engagement, point.engagement_id)
    work.permit(DO_ENGAGEMENT, row)
    check_state(row, EngagementState.RUNNING, EngagementState.REVIEW)
    note = (note or "").strip() or None
    if result in (CheckResult.FAILS, CheckResult.PARTLY) and note is None:
        raise InvalidInput({"note": [N_("Say what does not conform, and how you know.")]})
    point.result = CheckResult(result).value if result else None
    point.note_kind, point.note = NoteKind(note_kind).value if note_kind else None, note
    point.by_id, point.at = (work.actor.person_id, work.now) if result else (None, None)
    return point


def next_unchecked(work: Work, point: CheckPoint) -> int | None:
    """The next point of its checklist without a result, from the top again after the last; None where each has one."""
    left = [one for one in points_of(work, point.engagement_id) if one.result is None]
    return next((one.id for one in left if one.place > point.place), left[0].id if left else None)


def draw_sample(work: Work, engagement_id: int, *, clause: str, size: int, first: date, last: date, today: date, zone: str,
                seed: str | None = None) -> AuditSample:
    """Draw from the records of a clause as they stand today; seed, population and rows are kept as they are. InvalidInput: no record."""
    row = work.get(Engagement, engagement_id, lock=True)
    work.permit(DO_ENGAGEMENT, row)
    check_state(row, EngagementState.RUNNING, EngagementState.REVIEW)
    if clause not in row.clauses:
        raise InvalidInput({"clause": [N_("The audit is not about this clause.")]})
    if not 1 <= size <= MOST_SAMPLED:
        raise InvalidInput({"size": [N_("A sample has 1 to 200 records.")]})
    if first > last:
        raise InvalidInput({"last": [N_("The last day is not before the first.")]})
    span = queries.Span(first, last, today, zone)
    held = {f"{one.kind}:{one.id}": one for one in queries.narrowed(
        queries.gathered(work.session, work.actor, span), queries.EvidenceFilters(clause=clause))}
    if not held:
        raise InvalidInput({"clause": [N_("The service knows no record of this clause in these days; note what you saw instead.")]})
    seed = (seed or "").strip() or secrets.token_hex(4)
    rows = [{"key": key, "kind": held[key].kind, "number": held[key].number, "title": held[key].title, "subject": held[key].subject,
             "on": held[key].happened_on.isoformat(), "who": held[key].who, "url": held[key].url}
            for key in drawn(held, seed, size)]
    made = AuditSample(
        engagement_id=row.id, clause=clause, first=first, last=last, as_of=today, seed=seed, size=size, population=len(held),
        population_hash=population_hash(held), rows=rows, by_id=work.actor.person_id, at=work.now)
    work.session.add(made)
    work.session.flush()
    return made


def to_review(work: Work, engagement_id: int, *, version: int | None = None) -> Engagement:
    """Everything was looked at; the lead looks through it."""
    row = engagement_to_lead(work, engagement_id, version, EngagementState.RUNNING)
    check_finishable([one.result for one in points_of(work, row.id)], 0)
    row.state = EngagementState.REVIEW.value
    return row


def back_to_work(work: Work, engagement_id: int, *, reason: str, version: int | None = None) -> Engagement:
    """Audit on: something is missing, or a finished audit is taken up again; its report stays."""
    row = engagement_to_lead(work, engagement_id, version, EngagementState.REVIEW, EngagementState.DONE)
    work.because(reason)
    row.state, row.reason = EngagementState.RUNNING.value, reason
    return row


def finish(work: Work, engagement_id: int, *, conclusion: str, today: date, version: int | None = None) -> EngagementReport:
    """Finish it: the report is written once and frozen; findings may still be worked on."""
    row = engagement_to_lead(work, engagement_id, version, EngagementState.REVIEW)
    points = points_of(work, row.id)
    findings = list(work.session.scalars(select(Finding).where(Finding.engagement_id == row.id).order_by(Finding.id)))
    check_finishable([one.result for one in points], sum(one.state == FindingState.DRAFT for one in findings))
    no = (work.session.scalar(select(func.max(EngagementReport.no)).where(EngagementReport.engagement_id == row.id)) or 0) + 1
    body = _body(row, points, [one for one in findings if one.state != FindingState.WITHDRAWN])
    report = EngagementReport(
        engagement_id=row.id, no=no, finished_on=today, conclusion=conclusion, body=body, digest=digest_of(conclusion, body),
        by_id=work.actor.person_id, at=work.now)
    work.session.add(report)
    row.state, row.reason = EngagementState.DONE.value, None
    work.session.flush()
    work.record(AuditFinished(row.id, no))
    return report


def _body(row: Engagement, points: list[CheckPoint], findings: list[Finding]) -> dict[str, Any]:
    results = Counter(one.result for one in points)
    return {"clauses": row.clauses, "scope": row.scope, "lead": row.lead_id, "auditors": row.auditors, "answerable": row.answerable_id,
            "starts_on": row.starts_on.isoformat(), "ends_on": row.ends_on.isoformat(),
            "results": {one.value: results[one.value] for one in CheckResult},
            "points": [{"clause": one.clause, "text": one.text, "result": one.result, "kind": one.note_kind, "note": one.note}
                       for one in points],
            "findings": [{"id": one.id, "number": one.number, "clause": one.clause, "grade": one.grade, "title": one.title,
                          "revision": one.revision, "state": one.state} for one in findings]}
