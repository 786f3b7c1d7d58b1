"""The process audit and themed optimisations by page, as JSON and from the command line. N14, clause 42."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from kmsvc.cli.process import process
from kmsvc.process.audits import themes
from kmsvc.process.audits.models import ProcessAudit, ProcessAuditItem
from kmsvc.settings import Settings
from tests.builders import make_process
from tests.support.centre import PASSWORD, Centre
from tests.support.pages import problems

AUDITS = "/process/audits"
YES = {"needed": "yes", "correct": "yes", "followed": "yes"}


@pytest.fixture(autouse=True)
def processes(world: Centre) -> None:
    for name, owner in (("甲", "business_owner"), ("乙", "business_owner"), ("丙", "process_manager")):
        make_process(world, name=f"流程{name}", owner=owner)


def ids(world: Centre) -> tuple[int, list[int]]:
    """The newest audit and its items in order."""
    with world.look() as work:
        one = work.session.scalars(select(ProcessAudit.id).order_by(ProcessAudit.id.desc())).first()
        return one or 0, list(work.session.scalars(select(ProcessAuditItem.id).where(
            ProcessAuditItem.audit_id == one).order_by(ProcessAuditItem.place)))


def good(answer: Any, status: int = 200) -> str:
    text = answer.get_data(as_text=True)
    assert answer.status_code == status, text[-2000:]
    assert not problems(text)
    return str(text)


def test_from_plan_to_archive_by_page(client: Callable, world: Centre) -> None:
    boss, checker = client("process_manager"), client("qa_inspector")
    assert "There is no" not in good(boss.get(f"{AUDITS}/new"))
    refused = good(boss.post(AUDITS, data={"year": "2026", "due_on": "2020-01-01", "purpose": "先看外联"}), 422)
    assert "先看外联" in refused
    assert boss.post(AUDITS, data={"year": "2026", "due_on": "2026-12-01"}).status_code == 303
    one, _ = ids(world)
    at = f"{AUDITS}/{one}"
    assert f'action="{at}/start"' in good(boss.get(at))
    assert boss.post(f"{at}/start", data={}).status_code == 303
    _, (first, second, own) = ids(world)
    taken = good(boss.post(f"{at}/assign", data={"auditor": "process_manager", "anew": "no"}, follow_redirects=True))
    assert "P-003" in taken and "Name somebody else" in taken
    mine = good(boss.post(f"{AUDITS}/items/{own}/give", data={"auditor": "process_manager"}), 422)
    assert "nobody audits a process of their own" in mine
    assert boss.post(f"{AUDITS}/items/{own}/give", data={"auditor": "qa_inspector"}).status_code == 303
    sent = boss.post(f"/files?subject=process_audit_item:{first}", data={
        "file": (io.BytesIO(b"seen on the floor"), "proof.txt"), "then": f"{AUDITS}/items/{first}"})
    assert sent.status_code == 303 and "proof.txt" in good(client("auditor").get(f"{AUDITS}/items/{first}"))
    assert checker.post(f"/files?subject=process_audit_item:{first}", data={
        "file": (io.BytesIO(b"x"), "x.txt")}).status_code in (403, 404)
    wrong = good(boss.post(f"{AUDITS}/items/{first}/judge", data=YES | {"correct": "no", "result": "update"}), 422)
    assert "Say what was found" in wrong
    on = boss.post(f"{AUDITS}/items/{first}/judge", data=YES | {"correct": "no", "result": "update", "findings": "时限旧了",
                                                               "record": "P-002"})
    assert on.headers["Location"] == f"{AUDITS}/items/{second}"
    assert boss.post(f"{AUDITS}/items/{second}/judge", data=YES | {"result": "keep"}).headers["Location"] == at
    assert checker.post(f"{AUDITS}/items/{own}/judge", data=YES | {"result": "keep"}).status_code == 303
    assert boss.post(f"{AUDITS}/items/{first}/open_change", data={}).status_code == 303
    item = good(boss.get(f"{AUDITS}/items/{first}"))
    assert "CR-2026-0001" in item and "/process/definitions/2" in item
    change = good(boss.get("/process/changes/1?tab=record"))
    assert f"{AUDITS}/items/{first}" in good(boss.get("/process/changes/1")) + change
    page = good(boss.get(at))
    assert f'action="{at}/sign"' in page and f'action="{at}/close"' not in page
    assert "password" in good(boss.post(f"{at}/sign", data={"comment": "逐条看过"}), 422)
    assert boss.post(f"{at}/sign", data={"password": PASSWORD}).status_code == 303
    shown = good(boss.get(f"{at}/report"))
    assert f"{at}?result=update" in shown and "流程甲" in shown
    assert "总体可用" in good(boss.post(f"{at}/close", data={"conclusion": "总体可用"}), 422)
    assert boss.post(f"{at}/close", data={"conclusion": "总体可用", "password": PASSWORD}).status_code == 303
    page = good(client("auditor").get(at))
    assert "Unchanged since it was closed" in page and f'action="{at}/' not in page
    assert boss.post(f"{AUDITS}/items/{second}/judge", data=YES | {"result": "keep"}).status_code == 409


def test_lists_filter_and_are_taken_away(client: Callable, world: Centre) -> None:
    boss = client("process_manager")
    boss.post(AUDITS, data={"year": "2026", "due_on": "2026-12-01"})
    one, _ = ids(world)
    boss.post(f"{AUDITS}/{one}/start", data={})
    for query, many in (("", 3), ("?q=甲", 1), ("?stand=unassigned", 3), ("?result=keep", 0), ("?auditor=none", 3),
                        ("?group=training", 0)):
        assert good(boss.get(f"{AUDITS}/{one}{query}")).count("data-row") == many, query
    assert "流程乙" in boss.get(f"{AUDITS}/{one}?format=csv").get_data(as_text=True)
    assert "PA-2026-0001" in boss.get(f"{AUDITS}?format=csv").get_data(as_text=True)
    assert good(boss.get(f"{AUDITS}?year=2026&state=running")).count("data-row") == 1
    assert boss.get(f"{AUDITS}?year=x").status_code in (400, 422)
    agent = client("agent")
    assert agent.get(AUDITS).status_code == 403 and agent.get(f"{AUDITS}/{one}").status_code == 404


def test_json_goes_by_what_it_is_offered(client: Callable, world: Centre) -> None:
    boss = client("process_manager", by="token")
    status, made = boss.call("POST", f"/api/v1{AUDITS}", {"year": 2026, "due_on": "2026-12-01"})[:2]
    assert status == 201 and [one["verb"] for one in made["allowed"]] == ["start", "cancel"]
    running = boss.call("POST", made["allowed"][0]["href"], {})[1]
    assert running["state"] == "running" and running["stands"]["unassigned"] == 3
    assert {"assign", "cancel"} == {one["verb"] for one in running["allowed"]}
    boss.call("POST", f"/api/v1{AUDITS}/{made['id']}/assign", {"auditor": "process_manager"})
    listed = boss.call("GET", f"/api/v1{AUDITS}/{made['id']}/items?stand=waiting")[1]["items"]
    assert len(listed) == 2
    item = boss.call("GET", f"/api/v1{listed[0]['url']}")[1]
    assert [one["verb"] for one in item["allowed"]] == ["judge", "give"] and item["known"]["before"] is None
    done = boss.call("POST", item["allowed"][0]["href"], YES | {"result": "keep"})[1]
    assert done["stand"] == "to_sign" and {"judge", "undo"} == {one["verb"] for one in done["allowed"]}
    whole = boss.call("GET", f"/api/v1{AUDITS}/{made['id']}")[1]
    [offered] = [one for one in whole["allowed"] if one["verb"] == "sign"]
    seen = offered["schema"]["properties"]["content_hash"]["const"]
    boss.call("POST", f"/api/v1{listed[0]['url']}/judge", YES | {"result": "keep", "findings": "又看了一遍"})
    status, refused = boss.call("POST", offered["href"], {"content_hash": seen})[:2]
    assert status == 409, refused
    assert boss.call("POST", offered["href"], {})[1]["stands"]["done"] == 1
    assert boss.call("GET", f"/api/v1{AUDITS}/{made['id']}/report")[1]["results"]["keep"] == 1
    assert boss.call("POST", f"/api/v1{AUDITS}", {"year": 2026, "due_on": "2026-12-01"})[0] == 409


def test_a_theme_from_its_beginning_to_its_result(client: Callable, world: Centre) -> None:
    boss = client("process_manager")
    person = world.people["manager"]
    assert "流程甲" in good(boss.get(f"{AUDITS}/themes/new"))
    said = {"year": "2026", "quarter": "1", "theme": "退款更快", "why": "一季度 312 起超时", "expected": "超时降到 50 起",
            "owner": str(person), "processes": ["1", "2"]}
    assert "一季度 312" in good(boss.post(f"{AUDITS}/themes", data=said | {"quarter": "5"}), 422)
    made = boss.post(f"{AUDITS}/themes", data=said)
    assert made.status_code == 303
    at = made.headers["Location"]
    assert "流程乙" in good(boss.get(at))
    assert "touches this process already" in good(boss.post(f"{at}/touch", data={"process": "1"}), 422)
    assert boss.post(f"{at}/open_change", data={"process": "1"}).status_code == 303
    assert boss.post(f"{at}/open_change", data={"process": "1"}).status_code == 409
    assert boss.post(f"{at}/leave_out", data={"process": "2"}).status_code == 303
    for verb, body in (("drop", {"reason": "先放一放"}), ("take_up", {})):
        assert boss.post(f"{at}/{verb}", data=body).status_code == 303
    assert "0 of 3" in good(boss.get(f"{AUDITS}/themes"))
    closed = {"result": "reached", "measured": "超时 41 起", "conclusion": "保持"}
    assert boss.post(f"{at}/close", data=closed).status_code == 303
    assert boss.post(f"{at}/drop", data={"reason": "x"}).status_code == 409
    page = good(client("auditor").get(f"{AUDITS}/themes?year=2026&state=closed"))
    assert "1 of 3" in page and "退款更快" in page and f"{AUDITS}/themes/new" not in page
    assert "退款更快" in boss.get(f"{AUDITS}/themes?format=csv").get_data(as_text=True)
    listed = client("auditor", by="token").call("GET", f"/api/v1{AUDITS}/themes")[1]
    assert listed["year"] == {"year": 2026, "done": 1, "open": 0, "least": 3, "most": 4} and listed["items"][0]["changes"] == 1
    world.drain()
    assert "退款更快" in client("manager").get("/notices").get_data(as_text=True)


def test_the_commands_do_the_same(world: Centre, settings: Settings, tmp_path: Path) -> None:
    def run(*words: str, fails: bool = False) -> Any:
        done = CliRunner(env={"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}).invoke(
            process, ["audits", *words, "--as", "process_manager", "--json"])
        assert (done.exit_code != 0) == fails, (done.output, done.exception)
        return None if fails else json.loads(done.stdout)
    number = run("plan", "--year", "2026", "--due-on", "2026-12-01")["number"]
    assert run("start", number)["state"] == "running"
    run("assign", number, "--auditor", "process_manager")
    assert run("judge", number, "P-001", "--needed", "yes", "--correct", "no", "--followed", "yes", "--result", "update",
               "--findings", "旧了")["result"] == "update"
    run("judge", number, "P-003", "--needed", "yes", "--correct", "yes", "--followed", "yes", "--result", "keep", fails=True)
    assert run("open-change", number, "P-001")["change"]["number"].startswith("CR-")
    run("close", number, "--conclusion", "x", fails=True)
    assert run("list")["items"][0]["judged"] == 1 and run("show", number)["stands"]["done"] == 1
    done = CliRunner(env={"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}).invoke(
        process, ["audits", "export", number, str(tmp_path / "a.csv"), "--as", "process_manager"])
    assert done.exit_code == 0 and "旧了" in (tmp_path / "a.csv").read_text("utf-8-sig")
    theme = run("themes", "begin", "--year", "2026", "--quarter", "2", "--theme", "T", "--why", "W", "--expected", "E", "--owner",
                str(world.people["manager"]))
    assert theme["number"] == "TO-2026-0001" and run("themes", "list")["year"]["open"] == 1
    assert run("themes", "close", theme["number"], "--result", "missed", "--measured", "m", "--conclusion", "c")["state"] == "closed"


def test_what_is_emptied_in_the_form_of_a_theme_is_taken_out(world: Centre, client: Callable[..., Any]) -> None:
    boss, words = client("process_manager"), {"quarter": "2", "theme": "T", "why": "W", "expected": "E"}
    with world.begin("process_manager") as work:
        one = themes.add_theme(work, themes.Theme(2026, 2, "T", "W", "E", world.people["manager"])).id
    for measured in ("half of it", ""):
        said = words | {"owner": str(world.people["manager"]), "measured": measured}
        assert boss.post(f"/process/audits/themes/{one}/write", data=said).status_code == 303
    assert boss.call("GET", f"/api/v1/process/audits/themes/{one}")[1]["measured"] is None
