"""Duties of audits in the one engine: an audit by its last day, and each turn of a finding for whoever has it. Source: E9, E11."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.core.work import centre_day
from kmsvc.standards.audits.models import (
    AuditProgramme,
    Engagement,
    EngagementReport,
    Finding,
    FindingAction,
    FindingStep,
)
from kmsvc.standards.audits.rules import ENGAGEMENT, FINDING, EngagementState, FindingState, ProgrammeState
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import Due
from kmsvc.standards.duties.usecases import DutyRule, Wanted, register

AUDIT = "standards.audit.do"
RESPOND, ACT, EFFECT = "standards.finding.respond", "standards.finding.act", "standards.finding.effect"
PROPOSE, AGREE = "standards.finding.propose", "standards.finding.agree"
VERIFY, CLOSE = "standards.finding.verify", "standards.finding.close"
OF_FINDINGS = (RESPOND, PROPOSE, AGREE, ACT, VERIFY, EFFECT, CLOSE)
RESPOND_DAYS = 10
"""after a finding was published, the audited side responds within so many days"""
TURN_DAYS = 7
"""whoever has another turn without a day of its own takes it within so many days"""
UNDER_WAY = (EngagementState.PLANNED.value, EngagementState.RUNNING.value, EngagementState.REVIEW.value)


class Asked(NamedTuple):
    """A finding, who has to do something about it, by when; period: of which turn."""

    id: int
    person_id: int | None
    due_on: date
    period: str


def unanswered(session: Session) -> Iterator[Asked]:
    """Findings that wait for a response."""
    for row in session.scalars(select(Finding).where(Finding.state == FindingState.PUBLISHED.value).order_by(Finding.id)):
        if row.published_at is not None:
            yield Asked(row.id, row.respondent_id, centre_day(session, row.published_at) + timedelta(days=RESPOND_DAYS), "respond")


def agreed(session: Session) -> Iterator[Asked]:
    """Actions that both sides agreed, and that are not done."""
    newest = select(func.max(FindingAction.id)).group_by(FindingAction.finding_id)
    for row in session.scalars(select(FindingAction).join(Finding, Finding.id == FindingAction.finding_id).where(
            FindingAction.id.in_(newest), Finding.state == FindingState.AGREED.value).order_by(FindingAction.id)):
        yield Asked(row.finding_id, row.owner_id, row.due_on, f"action {row.no}")


def watched(session: Session) -> Iterator[Asked]:
    """Findings whose effect is to be looked at, by the lead of their audit."""
    for row, lead in session.execute(select(Finding, Engagement.lead_id).join(Engagement, Engagement.id == Finding.engagement_id).where(
            Finding.state == FindingState.VERIFIED.value).order_by(Finding.id)):
        if row.effect_on is not None:
            yield Asked(row.id, lead, row.effect_on, f"effect {row.effect_on}")


def auditing(session: Session) -> Iterator[Asked]:
    """Audits of a programme under way that somebody leads, until their report is written."""
    for row in session.scalars(select(Engagement).join(AuditProgramme, AuditProgramme.id == Engagement.programme_id).where(
            AuditProgramme.state == ProgrammeState.ACTIVE.value, Engagement.state.in_(UNDER_WAY), Engagement.lead_id.is_not(None)
            ).order_by(Engagement.id)):
        yield Asked(row.id, row.lead_id, row.ends_on, "audit")


def _turns(session: Session, state: FindingState) -> Iterator[tuple[Finding, Engagement, FindingStep]]:
    """Findings in a state, with their audit and the newest act."""
    newest = select(func.max(FindingStep.id)).where(FindingStep.verb != "correct").group_by(FindingStep.finding_id)
    yield from session.execute(select(Finding, Engagement, FindingStep).join(
            Engagement, Engagement.id == Finding.engagement_id).join(FindingStep, FindingStep.finding_id == Finding.id).where(
            FindingStep.id.in_(newest), Finding.state == state.value).order_by(Finding.id))


def _turn(finding: Finding, person_id: int | None, step: FindingStep, name: str) -> Asked:
    return Asked(finding.id, person_id, step.day + timedelta(days=TURN_DAYS), f"{name} {step.id}")


def answered(session: Session) -> Iterator[Asked]:
    """Findings that wait for an action: the audited side proposes one."""
    for finding, _, step in _turns(session, FindingState.ANSWERED):
        yield _turn(finding, finding.respondent_id, step, "propose")


def proposed(session: Session) -> Iterator[Asked]:
    """Actions that one side has not accepted yet: that side."""
    newest = {one.finding_id: one for one in session.scalars(select(FindingAction).join(
        Finding, Finding.id == FindingAction.finding_id).where(Finding.state == FindingState.PROPOSED.value).order_by(FindingAction.no))}
    for finding, audit, step in _turns(session, FindingState.PROPOSED):
        action = newest[finding.id]
        yield _turn(finding, audit.lead_id if action.audit_at is None else finding.respondent_id, step, f"agree {action.no}")


def acted(session: Session) -> Iterator[Asked]:
    """What is done and waits to be verified, by the lead; a lead who did it leaves it to another auditor."""
    newest = select(func.max(FindingAction.id)).group_by(FindingAction.finding_id)
    by = dict(session.execute(select(FindingAction.finding_id, FindingAction.done_by_id).where(
        FindingAction.id.in_(newest)).order_by(FindingAction.id)).all())
    for finding, audit, step in _turns(session, FindingState.ACTED):
        team = [one for one in (audit.lead_id, *audit.auditors) if one is not None and one != by.get(finding.id)]
        yield _turn(finding, team[0] if team else audit.lead_id, step, "verify")


def effective(session: Session) -> Iterator[Asked]:
    """What can be closed, by the lead."""
    for finding, audit, step in _turns(session, FindingState.EFFECTIVE):
        yield _turn(finding, audit.lead_id, step, "close")


def wanted(row: Asked, today: date) -> Iterator[Wanted]:
    """What the turn asks for."""
    yield Wanted(FINDING, row.id, Due(row.period, row.due_on), row.person_id)


def wanted_audit(row: Asked, today: date) -> Iterator[Wanted]:
    """The audit, by its last day."""
    yield Wanted(ENGAGEMENT, row.id, Due(row.period, row.due_on), row.person_id)


def _reported_on(session: Session, duty: Obligation) -> date | None:
    """The day of its newest report; none where it was dropped."""
    return session.scalar(select(func.max(EngagementReport.finished_on)).where(
        EngagementReport.engagement_id == duty.subject_id, EngagementReport.at >= duty.created_at))


def _done_by(*verbs: str) -> Callable[[Session, Obligation], date | None]:
    def done_on(session: Session, duty: Obligation) -> date | None:
        """The day of the newest act that fulfils it; none where the finding went another way."""
        return session.scalar(select(func.max(FindingStep.day)).where(
            FindingStep.finding_id == duty.subject_id, FindingStep.verb.in_(verbs), FindingStep.at >= duty.created_at))
    return done_on


register(DutyRule(AUDIT, N_("Holding an audit"), auditing, wanted_audit, ENGAGEMENT, _reported_on, again=True))
register(DutyRule(RESPOND, N_("Responding to a finding"), unanswered, wanted, FINDING, _done_by("respond"), again=True))
register(DutyRule(PROPOSE, N_("Proposing what is done about a finding"), answered, wanted, FINDING, _done_by("propose"), again=True))
register(DutyRule(AGREE, N_("Accepting what is proposed about a finding"), proposed, wanted, FINDING, _done_by("agree", "propose"),
                  again=True))
register(DutyRule(ACT, N_("Doing what was agreed about a finding"), agreed, wanted, FINDING, _done_by("act"), again=True))
register(DutyRule(EFFECT, N_("Looking at the effect of an action"), watched, wanted, FINDING,
                  _done_by("effect_holds", "effect_fails"), again=True))
register(DutyRule(VERIFY, N_("Verifying what was done about a finding"), acted, wanted, FINDING, _done_by("verify", "send_back"),
                  again=True))
register(DutyRule(CLOSE, N_("Closing a finding"), effective, wanted, FINDING, _done_by("close"), again=True))
