"""Backup and restore: consistent under load, refused when anything is wrong, and quiet afterwards. R-B1, R-B2, R-B5."""

from __future__ import annotations

import io
import json
import shutil
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, select

from kmsvc.app import make_database
from kmsvc.core import audit
from kmsvc.core.db import make_engine
from kmsvc.files.store import keep
from kmsvc.files.usecases import attach
from kmsvc.notices.mailer import send_waiting
from kmsvc.notices.models import Mail
from kmsvc.operations import archive
from kmsvc.operations.archive import BadBackup, read_manifest
from kmsvc.operations.backup import verify_backup, write_backup
from kmsvc.operations.checks import backup_age
from kmsvc.operations.restore import COPY, NotEmpty, restore, resume, target_settings
from kmsvc.people.system import SYSTEM
from kmsvc.schedule import run_the_duties
from kmsvc.search.engine import SearchEngine
from kmsvc.settings import Settings
from kmsvc.standards.duties.models import Obligation
from kmsvc.worker import Worker
from tests.builders import make_article, make_process, submit
from tests.conftest import Templates
from tests.support.centre import Centre
from tests.support.figures import full
from tests.support.smtp import FakeSmtp


@pytest.fixture
def elsewhere(tmp_path: Path, settings: Settings, templates: Templates) -> Iterator[Callable[[], Settings]]:
    """Another, empty place of the same kind of database; a new one each time."""
    made: list[Settings] = []

    def place() -> Settings:
        folder = tmp_path / f"elsewhere-{len(made)}"
        if settings.is_sqlite:
            made.append(target_settings(settings, to=folder, url=None))
        else:
            made.append(target_settings(settings, to=folder, url=templates.cluster().fresh_database()))
        return made[-1]
    yield place
    for one in made:
        if not one.is_sqlite:
            templates.drop(one.database_url)


