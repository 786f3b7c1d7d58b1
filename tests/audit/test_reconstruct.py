"""Replaying the trail gives the rows as they are now: nothing changed that it does not say."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.audit.wording import SUBJECTS
from kmsvc.core import options
from kmsvc.core.audit import AuditEntry, plain
from kmsvc.core.db import Base
from kmsvc.core.trail_words import spoken
from kmsvc.models import load_models
from kmsvc.operations.usecases import set_option
from kmsvc.people.accounts import usecases
from kmsvc.people.accounts.models import Account, Person, RoleGrant
from kmsvc.people.accounts.passwords import hash_password
from kmsvc.people.sessions.models import Token
from kmsvc.people.sessions.own_password import change_own_password
from kmsvc.people.sessions.usecases import create_token, revoke_token
from kmsvc.people.units.models import Post, Unit
from kmsvc.people.units.usecases import add_post, add_unit
from tests.support.centre import PASSWORD, Centre

TABLES: list[type[Base]] = [Person, RoleGrant, Account, Token, Unit, Post, options.OptionValue]


def live_through(world: Centre) -> None:
    """Everything that can be done to people, once."""
    agent = world.people["agent"]
    with world.begin("admin") as work:
        add_unit(work, code="TEAM-C", name="三组", parent_code="CENTRE")
        add_unit(work, code="TEAM-C", name="三组（新）", parent_code="TEAM-A")
        add_post(work, code="P1", name="坐席")
    with world.begin("admin") as work:
        usecases.change_person(work, agent, name="新名字", email="", roles=["trainer", "marker"], unit_code="TEAM-C", post="P1")
        add_post(work, code="P1", name="热线坐席")
    with world.begin("admin") as work:
        usecases.change_person(work, agent, roles=["agent"], post="", language="zh_Hans_CN")
        usecases.add_login(work, agent, "agent-2")
        usecases.set_password(work, "agent-2", password="yellow-fern-49-marble", password_hash=hash_password("x"), must_change=True)
        create_token(work, "agent", name="robot", days=3)
        create_token(work, "trainer", name="other robot", days=3)
    with world.begin("admin") as work:
        token = work.session.scalars(select(Token).where(Token.name == "other robot")).one()
        revoke_token(work, token.id)
        usecases.suspend_person(work, world.people["trainer"], reason="leaves")
        person = usecases.add_account(work, login="n-1", name="新人", roles=["agent", "qa_inspector"], unit_code="TEAM-A")
    with world.begin("admin") as work:
        usecases.resume_person(work, world.people["trainer"], reason="back")
        usecases.change_person(work, person.id, name="又改名")
        set_option(work, "process.change.sample_size", 9)
    with world.begin("admin") as work:
        set_option(work, "process.change.sample_size", 11)
    with world.begin("agent") as work:
        usecases.set_own_language(work, "en")
    change_own_password(world.db, world.actor("agent"), old=PASSWORD, new="blue-harbor-71-window", address="1.1.1.1")


def replayed(entries: list[AuditEntry]) -> dict[str, dict[str, dict[str, Any]]]:
    """table -> id -> the row as the trail leaves it. Each `before` must be what stood there."""
    tables: dict[str, dict[str, dict[str, Any]]] = {}
    for entry in entries:
        rows = tables.setdefault(entry.subject, {})
        if entry.act == "insert":
            assert entry.subject_id not in rows, entry.seq
            rows[entry.subject_id] = dict(entry.after or {})
        elif entry.act == "update":
            for name, value in (entry.before or {}).items():
                assert rows[entry.subject_id].get(name) == value or value == "[secret]", (entry.seq, name)
            rows[entry.subject_id] |= entry.after or {}
        elif entry.act == "delete":
            assert rows.pop(entry.subject_id) is not None
    return tables


@pytest.mark.parametrize("kind", TABLES, ids=lambda kind: kind.__tablename__)
def test_r_w5_rows_are_what_the_trail_says(world: Centre, kind: type[Base]) -> None:
    """R-W5: each row of people's tables can be rebuilt from its entries; secrets are named, never shown."""
    live_through(world)
    with world.look() as work:
        entries = list(work.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)))
        rows = list(work.session.scalars(select(kind)).unique())
        words = spoken(work.session, [side for one in entries for side in (one.before or {}, one.after or {})])
        work.session.expunge_all()
    for number, one in enumerate(entries):
        one.before, one.after = words[2 * number] or None, words[2 * number + 1] or None
    told = replayed(entries).get(kind.__tablename__, {})
    columns = [column.key for column in kind.__mapper__.column_attrs if column.key != "version"]
    now = {}
    for row in rows:
        key = ":".join(str(part) for part in kind.__mapper__.primary_key_from_instance(row))
        values = {name: plain(getattr(row, name)) for name in columns}
        now[key] = {name: "[secret]" if name in kind.secret_columns and value is not None else value
                    for name, value in values.items()}
    assert rows
    assert {key: {name: row.get(name) for name in columns} for key, row in told.items()} == now


def test_r_w5_entries_say_who_when_why_and_by_which_session(world: Centre, client: Any) -> None:
    """R-W5: who, server time, before, after, reason, session and request stand in the entry."""
    status, _ = client("admin").call("POST", f"/api/v1/people/accounts/{world.people['agent']}/suspend", {"reason": "long leave"})
    assert status == 200
    with world.look() as work:
        entry = work.session.scalars(select(AuditEntry).where(AuditEntry.subject == "people_person")
                                     .order_by(AuditEntry.seq.desc())).first()
        assert entry is not None
        [said] = spoken(work.session, [{"login": entry.login}])
    assert (said["login"], entry.via, entry.at, entry.reason) == ("admin", "cookie", world.clock(), "long leave")
    assert entry.person_id == world.people["admin"] and entry.request_id and (entry.session_ref or "").startswith("s")
    assert (entry.before, entry.after) == ({"state": "active"}, {"state": "suspended"})


def test_r_w5_no_secret_stands_in_the_trail(world: Centre) -> None:
    """R-W5 and R-O2: hashes of passwords and tokens are named, not shown."""
    live_through(world)
    with world.look() as work:
        kept = {row.password_hash for row in work.session.scalars(select(Account))} | {
            row.secret_hash for row in work.session.scalars(select(Token))}
        words = "".join(str((row.before, row.after)) for row in work.session.scalars(select(AuditEntry)))
    assert kept and not any(one in words for one in kept if one)


def test_every_audited_table_has_a_word() -> None:
    load_models()
    audited = {mapper.local_table.name for mapper in Base.registry.mappers if mapper.class_.audited}
    assert audited - set(SUBJECTS) == set()
