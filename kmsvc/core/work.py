"""Work: one transaction, one actor, one instant, the facts recorded. Transactions begin and end only here.

    with db.begin(actor) as work:
        submit_change(work, title=…)
    # leaving: facts go to the outbox, the audit trail is linked, commit. An exception: nothing happened.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Engine, event, insert, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from kmsvc.core import audit, memory
from kmsvc.core.actors import Actor
from kmsvc.core.clock import ZONE, Clock, local_date, system_clock
from kmsvc.core.db import Base
from kmsvc.core.errors import NotFound, NotPermitted, Stale
from kmsvc.core.events import Delivery, Event, Fact
from kmsvc.core.faults import fault
from kmsvc.core.permissions import Permission, can
from kmsvc.core.trail_words import forget

Row = TypeVar("Row", bound=Base)
_KEEP_FACTS, _KEEP_DELIVERIES = insert(Fact).returning(Fact.id, sort_by_parameter_order=True), insert(Delivery)


class NeverPermitted(RuntimeError):
    """A unit of work wrote without ever asking for a permission: a mistake of the programmer, found at the first run."""


class Work:
    """What a use case may touch: session, actor, now, get, permit, record, because. Seven members; an eighth needs a decision."""

    def __init__(self, session: Session, actor: Actor, now: datetime) -> None:
        self.session = session
        self.actor = actor
        self.now = now
        self._facts: list[Event] = []
        self._reason: str | None = None
        self._forgotten: list[int] = []
        self._asked = False
        self._changes: list[dict[str, Any]] = []
        self._locked: set[tuple[type[Base], Any]] = set()

    def get(self, kind: type[Row], key: Any, *, lock: bool = False, version: int | None = None) -> Row:
        """The row with this key, or NotFound. lock: hold it to the end. version: Stale unless it is still that one."""
        if key is None:
            raise NotFound()
        row = self.session.get(kind, key, with_for_update=True if lock else None, populate_existing=lock,
                               execution_options={"held": (kind, key) in self._locked})
        if lock:
            self._locked.add((kind, key))
        if row is None:
            raise NotFound()
        if version is not None and getattr(row, "version", version) != version:
            raise Stale(version=getattr(row, "version", None))
        return row

    def permit(self, permission: Permission, subject: Any = None) -> None:
        """Ask and remember; raises NotPermitted."""
        self._asked = True
        if not can(self.actor, permission, subject):
            raise NotPermitted()

    def record(self, fact: Event) -> None:
        """Tell the world, after the commit, that this happened."""
        self._facts.append(fact)

    def forget(self, person_id: int) -> None:
        """At the commit, take every word away by which the trail names this person; for good."""
        self._forgotten.append(person_id)

    def because(self, reason: str | None) -> None:
        """Why it is done; stands on every audit entry of this unit."""
        self._reason = reason or self._reason


def centre_day(session: Session, instant: datetime) -> date:
    """The calendar day of an instant at the centre this session belongs to, for whoever knows no settings."""
    return local_date(instant, session.info.get("zone", ZONE))


class Database:
    """An engine, a clock, the centre's zone and the names of the reactions each kind of fact wakes; hands out units of work."""

    def __init__(self, engine: Engine, *, reactions: Mapping[str, tuple[str, ...]] | None = None,
                 clock: Clock = system_clock, zone: str = ZONE) -> None:
        self.engine = engine
        self.zone = zone
        self.memory = memory.Memory()
        self.clock = clock
        self.reactions: Mapping[str, tuple[str, ...]] = reactions or {}
        self._moves = engine.dialect.name != "sqlite"
        self._writes = engine.execution_options(writes=True)
        self._reads = engine.execution_options(isolation_level="REPEATABLE READ") if self._moves else engine
        self._scope = threading.local()
        self.after_commit: Callable[[], None] | None = None

    @contextmanager
    def begin(self, actor: Actor, now: datetime | None = None) -> Iterator[Work]:
        """A writing unit. Commits on leaving, with facts and audit; rolls back on any exception."""
        self._end_shared()
        session = _Writing(self._writes, expire_on_commit=False)
        work = Work(session, actor, now or self.clock())
        session.info.update(work=work, memory=self.memory, zone=self.zone)
        if self._moves:
            session.info["moves"] = True  # others may commit beside this unit; on SQLite it is alone from its beginning
        try:
            yield work
            self._commit(work)
        except StaleDataError as error:
            session.rollback()
            raise Stale() from error
        except BaseException:
            with suppress(SQLAlchemyError):  # where the connection is gone too, the first reason is the one to tell
                session.rollback()
            raise
        finally:
            session.close()
        fault("work.after_commit")
        if work._facts and self.after_commit:
            self.after_commit()

    @contextmanager
    def look(self, actor: Actor, now: datetime | None = None) -> Iterator[Work]:
        """A reading unit: a flush in it is an error, nothing is ever committed."""
        shared: _Shared | None = getattr(self._scope, "shared", None)
        session = shared.session if shared else self._reading()
        if shared:
            shared.depth += 1
        try:
            yield Work(session, actor, now or self.clock())
        except DBAPIError:
            if shared:
                shared.over = True
            raise
        finally:
            if shared:
                shared.depth -= 1
                if shared.over and not shared.depth:
                    self._end_shared()
            else:
                _end(session)

    @contextmanager
    def one_look(self) -> Iterator[None]:
        """Within it the reading units of this thread share one session, so that a page reads one state of the centre.

        A writing unit ends the shared session first: what is read after it is read anew.
        """
        self._scope.shared = _Shared(self._reading())
        try:
            yield
        finally:
            _end(self._scope.shared.session)
            self._scope.shared = None

    def _end_shared(self) -> None:
        shared: _Shared | None = getattr(self._scope, "shared", None)
        if shared is None:
            return
        if shared.depth:
            shared.over = True  # somebody reads around this unit; it ends with them
        else:
            _end(shared.session)
            self._scope.shared = _Shared(self._reading())

    def _reading(self) -> Session:
        return _Reading(self._reads, autoflush=False, info={"memory": self.memory, "zone": self.zone})

    def _commit(self, work: Work) -> None:
        session = work.session
        session.flush()
        if work._changes and not work._asked:
            raise NeverPermitted("this unit wrote but never asked for a permission")
        if work._facts:
            self._keep(work)
        fault("work.before_audit")
        if work._changes:
            memory.move(session, session.info["changed"])
            audit.append(session, work._changes, audit.stamp(work.actor, work.now, work._reason))
        for person_id in work._forgotten:
            forget(session.connection(), person_id)
        fault("work.before_commit")
        session.commit()

    def _keep(self, work: Work) -> None:
        """The facts of a unit, in their order, and for each the reactions it wakes; all at once, as a morning may have thousands."""
        connection = work.session.connection()
        ids = connection.scalars(_KEEP_FACTS, [
            {"kind": fact.kind, "payload": fact.payload(), "at": work.now, "person_id": work.actor.person_id} for fact in work._facts])
        due = min(work.now, self.clock())
        deliveries = [{"fact_id": fact_id, "reaction": name, "state": "pending", "tries": 0, "next_at": due}
                      for fact_id, fact in zip(ids, work._facts, strict=True) for name in self.reactions.get(fact.kind, ())]
        if deliveries:
            connection.execute(_KEEP_DELIVERIES, deliveries)

    def alive(self) -> bool:
        """Whether the database answers."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except DBAPIError:
            return False
        return True


def is_busy(error: BaseException) -> bool:
    """Whether a database error means «try again soon» (locked, away, shutting down, lock time-out)."""
    if not isinstance(error, DBAPIError):
        return False
    words = str(error.orig).lower()
    marks = ("locked", "busy", "connection", "terminating", "timeout", "deadlock", "starting up", "shutting down",
             "recovery mode", "could not serialize")
    return error.connection_invalidated or (isinstance(error, OperationalError) and any(mark in words for mark in marks))


def is_disk_full(error: BaseException) -> bool:
    """Whether an error says that there is no room left on the disk."""
    words = str(getattr(error, "orig", error)).lower()
    return "disk is full" in words or "no space left" in words or getattr(error, "errno", None) == 28


def is_passing(error: BaseException) -> bool:
    """Whether an error is nobody's fault and goes by: the database is away, busy or full."""
    return isinstance(error, DBAPIError) and (is_busy(error) or is_disk_full(error))


