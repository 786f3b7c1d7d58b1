"""Duties as they stood at the end of a day: what changed since is told by the trail, which is never changed. W3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import false, func, inspect, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.audit import columns_then
from kmsvc.core.clock import start_of_day
from kmsvc.core.errors import NotFound, RuleBroken
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.files.models import Attachment
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.duties.models import ClauseDuty, DutyProof, Obligation
from kmsvc.standards.duties.permissions import SEE_DUTIES, SEE_OWN_DUTIES
from kmsvc.standards.duties.queries import DutyCard, DutyFilters, cards_of
from kmsvc.standards.duties.rules import DutyState

TABLE = Obligation.__tablename__
MOST = 20_000
"""duties that are looked at in the past; of more one asks for a rule or a clause"""
MOVED = ("state", "owner_id", "due_on", "planned_on", "done_on")


def cut_of(day: date, zone: str) -> datetime:
    """The first instant after a day."""
    return start_of_day(day + timedelta(days=1), zone)


def cards_on(session: Session, actor: Actor, asked: DutyFilters, day: date, zone: str) -> list[DutyCard]:
    """Duties that were there at the end of a day, by their day then, with state, owner and days of then; records are those of today
    where it was done then. Whoever sees only the own duties sees those that were and are theirs. RuleBroken where there are too many
    to look at."""
    cut = cut_of(day, zone)
    query = select(Obligation).where(Obligation.created_at < cut)
    if not can(actor, SEE_DUTIES):
        query = query.where(Obligation.owner_id == actor.person_id if can(actor, SEE_OWN_DUTIES) and actor.person_id else false())
        asked = replace(asked, owner=actor.person_id, unit=None)
    if asked.clause:
        query = query.where(Obligation.clause == asked.clause.strip().lstrip("#"))
    if asked.rule is not None:
        query = query.where(Obligation.rule_id == asked.rule)
    if (session.scalar(select(func.count()).select_from(query.subquery())) or 0) > MOST:
        raise RuleBroken("standards.duties.past", N_(
            "These are too many duties to look at in the past; open those of a rule or a clause."))
    rows = session.scalars(query.order_by(Obligation.id)).all()
    units = {one.id: one.unit_id for one in directory(session).people.values()}
    return sorted((one for one in _then(session, actor, rows, day, cut) if _fits(one, asked, day, units)),
                  key=lambda one: (one.due_on, one.id))


def card_on(session: Session, actor: Actor, row: Obligation, day: date, zone: str) -> DutyCard:
    """One duty as it stood at the end of a day, with the records it had then; NotFound where it was not made yet."""
    cut = cut_of(day, zone)
    if row.created_at >= cut:
        raise NotFound()
    kept = tuple({"kind": one.kind, "number": one.number, "url": one.url} for one in session.scalars(select(DutyProof).where(
        DutyProof.obligation_id == row.id, DutyProof.at < cut, or_(DutyProof.dropped_at.is_(None), DutyProof.dropped_at >= cut)
        ).order_by(DutyProof.id)))
    files = tuple({"kind": "file", "number": one.name, "url": f"/files/{one.id}"} for one in session.scalars(select(Attachment).where(
        Attachment.subject_kind == "duty", Attachment.subject_id == row.id, Attachment.added_at < cut,
        or_(Attachment.removed_at.is_(None), Attachment.removed_at >= cut)).order_by(Attachment.id)))
    [card] = _then(session, actor, [row], day, cut)
    return replace(card, records=kept + files)


def rules_on(session: Session, actor: Actor, day: date, zone: str, q: str | None = None, stand: str | None = None) -> list[Any]:
    """Rules by model and clause as they stood at the end of a day; each has the columns of a rule and its number."""
    cut = cut_of(day, zone)
    was = columns_then(session, ClauseDuty.__tablename__, cut)
    typed, found = (q or "").strip().casefold(), []
    for row in session.scalars(select(ClauseDuty).where(
            ClauseDuty.made_at < cut if can(actor, SEE_DUTIES) else false()).order_by(
            ClauseDuty.model, ClauseDuty.clause_no, ClauseDuty.id)):
        held = {one.key: getattr(row, one.key) for one in inspect(ClauseDuty).column_attrs}
        held |= {name: date.fromisoformat(said) if said and name in ("since", "made_until") else said
                 for name, said in was.get(row.id, {}).items() if name in held}
        one = SimpleNamespace(**held, number=row.number)
        if (not typed or typed == one.clause or any(typed in said.casefold() for said in (one.name_zh, one.name_en, one.code))) and (
                not stand or one.is_on == (stand == "on")):
            found.append(one)
    return found


def rule_on(session: Session, actor: Actor, rule_id: int, day: date, zone: str) -> Any:
    """One rule as it stood at the end of a day; NotFound where it was not there yet."""
    found = next((one for one in rules_on(session, actor, day, zone) if one.id == rule_id), None)
    if found is None:
        raise NotFound()
    return found


def _then(session: Session, actor: Actor, rows: Sequence[Obligation], day: date, cut: datetime) -> list[DutyCard]:
    """Rows as cards of then."""
    was, people = columns_then(session, TABLE, cut, [rows[0].id] if len(rows) == 1 else None), directory(session).people
    found = []
    for card in cards_of(session, actor, rows, day):
        for name, value in was.get(card.id, {}).items():
            if name in MOVED:
                said: dict[str, Any] = {name: date.fromisoformat(value) if value and name.endswith("_on") else value}
                card = replace(card, **said)
        owner = people.get(card.owner_id) if card.owner_id is not None else None
        found.append(replace(card, owner=owner.name if owner else "", owner_login=owner.login if owner else None,
                             late=card.state == DutyState.OPEN and card.due_on < day,
                             records=card.records if card.state == DutyState.DONE else ()))
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
