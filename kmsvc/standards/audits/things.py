"""Audits and findings by the register of cards: gone to by number, named where something came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.standards.audits.duties import ENGAGEMENT, FINDING
from kmsvc.standards.audits.models import AuditProgramme, Engagement, Finding
from kmsvc.standards.audits.permissions import SEE_ENGAGEMENTS, SEE_OWN_FINDINGS
from kmsvc.standards.audits.queries import answers_for, visible

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


cards.register(cards.Kind(ENGAGEMENT, N_("Audit"), _engagements))
cards.register(cards.Kind(PROGRAMME, N_("Audit programme"), _programmes))
cards.register(cards.Kind(FINDING, N_("Audit finding"), _findings))
cards.NUMBERED["AU"] = _engagements_numbered
cards.NUMBERED["AF"] = _findings_numbered
