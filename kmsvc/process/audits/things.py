"""Process audits, their processes and themed optimisations by the register of cards: gone to by number, named where something came of
them."""

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
from kmsvc.process.audits.models import Optimisation, ProcessAudit, ProcessAuditItem
from kmsvc.process.audits.permissions import JUDGE_PROCESS, LEAD_AUDIT, SEE_AUDITS
from kmsvc.process.audits.rules import AUDIT_KIND, THEME_KIND, ProcessAuditState
from kmsvc.process.definitions.models import Process

AUDIT, ITEM, THEME = AUDIT_KIND, "process_audit_item", THEME_KIND


def _audit(row: ProcessAudit) -> ThingCard:
    return ThingCard(AUDIT, row.id, row.number, f"{row.number} {row.year}", f"/process/audits/{row.id}", row.state)


def _theme(row: Optimisation) -> ThingCard:
    return ThingCard(THEME, row.id, row.number, row.theme, f"/process/audits/themes/{row.id}", row.state)


def _audits(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    if not can(actor, SEE_AUDITS):
        return {}
    return {row.id: _audit(row) for row in session.scalars(select(ProcessAudit).where(ProcessAudit.id.in_(ids)))}


def _themes(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    if not can(actor, SEE_AUDITS):
        return {}
    return {row.id: _theme(row) for row in session.scalars(select(Optimisation).where(Optimisation.id.in_(ids)))}


def _items(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """A process of an audit: the number of the audit and the name of the process."""
    if not can(actor, SEE_AUDITS):
        return {}
    rows = session.execute(select(ProcessAuditItem, ProcessAudit.number, Process.number, Process.name).join(
        ProcessAudit, ProcessAudit.id == ProcessAuditItem.audit_id).join(Process, Process.id == ProcessAuditItem.process_id).where(
        ProcessAuditItem.id.in_(ids)))
    return {row.id: ThingCard(ITEM, row.id, audit, f"{number} {name}", f"/process/audits/items/{row.id}", row.result or "")
            for row, audit, number, name in rows}


def adds(session: Session, actor: Actor, item_id: int) -> bool:
    """Whether this caller may add a file to a process of an audit: its auditor and who leads, while the audit runs."""
    row = session.get(ProcessAuditItem, item_id)
    audit = session.get(ProcessAudit, row.audit_id) if row is not None else None
    return audit is not None and audit.state == ProcessAuditState.RUNNING and (
        can(actor, LEAD_AUDIT) or can(actor, JUDGE_PROCESS, row))


def _keeps(session: Session, actor: Actor, item_id: int) -> bool:
    row = session.get(ProcessAuditItem, item_id)
    return row is not None and row.signed_at is None and row.change_id is None and adds(session, actor, item_id)


def _texts(session: Session, actor: Actor, item_id: int) -> Iterable[str]:
    if can(actor, SEE_AUDITS):
        yield from (f"/files/{one}" for one in session.scalars(select(Attachment.id).where(
            Attachment.subject_kind == ITEM, Attachment.subject_id == item_id, Attachment.removed_at.is_(None))))


def _audits_numbered(session: Session, actor: Actor, number: str, limit: int) -> list[ThingCard]:
    if not can(actor, SEE_AUDITS):
        return []
    return [_audit(row) for row in session.scalars(select(ProcessAudit).where(
        ProcessAudit.number.startswith(number)).order_by(ProcessAudit.id.desc()).limit(limit))]


def _themes_numbered(session: Session, actor: Actor, number: str, limit: int) -> list[ThingCard]:
    if not can(actor, SEE_AUDITS):
        return []
    return [_theme(row) for row in session.scalars(select(Optimisation).where(
        Optimisation.number.startswith(number)).order_by(Optimisation.id.desc()).limit(limit))]


cards.register(cards.Kind(AUDIT, N_("Process audit"), _audits))
cards.register(cards.Kind(ITEM, N_("Process of an audit"), _items, keeps=_keeps, adds=adds, texts=_texts))
cards.register(cards.Kind(THEME, N_("Themed optimisation"), _themes))
cards.NUMBERED["PA"] = _audits_numbered
cards.NUMBERED["TO"] = _themes_numbered
