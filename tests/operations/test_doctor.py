"""`kmsvc doctor`, `/readyz` and `/metrics` see each thing that breaks. R-O1, R-D6."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from kmsvc.core import audit, leases
from kmsvc.core.db import make_engine, sqlite_pragmas, wal_is_safe
from kmsvc.core.events import Delivery
from kmsvc.notices.models import Mail
from kmsvc.operations import checks, doctor
from kmsvc.operations.doctor import examine
from kmsvc.operations.models import JobFailure
from kmsvc.operations.permissions import DELIVER
from kmsvc.people.system import SYSTEM
from kmsvc.search.models import DirtyMark
from kmsvc.search.usecases import rebuild
from kmsvc.settings import Settings
from tests.builders import make_process
from tests.support.centre import Centre


@pytest.fixture
def look(world: Centre, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, checks.Check]]:
    """What doctor finds, by name, with the clock of the test."""
    from kmsvc.app import make_database

    settings.data_dir.chmod(0o700)
    rebuild(world.db, world.engine, SYSTEM)
    with world.begin("system") as work:
        leases.take(work.session, "beat", "w", seconds=0)

    def found(with_settings: Settings = settings, **options: Any) -> dict[str, checks.Check]:
        monkeypatch.setattr(doctor, "make_database", lambda given: make_database(given, clock=world.clock))
        monkeypatch.setattr(leases, "database_now", lambda session: world.clock())
        return {check.name: check for check in examine(with_settings, **options)}
    with world.begin("system") as work:
        work.session.get(leases.Lease, "beat").beat_at = world.clock()  # type: ignore[union-attr]
    return found


def red(found: dict[str, checks.Check]) -> set[str]:
    """The names of what is not as it must be."""
    return {name for name, check in found.items() if not check.ok}


def test_r_o1_a_healthy_centre_is_green(look: Callable[..., Any], settings: Settings) -> None:
    """R-O1: and says what it looked at."""
    found = look()
    tolerated = {"database settings"} if not settings.is_sqlite else set()  # the test server runs without fsync
    assert red(found) <= tolerated, found
    assert len(found) >= 15
    assert "no verified backup" in found["backup"].detail and found["backup"].warning


def put(world: Centre, *rows: Any) -> None:
    """Rows as they are."""
    with world.begin("system") as work:
        work.permit(DELIVER)
        for row in rows:
            work.session.add(row)


def test_r_o1_each_thing_that_breaks_turns_its_check_within_a_minute(world: Centre, look: Callable[..., Any],
                                                                     settings: Settings) -> None:
    """R-O1: worker, outbox, dead deliveries, mail, periodic work, index, disk, secret key, folder, address, clock, schema."""
    make_process(world)
    assert not red(look()) - {"database settings"}, "a fact that is a moment old is no trouble"
    world.clock.move(seconds=60)
    late = look()
    assert {"worker", "outbox"} <= red(late)
    with world.begin("system") as work:
        work.session.get(leases.Lease, "beat").beat_at = world.clock()  # type: ignore[union-attr]
    world.drain()
    assert not red(look()) - {"database settings"}

    now = world.clock()
    put(world, DirtyMark(kind="process", ref_id=1, marked_at=now - timedelta(seconds=60), mark=1))
    assert "search index" in red(look())
    world.drain()
    put(world, JobFailure(job="live", subject="publication:7", error="broken", tries=1, first_at=now, last_at=now, next_at=now))
    assert "publication:7" in look()["periodic work"].detail and "periodic work" in red(look())
    with world.begin("system") as work:
        from sqlalchemy import delete, select

        work.permit(DELIVER)
        work.session.execute(delete(JobFailure))
        work.session.scalars(select(Delivery).limit(1)).one().state = "dead"
    assert "dead deliveries" in red(look())
    put(world, Mail(person_id=world.people["agent"], kind="process.review.due", params={}, url="/", dedup="d", state="waiting",
                    made_at=now - timedelta(hours=1), next_at=now, tries=3, error="Connection refused"))
    found = look(replace(settings, smtp_url="smtp://127.0.0.1:1"))
    assert "mail" in red(found) and "Connection refused" in found["mail"].detail
    assert "mail" not in red(look())

    assert "address" in red(look(replace(settings, base_url="http://kmsvc.centre.test")))
    assert "address" not in red(look(replace(settings, base_url="https://kmsvc.centre.test")))
    (settings.data_dir / "secret.key").write_text("x")
    (settings.data_dir / "secret.key").chmod(0o644)
    settings.data_dir.chmod(0o755)
    assert {"secret key", "data folder"} <= red(look())
    settings.data_dir.chmod(0o700)
    settings.paused_file.write_text("{}")
    assert look()["released"].warning
    world.clock.move(hours=-2)
    assert "clock" in red(look())


def test_r_o1_a_full_disk_is_seen(look: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """R-O1: below five percent."""
    import shutil
    from collections import namedtuple

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1000, 960, 40))
    assert "disk" in red(look())


def test_r_o1_a_changed_audit_trail_is_seen(world: Centre, look: Callable[..., Any], settings: Settings) -> None:
    """R-O1, R-W7: an entry changed behind the triggers, a tail cut off behind an anchor."""
    make_process(world)
    world.drain()
    with world.look() as work:
        audit.write_anchor(work.session, settings.anchors_file, work.now)
    lines = settings.anchors_file.read_text()
    seq = int(lines.split()[1])
    assert look()["audit chain"].ok
    settings.anchors_file.write_text(f"{world.clock().isoformat()} {seq + 5} {'0' * 64}\n")
    assert not look()["audit chain"].ok, "an anchor knows of entries that are gone"
    settings.anchors_file.write_text(lines)
    raw = make_engine(settings.database_url)
    with raw.execution_options(writes=True).begin() as connection:
        if settings.is_sqlite:
            connection.execute(text("DROP TRIGGER core_audit_no_update"))
        else:
            connection.execute(text("ALTER TABLE core_audit DISABLE TRIGGER ALL"))
        connection.execute(text("UPDATE core_audit SET reason = 'other' WHERE seq = :seq"), {"seq": seq - 2})
    raw.dispose()
    found = look()
    assert found["audit chain"].detail == f"broken at entry {seq - 2}"
    assert not look(full=True)["audit chain"].ok


def test_r_o1_no_database_is_one_red_line(settings: Settings) -> None:
    """R-O1: and the checks of the machine still run."""
    away = replace(settings, database_url="postgresql+psycopg://x@127.0.0.1:1/x" if not settings.is_sqlite else
                   f"sqlite:///{settings.data_dir / 'none.db'}")
    found = examine(away)
    assert [check.name for check in found if not check.ok][:1] == ["database"]
    assert "disk" in {check.name for check in found}
    assert not (settings.data_dir / "none.db").exists(), "looking makes nothing"


def test_r_o1_readiness_and_metrics_say_the_same(world: Centre, look: Callable[..., Any], client: Callable[..., Any]) -> None:
    """R-O1: `/readyz` is red when the worker is silent; `/metrics` carries the figures."""
    stranger = client()
    look()
    assert (stranger.get("/healthz").status_code, stranger.get("/readyz").status_code) == (200, 200)
    world.clock.move(seconds=60)
    late = stranger.get("/readyz")
    assert (late.status_code, late.get_json()["checks"]["worker"]) == (503, False)
    said = stranger.get("/metrics").get_data(as_text=True)
    for name in ("kmsvc_deliveries_pending", "kmsvc_deliveries_dead", "kmsvc_outbox_age_seconds", "kmsvc_mail_dead",
                 "kmsvc_index_lag_seconds", "kmsvc_worker_beat_seconds 60", "kmsvc_disk_free_ratio", "kmsvc_job_failures",
                 "kmsvc_backup_age_seconds -1"):
        assert name in said


@pytest.mark.parametrize(("version", "safe"), [
    ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 45, 0), False), ((3, 50, 6), False), ((3, 50, 7), True),
    ((3, 51, 0), False), ((3, 51, 2), False), ((3, 51, 3), True), ((3, 53, 4), True), ((4, 0, 0), True)])
def test_r_d6_a_sqlite_with_the_wal_bug_gets_the_rollback_journal(version: tuple[int, ...], safe: bool) -> None:
    """R-D6: the library really linked decides."""
    assert wal_is_safe(version) is safe
    assert sqlite_pragmas(version)["journal_mode"] == ("WAL" if safe else "DELETE")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_r_d6_an_old_sqlite_is_told_loudly_and_still_safe(settings: Settings, world: Centre,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    """R-D6: doctor names it, and every connection runs with the fallback."""
    import pysqlite3

    monkeypatch.setattr(pysqlite3, "sqlite_version_info", (3, 40, 1))
    world.db.engine.dispose()  # the mode of a file changes when nobody else has it open
    engine = make_engine(settings.database_url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert len(list(checks.engine_warnings(engine))) == 1
        assert checks.settings_in_force(engine).ok
    engine.dispose()


@pytest.mark.parametrize("database_kind", ["postgres"])
@pytest.mark.postgres
def test_r_d6_a_postgresql_that_forgets_is_red(settings: Settings) -> None:
    """R-D6: the servers of the tests run without fsync, which nobody's data should."""
    engine = make_engine(settings.database_url)
    told = list(checks.engine_warnings(engine))
    assert any("fsync off" in one for one in told) and any("synchronous_commit off" in one for one in told)
    assert not checks.settings_in_force(engine).ok
    with engine.connect() as connection:
        assert connection.execute(text("SHOW lock_timeout")).scalar() == "5s"
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "30s"
        assert connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar() == "1min"
    engine.dispose()


def test_doctor_speaks_json_as_the_contract_says(settings: Settings, look: Callable[..., Any],
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from kmsvc.cli.operate import doctor as command

    look()
    monkeypatch.setenv("KMSVC_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("KMSVC_DATABASE_URL", settings.database_url)
    said = CliRunner().invoke(command, ["--json"])
    body = json.loads(said.stdout)
    assert set(body) == {"ok", "checks"}
    assert all({"name", "ok", "detail"} <= set(check) for check in body["checks"])
    assert body["ok"] is all(check["ok"] for check in body["checks"])
