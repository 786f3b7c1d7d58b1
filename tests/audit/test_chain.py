"""The chain of the trail: what touches it is refused or found, with the place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kmsvc.audit.verification import last_check, verify_now
from kmsvc.core import audit
from kmsvc.people.accounts.usecases import change_person
from tests.support.centre import Centre
from tests.support.clients import Caller


@contextmanager
def raw(world: Centre) -> Iterator[Any]:
    """A connection that knows nothing of units of work, as an intruder with the database's password has."""
    with world.db.engine.connect().execution_options(writes=True) as connection:
        yield connection
        connection.commit()


@contextmanager
def without_triggers(world: Centre) -> Iterator[Any]:
    """The same intruder, who took the triggers away first."""
    with raw(world) as connection:
        if world.db.engine.dialect.name == "sqlite":
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER core_audit_no_{verb}"))
        else:
            connection.execute(text("ALTER TABLE core_audit DISABLE TRIGGER USER"))
        yield connection


def anchor(world: Centre) -> None:
    with world.look() as work:
        audit.write_anchor(work.session, world.settings.anchors_file, work.now)


def verdict(world: Centre) -> audit.Verdict:
    return verify_now(world.db, world.settings, world.actor("auditor"))


def more(world: Centre, times: int = 3) -> None:
    for number in range(times):
        with world.begin("admin") as work:
            change_person(work, world.people["agent"], name=f"name {number}")


@pytest.mark.parametrize("statement", ["UPDATE core_audit SET login = 'x' WHERE seq = 3", "DELETE FROM core_audit WHERE seq = 3",
                                       "UPDATE core_audit SET hash = hash", "DELETE FROM core_audit"])
def test_r_w7_triggers_refuse_to_change_the_trail(world: Centre, statement: str) -> None:
    """R-W7: UPDATE and DELETE are refused by the database itself."""
    with pytest.raises(DBAPIError, match="append-only"), raw(world) as connection:
        connection.execute(text(statement))
    assert verdict(world).ok


def test_r_w7_truncate_is_refused_as_well(world: Centre, database_kind: str) -> None:
    """R-W7: PostgreSQL's TRUNCATE; SQLite has none."""
    if database_kind == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DBAPIError, match="append-only"), raw(world) as connection:
        connection.execute(text("TRUNCATE core_audit"))


def test_a_whole_trail_verifies_and_counts(world: Centre) -> None:
    before = verdict(world)
    more(world, 2)
    after = verdict(world)
    assert before.ok and after.ok and after.first_bad is None
    assert after.entries == before.entries + 2 and after.head != before.head


@pytest.mark.parametrize(("column", "value"), [("login", "somebody else"), ("reason", "another reason"), ("act", "delete"),
                                               ("subject_id", "99"), ("at", "2020-01-01 00:00:00.000000")])
def test_r_w7_an_edited_entry_is_found_with_its_place(world: Centre, column: str, value: str) -> None:
    """R-W7: an edit, found at the entry that was edited."""
    with without_triggers(world) as connection:
        connection.execute(text(f"UPDATE core_audit SET {column} = :value WHERE seq = 7"), {"value": value})
    assert (verdict(world).ok, verdict(world).first_bad) == (False, 7)


def test_r_w7_a_taken_out_entry_is_found(world: Centre) -> None:
    """R-W7: a gap in the middle."""
    with without_triggers(world) as connection:
        connection.execute(text("DELETE FROM core_audit WHERE seq = 5"))
    assert verdict(world).first_bad == 5


def test_r_w7_a_cut_end_is_found_by_the_head_row(world: Centre) -> None:
    """R-W7: the newest entries taken away."""
    more(world)
    whole = verdict(world)
    with without_triggers(world) as connection:
        connection.execute(text("DELETE FROM core_audit WHERE seq > :seq"), {"seq": whole.entries - 2})
    assert verdict(world).first_bad == whole.entries - 1


def test_r_w7_a_cut_end_with_a_mended_head_is_found_by_the_anchor(world: Centre) -> None:
    """R-W7: the head row put back to where the cut trail ends; the file outside the database still knows."""
    more(world)
    anchor(world)
    whole = verdict(world)
    with without_triggers(world) as connection:
        connection.execute(text("DELETE FROM core_audit WHERE seq > :seq"), {"seq": whole.entries - 2})
        connection.execute(text("UPDATE core_audit_head SET seq = :seq, hash = (SELECT hash FROM core_audit WHERE seq = :seq)"),
                           {"seq": whole.entries - 2})
    assert verdict(world).first_bad == whole.entries - 1


def test_r_w7_a_rewritten_trail_is_found_by_the_anchor(world: Centre) -> None:
    """R-W7: every hash from entry 10 on computed anew, the head with them; only the anchor tells."""
    more(world)
    anchor(world)
    whole = verdict(world)
    _rewrite(world, 10)
    assert verdict(world).first_bad == whole.entries
    world.settings.anchors_file.unlink()
    assert verdict(world).ok  # without a head outside the database nobody could tell: that is why they are kept


def _rewrite(world: Centre, start: int) -> None:
    with world.look() as work:
        rows = [dict(row) for row in work.session.execute(
            audit.select(*(getattr(audit.AuditEntry, name) for name in (*audit.HASHED, "hash")))
            .order_by(audit.AuditEntry.seq)).mappings()]
    previous = rows[start - 2]["hash"]
    with without_triggers(world) as connection:
        for row in rows[start - 1:]:
            row |= {"previous": previous, "login": "the intruder" if row["seq"] == start else row["login"]}
            previous = audit.entry_hash(row)
            connection.execute(text("UPDATE core_audit SET login = :login, previous = :previous, hash = :hash WHERE seq = :seq"),
                               {"login": row["login"], "previous": row["previous"], "hash": previous, "seq": row["seq"]})
        connection.execute(text("UPDATE core_audit_head SET hash = :hash"), {"hash": previous})


def test_verify_now_is_a_button_whose_result_stays(client: Callable[..., Caller], world: Centre) -> None:
    auditor = client("auditor")
    assert last_check(world.settings) is None
    assert auditor.post("/audit/verify").status_code == 303
    found = last_check(world.settings)
    assert found is not None and found.ok and found.by == "auditor"
    assert str(found.entries) in auditor.get("/audit").get_data(as_text=True)
    with without_triggers(world) as connection:
        connection.execute(text("UPDATE core_audit SET login = 'x' WHERE seq = 4"))
    status, body = auditor.call("POST", "/api/v1/audit/verify", {})
    assert (status, body["ok"], body["first_bad"]) == (200, False, 4)
    assert set(body) == {"ok", "entries", "head", "first_bad"}
    assert client("agent").call("POST", "/api/v1/audit/verify", {})[0] == 403
    assert client("agent").post("/audit/verify").status_code == 403


def test_the_command_tells_by_its_status(world: Centre, database_kind: str) -> None:
    import os
    import subprocess

    from tests.support import starting

    env = {**os.environ, "KMSVC_DATA_DIR": str(world.settings.data_dir), "KMSVC_DATABASE_URL": world.settings.database_url,
           "KMSVC_SECRET_KEY": world.settings.secret_key}

    def run() -> subprocess.CompletedProcess[str]:
        return starting.run("-m", "kmsvc", "audit", "verify", "--json", env=env)
    good = run()
    assert good.returncode == 0 and json.loads(good.stdout)["ok"]
    with without_triggers(world) as connection:
        connection.execute(text("DELETE FROM core_audit WHERE seq = 3"))
    bad = run()
    assert bad.returncode == 1 and json.loads(bad.stdout)["first_bad"] == 3
