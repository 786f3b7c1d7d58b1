"""How the service runs, in numbers, for the operations page: outbox, mail, workers, index, disk, backup, duties."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from kmsvc.audit.verification import LastCheck, last_check
from kmsvc.core import leases
from kmsvc.core.events import Delivery
from kmsvc.notices.models import Mail
from kmsvc.operations import checks
from kmsvc.operations.attention import Attention, attention
from kmsvc.operations.failures import failing
from kmsvc.operations.subjects import Subject, subject_of
from kmsvc.search.engine import SearchEngine
from kmsvc.search.failures import SearchFailure
from kmsvc.search.models import DirtyMark
from kmsvc.standards.duties.models import Obligation


@dataclass(frozen=True)
class WorkerCard:
    """One worker process that beat. age_s by the database's clock; alive: within the last half minute."""

    owner: str
    beat_at: datetime
    age_s: float
    alive: bool


@dataclass(frozen=True)
class IndexCard:
    """The search index. lag_s: age of the oldest document it must still take in; marked: how many; bytes on disk."""

    build: str
    commit: int
    lag_s: float
    marked: int
    bytes: int
    holder: str


@dataclass(frozen=True)
class FailureCard:
    """A subject that periodic work fails for; `named`: the same in words, with its address."""

    job: str
    subject: str
    error: str
    tries: int
    first_at: datetime
    next_at: datetime
    named: Subject


@dataclass(frozen=True)
class Overview:
    """Everything on the first operations page. deliveries, mail: how many by state. backup_age_s None: no backup yet."""

    deliveries: dict[str, int]
    outbox_age_s: float
    mail: dict[str, int]
    mail_server: bool
    workers: list[WorkerCard]
    index: IndexCard
    disk_free: int
    disk_total: int
    backup_age_s: float | None
    backup_place: str
    failures: list[FailureCard]
    duties: dict[str, int]
    paused: bool
    check: LastCheck | None

    @property
    def attention(self) -> list[Attention]:
        """What wants a person now; empty when all is well."""
        return attention(self, self.check)

    @property
    def disk_share(self) -> float:
        """Free share of the disk, 0..1."""
        return self.disk_free / self.disk_total if self.disk_total else 0.0

    @property
    def alive(self) -> int:
        """How many workers live."""
        return sum(one.alive for one in self.workers)


def overview(session: Session, settings: Any, engine: SearchEngine, now: datetime, today: date) -> Overview:
    """Look at everything once."""
    usage = shutil.disk_usage(settings.data_dir)
    age, place = checks.backup_age(settings, now)
    oldest = session.scalar(select(func.min(Delivery.next_at)).where(Delivery.state == "pending"))
    return Overview(
        deliveries=_by_state(session, Delivery), outbox_age_s=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        mail=_by_state(session, Mail), mail_server=bool(settings.smtp_url), workers=workers(session),
        index=index_card(session, settings, engine, now), disk_free=usage.free, disk_total=usage.total, backup_age_s=age,
        backup_place=place, duties=duties(session, today), paused=settings.paused_file.exists(), check=last_check(settings),
        failures=[FailureCard(row.job, row.subject, row.error, row.tries, row.first_at, row.next_at,
                              subject_of(session, row.job, row.subject))
                  for row in failing(session)])


def _by_state(session: Session, kind: type[Delivery] | type[Mail]) -> dict[str, int]:
    return {row[0]: row[1] for row in session.execute(select(kind.state, func.count()).group_by(kind.state))}


def workers(session: Session) -> list[WorkerCard]:
    """Every worker that beat within the last day, the newest beat first."""
    now = leases.database_now(session)
    rows = session.scalars(select(leases.Lease).where(leases.Lease.name.like("beat%"), leases.Lease.beat_at.is_not(None))
                           .order_by(leases.Lease.beat_at.desc()))
    found = [(row, (now - row.beat_at).total_seconds()) for row in rows if row.beat_at is not None]
    return [WorkerCard(row.owner, row.beat_at, max(0.0, age), age <= checks.BEAT_S)  # type: ignore[arg-type]
            for row, age in found if age < 86_400]


def index_card(session: Session, settings: Any, engine: SearchEngine, now: datetime) -> IndexCard:
    """The index as it lies on disk, and how far it is behind."""
    try:
        build, commit = engine.generation()
    except SearchFailure:
        build, commit = "", -1
    marked, first = session.execute(select(func.count(), func.min(DirtyMark.marked_at))).one()
    lease = session.get(leases.Lease, "index")
    held = lease is not None and lease.until > leases.database_now(session)
    return IndexCard(build, commit, max(0.0, (now - first).total_seconds()) if first else 0.0, marked,
                     folder_bytes(settings.index_dir), lease.owner if lease is not None and held else "")


def folder_bytes(folder: Path) -> int:
    """Bytes of all files below a folder; files that vanish meanwhile do not count."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total


def duties(session: Session, today: date) -> dict[str, int]:
    """Duties: open, overdue (of the open ones), done, moot."""
    late = func.sum(case((Obligation.due_on < today, 1), else_=0))
    rows = {row[0]: (row[1], row[2]) for row in session.execute(
        select(Obligation.state, func.count(), late).group_by(Obligation.state))}
    return {"open": rows.get("open", (0, 0))[0], "overdue": int(rows.get("open", (0, 0))[1] or 0),
            "done": rows.get("done", (0, 0))[0], "moot": rows.get("moot", (0, 0))[0]}
