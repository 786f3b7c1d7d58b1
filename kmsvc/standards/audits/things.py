"""Audits and findings by the register of cards: gone to by number, named where something came of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.files.models import Attachment
from kmsvc.standards.audits.findings import Answerers
from kmsvc.standards.audits.models import AuditProgramme, Engagement, Finding, FindingAction, FindingStep
from kmsvc.standards.audits.permissions import ANSWER_FINDING, SEE_ENGAGEMENTS, SEE_OWN_FINDINGS
from kmsvc.standards.audits.queries import answers_for, visible
from kmsvc.standards.audits.rules import ENGAGEMENT, FINDING, FindingState

PROGRAMME = "audit_programme"


def _engagement(row: Engagement) -> ThingCard:
    return ThingCard(ENGAGEMENT, row.id, row.number, row.title, f"/standards/audits/{row.id}", row.state)


def _programme(row: AuditProgramme) -> ThingCard:
    return ThingCard(PROGRAMME, row.id, row.number, row.title, f"/standards/audits/programmes/{row.id}", row.state)


def _finding(row: Finding) -> ThingCard:
    return ThingCard(FINDING, row.id, row.number or "", row.title, f"/standards/audits/findings/{row.id}", row.state)


def _engagements(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    rows = session.scalars(select(Engagement).where(Engagement.id.in_(ids)))
    return {row.id: _engagement(row) for row in rows if can(actor, SEE_ENGAGEMENTS) or answers_for(actor, row)}


def _programmes(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    if not can(actor, SEE_ENGAGEMENTS):
        return {}
    return {row.id: _programme(row) for row in session.scalars(select(AuditProgramme).where(AuditProgramme.id.in_(ids)))}


def _sees_findings(actor: Actor) -> bool:
    return can(actor, SEE_ENGAGEMENTS) or can(actor, SEE_OWN_FINDINGS)


def _findings(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    if not _sees_findings(actor):
        return {}
    return {row.id: _finding(row) for row in session.scalars(select(Finding).where(visible(session, actor), Finding.id.in_(ids)))}


def _engagements_numbered(session: Session, actor: Actor, number: str, limit: int) -> list[ThingCard]:
    if not can(actor, SEE_ENGAGEMENTS):
        return []
    return [_engagement(row) for row in session.scalars(select(Engagement).where(
        Engagement.number.startswith(number)).order_by(Engagement.id.desc()).limit(limit))]


def _findings_numbered(session: Session, actor: Actor, number: str, limit: int) -> list[ThingCard]:
    if not _sees_findings(actor):
        return []
    return [_finding(row) for row in session.scalars(select(Finding).where(
        visible(session, actor), Finding.number.startswith(number)).order_by(Finding.id.desc()).limit(limit))]


def adds(session: Session, actor: Actor, finding_id: int) -> bool:
    """Whether this caller may add a file to a finding: who answers it or does its action, while that is open."""
    row = session.get(Finding, finding_id)
    if row is None or row.state != FindingState.AGREED:
        return False
    owner = session.scalar(select(FindingAction.owner_id).where(FindingAction.finding_id == finding_id).order_by(
        FindingAction.no.desc()).limit(1))
    return can(actor, ANSWER_FINDING, Answerers(row.respondent_id, owner))


def _keeps(session: Session, actor: Actor, finding_id: int) -> bool:
    """What was shown once is taken away by nobody, also not after it was sent back."""
    shown = select(FindingStep.id).where(FindingStep.finding_id == finding_id, FindingStep.verb == "act").limit(1)
    return adds(session, actor, finding_id) and session.scalar(shown) is None


def _texts(session: Session, actor: Actor, finding_id: int) -> Iterable[str]:
    if session.scalar(select(Finding.id).where(visible(session, actor), Finding.id == finding_id)) is not None:
        yield from (f"/files/{one}" for one in session.scalars(select(Attachment.id).where(
            Attachment.subject_kind == FINDING, Attachment.subject_id == finding_id, Attachment.removed_at.is_(None))))


cards.register(cards.Kind(ENGAGEMENT, N_("Audit"), _engagements))
cards.register(cards.Kind(PROGRAMME, N_("Audit programme"), _programmes))
cards.register(cards.Kind(FINDING, N_("Audit finding"), _findings, keeps=_keeps, adds=adds, texts=_texts))
cards.NUMBERED["AU"] = _engagements_numbered
cards.NUMBERED["AF"] = _findings_numbered
