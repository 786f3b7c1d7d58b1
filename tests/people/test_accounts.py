"""Keeping accounts by page and by JSON: the same verbs, the same refusals."""

from __future__ import annotations

import io
from collections.abc import Callable
from threading import Barrier, Thread
from time import sleep
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import RuleBroken
from kmsvc.people.accounts.models import Account, Person
from kmsvc.people.accounts.usecases import suspend_person
from kmsvc.people.sessions.queries import sessions_of
from tests.support.centre import PASSWORD, Centre
from tests.support.clients import Caller
from tests.support.trail import in_words

Client = Callable[..., Caller]
API = "/api/v1/people/accounts"


def person(world: Centre, login: str) -> Person:
    with world.look() as work:
        row = work.session.scalars(select(Person).join(Account, Account.person_id == Person.id)
                                   .where(Account.login == login)).one()
        list(row.roles), list(row.accounts)
        return row


@pytest.mark.parametrize("path", ["/people/accounts", "/people/accounts/new", "/people/accounts/1", "/people/accounts/1/edit",
                                  "/people/accounts/import", "/people/units", "/people/permissions", "/operations", "/audit"])
def test_a_stranger_and_an_agent_are_refused(client: Client, path: str) -> None:
    assert client().get(path).status_code == 303
    assert client("agent").get(path).status_code == 403


@pytest.mark.parametrize(("method", "path"), [
    ("GET", API), ("GET", f"{API}/1"), ("GET", f"{API}/99999"), ("POST", API), ("POST", f"{API}/1/edit"),
    ("POST", f"{API}/1/suspend"), ("POST", f"{API}/1/password"), ("POST", f"{API}/1/add_login"),
    ("POST", "/api/v1/people/units"), ("POST", "/api/v1/people/posts")])
def test_the_json_refuses_an_agent_alike_for_every_id(client: Client, method: str, path: str) -> None:
    bodies: dict[str, Any] = {API: {"login": "x", "name": "X"}, f"{API}/1/suspend": {"reason": "x"},
                              f"{API}/1/add_login": {"login": "x"}, "/api/v1/people/units": {"code": "X", "name": "X"},
                              "/api/v1/people/posts": {"code": "X", "name": "X"}}
    assert client("agent").call(method, path, bodies.get(path, {}) if method == "POST" else None)[0] == 403


def test_the_list_filters_pages_and_exports(client: Client, world: Centre) -> None:
    admin = client("admin")
    page = admin.get("/people/accounts?q=agent&limit=2").get_data(as_text=True)
    assert page.count("data-row") == 2
    status, found = admin.call("GET", f"{API}?role=agent&state=active")
    assert status == 200 and {one["login"] for one in found["items"]} == {"agent", "agent_b", "everything"}
    team = admin.call("GET", f"{API}?unit={world.units['TEAM-A']}")[1]["items"]
    assert {one["login"] for one in team} == {"agent", "team_leader", "suspended"}
    first = admin.call("GET", f"{API}?limit=5")[1]
    second = admin.call("GET", f"{API}?limit=5&cursor={first['next']}")[1]
    assert not {one["id"] for one in first["items"]} & {one["id"] for one in second["items"]}
    csv_text = admin.get("/people/accounts?role=auditor&format=csv").get_data(as_text=True)
    assert "auditor@centre.test" in csv_text and "trainer@centre.test" not in csv_text
    book = openpyxl.load_workbook(io.BytesIO(admin.get("/people/accounts?format=xlsx").get_data()))
    assert book.active.max_row == len(world.people) + 1


def test_a_person_is_added_with_a_first_password_shown_once(client: Client, world: Centre) -> None:
    admin = client("admin")
    answer = admin.post("/people/accounts", data={
        "login": "N-100", "name": "新人", "email": "n100@centre.test", "unit": "TEAM-A", "language": "zh_Hans_CN",
        "roles_shown": "1", "roles": ["agent", "marker"], "first_password": "1"})
    assert answer.status_code == 200
    secret = answer.get_data(as_text=True).split('id="secret">')[1].split("<")[0]
    made = person(world, "n-100")
    assert (made.name, made.role_names, made.accounts[0].must_change) == ("新人", {"agent", "marker"}, True)
    caller = client()
    assert caller.post("/sign-in", data={"login": "n-100", "password": secret}).status_code == 303
    with world.look() as work:
        assert not any(secret in str(row.after) for row in work.session.scalars(select(AuditEntry)))


