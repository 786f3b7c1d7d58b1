"""The story everything stands on: a change request goes through the fifteen steps over the API, and an agent finds the result.

The client reads only `allowed`. It is told twice: with the right people, and with one person who holds every role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from kmsvc.core import audit
from kmsvc.notices.mailer import send_waiting
from kmsvc.people.accounts.usecases import suspend_person
from kmsvc.process.definitions.models import ProcessVersion
from tests.builders import make_process
from tests.support.centre import Centre
from tests.support.smtp import FakeSmtp
from tests.support.walker import Call, walk

PEOPLE = ["team_leader", "process_manager", "process_author", "business_owner", "trainer", "qa_inspector", "knowledge_editor",
          "agent", "supervisor"]
FIRST = {"body": "# 退款\n\n琥珀条款：十天内全额退款。", "present_state": "今天七天。"}
SECOND = {**FIRST, "body": "# 退款\n\n翡翠条款：十二天内全额退款。"}


def caller(client: Callable, people: list[str]) -> Call:
    """A walker's hand: each person with a token."""
    held = {login: client(login, by="token") for login in people}
    return lambda who, method, path, body: held[who].call(method, path, body)


def finds(client: Any, words: str) -> bool:
    """Whether the words themselves stand in a hit's snippet."""
    status, body = client.call("GET", f"/api/v1/search?q={words}")
    assert status == 200
    return any(words in one["snippet"].replace("<mark>", "").replace("</mark>", "") for one in body["items"])


def test_a_change_goes_through_all_fifteen_steps_and_the_agent_finds_it(world: Centre, client: Callable, smtp: FakeSmtp) -> None:
    process = make_process(world, drain=True)
    call, agent = caller(client, PEOPLE), client("agent")
    status, change = call("team_leader", "POST", "/api/v1/process/changes", {
        "title": "退款时限改为十天", "reason": "客户抱怨七天太短。", "process_id": process.id})
    assert (status, change["step"]["number"], change["state"]) == (201, 1, "received")

    first = walk(call, change["id"], PEOPLE, texts=FIRST, until=lambda one: one["step"]["number"] == 9, today=world.clock.today)
    assert first.steps == list(range(1, 9))
    world.drain()
    assert finds(agent, "琥珀条款")
    assert not finds(agent, "翡翠条款")
    while send_waiting(world.db, world.settings):
        pass
    assert any(change["number"] in str(mail.message["Subject"]) for mail in smtp.to("trainer@centre.test"))
    assert any(process.number in str(mail.message["Subject"]) for mail in smtp.to("agent@centre.test"))
    taken = len(smtp.to("agent@centre.test"))

    second = walk(call, change["id"], PEOPLE, texts=SECOND, today=world.clock.today)
    assert second.steps == list(range(9, 16))
    assert second.change["state"] == "released2"
    world.drain()
    assert finds(agent, "翡翠条款")
    assert not finds(agent, "琥珀条款")
    while send_waiting(world.db, world.settings):
        pass
    assert len(smtp.to("agent@centre.test")) > taken

    status, card = call("agent", "GET", f"/api/v1/process/changes/{change['id']}", None)
    steps = [line["step"] for line in card["history"]]
    assert steps == sorted(steps)
    assert set(steps) == set(range(1, 16))
    assert all(line["actor"] for line in card["history"])
    assert card["allowed"] == []
    status, whole = call("agent", "GET", f"/api/v1/process/definitions/{process.id}", None)
    assert [one["new"] for one in whole["publications"]] == ["3.0", "2.0", "1.0"]
    with world.look() as work:
        assert audit.verify(work.session).ok
        finals = list(work.session.scalars(select(ProcessVersion).where(ProcessVersion.minor == 0)))
    assert {one.author_id for one in finals[1:]} == {world.people["process_author"]}


def test_a_new_process_is_born_through_the_same_steps(world: Centre, client: Callable) -> None:
    call = caller(client, PEOPLE)
    _, change = call("agent", "POST", "/api/v1/process/changes", {
        "title": "夜间回访", "reason": "夜里没有人回访。", "new_process": {"name": "夜间回访流程", "group": "external",
                                                           "class": "business"}})
    way = walk(call, change["id"], PEOPLE, texts=FIRST, today=world.clock.today)
    assert way.steps == list(range(1, 16))
    assert way.change["state"] == "released2"
    world.drain()
    assert finds(client("agent"), "琥珀条款")


def test_one_person_with_every_role_is_stopped_at_the_first_approval(world: Centre, client: Callable) -> None:
    """R-W2: alone, however many roles one holds, one gets as far as step 7 and no further."""
    with world.begin("operator") as work:
        for login, person in world.people.items():
            if login not in ("everything", "suspended"):
                suspend_person(work, person, reason="nobody else is here")
    call = caller(client, ["everything"])
    _, change = call("everything", "POST", "/api/v1/process/changes", {
        "title": "alone", "reason": "r", "new_process": {"name": "n", "group": "data", "class": "management"}})
    way = walk(call, change["id"], ["everything"], texts=FIRST, today=world.clock.today)
    assert way.steps == list(range(1, 7))
    assert (way.change["state"], way.change["step"]["number"]) == ("final1", 7)
    assert "sign" not in {one["verb"] for one in way.change["allowed"]}
    assert way.change["waiting_for"] == "people"
