"""Feedback by page, by script, as JSON and from the command line: one key, the list, what came of it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

from click.testing import CliRunner, Result
from openpyxl import load_workbook
from sqlalchemy import select

from kmsvc.cli.knowledge import knowledge
from kmsvc.core.errors import NotFound, NotPermitted
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.settings import Settings
from tests.builders import make_article
from tests.support.centre import Centre

SCRIPT = {"HX-Request": "true"}


def send(caller: Any, article: Any, kind: str = "wrong", *, script: bool = False, **more: str) -> Any:
    return caller.post(f"/knowledge/feedback/versions/{article.published_version_id}", data={"kind": kind, **more},
                       headers=SCRIPT if script else {})


def all_rows(world: Centre) -> list[Feedback]:
    with world.look() as work:
        return list(work.session.scalars(select(Feedback).order_by(Feedback.id)))


def test_the_answer_beside_the_search_and_the_page_offer_five_keys(client: Callable, world: Centre) -> None:
    article, agent = make_article(world, drain=True), client("agent")
    for address in (f"/search/answer?kind=article&id={article.id}&q=退费", f"/knowledge/articles/{article.id}"):
        page = agent.get(address).get_data(as_text=True)
        assert f'action="/knowledge/feedback/versions/{article.published_version_id}"' in page
        for key, kind in enumerate(("helpful", "wrong", "outdated", "unclear", "missing"), 1):
            assert f'name="kind" value="{kind}" data-key="{key}"' in page
    assert 'name="query" value="退费"' in agent.get(f"/search/answer?kind=article&id={article.id}&q=退费").get_data(as_text=True)


def test_one_key_is_enough_and_a_note_may_follow(client: Callable, world: Centre) -> None:
    article, agent = make_article(world), client("agent")
    answer = send(agent, article, script=True, query="退费")
    page = answer.get_data(as_text=True)
    [row] = all_rows(world)
    assert answer.status_code == 200 and f'action="/knowledge/feedback/{row.id}/add"' in page and str(row.number) in page
    answer = agent.post(f"/knowledge/feedback/{row.id}/add", data={"note": "旧价", "contact": "C-88"}, headers=SCRIPT)
    assert answer.status_code == 200 and "旧价" in answer.get_data(as_text=True)
    [row] = all_rows(world)
    assert (row.note, row.contact, row.query) == ("旧价", "C-88", "退费")
    assert 'value="C-88"' in send(agent, make_article(world, title="二"), "unclear", script=True).get_data(as_text=True)
    back = agent.post(f"/knowledge/feedback/{row.id}/withdraw", headers=SCRIPT)
    assert back.status_code == 200 and "/add" not in back.get_data(as_text=True)
    assert all_rows(world)[0].state == "withdrawn"


def test_another_key_replaces_what_was_said_and_tells_so(client: Callable, world: Centre) -> None:
    article, agent = make_article(world), client("agent")
    send(agent, article, "helpful", script=True)
    [first] = all_rows(world)
    answer = send(agent, article, "wrong", script=True, instead=first.id)
    assert "HX-Trigger" in answer.headers and "Wrong" in answer.headers["HX-Trigger"]
    assert [(row.kind, row.state) for row in all_rows(world)] == [("helpful", "withdrawn"), ("wrong", "open")]
    assert 'data-key="1"' in answer.get_data(as_text=True), "and once more"
    other = make_article(world, title="二")
    told = agent.post("/api/v1/knowledge/feedback", json={
        "version_id": other.published_version_id, "kind": "unclear", "instead": all_rows(world)[1].id})
    assert told.status_code == 422 and "instead" in told.get_json()["fields"]
    assert all_rows(world)[1].state == "open"


def test_without_script_it_comes_back_to_the_page_it_was_said_on(client: Callable, world: Centre) -> None:
    article, agent = make_article(world), client("agent")
    there = f"/knowledge/articles/{article.id}"
    assert send(agent, article, then=there).headers["Location"] == there
    assert send(agent, article, then="//evil.example").headers["Location"] == f"/knowledge/feedback/{all_rows(world)[0].id}"
    assert send(agent, article, "nonsense").status_code == 422
    assert send(client("agent_b"), make_article(world, unit="TEAM-A")).status_code == 404


def test_the_list_filters_exports_and_is_empty_with_a_way_on(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor")
    assert "/search" in editor.get("/knowledge/feedback").get_data(as_text=True)
    article = make_article(world, title="改签规则")
    send(client("agent"), article, note="=1+1")
    send(client("team_leader"), article, "unclear")
    page = editor.get("/knowledge/feedback?kind=wrong").get_data(as_text=True)
    assert page.count("data-row") == 1 and "改签规则" in page
    assert client("trainer").get("/knowledge/feedback").get_data(as_text=True).count("data-row") == 0
    csv = editor.get("/knowledge/feedback?format=csv").get_data(as_text=True)
    assert csv.count("改签规则") == 2 and ",=1+1" not in csv
    sheet = load_workbook(io.BytesIO(editor.get("/knowledge/feedback?format=xlsx&kind=unclear").data)).active
    assert sheet is not None and sheet.max_row == 2
    assert editor.get("/knowledge/feedback?state=nothing").status_code == 422


def test_it_stands_on_the_day_of_who_replies_and_the_reply_on_its_page(client: Callable, world: Centre) -> None:
    article = make_article(world, title="改签规则")
    send(client("agent"), article)
    [row] = all_rows(world)
    editor, here = client("knowledge_editor"), f"/knowledge/feedback/{all_rows(world)[0].id}"
    assert here in editor.get("/").get_data(as_text=True)
    page = editor.get(here).get_data(as_text=True)
    assert f"{here}/take" in page and f"{here}/answer" in page and f"{here}/withdraw" not in page
    assert editor.post(f"{here}/answer", data={"reason": "", "version": row.version}).status_code == 422
    assert editor.post(f"{here}/answer", data={"reason": "价格没变", "version": row.version + 7}).status_code == 409
    assert editor.post(f"{here}/answer", data={"reason": "价格没变", "version": row.version}).headers["Location"] == here
    assert here not in editor.get("/").get_data(as_text=True)
    world.drain(index=False)
    agent = client("agent")
    assert "价格没变" in agent.get(here).get_data(as_text=True)
    assert "改签规则" in agent.get("/notices").get_data(as_text=True)
    assert client("agent_b").get(here).status_code == 404
    assert editor.post(f"{here}/answer", data={"reason": "again"}).status_code == 409


def test_taking_it_over_leads_to_the_editor(client: Callable, world: Centre) -> None:
    article = make_article(world)
    send(client("agent"), article)
    [row] = all_rows(world)
    edit = f"/knowledge/articles/{article.id}/edit"
    editor = client("knowledge_editor")
    assert edit in editor.get(f"/knowledge/feedback/{row.id}").get_data(as_text=True)
    answer = editor.post(f"/knowledge/feedback/{row.id}/take", data={"version": row.version, "then": edit})
    assert answer.headers["Location"] == edit and all_rows(world)[0].state == "taken"


def test_a_program_reads_allowed_and_does_the_same(client: Callable, world: Centre) -> None:
    article, agent, editor = make_article(world), client("agent", by="token"), client("knowledge_editor", by="token")
    status, made = agent.call("POST", "/api/v1/knowledge/feedback",
                              {"version_id": article.published_version_id, "kind": "outdated", "note": "旧"})
    assert status == 201 and [one["verb"] for one in made["allowed"]] == ["add", "withdraw"]
    status, again = agent.call("POST", "/api/v1/knowledge/feedback",
                               {"version_id": article.published_version_id, "kind": "outdated"})
    assert again["id"] == made["id"]
    _, found = editor.call("GET", "/api/v1/knowledge/feedback?state=waiting&view=mine")
    assert [one["id"] for one in found["items"]] == [made["id"]]
    _, shown = editor.call("GET", f"/api/v1/knowledge/feedback/{made['id']}")
    verbs = {one["verb"]: one for one in shown["allowed"]}
    assert set(verbs) == {"take", "answer", "duplicate"} and verbs["answer"]["schema"]["required"] == ["reason"]
    status, done = editor.call("POST", verbs["answer"]["href"], {"reason": "没有过期"})
    assert (status, done["state"], done["allowed"]) == (200, "answered", [])
    assert agent.call("POST", verbs["take"]["href"], {})[0] == 403
    assert client("agent_b", by="token").call("GET", f"/api/v1/knowledge/feedback/{made['id']}")[0] == 404


def run(settings: Settings, *arguments: str) -> Result:
    return CliRunner(env={"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}).invoke(
        knowledge, ["feedback", *arguments])


def answer(result: Result) -> Any:
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


def test_the_command_line_lists_and_answers(settings: Settings, world: Centre) -> None:
    article = make_article(world)
    made = answer(run(settings, "send", article.number, "--kind", "wrong", "--note", "旧价", "--as", "agent", "--json"))
    assert [one["number"] for one in answer(run(settings, "list", "--state", "waiting", "--json"))["items"]] == [made["number"]]
    assert isinstance(run(settings, "answer", made["number"], "--reason", "x", "--as", "agent").exception, NotPermitted)
    assert isinstance(run(settings, "show", made["number"], "--as", "agent_b").exception, NotFound)
    done = answer(run(settings, "answer", made["number"], "--reason", "没变", "--as", "knowledge_editor", "--json"))
    assert (done["state"], done["answer"]) == ("answered", "没变")
    assert made["number"] in run(settings, "list", "--view", "sent", "--as", "agent").stdout