@pytest.mark.parametrize(("change", "field"), [
    ({"login": "no spaces"}, "login"), ({"name": ""}, "name"), ({"email": "nobody"}, "email"), ({"roles": "boss"}, "roles"),
    ({"unit": "NOWHERE"}, "unit"), ({"language": "fr"}, "language")])
def test_a_refused_form_keeps_what_was_typed(client: Client, change: dict[str, str], field: str) -> None:
    typed = {"login": "n-200", "name": "Somebody", "roles_shown": "1", **change}
    answer = client("admin").post("/people/accounts", data=typed)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text
    assert typed["login"] in text
    body = {name: value for name, value in typed.items() if name != "roles_shown"} | (
        {"roles": [change["roles"]]} if "roles" in change else {})
    if field != "name":
        status, told = client("admin").call("POST", API, body)
        assert status == 422 and field in told["fields"]


def test_a_login_that_is_taken_is_refused(client: Client) -> None:
    status, told = client("admin").call("POST", API, {"login": "Agent", "name": "Second"})
    assert (status, told["code"]) == (409, "people.account.login_taken")


def test_a_form_refused_by_a_rule_keeps_what_was_typed(client: Client, world: Centre) -> None:
    admin = client("admin")
    answer = admin.post("/people/accounts", data={"login": "agent", "name": "Second Zhang", "roles_shown": "1"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "Second Zhang" in text and 'id="login-error"' in text
    last = person(world, "admin")
    with world.begin("operator") as work:
        suspend_person(work, world.people["everything"], reason="away")
    answer = admin.post(f"/people/accounts/{last.id}/edit", data={
        "version": last.version, "name": "New Name", "unit": "TEAM-A", "language": "en", "roles_shown": "1"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "New Name" in text and 'id="roles-error"' in text
    answer = admin.post(f"/people/accounts/{last.id}/suspend", data={"reason": "typed reason"})
    assert answer.status_code == 409 and "typed reason" in answer.get_data(as_text=True)
    assert (person(world, "admin").name, person(world, "admin").state) == (last.name, "active")


def test_suspending_twice_is_refused_so_that_no_reason_is_lost(client: Client, world: Centre) -> None:
    admin, where = client("admin"), f"{API}/{world.people['agent']}"
    assert admin.call("POST", f"{where}/resume", {"reason": "back"})[1]["code"] == "people.account.active"
    assert admin.call("POST", f"{where}/suspend", {"reason": "left"})[0] == 200
    assert admin.call("POST", f"{where}/suspend", {"reason": "again"})[1]["code"] == "people.account.suspended"


def test_two_administrators_who_suspend_each_other_leave_one(world: Centre) -> None:
    """The last administrator stays, also when two of them go at the same moment."""
    first, second = world.people["admin"], world.people["everything"]
    gate, refused = Barrier(2, timeout=20), []

    def suspend(who: str, whom: int) -> None:
        gate.wait()
        try:
            with world.begin(who) as work:
                suspend_person(work, whom, reason="at once")
                sleep(0.2)
        except (RuleBroken, DBAPIError) as error:
            refused.append(error)

    hands = [Thread(target=suspend, args=one) for one in (("admin", second), ("everything", first))]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert len(refused) == 1
    assert {person(world, "admin").state, person(world, "everything").state} == {"active", "suspended"}


def test_an_edit_by_page_changes_what_was_sent_and_nothing_else(client: Client, world: Centre) -> None:
    before = person(world, "agent")
    answer = client("admin").post(f"/people/accounts/{before.id}/edit", data={
        "version": before.version, "name": "Renamed", "email": "", "unit": "TEAM-B", "post": "", "language": "en",
        "roles_shown": "1", "roles": ["agent"], "reason": "moved"})
    assert answer.status_code == 303
    after = person(world, "agent")
    assert (after.name, after.email, after.unit_id) == ("Renamed", None, world.units["TEAM-B"])
    assert after.role_names == before.role_names
    with world.look() as work:
        entry = work.session.scalars(select(AuditEntry).where(AuditEntry.subject == "people_person")
                                     .order_by(AuditEntry.seq.desc())).first()
        assert entry is not None
        in_words(work.session, [entry])
    assert (entry.reason, entry.login, entry.before["name"], entry.after["name"]) == ("moved", "admin", "Agent", "Renamed")


def test_the_second_of_two_editors_is_told(client: Client, world: Centre) -> None:
    admin, row = client("admin"), person(world, "agent")
    assert admin.call("POST", f"{API}/{row.id}/edit", {"name": "One"}, **{"If-Match": f'"v{row.version}"'})[0] == 200
    assert admin.call("POST", f"{API}/{row.id}/edit", {"name": "Two"}, **{"If-Match": f'"v{row.version}"'})[0] == 409
    late = admin.post(f"/people/accounts/{row.id}/edit", data={"version": row.version, "name": "Two"})
    assert late.status_code == 409
    assert "One" in late.get_data(as_text=True) and 'value="Two"' in late.get_data(as_text=True)
    assert person(world, "agent").name == "One"
    version = person(world, "agent").version
    assert admin.call("POST", f"{API}/{row.id}/edit", {"roles": ["trainer"]}, **{"If-Match": f'"v{version}"'})[0] == 200
    assert admin.call("POST", f"{API}/{row.id}/edit", {"roles": ["marker"]}, **{"If-Match": f'"v{version}"'})[0] == 409


def test_other_roles_ask_for_a_fresh_password(client: Client, world: Centre) -> None:
    admin, agent = client("admin"), world.people["agent"]
    world.clock.move(minutes=6)
    assert admin.call("POST", f"{API}/{agent}/edit", {"roles": ["auditor"]})[1]["code"] == "step_up_needed"
    assert admin.call("POST", f"{API}/{agent}/edit", {"name": "Only a name"})[0] == 200
    form = {"version": person(world, "agent").version, "name": "X", "unit": "TEAM-A", "language": "en", "roles_shown": "1",
            "roles": "auditor"}
    assert admin.post(f"/people/accounts/{agent}/edit", data=form).status_code == 422
    assert admin.post(f"/people/accounts/{agent}/edit", data={**form, "password": "wrong"}).status_code == 422
    assert person(world, "agent").role_names == {"agent"}
    assert admin.post(f"/people/accounts/{agent}/edit", data={**form, "password": PASSWORD}).status_code == 303
    assert person(world, "agent").role_names == {"auditor"}
    assert client("admin", by="token").call("POST", f"{API}/{agent}/edit", {"roles": ["agent"]})[0] == 200


def test_the_last_administrator_stays(client: Client, world: Centre) -> None:
    admin = client("admin")
    assert admin.call("POST", f"{API}/{world.people['everything']}/edit", {"roles": ["agent"]})[0] == 200
    for verb, body in (("suspend", {"reason": "x"}), ("edit", {"roles": ["agent"]})):
        status, told = admin.call("POST", f"{API}/{world.people['admin']}/{verb}", body)
        assert (status, told["code"]) == (409, "people.account.last_admin")


def test_suspending_wants_a_reason_and_allowed_says_what_is_next(client: Client, world: Centre) -> None:
    admin, agent = client("admin"), world.people["agent"]
    shown = admin.get(f"/people/accounts/{agent}").get_data(as_text=True)
    assert "/suspend" in shown and "/resume" not in shown
    assert admin.post(f"/people/accounts/{agent}/suspend", data={"reason": " "}).status_code == 422
    allowed = {one["verb"]: one for one in admin.call("GET", f"{API}/{agent}")[1]["allowed"]}
    assert "resume" not in allowed
    assert admin.call("POST", allowed["suspend"]["href"], {"reason": "long leave"})[0] == 200
    allowed = {one["verb"]: one for one in admin.call("GET", f"{API}/{agent}")[1]["allowed"]}
    assert "suspend" not in allowed
    assert admin.post(f"/people/accounts/{agent}/resume", data={"reason": "back"}).status_code == 303
    assert person(world, "agent").state == "active"


def test_a_second_account_is_the_same_person(client: Client, world: Centre) -> None:
    admin, agent = client("admin"), world.people["agent"]
    assert admin.post(f"/people/accounts/{agent}/add_login", data={"login": "agent-two"}).status_code == 303
    shown = admin.post(f"/people/accounts/{agent}/password", data={"login": "agent-two"}).get_data(as_text=True)
    secret = shown.split('id="secret">')[1].split("<")[0]
    caller = client()
    caller.post("/sign-in", data={"login": "agent-two", "password": secret})
    assert caller.call("GET", "/api/v1/people/me")[1]["id"] == agent
    assert admin.call("GET", f"{API}/{agent}")[1]["logins"] == ["agent", "agent-two"]
    assert admin.call("POST", f"{API}/{agent}/password", {"login": "trainer"})[0] == 422


def test_allowed_reads_as_the_contract_says(client: Client, world: Centre) -> None:
    known = {"type", "properties", "required", "enum", "const", "default", "format", "title", "items"}
    for one in client("admin").call("GET", f"{API}/{world.people['agent']}")[1]["allowed"]:
        assert one["schema"]["type"] == "object"
        for part in one["schema"]["properties"].values():
            assert set(part) <= known and part.get("enum", ["x"])


def test_a_made_password_is_not_kept_for_a_repeated_request(client: Client, world: Centre) -> None:
    path, key = f"{API}/{world.people['agent']}/password", {"Idempotency-Key": "once"}
    first, again = (client("admin").call("POST", path, {}, **key)[1] for _ in range(2))
    assert len(first["password"]) >= 15 and again["password"] is None
    with world.look() as work:
        from kmsvc.core.api import IdempotentAnswer

        assert not any(first["password"] in str(row.body) for row in work.session.scalars(select(IdempotentAnswer)))


def test_units_make_one_tree(client: Client, world: Centre) -> None:
    admin = client("admin")
    assert admin.post("/people/units", data={"code": "TEAM-C", "name": "三组", "parent": "TEAM-A"}).status_code == 303
    assert admin.call("POST", "/api/v1/people/units", {"code": "TEAM-D", "name": "四组"})[0] == 201
    units = {one["code"]: one for one in client("agent").call("GET", "/api/v1/people/units")[1]["items"]}
    assert units["TEAM-C"]["parent_id"] == world.units["TEAM-A"]
    assert [one["code"] for one in units.values() if one["parent_id"] is None] == ["CENTRE"]
    answer = admin.post("/people/units", data={"code": "TEAM-A", "known": "1", "name": "一组", "parent": "TEAM-C"})
    assert answer.status_code == 422
    assert admin.post("/people/units/posts", data={"code": "P1", "name": "坐席岗"}).status_code == 303
    assert client("agent").call("GET", "/api/v1/people/posts")[1]["items"][0]["name"] == "坐席岗"


def test_names_and_reasons_are_shown_as_text(client: Client, world: Centre) -> None:
    evil = "<script>alert(1)</script>"
    admin = client("admin")
    assert admin.call("POST", f"{API}/{world.people['agent']}/edit", {"name": evil, "reason": evil})[0] == 200
    for path in ("/people/accounts", f"/people/accounts/{world.people['agent']}", "/audit", "/people/accounts/1/edit"):
        text = admin.get(path).get_data(as_text=True)
        assert evil not in text
    csv_text = admin.call("POST", f"{API}/{world.people['agent']}/edit", {"name": "=1+1"}) and admin.get(
        "/people/accounts?format=csv").get_data(as_text=True)
    assert "'=1+1" in csv_text


def test_r_w6_ending_somebody_elses_session_stands_in_the_trail(client: Client, world: Centre) -> None:
    """R-W6: who, whose, how many; one's own leave no entry."""
    admin, other = client("admin"), client("agent")
    agent = world.people["agent"]
    with world.look() as work:
        session_id = sessions_of(work.session, agent, work.now)[0].id
    assert admin.post(f"/people/accounts/{agent}/sessions/{session_id}/end").status_code == 303
    assert other.get("/").status_code == 303
    client("agent"), client("agent")
    assert admin.call("POST", f"{API}/{agent}/end_sessions", {})[0] == 200
    with world.look() as work:
        one, all_ = in_words(work.session, work.session.scalars(
            select(AuditEntry).where(AuditEntry.act == "end_sessions").order_by(AuditEntry.seq)).all())
    assert (one.login, one.subject, one.subject_id, (one.after or {})["login"]) == (
        "admin", "people_session", f"s{session_id}", "agent")
    assert (all_.login, all_.subject, all_.subject_id, all_.after) == ("admin", "people_person", str(agent), {"sessions": 2})
    page = admin.get("/audit?act=end_sessions")
    assert page.status_code == 200 and page.get_data(as_text=True).count("Signed out by somebody else") >= 2
