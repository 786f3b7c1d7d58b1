"""Telling the other systems: claim for a moment, call outside any transaction, record. Each hook by itself, so that one which is
slow or dead holds up no other; at least once, and never lost (R-M1)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import func, or_, select

from kmsvc.core.faults import fault
from kmsvc.core.work import Database, Work, is_passing
from kmsvc.hooks.events import HookStopped
from kmsvc.hooks.models import Hook, HookDelivery, HookStand
from kmsvc.hooks.permissions import DELIVER_HOOKS
from kmsvc.hooks.reaching import WHOLE_S, Answer, NotReached, call
from kmsvc.hooks.reasons import ACCOUNT_GONE, ANSWERED, NOT_FOR_IT, REDIRECTS
from kmsvc.hooks.rules import (
    MOST_TRIES,
    STOP_AFTER,
    TESTED,
    DeliveryState,
    HookState,
    delivery_pause,
    hook_rest,
    networks_of,
    signature,
)
from kmsvc.hooks.telling import account_of, as_bytes, message_of
from kmsvc.people.system import SYSTEM

log = structlog.get_logger("kmsvc.hooks")
AT_ONCE = 4
BATCH = 10
CLAIM = timedelta(seconds=60)
SAFE_LEFT = timedelta(seconds=WHOLE_S * 2)  # the slowest call ends well before its claim does


@dataclass(frozen=True)
class Letter:
    """A claimed delivery, ready to go; nobody else takes it before `claimed_until`."""

    delivery_id: int
    hook_id: int
    uid: str
    kind: str
    address: str
    secret: str
    body: bytes
    claimed_until: datetime


class Sender:
    """Calls of one worker: at most one at a time for each hook, some hooks beside each other."""

    def __init__(self, db: Database, settings: Any, stopping: Callable[[], bool] = lambda: False) -> None:
        self.db, self.settings, self.stopping = db, settings, stopping
        self.private = networks_of(settings.hooks_private)
        self.pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="kmsvc-hook")
        self.running: set[int] = set()
        self.lock = threading.Lock()

    def step(self) -> int:
        """Begin with what is due of hooks that are not being called; returns of how many hooks."""
        begun = 0
        for hook_id in _due_hooks(self.db):
            with self.lock:
                if hook_id in self.running or len(self.running) >= AT_ONCE or self.stopping():
                    continue
                self.running.add(hook_id)
            begun += 1
            self.pool.submit(self._call_all, hook_id)
        return begun

    def _call_all(self, hook_id: int) -> None:
        try:
            send_of(self.db, self.settings, hook_id, self.private, self.stopping)
        except Exception as error:
            if is_passing(error):
                log.warning("database away or busy", hook=hook_id, error=type(error).__name__)
            else:
                log.exception("hook failed", hook=hook_id)
        finally:
            with self.lock:
                self.running.discard(hook_id)

    def close(self) -> None:
        """Let each call end; what was claimed and not sent goes again when its claim is over."""
        self.pool.shutdown(wait=False, cancel_futures=True)


def send_of(db: Database, settings: Any, hook_id: int, private: Any = None, stopping: Callable[[], bool] = lambda: False) -> int:
    """Send what is due of one hook, oldest first, until it fails; returns how many were sent."""
    private = networks_of(settings.hooks_private) if private is None else private
    letters = _claim(db, hook_id, settings.base_url)
    if letters:
        fault("hook.after_claim")
    sent = 0
    for at, letter in enumerate(letters):
        if stopping() or db.clock() > letter.claimed_until - SAFE_LEFT or not _is_wanted(db, letter):
            _put_back(db, letters[at:])
            break
        answer, why = _called(letter, int(db.clock().timestamp()), private)
        if answer is not None and 200 <= answer.status < 300:
            fault("hook.after_send")
            sent += 1
            _settle(db, letter, answer, None)
            continue
        _settle(db, letter, answer, why)
        if letter.kind != TESTED:
            _put_back(db, letters[at + 1:])
            break
    return sent


def _is_wanted(db: Database, letter: Letter) -> bool:
    """Whether the hook is still as it was when this was claimed: nobody has paused, moved or removed it since."""
    with db.look(SYSTEM) as work:
        hook = work.session.get(Hook, letter.hook_id)
        return (hook is not None and hook.removed_at is None and (hook.address, hook.secret) == (letter.address, letter.secret)
                and (hook.state == HookState.ON or letter.kind == TESTED))


def _called(letter: Letter, seconds: int, private: Any) -> tuple[Answer | None, str | None]:
    head = {"Content-Type": "application/json", "User-Agent": "kmsvc-hooks", "Kmsvc-Delivery": letter.uid, "Kmsvc-Kind": letter.kind,
            "Kmsvc-Signature": signature(letter.secret, seconds, letter.body)}
    try:
        answer = call(letter.address, letter.body, head, private)
    except NotReached as error:
        return None, str(error)
    if 300 <= answer.status < 400:
        return answer, REDIRECTS % {"status": answer.status}
    return answer, ANSWERED % {"status": answer.status}


def _due_hooks(db: Database) -> list[int]:
    """Hooks with something due, that longest waiting first."""
    with db.look(SYSTEM) as work:
        return list(work.session.scalars(_ready(work, select(HookDelivery.hook_id)).group_by(HookDelivery.hook_id)
                                         .order_by(func.min(HookDelivery.id))))


def _ready(work: Work, query: Any) -> Any:
    claim_is_over = or_(HookDelivery.claimed_until.is_(None), HookDelivery.claimed_until < work.now,
                        HookDelivery.claimed_until > work.now + CLAIM * 2)  # a clock that was set back
    return query.select_from(HookDelivery).join(Hook, Hook.id == HookDelivery.hook_id).join(
        HookStand, HookStand.hook_id == Hook.id).where(
        HookDelivery.state == DeliveryState.WAITING, HookDelivery.next_at <= work.now, claim_is_over, Hook.removed_at.is_(None),
        or_(HookDelivery.kind == TESTED, (Hook.state == HookState.ON) & or_(
            HookStand.rests_until.is_(None), HookStand.rests_until <= work.now)))


def _claim(db: Database, hook_id: int, base_url: str) -> list[Letter]:
    found: list[Letter] = []
    with db.begin(SYSTEM) as work:
        work.permit(DELIVER_HOOKS)
        hook = work.session.get(Hook, hook_id)
        if hook is None:
            return []
        actor = account_of(work.session, hook)
        for row in work.session.scalars(_ready(work, select(HookDelivery)).where(HookDelivery.hook_id == hook_id)
                                        .order_by(HookDelivery.id).limit(BATCH).with_for_update(skip_locked=True, of=HookDelivery)):
            message = message_of(work.session, actor, row, base_url) if actor is not None else None
            if message is None:
                row.state, row.done_at = DeliveryState.DROPPED, work.now
                row.error = NOT_FOR_IT if actor is not None else ACCOUNT_GONE
                continue
            row.claimed_until = work.now + CLAIM
            found.append(Letter(row.id, hook.id, row.uid, row.kind, hook.address, hook.secret, as_bytes(message), row.claimed_until))
    return found


def _settle(db: Database, letter: Letter, answer: Answer | None, why: str | None) -> None:
    with db.begin(SYSTEM) as work:
        work.permit(DELIVER_HOOKS)
        work.session.get(Hook, letter.hook_id, with_for_update=True)  # first the hook, as every verb of it does
        row = work.session.get(HookDelivery, letter.delivery_id, with_for_update=True)
        if row is None or row.state != DeliveryState.WAITING:
            return
        row.tries, row.claimed_until, row.error = row.tries + 1, None, why[:300] if why else None
        row.status = answer.status if answer is not None else None
        row.answer = answer.text if answer is not None else None
        row.took_ms = round(answer.seconds * 1000) if answer is not None else None
        if why is None:
            row.state, row.done_at = DeliveryState.SENT, work.now
        elif letter.kind == TESTED or row.tries >= MOST_TRIES:
            row.state, row.done_at = DeliveryState.DEAD, work.now
        else:
            row.next_at = work.now + delivery_pause(row.tries)
        if letter.kind != TESTED or why is None:
            _note_stand(work, letter.hook_id, failed=why is not None)


def _note_stand(work: Work, hook_id: int, *, failed: bool) -> None:
    hook = work.session.get(Hook, hook_id, with_for_update=True)
    stand = work.session.get(HookStand, hook_id, with_for_update=True)
    if hook is None or stand is None:
        return
    if not failed:
        stand.failing, stand.failing_since, stand.rests_until, stand.answered_at = 0, None, None, work.now
        return
    stand.failing += 1
    stand.failing_since = stand.failing_since or work.now
    stand.rests_until = work.now + hook_rest(stand.failing)
    if stand.failing >= STOP_AFTER and hook.state == HookState.ON:
        hook.state, hook.reason = HookState.STOPPED, None
        work.session.flush()
        work.record(HookStopped(hook.id, stand.failing, hook.version))
        log.warning("hook stopped after many failures", hook=hook.id)


def _put_back(db: Database, letters: list[Letter]) -> None:
    if not letters:
        return
    with db.begin(SYSTEM) as work:
        work.permit(DELIVER_HOOKS)
        for row in work.session.scalars(select(HookDelivery).where(HookDelivery.id.in_([one.delivery_id for one in letters]),
                                                                   HookDelivery.state == DeliveryState.WAITING).with_for_update()):
            row.claimed_until = None
