"""Who calls, found with one query a request: the session or token is read each time, the person's rights only when anything
about people changed since (R-A7: a lost right counts on the next request)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.memory import FAMILIES, note_epoch
from kmsvc.core.numbers import Counter
from kmsvc.core.options import OPTIONS
from kmsvc.people.family import PEOPLE
from kmsvc.people.sessions import rules
from kmsvc.people.sessions.models import SignInSession, Token
from kmsvc.people.sessions.usecases import actor_by_session, actor_by_token, digest

KEPT = 4000


@dataclass(frozen=True)
class Seen:
    """The session or token behind a call, as far as the door needs it."""

    id: int
    seen_at: datetime | None


class Callers:
    """Actors by the hash of their secret, each with the epoch it was built at."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[int, Actor]] = OrderedDict()
        self._lock = threading.Lock()

    def by_session(self, session: Session, secret: str, now: datetime) -> tuple[Actor, Seen] | None:
        """The person behind a cookie, or None when the session has ended or the person is suspended."""
        key = digest(secret)
        row = session.execute(_questions()[0], {"key": key}).one_or_none()
        if row is None or not rules.is_live(row.created_at, row.seen_at, row.ends_at, now):
            return None
        epoch = _note_epochs(session, row)
        actor = self._held(key, epoch)
        if actor is None:
            found = actor_by_session(session, secret, now)
            if found is None:
                return None
            actor = self._keep(key, epoch, found[0])
        return replace(actor, fresh=now - row.fresh_at < rules.FRESH), Seen(row.id, row.seen_at)

    def by_token(self, session: Session, secret: str, now: datetime) -> tuple[Actor, Seen] | None:
        """The person behind a bearer token, or None when it is unknown, revoked or expired, or the person is suspended."""
        key = digest(secret)
        row = session.execute(_questions()[1], {"key": key}).one_or_none()
        if row is None or row.revoked_at is not None or row.expires_at <= now:
            return None
        epoch = _note_epochs(session, row)
        actor = self._held(key, epoch)
        if actor is None:
            found = actor_by_token(session, secret, now)
            if found is None:
                return None
            actor = self._keep(key, epoch, found[0])
        return actor, Seen(row.id, None)

    def _held(self, key: str, epoch: int) -> Actor | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or kept[0] != epoch:
                return None
            self._kept.move_to_end(key)
            return kept[1]

    def _keep(self, key: str, epoch: int, actor: Actor) -> Actor:
        with self._lock:
            self._kept[key] = (epoch, actor)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return actor


def _note_epochs(session: Session, row: Any) -> int:
    """Keep the epochs that came with the caller; returns one that grows when people or settings change: both only ever grow."""
    for family in FAMILIES.values():
        note_epoch(session, family, getattr(row, family.name) or 0)
    found: int = (getattr(row, PEOPLE.name) or 0) + (getattr(row, OPTIONS.name) or 0)
    return found


def _with_epochs(query: Select[tuple[object, ...]]) -> Select[tuple[object, ...]]:
    counter = Counter.__table__.c
    return query.add_columns(*(
        select(counter.value).where(counter.name == family.name).scalar_subquery().label(family.name) for family in FAMILIES.values()))


@cache
def _questions() -> tuple[Select[tuple[object, ...]], Select[tuple[object, ...]]]:
    """The session's row and the token's, with all epochs; made when all families are known."""
    held, token = SignInSession.__table__.c, Token.__table__.c
    session_row = select(held.id, held.created_at, held.seen_at, held.ends_at, held.fresh_at).where(
        held.secret_hash == bindparam("key"))
    token_row = select(token.id, token.revoked_at, token.expires_at).where(token.secret_hash == bindparam("key"))
    return _with_epochs(session_row), _with_epochs(token_row)  # type: ignore[arg-type]
