"""Self-assessments by page, program and command line: rounds, one's own queue, figures, simulator, comparison, files, plans."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from kmsvc.cli.standards import standards as standards_group
from kmsvc.operations.setup import install_standards
from kmsvc.settings import Settings
from kmsvc.standards.assessments.answering import Said
from kmsvc.standards.assessments.models import ClauseAnswer
from kmsvc.standards.models.queries import model_by_code
from tests.standards.assessments.houses import CODE, answered, answers, closed, drafted, opened
from tests.support.centre import Centre
from tests.support.clients import sign_in_as

BASE = "/standards/assessments"
FAR = "2199-12-01"  # commands go by the clock of the machine
HALF = Said(5, 0, "才开始", gaps="没有记录", effort_days=6)


@pytest.fixture(autouse=True)
def standards(world: Centre) -> None:
    install_standards(world.db)


def test_every_page_of_a_round_reads_and_its_figures_open(app: Flask, world: Centre) -> None:
    first = opened(world, "1.1", "2.1", "5.1")
    answered(world, first, n2=HALF)
    closed(world, first)
    one = opened(world, "1.1", "2.1", "5.1", earlier=first, target="L2")
    answered(world, one, n1=HALF, n3=Said(10, 5, "x", gaps="y", target_f=10), submitted=False)
    page = sign_in_as(app, world, "compliance")
    shown = page.get(f"{BASE}/{one}").text
    for text in ("SA-2026-0002", "Heat map", "Radar", "SA-2026-0001", "Aimed at", "A part of the standard has no level", "By chapter"):
        assert text in shown, text
    total = page.get(f"{BASE}/{one}/figures/total").text
    assert "The points of all items on both sides added up" in total and "20 points each" in total and ">1</a>" in total
    assert page.get(f"{BASE}/{one}/figures/nothing").status_code == 404
    simulated = page.get(f"{BASE}/{one}/simulator?target=L1&chosen=1&items=1c&items=1f").text
    assert "What is missing to L1" in simulated and "+15" in simulated
    compared = page.get(f"{BASE}/{one}/compare").text
    assert "SA-2026-0002 beside SA-2026-0001" in compared and "-15" in compared and "+15" in compared
    assert "1.1" in page.get(f"{BASE}/{one}/answers?state=gaps").text
    rows = page.get(f"{BASE}/{one}/answers?format=csv&state=gaps").text.splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["#1", "#3"]
    assert page.get(f"{BASE}?format=xlsx").data[:2] == b"PK"
    assert "No self-assessment here" in page.get(f"{BASE}?q=nothing").text


def test_a_respondent_goes_through_the_queue_by_form(app: Flask, world: Centre) -> None:
    one = opened(world)
    ids = answers(world, one)
    page = sign_in_as(app, world, "supervisor")
    assert "0 of 5 clauses answered" in page.get(f"{BASE}/mine").text
    assert "What is asked for" in page.get(f"{BASE}/answers/{ids['1']}").text
    half = page.post(f"{BASE}/answers/{ids['1']}/save", data={"c": "5", "f": "10", "reason": "有一半"})
    assert half.location.endswith(f"/answers/{ids['1']}") and "有一半" in page.get(half.location).text
    wrong = page.post(f"{BASE}/answers/{ids['1']}/save", data={"c": "7", "f": "10", "reason": "保留这句"})
    assert wrong.status_code == 422 and "保留这句" in wrong.text and "Marks are 10, 5 or 0." in wrong.text
    below = page.post(f"{BASE}/answers/{ids['1']}/save", data={"c": "10", "f": "10", "reason": "r", "target_c": "5"})
    assert below.status_code == 422 and "not below what is there" in below.text
    kept = page.post(f"{BASE}/answers/{ids['1']}/save", data={"c": "10", "f": "10", "reason": "全部做到"})
    assert kept.location.endswith(f"/answers/{ids['2']}")
    refused = page.post(f"{BASE}/{one}/submit", data={})
    assert refused.status_code == 409 and "#2, #3, #4, #5" in refused.text
    for name in ("2", "3", "4", "5"):
        last = page.post(f"{BASE}/answers/{ids[name]}/save", data={"c": "10", "f": "10", "reason": "r"})
    assert "/mine" in last.location
    assert page.post(f"{BASE}/{one}/submit", data={}).status_code == 303
    assert page.get(f"{BASE}/{one}/simulator").status_code == 403
    assert page.post(f"{BASE}/answers/{ids['1']}/accept", data={}).status_code == 403


def test_a_program_runs_a_round_by_what_allowed_offers(app: Flask, world: Centre) -> None:
    client = sign_in_as(app, world, "compliance", by="token")
    body = {"title": "t", "model": CODE, "lead": world.people["compliance"], "sections": "1.1",
            "due_on": str(world.clock.today + timedelta(days=3))}
    made = client.post(f"/api/v1{BASE}", json=body)
    assert made.status_code == 201 and made.json["items"] == 5 and made.json["standing"]["assessed"] == 0
    wrong = client.post(f"/api/v1{BASE}", json=body | {"sections": "9.9", "colour": "red"})
    assert wrong.status_code == 422
    url = f"/api/v1{BASE}/{made.json['id']}"
    verbs = {one["verb"]: one for one in made.json["allowed"]}
    assert set(verbs) == {"write", "assign", "assign_owners", "open", "discard"}
    assert client.post(verbs["open"]["href"], json={}).status_code == 409  # nobody answers yet
    given = client.post(verbs["assign"]["href"], json={"person": world.people["supervisor"], "section": "1.1"})
    assert given.json["people"][0]["states"] == {"open": 5}
    assert client.post(verbs["open"]["href"], json={}).json["state"] == "open"
    owner = sign_in_as(app, world, "supervisor", by="token")
    mine = owner.get(f"/api/v1{BASE}/mine").json["items"]
    assert len(mine) == 5
    for one in mine:
        answer = owner.get(f"/api/v1{one['url']}").json
        save = next(it for it in answer["allowed"] if it["verb"] == "save")
        kept = owner.post(save["href"], json={"c": 10, "f": 10, "reason": "做到"}, headers={"If-Match": f'"{answer["version"]}"'})
        assert kept.json["state"] == "answered"
        stale = owner.post(save["href"], json={"c": 0, "f": 0}, headers={"If-Match": f'"{answer["version"]}"'})
        assert stale.status_code == 409
    assert "standing" not in owner.get(url).json  # how the centre stands is not for everybody
    owner.post(f"{url}/submit", json={})
    assert client.post(f"{url}/accept_all", json={}).json["met"] == 5
    client.post(f"{url}/to_review", json={})
    done = client.post(f"{url}/close", json={"conclusion": "好"}).json
    assert (done["state"], done["results"][0]["total"], [it["verb"] for it in done["allowed"]]) == ("closed", 100, ["reopen", "plan"])
    assert client.get(f"{url}/figures/met").json["value"] == "100 %"
    assert client.get(f"{url}/simulation?target=L9").status_code == 422
    assert client.get(f"{url}/comparison").status_code == 404
    again = client.post(f"{url}/reopen", json={"reason": "漏了一项"}).json
    assert again["state"] == "open" and len(again["results"]) == 1


def test_an_own_file_of_marks_brought_in_again_changes_nothing(app: Flask, world: Centre) -> None:
    one = opened(world)
    answered(world, one, submitted=False, n1=HALF)
    page = sign_in_as(app, world, "compliance")
    file = page.get(f"{BASE}/{one}/marks.csv").data
    assert file.decode("utf-8-sig").splitlines()[:2] == ["no,sub,c,f,reason,strengths,gaps", "1,,5,0,才开始,,没有记录"]
    client = sign_in_as(app, world, "compliance", by="token")

    def sent(body: bytes, **more: str) -> Any:
        return client.post(f"/api/v1{BASE}/{one}/import", data={"file": (io.BytesIO(body), "marks.csv"), **more},
                           content_type="multipart/form-data")
    assert sent(file).json == {"read": 5, "created": 0, "updated": 0, "unchanged": 5, "rejected": []}
    changed = file.replace(b"1,,5,0", b"1,,10,10")
    assert sent(changed, dry_run="true").json["updated"] == 1
    assert sent(file).json["updated"] == 0
    refused = sent(file.replace(b"1,,5,0", b"1,,7,0"))
    assert refused.status_code == 422 and "7" in refused.text
    looked = page.post(f"{BASE}/{one}/import", data={"file": (io.BytesIO(changed), "marks.csv")}, content_type="multipart/form-data")
    assert "What would happen" in page.get(looked.location).text
    assert page.post(looked.location, data={}).status_code == 303
    assert sent(changed).json["updated"] == 0
    bad = page.post(f"{BASE}/{one}/import", data={"file": (io.BytesIO(b"hello"), "marks.txt")}, content_type="multipart/form-data")
    assert bad.status_code == 422 and "csv or xlsx" in bad.text


def test_the_simulator_fills_the_plan_and_each_step_is_noted(app: Flask, world: Centre) -> None:
    one = opened(world)
    answered(world, one, submitted=False, n1=HALF, n2=HALF)
    page = sign_in_as(app, world, "compliance")
    late = page.post(f"{BASE}/{one}/plan", data={"items": ["1c", "1f"], "due_on": "2020-01-01", "target": "L1", "chosen": "1"})
    assert late.status_code == 422 and "This day is over." in late.text and "2020-01-01" in late.text
    day = str(world.clock.today + timedelta(days=40))
    assert page.post(f"{BASE}/{one}/plan", data={"items": ["1c", "1f", "2f"], "due_on": day}).status_code == 303
    listed = page.get(f"{BASE}/plans?round={one}").text
    assert "IP-2026-0001" in listed and "C 5 → 10 · F 0 → 10" in listed and "C 5 → 5 · F 0 → 10" in listed
    owner = sign_in_as(app, world, "supervisor")
    [item] = [it for it in sign_in_as(app, world, "supervisor", by="token").get(f"/api/v1{BASE}/plans?own=true").json["items"]
              if it["name"] == "1"]
    empty = owner.post(f"{BASE}/plans/{item['id']}/advance", data={"note": ""})
    assert empty.status_code == 422
    for note in ("对照", "问题", "辅导", "达标"):
        assert owner.post(f"{BASE}/plans/{item['id']}/advance", data={"note": note}).status_code == 303
    shown = owner.get(f"{BASE}/plans/{item['id']}").text
    assert "达标" in shown and "Done on" in shown
    assert owner.post(f"{BASE}/plans/{item['id']}/leave_out", data={"reason": "r"}).status_code == 403


def test_a_refused_draft_keeps_what_was_typed(app: Flask, world: Centre) -> None:
    page = sign_in_as(app, world, "compliance")
    refused = page.post(BASE, data={"title": "保留标题", "model": CODE, "lead": str(world.people["compliance"]), "due_on": "2020-01-01",
                                    "sections": ["1.1", "2.1"]})
    assert refused.status_code == 422 and "保留标题" in refused.text and "This day is over." in refused.text
    assert refused.text.count("checked") >= 2
    drafted(world)
    assert "半年自评" in page.get(BASE).text


def test_the_page_of_a_clause_tells_what_rounds_said(app: Flask, world: Centre) -> None:
    one = opened(world)
    answered(world, one, submitted=False, n1=HALF)
    with world.look() as work:
        clause = work.session.get_one(ClauseAnswer, answers(world, one)["1"]).clause_id
    page = sign_in_as(app, world, "auditor").get(f"/standards/models/clauses/{clause}").text
    assert "SA-2026-0001 #1: C 5, F 0" in page
    assert "SA-2026-0001 #1" not in sign_in_as(app, world, "trainer").get(f"/standards/models/clauses/{clause}").text


def test_dimensions_are_weighed_on_a_page_that_keeps_nothing(app: Flask, world: Centre) -> None:
    with world.look() as work:
        model = model_by_code(work.session, "ccso-2022")
        assert model is not None
        codes = [one["code"] for one in model.frame["dimensions"]]
    page = sign_in_as(app, world, "manager")
    url = f"{BASE}/dimensions/{model.id}"
    assert f'href="{url}"' in page.get(f"/standards/models/{model.id}").text
    asked = "&".join(f"mark_{code}={60 + 10 * place}&weight_{code}={2 if place == 0 else 1}" for place, code in enumerate(codes))
    shown = page.get(f"{url}?{asked}").text
    assert "72" in shown and "40.0 %" in shown and "24.00" in shown  # 0.4 x 60 + 0.2 x (70 + 80 + 90)
    wrong = page.get(f"{url}?mark_{codes[0]}=120").text
    assert "a mark from 0 to 100" in wrong and 'value="120"' in wrong


def test_rounds_answers_and_plans_by_command(world: Centre, settings: Settings, tmp_path: Path) -> None:
    env = {"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url,
           "KMSVC_SECRET_KEY": settings.secret_key}

    def call(*words: str, login: str = "compliance") -> Any:
        done = CliRunner(env=env).invoke(standards_group, [*words, "--as", login, "--json"])
        assert done.exception is None, getattr(done.exception, "fields", done.exception)
        return json.loads(done.stdout)
    made = call("assessments", "begin", "--title", "命令行", "--model", CODE, "--sections", "1.1", "--due-on", FAR,
                "--lead", str(world.people["compliance"]))
    number = made["number"]
    call("assessments", "assign", number, "--person", str(world.people["supervisor"]))
    assert call("assessments", "open", number)["state"] == "open"
    ids = [one["id"] for one in call("answers", "list", number)["items"]]
    kept = call("answers", "save", str(ids[0]), "--c", "10", "--f", "5", "--reason", "r", "--gaps", "g", login="supervisor")
    assert (kept["state"], kept["f"]) == ("answered", 5)
    file = tmp_path / "marks.csv"
    done = CliRunner(env=env).invoke(standards_group, ["assessments", "export", number, str(file), "--as", "compliance"])
    assert done.exception is None and file.read_text("utf-8-sig").splitlines()[1] == "1,,10,5,r,,g"
    file.write_text(file.read_text("utf-8-sig").replace("1,,10,5,r,,g", "1,,10,10,r,,g"), "utf-8")
    assert call("assessments", "import", number, str(file), "--dry-run")["changed"] == ["1"]
    sheet = tmp_path / "marks.xlsx"
    done = CliRunner(env=env).invoke(standards_group, ["assessments", "export", number, str(sheet), "--as", "compliance"])
    again = call("assessments", "import", number, str(sheet))
    assert (done.exception, again["read"], again["updated"]) == (None, 5, 0)
    simulated = call("assessments", "simulate", number, "--target", "L1", "--items", "2c,2f")
    assert (simulated["chosen"], simulated["forecast"]["total"]) == (["2c", "2f"], 35)
    call("assessments", "plan", number, "--items", "1f", "--due-on", FAR)
    [item] = call("improvements", "list")["items"]
    assert call("improvements", "advance", item["number"], "--note", "n", login="supervisor")["state"] == "find"
    assert [one["number"] for one in call("assessments", "list", "--state", "open")["items"]] == [number]
