"""Duties of findings in the one engine: to respond, to do what was agreed by its day, to look at the effect. Source: E11."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.core.work import centre_day
from kmsvc.standards.audits.models import Engagement, Finding, FindingAction, FindingStep
from kmsvc.standards.audits.rules import FindingState
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import Due
from kmsvc.standards.duties.usecases import DutyRule, Wanted, register

FINDING = "audit_finding"
RESPOND, ACT, EFFECT = "standards.finding.respond", "standards.finding.act", "standards.finding.effect"
RESPOND_DAYS = 10
"""after a finding was published, the audited side responds within so many days"""


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


def wanted(row: Asked, today: date) -> Iterator[Wanted]:
    """What the turn asks for."""
    yield Wanted(FINDING, row.id, Due(row.period, row.due_on), row.person_id)


def _done_by(*verbs: str) -> Callable[[Session, Obligation], date | None]:
    def done_on(session: Session, duty: Obligation) -> date | None:
        """The day of the newest act that fulfils it; none where the finding went another way."""
        return session.scalar(select(func.max(FindingStep.day)).where(
            FindingStep.finding_id == duty.subject_id, FindingStep.verb.in_(verbs), FindingStep.at >= duty.created_at))
    return done_on


register(DutyRule(RESPOND, N_("Responding to a finding"), unanswered, wanted, FINDING, _done_by("respond"), again=True))
register(DutyRule(ACT, N_("Doing what was agreed about a finding"), agreed, wanted, FINDING, _done_by("act"), again=True))
register(DutyRule(EFFECT, N_("Looking at the effect of an action"), watched, wanted, FINDING,
                  _done_by("effect_holds", "effect_fails"), again=True))