class _Writing(Session):
    """The session of a writing unit."""


class _Reading(Session):
    """The session of reading units. `kept_in` lets queries keep in it what they have worked out: nothing changes under it."""


@dataclass
class _Shared:
    """A session several reading units use. over: it ends as soon as nobody reads."""

    session: Session
    depth: int = 0
    over: bool = False


def kept_in(session: Session, name: str, but: frozenset[str] = frozenset()) -> dict[Any, Any]:
    """What queries keep under this name: for the length of a reading session; in a writing one until a row is waited for,
    or one is written of other tables than those in `but`."""
    if isinstance(session, _Reading):
        kept: dict[Any, Any] = session.info.setdefault(name, {})
        return kept
    if not isinstance(session, _Writing):
        return {}
    session.flush()  # what is not written yet does not count as worked out
    return session.info.setdefault("kept", {}).setdefault(name, (but, {}))[1]  # type: ignore[no-any-return]


def _end(session: Session) -> None:
    session.close()  # what was read stays readable: only a rollback of its own would expire it


@event.listens_for(_Writing, "after_flush")
def _note_changes(session: Session, context: Any) -> None:
    found = list(audit.changes_of(session))
    session.info["work"]._changes.extend(found)
    session.info.setdefault("changed", set()).update(change["subject"] for change in found)
    written = {row.__tablename__ for rows in (session.new, session.dirty, session.deleted) for row in rows}
    kept = session.info.get("kept", {})
    for name in [name for name, (but, _) in kept.items() if not written <= but]:
        del kept[name]


@event.listens_for(_Writing, "do_orm_execute")
def _look_again(state: Any) -> None:
    """Whoever locks a row may have waited for it: what was worked out or remembered before was of another state."""
    if state.is_select and state.statement._for_update_arg is not None and "moves" in state.session.info:
        if not state.execution_options.get("held"):
            state.session.info.pop("kept", None)
            memory.forget_epochs(state.session)


@event.listens_for(_Writing, "do_orm_execute")
def _no_bulk(state: Any) -> None:
    if (state.is_update or state.is_delete or state.is_insert) and state.bind_mapper is not None:
        if state.bind_mapper.class_.audited:
            raise NeverPermitted("audited rows are changed one by one, so that the trail sees each")


@event.listens_for(_Reading, "before_flush")
def _refuse_flush(session: Session, context: Any, instances: Any) -> None:
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("a reading unit tried to write")