def rows_of(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in order."""
    engine = make_engine(settings.database_url, pool_size=1)
    known = MetaData()
    with engine.connect() as connection:
        known.reflect(connection)
        found = {table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
                 for table in known.sorted_tables}
    engine.dispose()
    return found


def fill(world: Centre) -> str:
    """A centre with something of everything; returns the SHA-256 of an attached file."""
    make_process(world, name="退款\t流程\\n")
    article = make_article(world, title="改签", body="第一行\n第二行\t制表\\反斜杠")
    submit(world)
    stored = keep(world.settings.files_dir, io.BytesIO("内容".encode() * 100), "说明.txt")
    with world.begin("knowledge_editor") as work:
        attach(work, "article", article.id, stored)
    world.drain()
    return stored.sha256


LEFT_BEHIND = {"core_audit", "core_audit_head", "core_lease", "people_session", "notices_mail"}


def test_r_b1_what_is_restored_elsewhere_is_what_was_there(world: Centre, settings: Settings, tmp_path: Path,
                                                           elsewhere: Callable[[], Settings]) -> None:
    """R-B1: rows, files, audit trail, counters and search; config without secrets."""
    sha256 = fill(world)
    with world.look() as work:
        audit.write_anchor(work.session, settings.anchors_file, work.now)
    before = rows_of(settings)
    written = write_backup(settings, tmp_path / "b")
    assert written.manifest.missing_files == [] and not [one for one in tmp_path.iterdir() if one.name.startswith(".b")]
    assert (tmp_path / "b").stat().st_mode & 0o077 == 0
    place = elsewhere()
    done = restore(place, tmp_path / "b")
    after = rows_of(place)
    assert {name: rows for name, rows in after.items() if name not in LEFT_BEHIND} == {
        name: rows for name, rows in before.items() if name not in LEFT_BEHIND}
    assert [row for row in before["core_audit"] if row not in after["core_audit"]] == []
    assert len(after["core_audit"]) == len(before["core_audit"]) + 1, "and the restore itself"
    assert len(after["notices_mail"]) == len(before["notices_mail"]) == done.mails_dropped
    assert [path.name for path in place.files_dir.rglob("*") if path.is_file()] == [sha256]
    assert done.documents >= 2
    copy = make_database(place, clock=world.clock)
    with copy.look(SYSTEM) as work:
        assert audit.verify(work.session, audit.read_anchors(place.anchors_file)).ok
    other = Centre(copy, place, world.clock, SearchEngine(place.index_dir))
    submit(other, title="nach der Rückkehr")
    make_article(other, title="neu")
    other.drain()
    copy.engine.dispose()
    with zipfile.ZipFile(tmp_path / "b") as opened:
        whole = b"".join(opened.read(name) for name in opened.namelist() if not name.startswith("database/"))
    assert settings.secret_key.encode() not in whole
    assert "secret_key" not in written.manifest.config


@contextmanager
def writing(world: Centre) -> Iterator[list[str]]:
    """Two people write articles and attach files as long as this lasts."""
    over, kept = threading.Event(), []

    def write(name: int) -> None:
        number = 0
        while not over.is_set():
            number += 1
            article = make_article(world, title=f"t{name}-{number}")
            stored = keep(world.settings.files_dir, io.BytesIO(f"{name}-{number}".encode()), "f.txt")
            with world.begin("knowledge_editor") as work:
                attach(work, "article", article.id, stored)
            kept.append(stored.sha256)
    threads = [threading.Thread(target=write, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield kept
    finally:
        over.set()
        for thread in threads:
            thread.join(30)


def test_r_b1_a_backup_under_load_is_consistent(world: Centre, settings: Settings, tmp_path: Path, record_property: Any,
                                                elsewhere: Callable[[], Settings]) -> None:
    """R-B1: written beside people who write, restored elsewhere: every file a row names is there, the chain is whole."""
    fill(world)
    rounds = full(30, short=2)
    with writing(world) as kept:
        for number in range(rounds):
            seen = len(kept)
            while len(kept) < seen + 3:
                time.sleep(0.02)
            written = write_backup(settings, tmp_path / f"b{number}")
            assert written.manifest.missing_files == []
    for number in range(rounds):
        place = elsewhere()
        restore(place, tmp_path / f"b{number}")
        found = rows_of(place)
        names = {path.name for path in place.files_dir.rglob("*") if path.is_file()}
        assert {row[0] for row in found["files_file"]} <= names
        assert len(found["files_attachment"]) > 1
    record_property("backups", rounds)
    record_property("written meanwhile", len(kept))


def damaged(path: Path, target: Path) -> Iterator[tuple[str, Path]]:
    """Ways a backup can be wrong, each as a file."""
    whole = path.read_bytes()
    for share in (0, 10, 50, 90, 99):
        yield f"cut to {share} %", _write(target / f"cut{share}", whole[:len(whole) * share // 100])
    yield "last byte gone", _write(target / "last", whole[:-1])
    for part in range(1, 20):
        at = len(whole) * part // 20
        yield f"byte {at} changed", _write(target / f"flip{part}", whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1:])
    yield "a text", _write(target / "text", b"not a backup")
    with zipfile.ZipFile(target / "foreign", "w") as other:
        other.writestr("manifest.json", "{}")
    yield "somebody else's zip", target / "foreign"
    yield "newer format", _resealed(path, target / "format", comment_format=b"9")
    yield "newer revision", _resealed(path, target / "revision", revision="9999_from_the_future")
    yield "another product", _resealed(path, target / "product", product="other")
    yield "other rows than told", _resealed(path, target / "rows", rows=True)
    yield "a member that leads outside", _resealed(path, target / "outside", extra="../../outside")
    yield "a member nobody told of", _resealed(path, target / "extra", extra="files/aa/extra", told=False)
    yield "a folder", target


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _resealed(path: Path, target: Path, *, comment_format: bytes | None = None, extra: str | None = None, told: bool = True,
              rows: bool = False, **changed: Any) -> Path:
    """A backup that says something else about itself, with correct digests: made on purpose, or by another program."""
    manifest = replace(read_manifest(path), **changed)
    if rows:
        manifest.tables["people_person"]["rows"] += 1
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as made:
        for name in source.namelist():
            if name != "manifest.json":
                made.writestr(name, source.read(name))
        if extra:
            made.writestr(extra, b"x")
            if told:
                manifest.members[extra] = {"size": 1, "sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}
        archive.seal(made, manifest)
        if comment_format:
            made.comment = made.comment.replace(b"kmsvc-backup 1", b"kmsvc-backup " + comment_format)
    return target


def harmless(path: Path, bad: Path) -> bool:
    """Whether a changed byte lies where it says nothing: in a date or a flag of the zip, not in any content."""
    try:
        with zipfile.ZipFile(path) as one, zipfile.ZipFile(bad) as two:
            return one.namelist() == two.namelist() and all(one.read(name) == two.read(name) for name in one.namelist())
    except Exception:
        return False


def test_r_b2_a_bad_backup_is_refused_before_anything_is_touched(world: Centre, settings: Settings, tmp_path: Path,
                                                                 elsewhere: Callable[[], Settings]) -> None:
    """R-B2: damaged, cut, foreign, newer, mendacious: each refused with a sentence; the target stays as it was."""
    fill(world)
    write_backup(settings, tmp_path / "good")
    (tmp_path / "bad").mkdir()
    place, refused = elsewhere(), 0
    if not settings.is_sqlite:
        tables_before = rows_of(place)
    for why, bad in damaged(tmp_path / "good", tmp_path / "bad"):
        if why.startswith("byte") and harmless(tmp_path / "good", bad):
            continue
        with pytest.raises(BadBackup) as told:
            restore(place, bad)
        assert len(str(told.value).splitlines()) == 1, why
        assert not place.data_dir.exists(), why
        refused += 1
    assert refused >= 20
    if not settings.is_sqlite:
        assert rows_of(place) == tables_before
    assert not (tmp_path / "outside").exists()
    restore(place, tmp_path / "good")


def test_r_b2_a_target_that_holds_something_is_refused_unless_forced(world: Centre, settings: Settings, tmp_path: Path,
                                                                     elsewhere: Callable[[], Settings]) -> None:
    """R-B2: what was there is moved aside, not deleted; a running service is never overwritten."""
    fill(world)
    write_backup(settings, tmp_path / "b")
    place = elsewhere()
    restore(place, tmp_path / "b")
    with pytest.raises(NotEmpty):
        restore(place, tmp_path / "b")
    (place.data_dir / "mine.txt").write_text("of somebody else")
    for second in range(-1, 60):  # another restore of the same second has put something aside already
        (place.data_dir / f"replaced-{datetime.now(UTC) + timedelta(seconds=second):%Y%m%d-%H%M%S}").mkdir()
    done = restore(place, tmp_path / "b", force=True)
    assert done.aside is not None and (done.aside / "files").exists()
    assert (place.data_dir / "mine.txt").read_text() == "of somebody else"
    if not place.is_sqlite:
        kept = verify_backup(done.aside / COPY)
        assert kept.counts["process_change"] == done.manifest.counts["process_change"] > 0
    copy = make_database(place)
    with copy.begin(SYSTEM) as work:
        from kmsvc.core import leases

        leases.take(work.session, "beat", "somebody", seconds=0)
    copy.engine.dispose()
    with pytest.raises(NotEmpty, match="worker runs"):
        restore(place, tmp_path / "b", force=True)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_r_b2_a_sqlite_file_outside_the_data_folder_is_guarded_like_one_inside(world: Centre, settings: Settings,
                                                                                tmp_path: Path) -> None:
    """R-B2: it counts as held, and is moved aside when forced."""
    fill(world)
    write_backup(settings, tmp_path / "b")
    disk = tmp_path / "another-disk"
    disk.mkdir()
    place = replace(settings, data_dir=tmp_path / "empty", database_url=f"sqlite:///{disk / 'centre.db'}")
    shutil.copyfile(settings.data_dir / "kmsvc.db", disk / "centre.db")
    mine = (disk / "centre.db").read_bytes()
    with pytest.raises(NotEmpty, match="centre.db"):
        restore(place, tmp_path / "b")
    assert (disk / "centre.db").read_bytes() == mine
    restore(place, tmp_path / "b", force=True)
    assert [path.read_bytes() for path in disk.iterdir() if path.name.startswith("centre.db.replaced")] == [mine]
    assert rows_of(place)["process_change"] == rows_of(settings)["process_change"]
    assert not (place.data_dir / "kmsvc.db").exists()


def test_r_b2_another_kind_of_database_is_refused(world: Centre, settings: Settings, tmp_path: Path) -> None:
    """R-B2: a backup goes back to the kind of database it came from."""
    write_backup(settings, tmp_path / "b")
    other = replace(settings, data_dir=tmp_path / "x", database_url=(
        "postgresql+psycopg://nobody@127.0.0.1:1/none" if settings.is_sqlite else f"sqlite:///{tmp_path / 'x' / 'kmsvc.db'}"))
    with pytest.raises(BadBackup, match="backup of a"):
        restore(other, tmp_path / "b")


def test_r_b5_a_restore_sends_no_old_mail_and_runs_no_old_job(world: Centre, settings: Settings, smtp: FakeSmtp,
                                                              tmp_path: Path, elsewhere: Callable[[], Settings]) -> None:
    """R-B5: mail waiting in the backup, facts on their way, reminders fallen due: nothing goes out; new mail does."""
    make_process(world)
    submit(world)
    world.clock.move(days=340)
    worker = Worker(world.db, settings, world.engine)
    run_the_duties(worker)
    world.drain()
    submit(world)  # its facts are still on their way when the backup is made
    write_backup(settings, tmp_path / "b")
    place = replace(elsewhere(), smtp_url=smtp.url)
    done = restore(place, tmp_path / "b")
    assert done.mails_dropped > 0
    copy = make_database(place, clock=world.clock)
    other = Centre(copy, place, world.clock, SearchEngine(place.index_dir))
    there = Worker(copy, place, other.engine)
    assert there.paused()
    assert there._mail() == 0
    world.clock.move(days=20)
    assert resume(place, world.clock) is not None
    assert not there.paused()
    run_the_duties(there)
    other.drain()
    send_waiting(copy, place)
    assert smtp.taken == []
    with copy.look(SYSTEM) as work:
        assert {row.state for row in work.session.scalars(select(Mail))} == {"dropped"}
        assert work.session.scalars(select(Obligation)).all()
    submit(other, title="neu")
    other.drain()
    send_waiting(copy, place)
    assert smtp.taken
    copy.engine.dispose()
    assert resume(place) is None


def test_a_backup_replaces_an_earlier_one_and_nothing_else(world: Centre, settings: Settings, tmp_path: Path) -> None:
    write_backup(settings, tmp_path / "b")
    first = read_manifest(tmp_path / "b").made_at
    write_backup(settings, tmp_path / "b")
    assert read_manifest(tmp_path / "b").made_at > first
    (tmp_path / "letter").write_text("dear")
    with pytest.raises(BadBackup):
        write_backup(settings, tmp_path / "letter")
    assert (tmp_path / "letter").read_text() == "dear"


def test_a_file_that_is_missing_on_the_disk_is_named_and_the_rest_is_kept(world: Centre, settings: Settings,
                                                                          tmp_path: Path) -> None:
    sha256 = fill(world)
    shutil.rmtree(settings.files_dir)
    assert write_backup(settings, tmp_path / "b").manifest.missing_files == [sha256]
    assert verify_backup(tmp_path / "b").missing_files == [sha256]


def test_r_o1_the_age_of_the_last_verified_backup_is_known(world: Centre, settings: Settings, tmp_path: Path) -> None:
    """R-O1: doctor and metrics read it from a small file."""
    assert backup_age(settings, world.clock()) == (None, "")
    written = write_backup(settings, tmp_path / "b")
    from datetime import datetime

    age, place = backup_age(settings, datetime.fromisoformat(written.manifest.made_at) + timedelta(days=3))
    assert age is not None and round(age / 86400, 3) == 3 and place == str(tmp_path / "b")
    json.dumps(asdict(written.manifest))
