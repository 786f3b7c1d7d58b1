"""`kmsvc backup FILE`: database, files, audit anchors and settings without secrets in one file, verified after writing.

Runs under load. Files are stored before the rows that name them, so «database first, then files» holds every named file."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.orm import Session

import kmsvc
from kmsvc.core import audit
from kmsvc.core.clock import system_clock
from kmsvc.core.db import make_engine
from kmsvc.core.faults import fault
from kmsvc.files.models import StoredFile
from kmsvc.files.store import INCOMING
from kmsvc.operations import dump_postgres, dump_sqlite
from kmsvc.operations.archive import (
    ArchiveWriter,
    BadBackup,
    Manifest,
    check_members,
    open_private,
    read_manifest,
    seal,
    sync_folder,
    unpack,
)
from kmsvc.operations.schema import known_revisions
from kmsvc.settings import Settings

SQLITE_MEMBER = "database/kmsvc.db"
ANCHORS_MEMBER = "audit-anchors.log"
SECRET_FIELDS = ("secret_key", "smtp_url", "database_url", "data_dir")
Told = Callable[[str], None]


@dataclass(frozen=True)
class Written:
    """A finished, verified backup."""

    path: Path
    size: int
    manifest: Manifest


def write_backup(settings: Settings, path: Path, *, engine: Engine | None = None,
                 told: Told = lambda line: None) -> Written:
    """Write and verify a backup; the file appears under its name only when it is whole. Raises BadBackup, OSError."""
    path = path.absolute()
    if path.exists():
        read_manifest(path)  # an earlier backup may be replaced, nothing else
    own = engine is None
    engine = engine or make_engine(settings.database_url, pool_size=2)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        made_at = system_clock()
        with open_private(part) as out:
            with zipfile.ZipFile(out, "w", allowZip64=True, compresslevel=3) as archive:
                _fill(archive, settings, engine, made_at.isoformat(), part, told)
            out.flush()
            os.fsync(out.fileno())
        told("verifying")
        manifest = verify_backup(part)
        fault("backup.before_rename")
        os.replace(part, path)
        sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)
        if own:
            engine.dispose()
    kept = {"path": str(path), "made_at": manifest.made_at, "verified_at": system_clock().isoformat(),
            "size": path.stat().st_size, "revision": manifest.revision}
    fresh = settings.last_backup_file.with_suffix(".new")
    fresh.write_text(json.dumps(kept), "utf-8")
    os.replace(fresh, settings.last_backup_file)
    return Written(path, path.stat().st_size, manifest)


def _fill(archive: zipfile.ZipFile, settings: Settings, engine: Engine, made_at: str, beside: Path, told: Told) -> None:
    writer = ArchiveWriter(archive)
    told("database")
    if engine.dialect.name == "sqlite":
        tables, revision, head = _sqlite_part(writer, settings, beside)
    else:
        tables, revision, head = dump_postgres.dump(engine, writer)
    if revision is None:
        raise BadBackup("There is no kmsvc database here yet; there is nothing to back up.")
    fault("backup.after_database")
    named = named_files(engine)  # before the files are read: each of these lies on the disk by now
    told("files")
    for name, file in stored_files(settings.files_dir):
        try:
            writer.copy(f"files/{name}", file, packed=False)
        except FileNotFoundError:
            continue  # swept away meanwhile; a file that a row still names is found missing below
    _anchors_part(writer, settings, head["seq"])
    held = {member["sha256"] for member in writer.members.values()}
    seal(archive, Manifest(
        product="kmsvc", version=kmsvc.__version__, made_at=made_at, database=engine.dialect.name, revision=revision,
        tables=tables, audit=head, config=shown_config(settings), members=writer.members,
        missing_files=sorted(named - held)))


def _sqlite_part(writer: ArchiveWriter, settings: Settings,
                 beside: Path) -> tuple[dict[str, dict[str, Any]], str | None, dict[str, Any]]:
    copy = beside.with_suffix(".db")
    try:
        open_private(copy).close()
        dump_sqlite.copy_database(dump_sqlite.database_file(settings.database_url), copy)
        tables, revision = dump_sqlite.describe(copy)
        head = _head_of(f"sqlite:///{copy}")
        writer.copy(SQLITE_MEMBER, copy)
    finally:
        copy.unlink(missing_ok=True)
    return tables, revision, head


def _head_of(url: str) -> dict[str, Any]:
    engine = make_engine(url, pool_size=1)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("core_audit_head"):
                return {"seq": 0, "hash": audit.GENESIS}
            row = connection.execute(text("SELECT seq, hash FROM core_audit_head WHERE id = 1")).one_or_none()
        return {"seq": row[0], "hash": row[1]} if row else {"seq": 0, "hash": audit.GENESIS}
    finally:
        engine.dispose()


def _anchors_part(writer: ArchiveWriter, settings: Settings, newest: int) -> None:
    """Heads written outside the database, but none newer than the copy of the database."""
    if not settings.anchors_file.exists():
        return
    with writer.member(ANCHORS_MEMBER) as write:
        for line in settings.anchors_file.read_text("utf-8").splitlines():
            words = line.split()
            if len(words) == 3 and int(words[1]) <= newest:
                write(line.encode() + b"\n")


def stored_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """(name below the folder, path) of every finished file, in order."""
    for path in sorted(folder.rglob("*")) if folder.exists() else []:
        name = path.relative_to(folder)
        if path.is_file() and name.parts[0] != INCOMING:
            yield name.as_posix(), path


def named_files(engine: Engine) -> set[str]:
    """SHA-256 of every file that a row names."""
    with engine.connect() as connection:
        return set(connection.execute(select(StoredFile.sha256)).scalars())


def shown_config(settings: Settings) -> dict[str, Any]:
    """Settings without secrets and places of this machine."""
    return {one.name: getattr(settings, one.name) for one in fields(settings) if one.name not in SECRET_FIELDS}


def verify_backup(path: Path) -> Manifest:
    """Read all of it, open its database, compare rows with the manifest and walk its audit chain. Raises BadBackup."""
    manifest = read_manifest(path)
    if manifest.revision not in known_revisions():
        raise BadBackup(f"{path} was made by a newer release of kmsvc (revision {manifest.revision}). "
                        "Restore it with that release or a newer one.")
    check_members(path, manifest)
    if manifest.database == "sqlite":
        beside = path.parent if os.access(path.parent, os.W_OK) else None
        with tempfile.TemporaryDirectory(prefix=".kmsvc-verify-", dir=beside) as folder:
            unpack(path, SQLITE_MEMBER, Path(folder) / "kmsvc.db")
            check_sqlite(Path(folder) / "kmsvc.db", manifest)
    else:
        _check_postgres(path, manifest)
    return manifest


def check_sqlite(database: Path, manifest: Manifest) -> None:
    """The unpacked database is whole and holds what the manifest says. Raises BadBackup."""
    if wrong := dump_sqlite.faults_of(database):
        raise BadBackup(f"The database inside is damaged: {wrong[0]}.")
    tables, revision = dump_sqlite.describe(database)
    if revision != manifest.revision or {name: one["rows"] for name, one in tables.items()} != manifest.counts:
        raise BadBackup("The database inside is not the one the table of contents describes.")
    engine = make_engine(f"sqlite:///{database}", pool_size=1)
    try:
        with Session(engine) as session:
            verdict = audit.verify(session)
    finally:
        engine.dispose()
    if not verdict.ok or verdict.head != manifest.audit["hash"]:
        raise BadBackup(f"The audit trail inside is broken at entry {verdict.first_bad or verdict.entries}.")


def _check_postgres(path: Path, manifest: Manifest) -> None:
    with zipfile.ZipFile(path) as archive:
        for name, wanted in manifest.tables.items():
            with archive.open(f"database/{name}.copy") as lines:
                found = sum(1 for _ in lines)
            if found != wanted["rows"]:
                raise BadBackup(f"The table {name} inside holds {found} rows instead of {wanted['rows']}.")
        table = audit.AuditEntry.__tablename__
        with archive.open(f"database/{table}.copy") as lines:
            bad = dump_postgres.first_broken_link(iter(lines), manifest.tables[table]["columns"], manifest.audit)
    if bad is not None:
        raise BadBackup(f"The audit trail inside is broken at entry {bad}.")
