"""Yearly reviews by page, as JSON and from the command line: plan, draw, judge, sign, paper, export."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from kmsvc.cli.knowledge import knowledge
from kmsvc.settings import Settings
from kmsvc.standards.duties.usecases import run_duties
from tests.builders import make_article
from tests.support.centre import PASSWORD, Centre
from tests.support.pages import problems

REVIEWS = "/knowledge/reviews"
YES = {"needed": "yes", "correct": "yes", "complete": "yes", "fit": "yes"}
KEEP = YES | {"result": "keep"}
SAID = {"complete": "yes", "fit": "partly", "conclusion": "够用。"}


@pytest.fixture(autouse=True)
def shelves(world: Centre) -> None:
    for shelf in ("账单", "宽带"):
        make_article(world, title=f"{shelf}怎么办", body="按步骤办理。\n\n:::secret\n暗号\n:::", category=shelf)


def plan(caller: Any, **more: Any) -> Any:
    return caller.post(REVIEWS, data={"year": "2026", "size": "1", "reviewers": ["knowledge_editor", "process_manager"], **more})


def judge_all(editor: Any, manager: Any) -> None:
    for place, caller in ((1, editor), (2, manager)):
        page = caller.get(f"{REVIEWS}/1/items/{place}").get_data(as_text=True)
        assert f'action="{REVIEWS}/1/items/{place}/judge"' in page and not problems(page)
        assert "暗号" not in page, "secret words are read on the article's own page, where that is noted"
        done = caller.post(f"{REVIEWS}/1/items/{place}/judge", data=KEEP)
        assert done.status_code == 303


def test_from_plan_to_signature_by_page(client: Callable, world: Centre) -> None:
    editor, manager = client("knowledge_editor"), client("process_manager")
    assert not problems(editor.get(f"{REVIEWS}/new").get_data(as_text=True))
    refused = plan(editor, begins_on="2024-01-01", ends_on="2024-02-01", purpose="先看账单")
    assert refused.status_code == 422 and "先看账单" in refused.get_data(as_text=True)
    assert 'value="knowledge_editor" checked' in refused.get_data(as_text=True)
    made = plan(editor)
    assert made.status_code == 303 and made.headers["Location"] == f"{REVIEWS}/1"
    assert f'action="{REVIEWS}/1/draw"' in editor.get(f"{REVIEWS}/1").get_data(as_text=True)
    assert editor.post(f"{REVIEWS}/1/draw", data={"version": "1"}).status_code == 303
    wrong = editor.post(f"{REVIEWS}/1/items/1/judge", data=YES | {"fit": "no", "result": "keep", "findings": "太长"})
    assert wrong.status_code == 422 and "太长" in wrong.get_data(as_text=True)
    judge_all(editor, manager)
    boss = client("manager")
    page = boss.get(f"{REVIEWS}/1").get_data(as_text=True)
    assert f'action="{REVIEWS}/1/sign"' in page and not problems(page)
    no_password = boss.post(f"{REVIEWS}/1/sign", data=SAID)
    assert no_password.status_code == 422 and "够用。" in no_password.get_data(as_text=True)
    assert boss.post(f"{REVIEWS}/1/sign", data=SAID | {"password": PASSWORD}).status_code == 303
    page = boss.get(f"{REVIEWS}/1").get_data(as_text=True)
    assert "够用。" in page and f"{REVIEWS}/1/sign" not in page and "Unchanged since it was signed" in page


def test_no_door_changes_what_is_signed(client: Callable, world: Centre, settings: Settings) -> None:
    test_from_plan_to_signature_by_page(client, world)
    before = client("auditor", by="token").call("GET", f"/api/v1{REVIEWS}/1")[1]
    assert before["whole"] is True and before["allowed"] == []
    for by in ("cookie", "token"):
        caller = client("process_manager", by=by)
        for verb, body in (("draw", {}), ("sign", SAID | {"password": PASSWORD}), ("cancel", {"reason": "x"}), ("items/1/judge", KEEP)):
            if by == "cookie":
                assert caller.post(f"{REVIEWS}/1/{verb}", data=body).status_code == 409, verb
            else:
                body = {name: value for name, value in body.items() if name != "password"}
                assert caller.call("POST", f"/api/v1{REVIEWS}/1/{verb}", body)[0] == 409, verb
    conclusion = ("--complete", "no", "--fit", "no", "--conclusion", "x")
    for words in (("draw", "1"), ("cancel", "1", "--reason", "x"), ("sign", "1", *conclusion)):
        assert command(settings, *words, "--as", "process_manager").exit_code != 0
    after = client("auditor", by="token").call("GET", f"/api/v1{REVIEWS}/1")[1]
    assert after == before


def test_an_auditor_finds_any_years_record_in_three_clicks_and_takes_it_away(client: Callable, world: Centre) -> None:
    test_from_plan_to_signature_by_page(client, world)
    auditor = client("auditor")
    assert 'href="/audit"' in auditor.get("/").get_data(as_text=True)
    assert f'href="{REVIEWS}"' in auditor.get("/audit").get_data(as_text=True)
    listed = auditor.get(f"{REVIEWS}?year=2026").get_data(as_text=True)
    assert f'href="{REVIEWS}/1"' in listed and not problems(listed)
    for query, many in (("year=2025", 0), ("state=signed", 1), ("q=够用", 1), ("q=没有", 0)):
        assert auditor.get(f"{REVIEWS}?{query}").get_data(as_text=True).count("data-row") == many, query
    paper = auditor.get(f"{REVIEWS}/1/paper").get_data(as_text=True)
    for piece in ("账单怎么办", "够用。", "Manager", "KR-2026-0001"):
        assert piece in paper, piece
    csv = auditor.get(f"{REVIEWS}/1?format=csv&result=keep").get_data(as_text=True)
    assert "账单怎么办" in csv and "宽带怎么办" in csv
    sheet = load_workbook(io.BytesIO(auditor.get(f"{REVIEWS}?format=xlsx").data)).active
    assert sheet is not None and sheet.max_row == 2
    assert client("agent").get(REVIEWS).status_code == 403
    assert client("agent").get(f"{REVIEWS}/1").status_code == 404
    assert f"{REVIEWS}/new" not in auditor.get(REVIEWS).get_data(as_text=True)


def test_a_signature_is_for_what_was_shown(client: Callable, world: Centre) -> None:
    editor, manager, boss = client("knowledge_editor"), client("process_manager"), client("manager")
    plan(editor)
    editor.post(f"{REVIEWS}/1/draw", data={})
    judge_all(editor, manager)
    shown = client("manager", by="token").call("GET", f"/api/v1{REVIEWS}/1")[1]
    [offered] = [one for one in shown["allowed"] if one["verb"] == "sign"]
    seen = offered["schema"]["properties"]["content_hash"]["const"]
    editor.post(f"{REVIEWS}/1/items/1/judge", data=KEEP | {"findings": "再看了一遍"})
    late = boss.post(f"{REVIEWS}/1/sign", data=SAID | {"content_hash": seen, "password": PASSWORD})
    assert late.status_code == 409 and "够用。" in late.get_data(as_text=True)


def test_who_judges_after_another_sees_what_the_other_found(client: Callable, world: Centre) -> None:
    editor, manager = client("knowledge_editor"), client("process_manager")
    plan(editor)
    editor.post(f"{REVIEWS}/1/draw", data={})
    editor.post(f"{REVIEWS}/1/items/1/judge", data=KEEP | {"findings": "第一个人的发现", "version": "1"})
    late = manager.post(f"{REVIEWS}/1/items/1/judge", data=KEEP | {"findings": "第二个人的发现", "version": "1"})
    page = late.get_data(as_text=True)
    assert late.status_code == 409 and not problems(page)
    assert "第一个人的发现" in page and "第二个人的发现" in page and "Now stands:" in page


def test_my_day_shows_what_a_review_asks(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor")
    plan(editor, due_on="2026-03-20")
    editor.post(f"{REVIEWS}/1/draw", data={})
    with world.begin("system") as work:
        run_duties(work, world.clock.today)
    page = client("process_manager").get("/").get_data(as_text=True)
    assert f"{REVIEWS}/1" in page


def test_json_goes_by_what_it_is_offered(client: Callable, world: Centre) -> None:
    editor, boss = client("knowledge_editor", by="token"), client("manager", by="token")
    status, made = editor.call("POST", f"/api/v1{REVIEWS}", {
        "year": 2026, "reviewers": ["knowledge_editor", "process_manager"], "categories": ["账单"], "seed": "s1"})[:2]
    assert status == 201 and [one["verb"] for one in made["allowed"]] == ["draw", "cancel"]
    drawn = editor.call("POST", made["allowed"][0]["href"], {})[1]
    assert (drawn["state"], drawn["drawn"], drawn["seed"]) == ("running", 1, "s1")
    [item] = editor.call("GET", f"/api/v1{REVIEWS}/1/items?result=waiting")[1]["items"]
    whole = editor.call("GET", f"/api/v1{item['url']}")[1]
    assert [one["verb"] for one in whole["allowed"]] == ["judge"] and "暗号" not in whole["body"]
    judged = editor.call("POST", whole["allowed"][0]["href"], YES | {"correct": "no", "result": "update", "findings": "旧了"})[1]
    assert (judged["result"], judged["correct"], judged["follow_up"]) == ("update", False, "open")
    assert [one["verb"] for one in boss.call("GET", f"/api/v1{REVIEWS}/1")[1]["allowed"]] == ["sign"]
    status, signed = boss.call("POST", f"/api/v1{REVIEWS}/1/sign", SAID)[:2]
    assert status == 200 and signed["state"] == "signed" and signed["whole"] is True
    assert [one["number"] for one in editor.call("GET", f"/api/v1{REVIEWS}?year=2026")[1]["items"]] == ["KR-2026-0001"]


def command(settings: Settings, *words: str) -> Result:
    return CliRunner(env={"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}).invoke(
        knowledge, ["reviews", *words])


def test_the_commands_do_the_same(world: Centre, settings: Settings, tmp_path: Path) -> None:
    def run(*words: str) -> Any:
        done = command(settings, *words, "--json")
        assert done.exit_code == 0, (done.output, done.exception)
        return json.loads(done.stdout)
    number = run("plan", "--year", "2026", "--size", "1", "--reviewer", "knowledge_editor", "--as", "process_manager")["number"]
    assert run("draw", number, "--as", "process_manager")["drawn"] == 2
    for one in run("items", number)["items"]:
        done = run("judge", number, one["facts"]["number"], "--needed", "yes", "--correct", "yes", "--complete", "yes", "--fit", "yes",
                   "--result", "keep", "--as", "knowledge_editor")
        assert done["result"] == "keep"
    assert run("sign", number, "--complete", "yes", "--fit", "yes", "--conclusion", "够用", "--as", "manager")["state"] == "signed"
    assert run("list", "--state", "signed")["items"][0]["number"] == number and run("show", number)["whole"] is True
    for name in ("sample.csv", "sample.xlsx"):
        assert command(settings, "export", number, str(tmp_path / name)).exit_code == 0 and (tmp_path / name).stat().st_size > 200


def test_the_checklist_is_kept_by_editors_and_stands_beside_what_is_judged(client: Callable, world: Centre, settings: Settings) -> None:
    editor = client("knowledge_editor")
    assert "yet" in client("auditor").get(f"{REVIEWS}/checklist").get_data(as_text=True)
    uneven = {"zh": "先说结论\n一句一事", "en": "Answer first", "version": "0"}
    assert editor.post(f"{REVIEWS}/checklist", data=uneven).status_code == 422
    assert editor.post(f"{REVIEWS}/checklist", data={"zh": "先说结论", "en": "Answer first", "version": "0"}).status_code == 303
    late = editor.post(f"{REVIEWS}/checklist", data={"zh": "别的", "version": "0"})
    assert late.status_code == 409 and "别的" in late.get_data(as_text=True)
    assert "Now stands:" in late.get_data(as_text=True) and "Answer first" in late.get_data(as_text=True)
    assert client("manager").post(f"{REVIEWS}/checklist", data={"zh": "x"}).status_code == 403
    plan(editor)
    editor.post(f"{REVIEWS}/1/draw", data={})
    assert "Answer first" in editor.get(f"{REVIEWS}/1/items/1").get_data(as_text=True)
    status, kept = client("process_manager", by="token").call("POST", f"/api/v1{REVIEWS}/checklist", {"zh": ["一句一事"]})[:2]
    assert status == 200 and kept["zh"] == ["一句一事"] and kept["version"] == 2
    page = editor.get(f"{REVIEWS}/1/items/1").get_data(as_text=True)
    assert "Answer first" in page and "一句一事" not in page, "a review keeps the list of its day"
    assert json.loads(command(settings, "checklist", "--json").stdout)["version"] == 2
    assert json.loads(command(settings, "checklist", "--zh", "新", "--as", "process_manager", "--json").stdout)["zh"] == ["新"]
