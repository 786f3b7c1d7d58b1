"""What must be true of a running centre, one small function a check; `kmsvc doctor` runs them all."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pysqlite3
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from kmsvc.core import audit, leases
from kmsvc.core.db import sqlite_pragmas, wal_is_safe
from kmsvc.core.events import Delivery
from kmsvc.core.work import Database
from kmsvc.notices.models import Mail
from kmsvc.operations.failures import failing
from kmsvc.operations.schema import current_revision, head_revision
from kmsvc.search.engine import SearchEngine
from kmsvc.search.failures import SearchFailure
from kmsvc.search.models import DirtyMark
from kmsvc.settings import Settings

BEAT_S = 30.0
OLDEST_S = 30.0
LAG_S = 30.0
MAIL_LATE = timedelta(minutes=15)
LEAST_FREE = 0.05
BACKUP_EVERY = timedelta(days=8)


@dataclass(frozen=True)
class Check:
    """One finding. warning: worth knowing, but the service does what it promises."""

    name: str
    ok: bool
    detail: str
    warning: bool = False


def engine_warnings(engine: Engine) -> Iterator[str]:
    """What makes this database server or library unsafe for acknowledged work."""
    if engine.dialect.name == "sqlite":
        if not wal_is_safe(pysqlite3.sqlite_version_info):
            yield (f"SQLite {pysqlite3.sqlite_version} can corrupt a database in WAL mode (needs 3.51.3, 3.50.7 or 3.44.6); "
                   "the slower rollback journal is used instead")
        return
    with engine.connect() as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            value = str(connection.execute(text(f"SHOW {name}")).scalar())
            if value == "off":
                yield f"PostgreSQL runs with {name} off: acknowledged work can be lost in a power cut"


def settings_in_force(engine: Engine) -> Check:
    """The pragmas or server settings of decision 0002 are really in force on a connection."""
    wrong = list(engine_warnings(engine)) if engine.dialect.name != "sqlite" else []
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            wanted = sqlite_pragmas(pysqlite3.sqlite_version_info)
            codes = {"synchronous": {"FULL": "2"}, "foreign_keys": {"ON": "1"}, "trusted_schema": {"OFF": "0"}}
            for name, value in wanted.items():
                found = str(connection.exec_driver_sql(f"PRAGMA {name}").scalar())
                if found.upper() != codes.get(name, {}).get(value, value).upper():
                    wrong.append(f"{name} is {found}, not {value}")
            good = ", ".join(f"{name}={value}" for name, value in wanted.items())
        else:
            good = f"PostgreSQL {connection.execute(text('SHOW server_version')).scalar()}, fsync and synchronous_commit on"
    return Check("database settings", not wrong, "; ".join(wrong) or good)


def library(engine: Engine) -> Check:
    """The SQLite really linked, and what is done about an unsafe one."""
    if engine.dialect.name != "sqlite":
        return Check("database library", True, f"psycopg, {engine.dialect.driver}")
    wrong = list(engine_warnings(engine))
    fine = f"SQLite {pysqlite3.sqlite_version}, WAL is safe"
    return Check("database library", True, wrong[0] if wrong else fine, bool(wrong))


def schema(session: Session) -> Check:
    """The database stands where this program wants it."""
    found = current_revision(session.connection())
    return Check("schema", found == head_revision(), f"{found}" if found == head_revision() else
                 f"{found}, this program needs {head_revision()}: run `kmsvc init`")


def worker(session: Session) -> Check:
    """A worker said within the last half minute that it lives."""
    seen = session.scalar(select(func.max(leases.Lease.beat_at)).where(leases.Lease.name.like("beat%")))
    if seen is None:
        return Check("worker", True, "none has run here yet; `kmsvc serve` starts one", True)
    age = (leases.database_now(session) - seen).total_seconds()
    return Check("worker", age <= BEAT_S, f"last sign of life {age:.0f} s ago")


def outbox(session: Session, now: datetime) -> Check:
    """Nothing that could be delivered waits for long."""
    oldest = session.scalar(select(func.min(Delivery.next_at)).where(Delivery.state == "pending"))
    age = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    return Check("outbox", age <= OLDEST_S, f"oldest delivery is due since {age:.0f} s" if age else "empty")


def dead(session: Session) -> Check:
    """No delivery was given up."""
    count = session.scalar(select(func.count()).select_from(Delivery).where(Delivery.state == "dead")) or 0
    return Check("dead deliveries", not count, f"{count} given up; see the operations page" if count else "none")


def mail(session: Session, now: datetime, settings: Settings) -> Check:
    """Mail leaves; what was refused for good is named."""
    refused = session.scalar(select(func.count()).select_from(Mail).where(Mail.state == "dead")) or 0
    waiting = session.scalar(select(func.count()).select_from(Mail).where(Mail.state == "waiting")) or 0
    if not settings.smtp_url:
        return Check("mail", True, f"no mail server is set; {waiting} readable in the outbox", bool(refused))
    late = session.scalars(select(Mail).where(Mail.state == "waiting", Mail.made_at < now - MAIL_LATE)
                           .order_by(Mail.id).limit(1)).one_or_none()
    words = f"{waiting} waiting, {refused} refused for good"
    return Check("mail", late is None, words + (f"; the oldest waits because: {late.error}" if late else ""), bool(refused))


def jobs(session: Session) -> Check:
    """Periodic work did what it could for every subject."""
    rows = failing(session)
    told = "; ".join(f"{row.job} {row.subject}: {row.error}" for row in rows[:3])
    return Check("periodic work", not rows, told or "all done")


def index(session: Session, now: datetime, engine: SearchEngine) -> Check:
    """The search index is there and level with the database."""
    try:
        build, commit = engine.generation()
    except SearchFailure as error:
        return Check("search index", False, str(error))
    if not build:
        return Check("search index", False, "there is none; `kmsvc search rebuild` makes it")
    marked = session.scalar(select(func.min(DirtyMark.marked_at)))
    lag = max(0.0, (now - marked).total_seconds()) if marked else 0.0
    return Check("search index", lag <= LAG_S, f"build {build}, commit {commit}, {lag:.0f} s behind")


def disk(settings: Settings) -> Check:
    """At least 5 % of the data folder's disk is free."""
    if not settings.data_dir.exists():
        return Check("disk", False, f"{settings.data_dir} is not there")
    usage = shutil.disk_usage(settings.data_dir)
    share = usage.free / usage.total
    return Check("disk", share >= LEAST_FREE, f"{share:.0%} free, {usage.free // 2**20} MB")


