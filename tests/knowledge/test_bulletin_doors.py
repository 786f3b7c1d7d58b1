"""Bulletins by page, by script, as JSON and from the command line: the banner of every page, one key, the light question."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from sqlalchemy import event, select

from kmsvc.cli.knowledge import knowledge
from kmsvc.core.errors import NotPermitted
from kmsvc.knowledge.bulletins.models import Bulletin, BulletinReading
from kmsvc.people.sessions.models import SignInSession
from kmsvc.settings import Settings
from tests.knowledge.test_bulletins import correct, read, send
from tests.support.centre import Centre

SCRIPT = {"HX-Request": "true"}
FORM = {"title": "城西断网", "ends_at": "2026-03-02T18:00", "urgency": "urgent"}


def rows(world: Centre, model: Any = Bulletin) -> list[Any]:
    with world.look() as work:
        return list(work.session.scalars(select(model).order_by(model.id)))


@pytest.mark.parametrize("place", ["/", "/search", "/notices", "/process/definitions", "/people/me", "/knowledge/nothing-here"])
def test_the_banner_stands_over_every_page(client: Callable, world: Centre, place: str) -> None:
    row = send(world, "城西断网", body="**18:00** 前恢复。<script>", must_read=True)
    page = client("agent").get(place).get_data(as_text=True)
    assert f'action="/knowledge/bulletins/{row.id}/read"' in page and 'data-key="y"' in page
    assert "<strong>18:00</strong>" in page and "<script>" not in page.split('id="bulletins"')[1].split("</section>")[0]
    assert "/read" not in client("knowledge_editor").get(place).get_data(as_text=True).split('id="bulletins"')[1][:900]


def test_one_key_confirms_in_place_and_without_script_it_comes_back(client: Callable, world: Centre) -> None:
    first, second = send(world, "一"), send(world, "二", urgency="normal")
    agent = client("agent")
    answer = agent.post(f"/knowledge/bulletins/{first.id}/read", headers=SCRIPT)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and f"/{second.id}/read" in page and f"/{first.id}/read" not in page
    answer = agent.post(f"/knowledge/bulletins/{second.id}/read", data={"then": "/search?q=x"})
    assert answer.headers["Location"] == "/search?q=x" and len(rows(world, BulletinReading)) == 2
    assert 'class="bulletin ' not in agent.get("/").get_data(as_text=True)


def test_the_light_question_is_answered_as_before_until_something_is_new(client: Callable, world: Centre) -> None:
    agent = client("agent")
    answer = agent.get("/knowledge/bulletins/now")
    assert answer.status_code == 200
    asked = {"If-None-Match": answer.headers["ETag"]}
    assert agent.get("/knowledge/bulletins/now", headers=asked).status_code == 304
    row = send(world)
    answer = agent.get("/knowledge/bulletins/now", headers=asked)
    assert answer.status_code == 200 and f"/{row.id}/read" in answer.get_data(as_text=True)
    asked = {"If-None-Match": answer.headers["ETag"]}
    assert agent.get("/knowledge/bulletins/now", headers=asked).status_code == 304
    correct(world, row, again=False)
    assert "城西已恢复" in agent.get("/knowledge/bulletins/now", headers=asked).get_data(as_text=True)
    leader = client("team_leader")
    answer = leader.get("/knowledge/bulletins/now")
    read(world, row)
    again = leader.get("/knowledge/bulletins/now", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 200 and "1 of 2 have read it" in again.get_data(as_text=True)


def test_the_light_question_keeps_no_session_alive(client: Callable, world: Centre) -> None:
    agent = client("agent")
    before = rows(world, SignInSession)[-1].seen_at
    world.clock.move(minutes=30)
    agent.get("/knowledge/bulletins/now")
    assert rows(world, SignInSession)[-1].seen_at == before
    agent.get("/notices")
    assert rows(world, SignInSession)[-1].seen_at > before


def test_a_page_asks_the_database_nothing_more_while_no_bulletin_runs(client: Callable, world: Centre) -> None:
    agent = client("agent")
    agent.get("/people/me")
    asked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        asked.append(" ".join(statement.split()))

    event.listen(world.db.engine, "before_cursor_execute", note)
    try:
        agent.get("/knowledge/bulletins/now")
    finally:
        event.remove(world.db.engine, "before_cursor_execute", note)
    told = [one for one in asked if one.startswith("SELECT")]
    assert len(told) == 1 and "people_session" in told[0], told


def test_it_is_written_corrected_and_ended_by_forms_that_keep_what_was_typed(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor")
    assert client("agent").get("/knowledge/bulletins/new").status_code == 403
    refused = editor.post("/knowledge/bulletins", data={**FORM, "ends_at": "2026-03-01T18:00", "units": ["TEAM-A", "TEAM-B"]})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and 'value="城西断网"' in page and page.count(" checked") == 3
    made = editor.post("/knowledge/bulletins", data={**FORM, "units": ["TEAM-A"], "must_read": "1"})
    [row] = rows(world)
    assert made.headers["Location"] == f"/knowledge/bulletins/{row.id}"
    assert row.must_read and row.ends_at.isoformat() == "2026-03-02T10:00:00+00:00"  # 18:00 in Shanghai
    here = made.headers["Location"]
    assert "TEAM-A" in editor.get(f"{here}/edit").get_data(as_text=True)
    late = editor.post(f"{here}/correct", data={**FORM, "title": "晚了", "version": row.version + 5})
    assert late.status_code == 409 and 'value="晚了"' in late.get_data(as_text=True)
    assert editor.post(f"{here}/correct", data={**FORM, "title": "18点恢复", "again": "1", "note": "时间定了",
                                                "version": row.version}).headers["Location"] == here
    page = editor.get(here).get_data(as_text=True)
    assert "18点恢复" in page and "时间定了" in page and f"{here}/rate" in page
    assert editor.post(f"{here}/end", data={"reason": ""}).status_code == 422
    assert editor.post(f"{here}/end", data={"reason": "好了"}).headers["Location"] == here
    assert editor.post(f"{here}/end", data={"reason": "好了"}).status_code == 409
    assert editor.post(f"{here}/remind").status_code == 409


def test_who_has_read_it_is_a_list_for_those_who_may_know(client: Callable, world: Centre) -> None:
    row = send(world)
    read(world, row)
    here = f"/knowledge/bulletins/{row.id}"
    page = client("knowledge_editor").get(f"{here}/readers?state=read").get_data(as_text=True)
    assert page.count("data-row") == 1 and "Agent" in page
    assert client("team_leader").get(f"{here}/readers").get_data(as_text=True).count("data-row") == 2
    assert f"?unit={world.units['TEAM-B']}" and client("team_leader").get(
        f"{here}/readers?unit={world.units['TEAM-B']}").get_data(as_text=True).count("data-row") == 0
    for who in ("agent", "trainer"):
        assert client(who).get(f"{here}/readers").status_code == 404 and client(who).get(f"{here}/rate").status_code == 404
        assert "/readers" not in client(who).get(here).get_data(as_text=True)
    csv = client("knowledge_editor").get(f"{here}/readers?format=csv&state=unread").get_data(as_text=True)
    assert "agent_b" in csv and ",agent," not in csv
    assert client("team_leader").post(f"{here}/remind").headers["Location"] == here


def test_the_list_filters_exports_and_is_empty_with_a_way_on(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor")
    assert "/knowledge/bulletins/new" in editor.get("/knowledge/bulletins").get_data(as_text=True)
    send(world, "=1+1", urgency="normal")
    send(world, "断网", units=("TEAM-A",))
    assert editor.get("/knowledge/bulletins?urgency=urgent").get_data(as_text=True).count("data-row") == 1
    assert client("agent_b").get("/knowledge/bulletins").get_data(as_text=True).count("data-row") == 1
    csv = editor.get("/knowledge/bulletins?format=csv").get_data(as_text=True)
    assert "断网" in csv and ",=1+1" not in csv
    sheet = load_workbook(io.BytesIO(editor.get("/knowledge/bulletins?format=xlsx&q=断网").data)).active
    assert sheet is not None and sheet.max_row == 2
    assert editor.get("/knowledge/bulletins?state=nothing").status_code == 422


def test_what_must_be_read_stands_on_my_day(client: Callable, world: Centre) -> None:
    row = send(world, "停售旧套餐", must_read=True)
    agent = client("agent")
    assert agent.get("/").get_data(as_text=True).count(f'href="/knowledge/bulletins/{row.id}"') >= 2  # banner and list
    read(world, row)
    assert f'href="/knowledge/bulletins/{row.id}"' not in agent.get("/").get_data(as_text=True)


def test_a_program_sends_reads_and_sees_what_it_may_do(client: Callable, world: Centre) -> None:
    editor, agent = client("knowledge_editor", by="token"), client("agent", by="token")
    ends = (world.clock() + timedelta(hours=2)).isoformat()
    status, made = editor.call("POST", "/api/v1/knowledge/bulletins", {"title": "断网", "ends_at": ends, "units": ["TEAM-A"]})
    assert status == 201 and [one["verb"] for one in made["allowed"]] == ["correct", "remind", "end"] and made["asked"] == 2
    assert editor.call("POST", "/api/v1/knowledge/bulletins", {"title": "断网", "ends_at": "soon"})[0] == 422
    assert editor.call("POST", "/api/v1/knowledge/bulletins", {"title": "断网", "ends_at": ends, "units": ["NOWHERE"]})[0] == 422
    assert agent.call("POST", "/api/v1/knowledge/bulletins", {"title": "断网", "ends_at": ends})[0] == 403
    _, waiting = agent.call("GET", "/api/v1/knowledge/bulletins/unread")
    [verb] = waiting["items"][0]["allowed"]
    assert verb["verb"] == "read"
    status, done = agent.call("POST", verb["href"], {"text_id": verb["schema"]["properties"]["text_id"]["const"]})
    assert status == 200 and done["read_at"] and done["allowed"] == [] and done["read"] is None
    assert agent.call("GET", "/api/v1/knowledge/bulletins/unread")[1]["items"] == []
    _, found = editor.call("GET", f"/api/v1/knowledge/bulletins/{made['id']}/readers?state=read")
    assert [one["login"] for one in found["items"]] == ["agent"]
    assert agent.call("GET", f"/api/v1/knowledge/bulletins/{made['id']}/readers")[0] == 404
    assert client("agent_b", by="token").call("GET", f"/api/v1/knowledge/bulletins/{made['id']}")[0] == 404
    again = {one["verb"]: one for one in made["allowed"]}["correct"]
    body = {name: one["default"] for name, one in again["schema"]["properties"].items() if "default" in one} | {"again": True}
    assert editor.call("POST", again["href"], body)[0] == 200
    assert len(agent.call("GET", "/api/v1/knowledge/bulletins/unread")[1]["items"]) == 1


def run(settings: Settings, *arguments: str) -> Result:
    return CliRunner(env={"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}).invoke(
        knowledge, ["bulletins", *arguments])


def answer(result: Result) -> Any:
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


def test_the_command_line_sends_and_shows_who_has_read(settings: Settings, world: Centre, tmp_path: Any) -> None:
    from kmsvc.core.clock import system_clock

    ends = (system_clock() + timedelta(hours=3)).isoformat()
    made = answer(run(settings, "send", "断网", "--ends-at", ends, "--unit", "TEAM-A", "--must-read", "--as", "knowledge_editor",
                      "--json"))
    assert made["must_read"] and made["asked"] == 2
    assert isinstance(run(settings, "end", made["number"], "--reason", "x", "--as", "agent").exception, NotPermitted)
    assert answer(run(settings, "read", made["number"], "--as", "agent", "--json"))["read_at"]
    found = answer(run(settings, "readers", made["number"], "--state", "unread", "--json"))
    assert [one["login"] for one in found["items"]] == ["team_leader"]
    assert run(settings, "readers", made["number"], "--to", str(tmp_path / "who.csv")).exception is None
    assert "agent" in (tmp_path / "who.csv").read_text("utf-8-sig")
    changed = answer(run(settings, "correct", made["number"], "--title", "恢复", "--ends-at", ends, "--again", "--json"))
    assert (changed["read"], changed["title"], len(changed["texts"])) == (0, "恢复", 2)
    assert answer(run(settings, "end", made["number"], "--reason", "好了", "--json"))["state"] == "ended"
    assert made["number"] in run(settings, "list", "--state", "ended").stdout
