"""Duties as they stood at the end of a day: what changed since is told by the trail, which is never changed. W3."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.audit import AuditEntry
from kmsvc.core.clock import start_of_day
from kmsvc.core.errors import RuleBroken
from kmsvc.core.permissions import require
from kmsvc.core.texts import N_
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.permissions import SEE_DUTIES
from kmsvc.standards.duties.queries import DutyCard, DutyFilters, cards_of
from kmsvc.standards.duties.rules import DutyState

TABLE = Obligation.__tablename__
MOST = 20_000
"""duties that are looked at in the past; of more one asks for a rule or a clause"""
MOVED = ("state", "owner_id", "due_on", "planned_on", "done_on")


def cards_on(session: Session, actor: Actor, asked: DutyFilters, day: date, zone: str) -> list[DutyCard]:
    """Duties that were there at the end of a day, by their day then, with state, owner and days of then; records are those of today
    where it was done then. For who sees the duties of the centre. RuleBroken where there are too many to look at."""
    require(actor, SEE_DUTIES)
    cut = start_of_day(day + timedelta(days=1), zone)
    query = select(Obligation).where(Obligation.created_at < cut)
    if asked.clause:
        query = query.where(Obligation.clause == asked.clause.strip().lstrip("#"))
    if asked.rule is not None:
        query = query.where(Obligation.rule_id == asked.rule)
    if (session.scalar(select(func.count()).select_from(query.subquery())) or 0) > MOST:
        raise RuleBroken("standards.duties.past", N_(
            "These are too many duties to look at in the past; open those of a rule or a clause."))
    rows = session.scalars(query.order_by(Obligation.id)).all()
    was, people = _was(session, cut), directory(session).people
    found = []
    for card in cards_of(session, actor, rows, day):
        for name, value in was.get(card.id, {}).items():
            said: dict[str, Any] = {name: date.fromisoformat(value) if value and name.endswith("_on") else value}
            card = replace(card, **said)
        owner = people.get(card.owner_id) if card.owner_id is not None else None
        found.append(replace(card, owner=owner.name if owner else "", owner_login=owner.login if owner else None,
                             late=card.state == DutyState.OPEN and card.due_on < day,
                             records=card.records if card.state == DutyState.DONE else ()))
    units = {one.id: one.unit_id for one in people.values()}
    return sorted((one for one in found if _fits(one, asked, day, units)), key=lambda one: (one.due_on, one.id))


def _was(session: Session, cut: datetime) -> dict[int, dict[str, Any]]:
    """Duty -> what its columns said at the cut, of those that changed since."""
    found: dict[int, dict[str, Any]] = {}
    for row_id, before in session.execute(select(AuditEntry.subject_id, AuditEntry.before).where(
            AuditEntry.subject == TABLE, AuditEntry.act == "update", AuditEntry.at >= cut).order_by(AuditEntry.seq)):
        for name in MOVED:
            if before and name in before:
                found.setdefault(int(row_id), {}).setdefault(name, before[name])
    return found


def _fits(one: DutyCard, asked: DutyFilters, day: date, units: dict[int, int]) -> bool:
    typed = (asked.q or "").strip().casefold()
    return ((asked.earliest is None or one.due_on >= asked.earliest) and (asked.latest is None or one.due_on <= asked.latest)
            and (asked.owner is None or one.owner_id == asked.owner)
            and (asked.unit is None or units.get(one.owner_id or 0) == asked.unit)
            and (not asked.state or (one.late if asked.state == "late" else one.state == asked.state))
            and (asked.days is None or (one.state == DutyState.OPEN and one.due_on <= day + timedelta(days=asked.days)))
            and (not typed or typed == one.clause or any(
                typed in said.casefold() for said in (one.name_zh, one.name_en, one.code, one.owner, one.period))))
