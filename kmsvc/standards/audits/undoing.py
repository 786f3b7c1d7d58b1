"""Ways back of programmes and audits: to draft, thrown away, left out, taken up again."""

from __future__ import annotations

from sqlalchemy import select

from kmsvc.core.errors import RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.standards.audits.models import AuditProgramme, CheckPoint, Engagement, EngagementReport, Finding
from kmsvc.standards.audits.permissions import PLAN_AUDITS
from kmsvc.standards.audits.planning import programme_to_change
from kmsvc.standards.audits.rules import EngagementState, FindingState, ProgrammeState


def take_back_programme(work: Work, programme_id: int, *, reason: str, version: int | None = None) -> AuditProgramme:
    """An approved programme is a draft again, with a reason, until the first of its audits has begun."""
    row = programme_to_change(work, programme_id, version, ProgrammeState.APPROVED, ProgrammeState.ACTIVE)
    _check_none_begun(work, row)
    work.because(reason)
    row.state, row.approved_by_id, row.approved_at = ProgrammeState.DRAFT.value, None, None
    return row


def _check_none_begun(work: Work, row: AuditProgramme) -> None:
    begun = list(work.session.scalars(select(Engagement.number).where(
        Engagement.programme_id == row.id, Engagement.state.not_in([
            EngagementState.PLANNED.value, EngagementState.DROPPED.value])).order_by(Engagement.id)))
    if begun:
        raise RuleBroken("standards.programme.begun", N_("These audits have begun: %(numbers)s."), numbers=", ".join(begun))


def discard_programme(work: Work, programme_id: int, *, version: int | None = None) -> None:
    """Throw a draft away with its audits, none of which has begun or kept anything."""
    row = programme_to_change(work, programme_id, version, ProgrammeState.DRAFT)
    _check_none_begun(work, row)
    audits = list(work.session.scalars(select(Engagement).where(Engagement.programme_id == row.id).order_by(Engagement.id)))
    points = list(work.session.scalars(select(CheckPoint).where(CheckPoint.engagement_id.in_([one.id for one in audits])).order_by(
        CheckPoint.id)))
    left = select(Finding.id).where(Finding.engagement_id.in_([one.id for one in audits])).limit(1)
    if any(one.result is not None for one in points) or work.session.scalar(left) is not None:
        raise RuleBroken("standards.programme.kept", N_("Something was written down in its audits already; it stays."))
    for held in (points, audits, [row]):
        for one in held:
            work.session.delete(one)
        work.session.flush()


def drop_engagement(work: Work, engagement_id: int, *, reason: str, version: int | None = None) -> Engagement:
    """Leave an audit out of the year; it stays to be read and can be taken up again."""
    row = work.get(Engagement, engagement_id, lock=True, version=version)
    work.permit(PLAN_AUDITS, row)
    if row.state in (EngagementState.DONE, EngagementState.DROPPED):
        raise RuleBroken("standards.audit.state", N_("The audit is finished or dropped."))
    if _has_said(work, row.id):
        raise RuleBroken("standards.audit.published", N_(
            "The audit has published findings or a report: finish it instead, or withdraw the findings first."))
    work.because(reason)
    row.state, row.reason = EngagementState.DROPPED.value, reason
    return row


def _has_said(work: Work, engagement_id: int) -> bool:
    """Whether others have read something of it that counts."""
    counting = select(Finding.id).where(Finding.engagement_id == engagement_id, Finding.state.not_in([
        FindingState.DRAFT.value, FindingState.WITHDRAWN.value]))
    report = select(EngagementReport.id).where(EngagementReport.engagement_id == engagement_id)
    return work.session.scalar(counting.limit(1)) is not None or work.session.scalar(report.limit(1)) is not None


def take_up_engagement(work: Work, engagement_id: int, *, version: int | None = None) -> Engagement:
    """Plan a dropped one again."""
    row = work.get(Engagement, engagement_id, lock=True, version=version)
    work.permit(PLAN_AUDITS, row)
    if row.state != EngagementState.DROPPED:
        raise RuleBroken("standards.audit.state", N_("The audit is not dropped."))
    row.state, row.reason = EngagementState.PLANNED.value, None
    return row
