"""The worker's share of packs: the oldest order is made, with how far it is in sight; what is kept long enough goes.

One is made at a time, whatever workers there are: a lease that is renewed with each clause. An order whose worker died is made anew."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog
from sqlalchemy import select

from kmsvc.core import leases
from kmsvc.core.clock import local_date
from kmsvc.core.errors import Refusal
from kmsvc.core.options import value
from kmsvc.core.work import Database, is_passing
from kmsvc.people.system import SYSTEM
from kmsvc.standards.models.queries import model_by_code
from kmsvc.standards.packs.building import PackMade, write_pack
from kmsvc.standards.packs.models import PackOrder, PackProgress
from kmsvc.standards.packs.permissions import MAKE_PACK
from kmsvc.standards.packs.queries import chosen_clauses
from kmsvc.standards.packs.rules import UNDER_WAY, PackState, kept_until
from kmsvc.standards.packs.usecases import KEEP_DAYS, noted

log = structlog.get_logger("kmsvc.packs")
LEASE_S = 60
EACH = 4
"""clauses between two words of how far it is"""


class _Stopped(Exception):
    """It was cancelled, another worker has it, or this one ends."""


def packs_folder(data_dir: Path) -> Path:
    """Where finished packs lie. They are in no backup: ordered again, the same data and day give the same bytes."""
    return data_dir / "packs"


def pack_file(data_dir: Path, order_id: int) -> Path:
    """Where the pack of an order lies."""
    return packs_folder(data_dir) / f"{order_id}.zip"


def make_packs(db: Database, data_dir: Path, zone: str, owner: str, stopping: Callable[[], bool] = lambda: False) -> int:
    """Make what was ordered, oldest first; how many were made."""
    made = 0
    while not stopping():
        with db.look(SYSTEM) as work:
            order_id = work.session.scalar(select(PackOrder.id).where(
                PackOrder.state.in_([one.value for one in UNDER_WAY])).order_by(PackOrder.id).limit(1))
        if order_id is None or not _begin(db, order_id, owner):
            return made
        made += _make(db, data_dir, zone, order_id, owner, stopping)
    return made


def _begin(db: Database, order_id: int, owner: str) -> bool:
    with db.begin(SYSTEM) as work:
        work.permit(MAKE_PACK)
        if leases.take(work.session, "packs", owner, seconds=LEASE_S) is None:
            return False
        row = work.get(PackOrder, order_id, lock=True)
        if row.state not in UNDER_WAY:
            return False
        row.state = PackState.MAKING.value
        return True


def _make(db: Database, data_dir: Path, zone: str, order_id: int, owner: str, stopping: Callable[[], bool]) -> int:
    packs_folder(data_dir).mkdir(parents=True, exist_ok=True, mode=0o700)
    part = packs_folder(data_dir) / f".{order_id}.{secrets.token_hex(4)}.part"
    try:
        with db.look(SYSTEM) as work:
            order = work.get(PackOrder, order_id)
            model = model_by_code(work.session, order.model)
            assert model is not None
            clauses = chosen_clauses(work.session, model, order.clauses)
            with part.open("xb") as out:
                made = write_pack(work.session, SYSTEM, model, clauses, order.year, order.as_of, zone, out, lambda done: _tell(
                    db, order_id, owner, done, len(clauses), stopping), files=data_dir / "files", lang=order.lang)
                out.flush()
                os.fsync(out.fileno())
        _finish(db, data_dir, zone, order_id, part, made)
        return 1
    except _Stopped:
        return 0
    except Exception as error:
        if is_passing(error):
            raise
        log.exception("pack could not be made", order=order_id)
        _fail(db, order_id, error)
        return 0
    finally:
        part.unlink(missing_ok=True)


def _tell(db: Database, order_id: int, owner: str, done: int, total: int, stopping: Callable[[], bool]) -> None:
    if done % EACH and done != total:
        return
    if stopping():
        raise _Stopped()
    with db.begin(SYSTEM) as work:
        work.permit(MAKE_PACK)
        row = work.session.get(PackOrder, order_id)
        if row is None or row.state != PackState.MAKING or leases.take(
                work.session, "packs", owner, seconds=LEASE_S) is None:
            raise _Stopped()
        progress = work.session.get(PackProgress, order_id)
        if progress is None:
            work.session.add(PackProgress(order_id=order_id, done=done, total=total, at=work.now))
        else:
            progress.done, progress.total, progress.at = done, total, work.now


def _finish(db: Database, data_dir: Path, zone: str, order_id: int, part: Path, made: PackMade) -> None:
    with part.open("rb") as held:
        digest = hashlib.file_digest(held, "sha256").hexdigest()
    with db.begin(SYSTEM) as work:
        work.permit(MAKE_PACK)
        row = work.get(PackOrder, order_id, lock=True)
        if row.state != PackState.MAKING:
            raise _Stopped()
        model = model_by_code(work.session, row.model)
        assert model is not None
        note = noted(work, model, row.year, row.as_of, row.clauses, made.records, digest, row.person_id)
        work.session.flush()
        row.state, row.ended_at, row.pack_id = PackState.DONE.value, work.now, note.id
        row.records, row.size, row.sha256 = made.records, part.stat().st_size, digest
        row.kept_until = kept_until(local_date(work.now, zone), value(work.session, KEEP_DAYS))
        os.replace(part, pack_file(data_dir, order_id))  # before the commit: what counts as done is there


def _fail(db: Database, order_id: int, error: Exception) -> None:
    with db.begin(SYSTEM) as work:
        work.permit(MAKE_PACK)
        row = work.get(PackOrder, order_id, lock=True)
        if row.state == PackState.MAKING:
            said = str(error) if isinstance(error, Refusal) else type(error).__name__
            row.state, row.ended_at, row.why = PackState.FAILED.value, work.now, said[:300]


def drop_old(db: Database, data_dir: Path, zone: str) -> int:
    """Packs kept long enough go from the disk, the order and its digest stay; how many went. So does what a killed worker left."""
    gone = 0
    with db.begin(SYSTEM) as work:
        work.permit(MAKE_PACK)
        today = local_date(work.now, zone)
        for row in work.session.scalars(select(PackOrder).where(
                PackOrder.state == PackState.DONE, PackOrder.kept_until < today).order_by(PackOrder.id)):
            row.state = PackState.GONE.value
            pack_file(data_dir, row.id).unlink(missing_ok=True)
            gone += 1
        busy = work.session.scalar(select(PackOrder.id).where(PackOrder.state == PackState.MAKING).limit(1))
    if busy is None and packs_folder(data_dir).is_dir():
        for left in packs_folder(data_dir).glob(".*.part"):
            with suppress(OSError):
                left.unlink()
    return gone
