"""`kmsvc restore FILE`: everything is read and checked before anything is touched; afterwards mail and scheduled work rest.

What stood in the target before (with --force) is moved aside, not deleted; of a PostgreSQL database a backup is written first.
A restore that dies half-way is run again."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kmsvc.core import audit, leases
from kmsvc.core.clock import Clock, system_clock
from kmsvc.core.db import make_engine
from kmsvc.core.faults import fault
from kmsvc.operations import dump_postgres, dump_sqlite
from kmsvc.operations.archive import BadBackup, Manifest, open_private, sync_folder, unpack
from kmsvc.operations.backup import ANCHORS_MEMBER, SQLITE_MEMBER, check_sqlite, verify_backup, write_backup
from kmsvc.operations.schema import upgrade
from kmsvc.operations.settling import settle_restored
from kmsvc.settings import Settings

OURS = ("kmsvc.db", "kmsvc.db-wal", "kmsvc.db-shm", "kmsvc.db-journal", "files", "index", "audit-anchors.log", "paused",
        "last-backup.json", "audit-verified.json")
HARMLESS = {"secret.key", "lost+found", "backups"}
STAGING = ".restoring"
COPY = "before-restore.kmsvc-backup"
Told = Callable[[str], None]


class NotEmpty(RuntimeError):
    """The target holds something; the sentence says what would help."""


@dataclass(frozen=True)
class Restored:
    """What a restore did. aside: the folder where what was there before lies now."""

    manifest: Manifest
    revision: str
    documents: int
    mails_dropped: int
    aside: Path | None


def restore(settings: Settings, path: Path, *, force: bool = False, told: Told = lambda line: None) -> Restored:
    """Bring a backup back to where `settings` point. Raises BadBackup or NotEmpty before anything is touched."""
    path = path.absolute()
    told("verifying the backup")
    manifest = verify_backup(path)
    if settings.is_sqlite != (manifest.database == "sqlite"):
        raise BadBackup(f"This is a backup of a {manifest.database} database; "
                        f"{'name one with --url' if manifest.database != 'sqlite' else 'restore it with --to FOLDER'}.")
    folder = settings.data_dir
    staging = folder / STAGING
    half = staging.is_dir()  # of a restore that died
    force = force or half
    check_target(settings, force=force)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700)
    told("unpacking")
    _unpack_all(path, manifest, staging)
    aside = _move_aside(settings, copied=not half and _copy_postgres(settings, told)) if force else None
    pause(settings, path, manifest)
    _take_in(staging, folder, [name for name in ("files", ANCHORS_MEMBER) if (staging / name).exists()])
    fault("restore.after_files")
    told("database")
    revision = _restore_database(settings, path, manifest, staging)
    fault("restore.after_database")
    told("search index and outbox")
    documents, dropped = settle_restored(settings, manifest.made_at)
    shutil.rmtree(staging, ignore_errors=True)
    return Restored(manifest, revision, documents, dropped, aside)


def check_target(settings: Settings, *, force: bool) -> None:
    """Refuse a target that holds something, unless forced, and one where a service runs, in any case."""
    folder = settings.data_dir
    held = sorted(one.name for one in folder.iterdir() if one.name not in HARMLESS) if folder.exists() else []
    outside = [path for path in _database_files(settings) if path.parent != folder and path.exists()]
    held += [str(path) for path in outside]
    database_there = bool(outside) or (settings.is_sqlite and (folder / "kmsvc.db").exists())
    if not settings.is_sqlite:
        engine = make_engine(settings.database_url, pool_size=1)
        database_there = not dump_postgres.is_empty(engine)
        if database_there:
            held.append("tables in the database")
        engine.dispose()
    if held and not force:
        raise NotEmpty(f"{folder} is not empty ({', '.join(held[:4])}). "
                       "Choose an empty place, or say --force to move what is there aside"
                       f"{'' if settings.is_sqlite else ' and drop the tables after a copy'}.")
    if database_there and _is_running(settings):
        raise NotEmpty("A worker runs there. Stop the service first, then restore.")


def _database_files(settings: Settings) -> list[Path]:
    """The SQLite file with its logs, there or not; none for PostgreSQL."""
    if not settings.is_sqlite:
        return []
    file = dump_sqlite.database_file(settings.database_url)
    return [file.with_name(file.name + ending) for ending in ("", "-wal", "-shm", "-journal")]


def _is_running(settings: Settings) -> bool:
    engine = make_engine(settings.database_url, pool_size=1)
    try:
        with Session(engine) as session:
            beat = session.scalar(select(func.max(leases.Lease.beat_at)).where(leases.Lease.name.like("beat%")))
            return beat is not None and abs((leases.database_now(session) - beat).total_seconds()) < 20
    except DBAPIError:
        return False  # no table to ask, or damaged: nobody serves from it
    finally:
        engine.dispose()


def _unpack_all(path: Path, manifest: Manifest, staging: Path) -> None:
    for name in manifest.members:
        if name.startswith("files/") or name == ANCHORS_MEMBER:
            unpack(path, name, staging / name)
    if manifest.database == "sqlite":
        unpack(path, SQLITE_MEMBER, staging / "kmsvc.db")
        check_sqlite(staging / "kmsvc.db", manifest)
        engine = make_engine(f"sqlite:///{staging / 'kmsvc.db'}", pool_size=1)
        upgrade(engine)
        engine.dispose()


def _copy_postgres(settings: Settings, told: Told) -> bool:
    """Whether a copy of what stands in a PostgreSQL database was written beside; NotEmpty where that cannot be done."""
    if settings.is_sqlite:
        return False
    engine = make_engine(settings.database_url, pool_size=2)
    try:
        if dump_postgres.is_empty(engine):
            return False
        told("copying what stands in the database")
        write_backup(settings, settings.data_dir / COPY, engine=engine)
    except (BadBackup, DBAPIError, OSError) as error:
        (settings.data_dir / COPY).unlink(missing_ok=True)
        raise NotEmpty(f"What stands in the database cannot be copied first ({str(error).splitlines()[0]}). Copy it yourself, "
                       "or name an empty database with --url.") from error
    finally:
        engine.dispose()
    return True


def _move_aside(settings: Settings, *, copied: bool) -> Path | None:
    folder, stamp = settings.data_dir, _free_stamp(settings)
    for path in _database_files(settings):
        if path.parent != folder and path.exists():
            os.replace(path, path.with_name(f"{path.name}.{stamp}"))  # on its own disk, beside where it was
    there = [name for name in (*OURS, *((COPY,) if copied else ())) if (folder / name).exists()]
    if not there:
        return None
    aside = folder / stamp
    aside.mkdir(mode=0o700)
    _take_in(folder, aside, there)
    return aside


def _free_stamp(settings: Settings) -> str:
    """A name for what is moved aside; two in one second do not share it."""
    begun = f"replaced-{system_clock():%Y%m%d-%H%M%S}"
    places = [path.with_name(f"{path.name}.{begun}") for path in _database_files(settings)] + [settings.data_dir / begun]
    names = (begun if number == 1 else f"{begun}-{number}" for number in count(1))
    return next(name for name in names
                if not any(place.with_name(place.name.replace(begun, name)).exists() for place in places))


def _take_in(source: Path, target: Path, names: list[str]) -> None:
    for name in names:
        os.replace(source / name, target / name)
    sync_folder(target)


def pause(settings: Settings, path: Path, manifest: Manifest) -> None:
    """From here on mail and scheduled work rest."""
    with open_private(settings.paused_file) as out:
        out.write(json.dumps({"restored_at": system_clock().isoformat(), "backup": str(path),
                              "made_at": manifest.made_at}).encode())
        out.flush()
        os.fsync(out.fileno())


def _restore_database(settings: Settings, path: Path, manifest: Manifest, staging: Path) -> str:
    if settings.is_sqlite:
        fault("restore.before_database")
        _place_file(staging, dump_sqlite.database_file(settings.database_url), settings.data_dir)
        engine = make_engine(settings.database_url, pool_size=1)
    else:
        engine = make_engine(settings.database_url, pool_size=2)
        fault("restore.before_database")
        _load_postgres(engine, path, manifest)
    try:
        revision = upgrade(engine)[1]
        _check_chain(engine, settings)
    finally:
        engine.dispose()
    return revision


def _place_file(staging: Path, target: Path, folder: Path) -> None:
    """Give the unpacked database its name, in one step; on another disk it is copied beside its place first."""
    if target == folder / "kmsvc.db":
        _take_in(staging, folder, [name for name in ("kmsvc.db-wal", "kmsvc.db") if (staging / name).exists()])
        return
    beside = target.with_name(f".{target.name}.part")
    with (staging / "kmsvc.db").open("rb") as source, open_private(beside) as out:
        shutil.copyfileobj(source, out, 1 << 20)
        out.flush()
        os.fsync(out.fileno())
    os.replace(beside, target)
    sync_folder(target.parent)


def _load_postgres(engine: Engine, path: Path, manifest: Manifest) -> None:
    dump_postgres.clear(engine)
    upgrade(engine, manifest.revision)

    def pieces(name: str) -> Iterator[bytes]:
        with ZipFile(path) as archive, archive.open(f"database/{name}.copy") as source:
            while piece := source.read(1 << 20):
                yield piece
    dump_postgres.load(engine, manifest.tables, pieces)
    counts = dump_postgres.count_rows(engine, list(manifest.counts))
    if counts != manifest.counts:
        raise BadBackup("The database does not hold the rows the backup names; do not use it.")


def _check_chain(engine: Engine, settings: Settings) -> None:
    with Session(engine) as session:
        verdict = audit.verify(session, audit.read_anchors(settings.anchors_file))
    if not verdict.ok:
        raise BadBackup(f"The audit trail is broken at entry {verdict.first_bad}; do not use this database.")


def resume(settings: Settings, clock: Clock = system_clock) -> dict[str, Any] | None:
    """Let mail and scheduled work go on; returns what the pause was for, None when there was none.

    Reminders whose day came before now are taken as told: nothing old is sent.
    """
    from kmsvc.operations.settling import take_rungs_quietly

    if not settings.paused_file.exists():
        return None
    about: dict[str, Any] = json.loads(settings.paused_file.read_text("utf-8") or "{}")
    take_rungs_quietly(settings, clock)
    settings.paused_file.unlink()
    return about


def target_settings(settings: Settings, *, to: Path | None, url: str | None) -> Settings:
    """Where to restore: a folder with a database of its own, another database, or what the environment says."""
    if to is not None:
        settings = replace(settings, data_dir=to.absolute(), database_url=f"sqlite:///{to.absolute() / 'kmsvc.db'}")
    return replace(settings, database_url=url) if url is not None else settings


def age_of(manifest: Manifest, now: datetime) -> str:
    """How old a backup is, in words."""
    hours = (now - datetime.fromisoformat(manifest.made_at)).total_seconds() / 3600
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.0f} days"
