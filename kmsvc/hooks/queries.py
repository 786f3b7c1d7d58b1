"""Reads over hooks: the list, one with how it fares, the log of what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.errors import NotFound
from kmsvc.hooks.models import Hook, HookDelivery, HookStand
from kmsvc.hooks.rules import DeliveryState
from kmsvc.people.accounts.directory import directory


@dataclass(frozen=True)
class HookLine:
    """A hook, without its secret. login, account: whose rights count; waiting, dead: deliveries."""

    id: int
    version: int
    name: str
    address: str
    login: str
    account: str
    kinds: tuple[str, ...]
    state: str
    reason: str | None
    waiting: int
    dead: int
    failing: int
    failing_since: datetime | None
    rests_until: datetime | None
    answered_at: datetime | None
    made_at: datetime
    made_by: str
    url: str


@dataclass(frozen=True)
class DeliveryLine:
    """A delivery in the log."""

    id: int
    uid: str
    kind: str
    at: datetime
    state: str
    tries: int
    next_at: datetime
    done_at: datetime | None
    status: int | None
    took_ms: int | None
    error: str | None
    answer: str | None


def hook_lines(session: Session, *, q: str | None = None, state: str | None = None, hook_id: int | None = None) -> list[HookLine]:
    """Hooks that were not removed, by name. q: name or address; state: one of `HookState`."""
    query = select(Hook, HookStand).outerjoin(HookStand, HookStand.hook_id == Hook.id).where(Hook.removed_at.is_(None))
    if hook_id is not None:
        query = query.where(Hook.id == hook_id)
    if state:
        query = query.where(Hook.state == state)
    if q:
        query = query.where(or_(Hook.name.icontains(q, autoescape=True), Hook.address.icontains(q, autoescape=True)))
    rows = session.execute(query.order_by(Hook.name, Hook.id)).all()
    counts = {(one, state): n for one, state, n in session.execute(
        select(HookDelivery.hook_id, HookDelivery.state, func.count(HookDelivery.id)).where(
            HookDelivery.hook_id.in_([row.id for row, _ in rows]),
            HookDelivery.state.in_((DeliveryState.WAITING, DeliveryState.DEAD))).group_by(HookDelivery.hook_id, HookDelivery.state))}
    people = directory(session).people
    found = []
    for row, stand in rows:
        account, maker = people.get(row.person_id), people.get(row.made_by_id or 0)
        found.append(HookLine(
            row.id, row.version, row.name, row.address, account.login if account else "", account.name if account else "",
            tuple(row.kinds), row.state, row.reason, counts.get((row.id, "waiting"), 0), counts.get((row.id, "dead"), 0),
            stand.failing if stand else 0, stand.failing_since if stand else None, stand.rests_until if stand else None,
            stand.answered_at if stand else None, row.made_at, maker.name if maker else "", f"/hooks/{row.id}"))
    return found


def hook_line(session: Session, hook_id: int) -> HookLine:
    """One of them, or NotFound."""
    found = hook_lines(session, hook_id=hook_id)
    if not found:
        raise NotFound()
    return found[0]


def delivery_lines(session: Session, hook_id: int, *, state: str | None = None, kind: str | None = None, before: int | None = None,
                   limit: int = 50) -> tuple[list[DeliveryLine], int | None]:
    """A page of the log of a hook, newest first, and the id to go on from."""
    query = select(HookDelivery).where(HookDelivery.hook_id == hook_id)
    if state:
        query = query.where(HookDelivery.state == state)
    if kind:
        query = query.where(HookDelivery.kind == kind)
    if before:
        query = query.where(HookDelivery.id < before)
    rows = list(session.scalars(query.order_by(HookDelivery.id.desc()).limit(limit + 1)))
    lines = [DeliveryLine(row.id, row.uid, row.kind, row.at, row.state, row.tries, row.next_at, row.done_at, row.status, row.took_ms,
                          row.error, row.answer) for row in rows[:limit]]
    return lines, lines[-1].id if len(rows) > limit else None
