"""The verbs of hooks: register, change, pause, let go on, test, a new secret, remove; queue a fact, try again what was given up."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.memory import Family, remembered
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.hooks.models import Hook, HookDelivery, HookStand
from kmsvc.hooks.permissions import DELIVER_HOOKS, MANAGE_HOOKS
from kmsvc.hooks.reasons import REMOVED, TOO_MANY
from kmsvc.hooks.rules import (
    DEAD_DAYS,
    KEPT_DAYS,
    MOST_HOOKS,
    MOST_WAITING,
    OFFERED,
    TESTED,
    DeliveryState,
    HookState,
    Network,
    bare,
    check_address,
)
from kmsvc.people.accounts.queries import person_by_login

HOOKS = Family("hooks_epoch", frozenset({"hooks_hook"}))


@dataclass(frozen=True)
class Wish:
    """What somebody wants of a hook: login, whose rights count; kinds: of facts, of those in OFFERED;
    private: networks the machine lets hooks call."""

    name: str
    address: str
    login: str
    kinds: Sequence[str]
    private: Sequence[Network] = ()


def add_hook(work: Work, wish: Wish, *, secret: str | None = None) -> Hook:
    """Register an address; the secret is made here unless one is given."""
    work.permit(MANAGE_HOOKS)
    there = work.session.scalar(select(func.count(Hook.id)).where(Hook.removed_at.is_(None))) or 0
    if there >= MOST_HOOKS:
        raise RuleBroken("hooks.many", N_("%(most)s hooks are the most. Remove one first."), most=MOST_HOOKS)
    row = Hook(name=wish.name, address=wish.address, person_id=_account(work, wish), kinds=_kinds(wish),
               secret=secret or secrets.token_urlsafe(32), state=HookState.ON, made_at=work.now, made_by_id=work.actor.person_id)
    work.session.add(row)
    work.session.flush()
    work.session.add(HookStand(hook_id=row.id, failing=0))
    return row


def change_hook(work: Work, hook_id: int, wish: Wish, *, version: int | None = None) -> Hook:
    """Change name, address, account or what it is told of."""
    row = _hook(work, hook_id, version)
    row.name, row.address, row.person_id, row.kinds = wish.name, wish.address, _account(work, wish), _kinds(wish)
    return row


def pause_hook(work: Work, hook_id: int, *, reason: str | None = None) -> Hook:
    """Nothing is sent until somebody lets it go on; what happens meanwhile waits."""
    row = _hook(work, hook_id)
    if row.state != HookState.ON:
        raise RuleBroken("hooks.paused", N_("This hook is not running."))
    work.because(reason)
    row.state, row.reason = HookState.PAUSED, reason
    return row


def resume_hook(work: Work, hook_id: int) -> Hook:
    """It is told again, first of what waited."""
    row = _hook(work, hook_id)
    if row.state == HookState.ON:
        raise RuleBroken("hooks.runs", N_("This hook runs already."))
    row.state, row.reason = HookState.ON, None
    stand = work.session.get(HookStand, row.id, with_for_update=True)
    if stand is not None:
        stand.failing, stand.failing_since, stand.rests_until = 0, None, None
    work.session.execute(update(HookDelivery).where(
        HookDelivery.hook_id == row.id, HookDelivery.state == DeliveryState.WAITING).values(next_at=work.now))
    return row


def new_secret(work: Work, hook_id: int, *, secret: str | None = None) -> Hook:
    """From now on another secret signs; the old one counts no longer."""
    row = _hook(work, hook_id)
    row.secret = secret or secrets.token_urlsafe(32)
    return row


def remove_hook(work: Work, hook_id: int, *, reason: str | None = None) -> Hook:
    """It is told of nothing any more; what waits is given up. It can be registered anew."""
    row = _hook(work, hook_id)
    work.because(reason)
    row.removed_at = work.now
    work.session.execute(update(HookDelivery).where(
        HookDelivery.hook_id == row.id, HookDelivery.state == DeliveryState.WAITING)
        .values(state=DeliveryState.DROPPED, error=REMOVED, done_at=work.now))
    return row


def test_hook(work: Work, hook_id: int) -> HookDelivery:
    """Send a delivery that says nothing, also while it is paused."""
    row = _hook(work, hook_id)
    return _queue(work, row.id, TESTED, {}, work.now)


def try_again(work: Work, hook_id: int, delivery_id: int | None = None) -> int:
    """Send once more what was given up: one delivery, or all of the hook. Returns how many."""
    row = _hook(work, hook_id)
    query = select(HookDelivery).where(HookDelivery.hook_id == row.id, HookDelivery.state == DeliveryState.DEAD)
    if delivery_id is not None:
        query = query.where(HookDelivery.id == delivery_id)
    rows = list(work.session.scalars(query.order_by(HookDelivery.id).with_for_update()))
    if not rows:
        raise RuleBroken("hooks.nothing_dead", N_("Nothing of this was given up."))
    for one in rows:
        one.state, one.tries, one.next_at, one.claimed_until, one.done_at = DeliveryState.WAITING, 0, work.now, None, None
    return len(rows)


def queue_fact(work: Work, kind: str, payload: Mapping[str, Any], at: datetime) -> int:
    """Put a fact into the outbox of every hook that wants it; returns of how many."""
    work.permit(DELIVER_HOOKS)
    wanted = [hook_id for hook_id, kinds in remembered(work.session, HOOKS, "wanted", _wanted) if kind in kinds]
    for hook_id in wanted:
        _queue(work, hook_id, kind, bare(payload), at)
    return len(wanted)


def pull_in_hooks(work: Work) -> None:
    """What waits for a later moment is due now: the clock was set back, and nobody meant it to wait that long."""
    work.permit(DELIVER_HOOKS)
    work.session.execute(update(HookDelivery).where(
        HookDelivery.state == DeliveryState.WAITING, HookDelivery.next_at > work.now).values(next_at=work.now),
        execution_options={"synchronize_session": False})
    work.session.execute(update(HookStand).where(HookStand.rests_until > work.now).values(rests_until=None),
                         execution_options={"synchronize_session": False})


def give_up_waiting(work: Work, why: str) -> int:
    """Nothing that waits goes out by itself any more; a person may send it again. Returns how many."""
    work.permit(DELIVER_HOOKS)
    gone = work.session.execute(update(HookDelivery).where(HookDelivery.state == DeliveryState.WAITING).values(
        state=DeliveryState.DEAD, error=why, done_at=work.now, claimed_until=None), execution_options={"synchronize_session": False})
    return int(getattr(gone, "rowcount", 0))


def tidy_log(work: Work) -> None:
    """What was sent long ago leaves the log, what was given up later."""
    work.permit(DELIVER_HOOKS)
    for states, days in (((DeliveryState.SENT, DeliveryState.DROPPED), KEPT_DAYS), ((DeliveryState.DEAD,), DEAD_DAYS)):
        work.session.execute(delete(HookDelivery).where(
            HookDelivery.state.in_(states), or_(HookDelivery.done_at.is_(None), HookDelivery.done_at < work.now - timedelta(days=days)),
            HookDelivery.at < work.now - timedelta(days=days)))


def _wanted(session: Session) -> list[tuple[int, frozenset[str]]]:
    return [(row.id, frozenset(row.kinds)) for row in session.execute(
        select(Hook.id, Hook.kinds).where(Hook.removed_at.is_(None)).order_by(Hook.id))]


def _queue(work: Work, hook_id: int, kind: str, payload: dict[str, Any], at: datetime) -> HookDelivery:
    waiting = work.session.scalar(select(func.count(HookDelivery.id)).where(
        HookDelivery.hook_id == hook_id, HookDelivery.state == DeliveryState.WAITING)) or 0
    row = HookDelivery(hook_id=hook_id, uid=secrets.token_hex(16), kind=kind, payload=payload, at=at, state=DeliveryState.WAITING,
                       tries=0, next_at=work.now)
    if waiting >= MOST_WAITING:
        row.state, row.error, row.done_at = DeliveryState.DEAD, TOO_MANY, work.now
    work.session.add(row)
    work.session.flush()
    return row


def _hook(work: Work, hook_id: int, version: int | None = None) -> Hook:
    row = work.get(Hook, hook_id, lock=True, version=version)
    work.permit(MANAGE_HOOKS, row)
    if row.removed_at is not None:
        raise NotFound()
    return row


def _kinds(wish: Wish) -> list[str]:
    if not wish.kinds or any(one not in OFFERED for one in wish.kinds):
        raise InvalidInput({"kinds": [N_("Choose at least one of what is offered.")]})
    check_address(wish.address, wish.private)
    return sorted(set(wish.kinds))


def _account(work: Work, wish: Wish) -> int:
    person = person_by_login(work.session, wish.login)
    if person is None or person.state != "active":
        raise InvalidInput({"login": [N_("There is nobody with this login.")]})
    return person.id
