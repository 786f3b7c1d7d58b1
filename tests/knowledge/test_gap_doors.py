"""Gaps by page, by script, as JSON and from the command line: report, the list, one gap and its acts."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from sqlalchemy import select

from kmsvc.cli.knowledge import knowledge
from kmsvc.knowledge.gaps.models import Gap, GapAsker, GapQuery
from kmsvc.settings import Settings
from tests.builders import make_article
from tests.support.centre import Centre

SCRIPT = {"HX-Request": "true"}
GAPS = "/knowledge/gaps"


@pytest.fixture(autouse=True)
def an_index(world: Centre) -> None:
    """There is something to be found, so that there is an index."""
    make_article(world, title="宽带安装预约", body="师傅上门。", category="宽带", drain=True)


def report(caller: Any, query: str = "卫星电话漫游", *, script: bool = False, **more: str) -> Any:
    return caller.post(f"{GAPS}/report", data={"q": query, **more}, headers=SCRIPT if script else {})


def gaps(world: Centre) -> list[Gap]:
    with world.look() as work:
        return list(work.session.scalars(select(Gap).order_by(Gap.id)))


def test_the_empty_result_and_none_of_these_offer_one_key(client: Callable, world: Centre) -> None:
    agent = client("agent")
    page = agent.get("/search?q=卫星电话漫游").get_data(as_text=True)
    assert f'action="{GAPS}/report"' in page and 'data-key="0"' in page
    page = agent.get("/search?q=宽带安装").get_data(as_text=True)
    assert page.count(f'action="{GAPS}/report"') == 1 and 'data-key="0"' in page
    assert f'action="{GAPS}/report"' not in agent.get("/search").get_data(as_text=True)


def test_a_filter_that_hides_the_answer_says_so_instead(client: Callable, world: Centre) -> None:
    agent = client("agent")
    page = agent.get("/search?q=宽带安装&category=套餐").get_data(as_text=True)
    assert f'action="{GAPS}/report"' not in page and "1 result without the filter" in page
    answer = report(agent, "宽带安装", script=True, category="套餐")
    assert answer.status_code == 200 and "Nothing was reported" in answer.get_data(as_text=True) and gaps(world) == []
    page = agent.get("/search?q=卫星电话漫游&category=套餐").get_data(as_text=True)
    assert f'action="{GAPS}/report"' in page and 'name="category" value="套餐"' in page
    report(agent, category="套餐")
    with world.look() as work:
        assert work.session.scalars(select(GapAsker)).one().filters == {"category": "套餐"}


def test_a_report_answers_at_once_by_script_and_without(client: Callable, world: Centre) -> None:
    said = report(client("agent"), script=True).get_data(as_text=True)
    [gap] = gaps(world)
    assert gap.number in said and 'role="status"' in said
    back = report(client("agent_b"), then="/search?q=x")
    assert (back.status_code, back.headers["Location"]) == (303, "/search?q=x")
    assert "1 other person" in client("agent_b").get("/").get_data(as_text=True) or len(gaps(world)) == 1
    assert report(client("agent"), "").status_code == 422
    assert report(client("agent"), "13812345678", script=True).status_code == 422


def test_the_list_filters_exports_and_is_empty_with_a_way_on(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor")
    assert "/search" in editor.get(GAPS).get_data(as_text=True)
    report(client("agent"), "=1+1 卫星")
    report(client("agent"), "宠物保险")
    assert editor.get(GAPS).get_data(as_text=True).count("data-row") == 2
    for query, many in (("q=宠物", 1), ("state=closed", 0), ("state=live&kind=reported&days=7", 2), ("kind=zero", 0), ("view=mine", 0)):
        assert editor.get(f"{GAPS}?{query}").get_data(as_text=True).count("data-row") == many, query
    csv = editor.get(f"{GAPS}?format=csv").get_data(as_text=True)
    assert "宠物保险" in csv and ",=1+1" not in csv
    sheet = load_workbook(io.BytesIO(editor.get(f"{GAPS}?format=xlsx&q=宠物").data)).active
    assert sheet is not None and sheet.max_row == 2
    assert client("agent").get(GAPS).status_code == 403


def test_the_page_shows_every_number_with_its_searches(client: Callable, world: Centre) -> None:
    report(client("agent"))
    page = client("knowledge_editor").get(f"{GAPS}/1").get_data(as_text=True)
    for piece in ('id="searches"', 'id="weight"', "卫星电话漫游", "3 × 1 reports", "Agent", "/process/changes/new?"):
        assert piece in page, piece
    assert f'action="{GAPS}/1/draft"' in page
    manager = client("process_manager").get(f"{GAPS}/1").get_data(as_text=True)
    assert f'action="{GAPS}/1/draft"' not in manager and f'action="{GAPS}/1/assign"' in manager
    auditor = client("supervisor").get(f"{GAPS}/1").get_data(as_text=True)
    assert f"{GAPS}/1/" not in auditor


def test_an_act_that_is_refused_keeps_what_was_typed(client: Callable, world: Centre) -> None:
    report(client("agent"))
    editor = client("knowledge_editor")
    refused = editor.post(f"{GAPS}/1/merge", data={"into": "GAP-1999-0009", "version": "1"})
    assert refused.status_code == 422 and "GAP-1999-0009" in refused.get_data(as_text=True)
    stale = editor.post(f"{GAPS}/1/dismiss", data={"reason": "因为", "version": "77"})
    assert stale.status_code == 409 and "因为" in stale.get_data(as_text=True)
    gone = editor.post(f"{GAPS}/1/draft", data={"title": "卫星电话怎么漫游", "version": "1"})
    assert gone.status_code == 303 and gone.headers["Location"].endswith("/edit")
    form = editor.get(gone.headers["Location"]).get_data(as_text=True)
    assert "卫星电话怎么漫游" in form and "卫星电话漫游" in form


def test_json_goes_by_what_it_is_offered(client: Callable, world: Centre) -> None:
    report(client("agent"))
    editor = client("knowledge_editor", by="token")
    status, listed = editor.call("GET", f"/api/v1{GAPS}?state=live")[:2]
    assert status == 200 and [one["title"] for one in listed["items"]] == ["卫星电话漫游"]
    whole = editor.call("GET", f"/api/v1{GAPS}/1")[1]
    assert [one["verb"] for one in whole["allowed"]] == ["draft", "assign", "answer", "change", "merge", "dismiss", "replay"]
    assert whole["searched"][0]["days"][0]["reported"] == 1
    assert whole["searched"][0]["units"] == [], "a unit of fewer than five people would name the person"
    status, after = editor.call("POST", f"/api/v1{GAPS}/1/replay", {})[:2]
    assert status == 200 and after["searched"][0]["found"] == 0 and after["state"] == "open"
    article = make_article(world, title="卫星电话漫游", drain=True)
    editor.call("POST", f"/api/v1{GAPS}/1/answer", {"article": article.number})
    after = editor.call("POST", f"/api/v1{GAPS}/1/replay", {})[1]
    assert (after["state"], after["hits"], after["article"]["number"]) == ("closed", 1, article.number)
    assert [one["verb"] for one in after["allowed"]] == ["replay", "reopen"]
    status, said = client("agent", by="token").call("POST", f"/api/v1{GAPS}/report", {"q": "宠物保险"})[:2]
    assert status == 200 and said["number"].startswith("GAP-") and said["others"] == 0


def test_the_commands_do_the_same(world: Centre, settings: Settings) -> None:
    def run(*words: str) -> Any:
        done: Result = CliRunner(env={"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}).invoke(
            knowledge, ["gaps", *words, "--json"])
        assert done.exit_code == 0, (done.output, done.exception)
        return json.loads(done.stdout)
    number = run("report", "卫星电话漫游", "--as", "agent")["number"]
    assert run("list", "--state", "live")["items"][0]["number"] == number
    assert run("show", number)["searched"][0]["query"] == "卫星电话漫游"
    assert run("replay", number, "--as", "knowledge_editor")["hits"] == 0
    assert run("dismiss", number, "--reason", "not ours", "--as", "knowledge_editor")["state"] == "dismissed"
    assert run("reopen", number, "--as", "knowledge_editor")["state"] == "open"
    make_article(world, title="卫星电话漫游")
    assert run("gather") == {"searches": 0, "replayed": 1}
    assert run("show", number)["state"] == "closed"
    with world.look() as work:
        assert work.session.scalars(select(GapQuery.hit)).all() == [True]
