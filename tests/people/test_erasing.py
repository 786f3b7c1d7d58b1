"""Erasing somebody who has left: names go from every view and from the trail, the chain stays whole. R-W8."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select, text

from kmsvc.audit.queries import TrailFilter, entries
from kmsvc.core.audit import AuditEntry, verify
from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.people.accounts.erasing import erase_person
from kmsvc.people.accounts.usecases import change_person, resume_person, suspend_person
from kmsvc.process.definitions.usecases import confirm_review
from kmsvc.standards.evidence.register import names_at
from tests.builders import make_process
from tests.support.centre import Centre
from tests.support.clock import ZONE

OLD = "Zhao Unlikely-Name"


@pytest.fixture
def gone(world: Centre) -> int:
    """Somebody who acted under a name, was renamed, and has left."""
    process = make_process(world, drain=True)
    owner = world.people["business_owner"]
    with world.begin("admin") as work:
        change_person(work, owner, name=OLD, email="unlikely@example.org")
    with world.begin("business_owner") as work:
        confirm_review(work, process.id, reason="right", today=world.clock.today)
    with world.begin("admin") as work:
        suspend_person(work, owner, reason="left")
    return owner


def erase(world: Centre, person_id: int, confirm: str = "business_owner") -> None:
    with world.begin("admin") as work:
        erase_person(work, person_id, confirm=confirm, reason="asked for it")


def everything(world: Centre) -> str:
    """All rows of all tables of the database, as one text."""
    with world.look() as work:
        bind = work.session.connection()
        names = [row[0] for row in bind.execute(text(
            "SELECT name FROM sqlite_master WHERE type = 'table'" if bind.dialect.name == "sqlite"
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))]
        return "\n".join(repr(tuple(row)) for name in sorted(names) for row in bind.execute(text(f'SELECT * FROM "{name}"')))


def test_r_w8_names_are_gone_from_every_table_and_the_chain_is_whole(world: Centre, gone: int) -> None:
    """R-W8: a pseudonym in views and in the trail; not one entry was rewritten."""
    with world.look() as work:
        before = [(row.seq, row.hash) for row in work.session.scalars(select(AuditEntry).order_by(AuditEntry.seq))]
    assert OLD in everything(world) and "unlikely@example.org" in everything(world)
    erase(world, gone)
    rest = everything(world)
    assert OLD not in rest and "unlikely@example.org" not in rest
    with world.look("auditor") as work:
        after = [(row.seq, row.hash) for row in work.session.scalars(select(AuditEntry).order_by(AuditEntry.seq))]
        assert after[:len(before)] == before and len(after) > len(before) and verify(work.session).ok
        cards = entries(work.session, work.actor, TrailFilter(), ZONE, limit=500)
        told = json.dumps([one.as_json() for one in cards], default=str)
        assert f"P-{gone:04}" in told and OLD not in told and "business_owner" not in {one.login for one in cards}
        assert {one.name for one in cards if one.person_id == gone} == {f"P-{gone:04}"}, "what was done stays, under the pseudonym"
        assert names_at(work.session, world.clock())[gone] == f"P-{gone:04}"


def test_the_trail_says_names_until_then_and_finds_them(world: Centre, gone: int) -> None:
    """The words stand beside the chain; who reads the trail notices nothing of it."""
    with world.look("auditor") as work:
        found = entries(work.session, work.actor, TrailFilter(q="unlikely-name"), ZONE)
        assert [(one.after or {}).get("name") for one in found] == [OLD] and found[0].login == "admin"
        assert entries(work.session, work.actor, TrailFilter(person="business_owner"), ZONE)[0].login == "business_owner"
        raw = work.session.scalars(select(AuditEntry).where(AuditEntry.seq == found[0].seq)).one()
        assert OLD not in json.dumps(raw.after) and raw.login != "admin"
    erase(world, gone)
    with world.look("auditor") as work:
        assert entries(work.session, work.actor, TrailFilter(q="unlikely-name"), ZONE) == []


def test_only_who_has_left_is_erased_once_with_the_account_typed_again(world: Centre, gone: int) -> None:
    with pytest.raises(InvalidInput):
        erase(world, gone, "agent")
    with pytest.raises(RuleBroken, match="Suspend"):
        erase(world, world.people["agent"], "agent")
    erase(world, gone)
    with pytest.raises(RuleBroken, match="already"):
        erase(world, gone)
    with world.begin("admin") as work, pytest.raises(RuleBroken, match="cannot come back"):
        resume_person(work, gone, reason="back")


def test_doors(world: Centre, client: Any, gone: int) -> None:
    """Page, JSON and what it offers: the act stands there once the person has left, and no more afterwards."""
    caller = client("admin")
    verbs = {one["verb"]: one for one in caller.call("GET", f"/api/v1/people/accounts/{gone}")[1]["allowed"]}
    assert set(verbs["erase"]["schema"]["required"]) == {"confirm", "reason"}
    status, told = caller.call("POST", verbs["erase"]["href"], {"confirm": "wrong", "reason": "asked"})
    assert status == 422 and told["fields"].keys() == {"confirm"}
    status, told = caller.call("POST", verbs["erase"]["href"], {"confirm": "business_owner", "reason": "asked"})
    assert (status, told["name"], told["email"], told["roles"], told["logins"][0][:7]) == (200, f"P-{gone:04}", None, [], "erased-")
    assert {one["verb"] for one in told["allowed"]}.isdisjoint({"erase"})