def backup_age(settings: Settings, now: datetime) -> tuple[float | None, str]:
    """Seconds since the last verified backup was made, and its place; None when there is none."""
    try:
        kept = json.loads(settings.last_backup_file.read_text("utf-8"))
        return (now - datetime.fromisoformat(kept["made_at"])).total_seconds(), str(kept["path"])
    except (OSError, ValueError, KeyError):
        return None, ""


def backup(settings: Settings, now: datetime) -> Check:
    """How old the last verified backup is; a warning only, others may do it from outside."""
    age, place = backup_age(settings, now)
    if age is None:
        return Check("backup", True, "no verified backup yet; `kmsvc backup FILE` makes one", True)
    old = age > BACKUP_EVERY.total_seconds()
    return Check("backup", True, f"verified one made {age / 86400:.1f} days ago: {place}", old)


def secret(settings: Settings) -> Check:
    """Nobody but the service's own user can read the secret key."""
    path = settings.data_dir / "secret.key"
    if not path.exists():
        if os.environ.get("KMSVC_SECRET_KEY"):
            return Check("secret key", True, "from the environment")
        return Check("secret key", True, "none yet; the first start makes one", True)
    mode = stat.S_IMODE(path.stat().st_mode)
    return Check("secret key", not mode & 0o077, f"mode {mode:04o}" + (": must be 0600" if mode & 0o077 else ""))


def folder(settings: Settings) -> Check:
    """The data folder is writable for us and closed to others."""
    if not settings.data_dir.exists():
        return Check("data folder", False, f"{settings.data_dir} is not there")
    mode = stat.S_IMODE(settings.data_dir.stat().st_mode)
    if not os.access(settings.data_dir, os.W_OK):
        return Check("data folder", False, f"{settings.data_dir} cannot be written")
    return Check("data folder", not mode & 0o007, f"{settings.data_dir}, mode {mode:04o}" + (
        ": others on this machine can look in" if mode & 0o007 else ""))


def address(settings: Settings) -> Check:
    """People reach the service over https, or it stays on this machine."""
    parts = urlsplit(settings.base_url)
    near = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if settings.https or near:
        return Check("address", True, settings.base_url)
    return Check("address", False, f"{settings.base_url} is plain http: passwords travel in the open")


def quiet(settings: Settings) -> Check:
    """Mail and scheduled work run, unless a restore asked for quiet."""
    paused = settings.paused_file.exists()
    return Check("released", True, "paused since a restore; `kmsvc restore --resume` releases" if paused else "yes", paused)


def clock(session: Session, now: datetime) -> Check:
    """This machine and the database agree on the time, and the audit trail does not lie in the future."""
    apart = abs((leases.database_now(session) - now).total_seconds())
    head = session.get(audit.AuditHead, 1)
    ahead = (head.at - now).total_seconds() if head is not None and head.at is not None else 0.0
    if ahead > 5:
        return Check("clock", False, f"the newest audit entry lies {ahead:.0f} s in the future: the clock was set back")
    return Check("clock", apart <= 5, f"{apart:.1f} s from the database's clock")


def chain(session: Session, settings: Settings, *, full: bool) -> Check:
    """The audit chain is whole; quick: its last thousand entries and every anchor in them."""
    anchors = audit.read_anchors(settings.anchors_file)
    verdict = audit.verify(session, anchors) if full else audit.verify_tail(session, anchors)
    scope = "all" if full else "the newest"
    return Check("audit chain", verdict.ok, f"{scope} {verdict.entries} entries fit" if verdict.ok else
                 f"broken at entry {verdict.first_bad}")


def run(checks: list[tuple[str, Callable[[], Check]]], mend: Callable[[], None] = lambda: None) -> Iterator[Check]:
    """Run checks; one that breaks is a finding, not an end. mend: what makes the next one possible."""
    for name, check in checks:
        try:
            yield check()
        except Exception as error:
            mend()
            yield Check(name, False, f"could not be looked at: {type(error).__name__}: {str(error).splitlines()[0][:200]}")


def all_checks(settings: Settings, db: Database, session: Session, *, full: bool) -> list[tuple[str, Callable[[], Any]]]:
    """Every check that needs a database, and those that do not, in the order they are shown."""
    now = db.clock()
    search = SearchEngine(settings.index_dir)
    return [
        ("schema", lambda: schema(session)), ("database library", lambda: library(db.engine)),
        ("database settings", lambda: settings_in_force(db.engine)), ("worker", lambda: worker(session)),
        ("outbox", lambda: outbox(session, now)), ("dead deliveries", lambda: dead(session)),
        ("mail", lambda: mail(session, now, settings)), ("periodic work", lambda: jobs(session)),
        ("search index", lambda: index(session, now, search)), ("audit chain", lambda: chain(session, settings, full=full)),
        ("clock", lambda: clock(session, now)),
    ]
