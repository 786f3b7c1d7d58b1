"""The forms of change requests on both databases: all fifteen steps, stale texts, filters and who sees a draft."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from tests.builders import BODY, change, do, make_change, make_process, scene, submit
from tests.support.centre import PASSWORD, Centre
from tests.support.clients import Caller
from tests.support.pages import problems
from tests.support.walker import walk

Client = Callable[..., Caller]
BASE = "/process/changes"
TABS = ("changes", "impact", "talk", "record")
SECRET_DRAFT = BODY.replace("七天", "十二个未公开的日子")


def as_form(body: dict[str, Any]) -> dict[str, str]:
    return {name: "1" if value is True else str(value) for name, value in body.items()}


def test_forms_alone_take_a_change_through_all_fifteen_steps(world: Centre, client: Client) -> None:
    """Every verb a person is offered has a form that does it; the walker knows only what `allowed` says."""
    people = ["process_manager", "process_author", "business_owner", "agent", "knowledge_editor", "trainer", "qa_inspector"]
    callers = {who: client(who) for who in people}
    change_id, numbers = submit(world), count(1)

    def call(who: str, method: str, path: str, body: Any) -> tuple[int, Any]:
        caller = callers[who]
        if method == "POST":
            page = path.removeprefix("/api/v1")
            assert caller.get(page).status_code == 200, page
            if page.endswith("/record_sample"):
                body = body | {"contact": f"call {next(numbers)}"}  # a person samples a contact once
            answer = caller.post(page, data=as_form(body) | ({"password": PASSWORD} if page.endswith("/sign") else {}))
            assert answer.status_code == 303, (page, answer.get_data(as_text=True)[-1500:])
            world.drain(index=False)
        return caller.call("GET", f"/api/v1{BASE}/{change_id}")

    way = walk(call, change_id, people, texts={"body": SECRET_DRAFT}, today=world.clock.today)
    assert way.steps == list(range(1, 16))
    assert change(world, change_id).state == "released2"
    for tab in TABS:
        page = callers["process_manager"].get(f"{BASE}/{change_id}?tab={tab}").get_data(as_text=True)
        assert not problems(page), tab


def test_a_stale_text_is_refused_and_both_texts_are_shown(world: Centre, client: Client) -> None:
    """R-W4: the second of two editors overwrites nothing."""
    change_id = make_change(world, step=4)
    caller = client("process_author")
    old = change(world, change_id).version
    do(world, "process_author", "save_draft", change_id, body="What stands there by now.")
    answer = caller.post(f"{BASE}/{change_id}/submit_draft", data={
        "version": str(old), "name": "Refunds", "body": "What I typed meanwhile.", "note": "shorter"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "What stands there by now." in page and "What I typed meanwhile." in page and "shorter" in page
    assert scene(world, change_id).step == 4


def test_the_editor_saves_by_json_and_hears_both_texts_when_stale(world: Centre, client: Client) -> None:
    """R-W4 for the autosave."""
    change_id = make_change(world, step=4)
    caller = client("process_author")
    old = change(world, change_id).version
    status, body = caller.call("POST", f"{BASE}/{change_id}/save_draft", {
        "name": "Refunds", "purpose": "", "body": "First half", "note": "is no field of this verb", "version": old})
    assert status == 200 and body["version"] > old and body["saved_at"].endswith("Z")
    assert change(world, change_id).draft["body"] == "First half"
    status, body = caller.call("POST", f"{BASE}/{change_id}/save_draft", {"body": "From another window", "version": old})
    assert (status, body["code"]) == (409, "stale")
    assert body["mine"] == {"body": "From another window"} and body["theirs"]["body"] == "First half"
    assert change(world, change_id).draft["body"] == "First half"
    status, body = client("agent").call("POST", f"{BASE}/{change_id}/save_draft", {"body": "not mine"})
    assert status == 403 and body["code"] == "not_permitted"


def test_a_draft_is_shown_to_those_who_work_on_it_and_to_readers_only_once_released(world: Centre, client: Client) -> None:
    change_id = make_change(world, step=7, body=SECRET_DRAFT)
    everywhere = [f"{BASE}/{change_id}?tab={tab}&view={mode}" for tab in TABS for mode in ("inline", "side", "changes")]
    for path in everywhere:
        assert "未公开的日子" not in client("agent_b").get(path).get_data(as_text=True), path
    for who in ("process_author", "team_leader", "business_owner", "qa_inspector"):
        assert "未公开的日子" in client(who).get(f"{BASE}/{change_id}").get_data(as_text=True), who


def test_the_list_filters_pages_and_exports_what_it_shows(world: Centre, client: Client,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    process = make_process(world)
    mine = [submit(world, process=process, asker="agent", title=f"wish {number}") for number in range(3)]
    do(world, "agent", "withdraw", mine[0], reason="no longer")
    submit(world, process=process, title="another's wish", urgency="high")
    caller = client("agent")

    def shown(query: str) -> set[str]:
        answer = caller.get(f"{BASE}?{query}")
        assert answer.status_code == 200
        page = answer.get_data(as_text=True)
        return {title for title in ("wish 0", "wish 1", "wish 2", "another&#39;s wish") if title in page}

    assert shown("") == {"wish 1", "wish 2", "another&#39;s wish"}
    assert shown("state=closed") == {"wish 0"} and len(shown("state=all")) == 4
    assert shown("who=asked") == {"wish 1", "wish 2"} and shown("q=WISH+2") == {"wish 2"}
    assert shown("phase=drafting") == set() and shown(f"process={process.id}&urgency=high") == {"another&#39;s wish"}
    assert shown("state=nonsense&phase=nonsense&process=x&cursor=x&who=nobody") == shown("")  # what cannot be is left out
    assert len(shown("state=all&phase=nonsense&process=x&cursor=x&who=nobody&urgency=no")) == 4
    text = caller.get(f"{BASE}?who=asked&format=csv").get_data().decode("utf-8-sig")
    assert [row[1] for row in csv.reader(io.StringIO(text))][1:] == ["wish 2", "wish 1"]
    monkeypatch.setattr("kmsvc.process.changes.pages.PAGE", 2)
    assert shown("state=all") == {"wish 2", "another&#39;s wish"}
    following = caller.get(f"{BASE}?state=all").get_data(as_text=True).split("cursor=")[1].split('"')[0]
    assert shown(f"state=all&cursor={following}") == {"wish 0", "wish 1"}


def test_a_request_for_a_day_that_has_passed_comes_back_with_its_words(world: Centre, client: Client) -> None:
    """Yesterday is refused at the field, on the page and for programs; today is taken."""
    process, today = make_process(world), world.clock.today
    asked = {"title": "晚了", "reason": "七天太短。", "process_id": process.id}
    yesterday = {**asked, "wanted_on": (today - timedelta(days=1)).isoformat()}
    leader = client("team_leader")
    page = leader.post(f"{BASE}/new", data=yesterday)
    assert page.status_code == 422
    assert "This day is in the past; today is the earliest." in page.get_data(as_text=True)
    assert "七天太短。" in page.get_data(as_text=True)
    status, problem = leader.call("POST", f"/api/v1{BASE}", yesterday)
    assert status == 422 and problem["fields"] == {"wanted_on": ["This day is in the past; today is the earliest."]}
    status, made = leader.call("POST", f"/api/v1{BASE}", {**asked, "wanted_on": today.isoformat()})
    assert status == 201 and made["wanted_on"] == today.isoformat()
