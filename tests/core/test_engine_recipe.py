"""R-D6: the settings that keep data safe are really in force, on every connection of every engine."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pysqlite3
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from kmsvc.core import db as recipe
from kmsvc.core.db import make_engine, sqlite_pragmas, wal_is_safe
from kmsvc.core.work import Database
from tests.support.centre import Centre

SAFE = ["3.51.3", "3.51.4", "3.52.0", "3.53.4", "3.50.7", "3.50.9", "3.44.6", "3.44.9"]
UNSAFE = ["3.40.1", "3.44.5", "3.45.0", "3.49.2", "3.50.6", "3.51.0", "3.51.2", "3.7.0"]


def parts(version: str) -> tuple[int, ...]:
    return tuple(int(one) for one in version.split("."))


@pytest.mark.parametrize("version", SAFE)
def test_r_d6_a_library_without_the_bug_may_use_wal(version: str) -> None:
    assert wal_is_safe(parts(version))
    assert sqlite_pragmas(parts(version))["journal_mode"] == "WAL"


@pytest.mark.parametrize("version", UNSAFE)
def test_r_d6_an_affected_library_falls_back_to_the_rollback_journal(version: str) -> None:
    assert sqlite_pragmas(parts(version)) | {"journal_mode": "DELETE", "synchronous": "FULL"} == sqlite_pragmas(parts(version))


def test_r_d6_the_library_that_comes_along_is_good() -> None:
    assert wal_is_safe(pysqlite3.sqlite_version_info)


def test_r_d6_every_connection_has_the_settings(db: Database) -> None:
    """R-D6: asked of twelve connections at once, of both databases."""
    connections = [db.engine.connect() for _ in range(12)]
    try:
        for one in connections:
            if db.engine.dialect.name == "sqlite":
                found = {name: one.exec_driver_sql(f"PRAGMA {name}").scalar()
                         for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "trusted_schema")}
                assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000,
                                 "trusted_schema": 0}
            else:
                found = {name: one.execute(text(f"SHOW {name}")).scalar()
                         for name in ("lock_timeout", "statement_timeout", "timezone")}
                assert found == {"lock_timeout": "5s", "statement_timeout": "30s", "timezone": "UTC"}
    finally:
        for one in connections:
            one.close()


def test_r_d6_with_an_old_library_the_engine_starts_with_the_rollback_journal(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-D6: the version that is really linked decides; an old one is fallen back from, data stay safe."""
    class Old:
        """The library, saying that it is older than it is."""

        sqlite_version_info = (3, 40, 1)

        def __getattr__(self, name: str) -> Any:
            return getattr(pysqlite3, name)

    monkeypatch.setattr(recipe, "pysqlite3", Old())
    engine = make_engine(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    engine.dispose()


def test_two_writers_wait_for_one_another_instead_of_failing(world: Centre) -> None:
    """Writers begin as writers: none is told «locked» half-way, no update is lost."""
    from kmsvc.core.numbers import next_number

    def count() -> None:
        for _ in range(10):
            with world.begin("operator") as work:
                next_number(work.session, "race")

    threads = [threading.Thread(target=count) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with world.begin("operator") as work:
        assert next_number(work.session, "race") == 61


def test_foreign_keys_are_kept(db: Database) -> None:
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(IntegrityError), db.engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("INSERT INTO people_role_grant (person_id, role) VALUES (4711, 'agent')"))


def test_a_database_that_is_not_there_is_said_to_be_away(tmp_path: Path) -> None:
    away = Database(make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none"))
    assert not away.alive()
    with pytest.raises(OperationalError), away.engine.connect():
        pass
