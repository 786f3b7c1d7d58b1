"""Backup, restore and upgrade die at each of their points and are simply run again. R-D1, R-B1, R-B2."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kmsvc.core.db import make_engine
from kmsvc.operations.backup import verify_backup
from kmsvc.operations.schema import current_revision, head_revision, known_revisions, upgrade
from kmsvc.settings import Settings
from tests.faults.conftest import house
from tests.faults.house import House
from tests.support.commands import run_commands
from tests.support.postgres import Server

__all__ = ["house"]


@pytest.fixture
def elsewhere(house: House, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    """An empty place of the same kind."""
    folder = tmp_path / "elsewhere"
    if house.settings.is_sqlite:
        yield House(replace(house.settings, data_dir=folder, database_url=f"sqlite:///{folder / 'kmsvc.db'}"))
        return
    server: Server = request.getfixturevalue("postgres_cluster")()
    url = server.fresh_database()
    yield House(replace(house.settings, data_dir=folder, database_url=url))
    server.drop_database(url)


@pytest.mark.parametrize("point", ["backup.after_database", "backup.before_rename"])
def test_a_killed_backup_leaves_no_file_under_its_name(house: House, tmp_path: Path, point: str) -> None:
    """R-B1: the file appears only when it is whole; the next run does not mind what lies about."""
    target = tmp_path / "b"
    assert house.run("backup", str(target), check=False, KMSVC_FAULT=point).returncode == -signal.SIGKILL
    assert not target.exists()
    house.run("backup", str(target))
    verify_backup(target)


def test_a_restore_killed_at_each_point_is_run_again(house: House, elsewhere: House, tmp_path: Path) -> None:
    """R-B2, R-B5: half a restore serves nobody's mail, and the last run makes it whole."""
    house.run("backup", str(tmp_path / "b"))
    words = ("restore", str(tmp_path / "b"))
    for point in ("restore.after_files", "restore.before_database", "restore.after_database"):
        killed = elsewhere.run(*words, check=False, KMSVC_FAULT=point)
        assert killed.returncode == -signal.SIGKILL, point
        assert elsewhere.settings.paused_file.exists()
    listing = ("people", "accounts", "list")
    whole, again, seen, resumed, told = run_commands(
        elsewhere.environment(), words, words, ("doctor", "--full"), ("restore", "--resume"), listing)
    assert whole.returncode == resumed.returncode == told.returncode == 0
    assert again.returncode == 2 and "--force" in again.stderr, "a whole one is not overwritten"
    assert "note released" in seen.stdout
    assert {line for line in seen.stdout.splitlines() if line.startswith("BAD")} <= {
        line for line in seen.stdout.splitlines() if "database settings" in line}  # the test server runs without fsync
    assert told.stdout == house.run(*listing).stdout


def older(settings: Settings) -> None:
    """A database of the first release, without a row."""
    engine = make_engine(settings.database_url)
    upgrade(engine, sorted(known_revisions())[1])
    engine.dispose()


def test_an_upgrade_backs_up_first_and_is_run_again_when_it_was_killed(elsewhere: House) -> None:
    """R-D1: killed between backup and migration; the second run brings it to head, and the copy can be restored."""
    elsewhere.settings.data_dir.mkdir(mode=0o700)
    older(elsewhere.settings)
    assert elsewhere.run("init", check=False, KMSVC_FAULT="upgrade.after_backup").returncode == -signal.SIGKILL
    kept = list((elsewhere.settings.data_dir / "backups").iterdir())
    assert len(kept) == 1
    assert verify_backup(kept[0]).revision == sorted(known_revisions())[1]
    elsewhere.run("init")
    engine = make_engine(elsewhere.settings.database_url)
    with engine.connect() as connection:
        assert current_revision(connection) == head_revision()
    engine.dispose()


def test_a_newer_database_is_left_alone_with_one_sentence(elsewhere: House) -> None:
    """R-B2: an older program does not touch what a newer one wrote."""
    from sqlalchemy import text

    elsewhere.settings.data_dir.mkdir(mode=0o700)
    elsewhere.run("init")
    engine = make_engine(elsewhere.settings.database_url)
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_future'"))
    engine.dispose()
    lines = (["init"], ["serve", "--port", "0"], ["worker"], ["backup", "x"], ["people", "accounts", "list"])
    for words, refused in zip(lines, run_commands(elsewhere.environment(), *lines), strict=True):
        assert refused.returncode == 2 and "9999_future" in refused.stderr, words
        assert len(refused.stderr.strip().splitlines()) == 1
