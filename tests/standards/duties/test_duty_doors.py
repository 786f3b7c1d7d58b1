"""Duties of clauses by page, program and command line: the list, one, its verbs, the year, the rules."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from kmsvc.cli.standards import standards
from kmsvc.settings import Settings
from tests.standards.duties.houses import begin_use, duties, rule, run
from tests.support.centre import Centre
from tests.support.clients import Caller, sign_in_as

BASE = "/standards/duties"


def page_client(app: Flask, world: Centre, login: str) -> Caller:
    """Somebody with a browser."""
    return sign_in_as(app, world, login)


def api_client(app: Flask, world: Centre, login: str) -> Caller:
    """A program of somebody."""
    return sign_in_as(app, world, login, by="token")


@pytest.fixture
def used(world: Centre) -> Centre:
    """A centre whose clauses ask for things since March 2026."""
    begin_use(world, date(2026, 3, 2))
    run(world, date(2026, 3, 2))
    return world


def test_the_list_is_searched_paged_and_exported(app: Flask, used: Centre) -> None:
    page = page_client(app, used, "compliance")
    assert "Monthly calibration" in page.get(BASE).text
    found = page.get(f"{BASE}?q=calibration&state=open").text
    assert "Monthly calibration" in found and "Absences" not in found
    assert "No duty here" in page.get(f"{BASE}?state=done").text
    rows = page.get(f"{BASE}?clause=49&format=csv").text.splitlines()
    assert len(rows) == 11 and "2026-03" in rows[1]
    narrowed = page.get(f"{BASE}?clause=49&earliest=2026-05-01&latest=2026-06-30").text
    assert "2026-05" in narrowed and "2026-06" in narrowed and "2026-04<" not in narrowed and "Absences" not in narrowed
    assert '<option value="49" selected' in narrowed and 'name="latest" value="2026-06-30"' in narrowed
    assert page.get(f"{BASE}?format=xlsx").data[:2] == b"PK"
    client = api_client(app, used, "compliance")
    first = client.get(f"/api/v1{BASE}?limit=5").json
    second = client.get(f"/api/v1{BASE}?limit=200&cursor={first['next']}").json
    ids = [one["id"] for one in (*first["items"], *second["items"])]
    assert len(first["items"]) == 5 and sorted(ids) == sorted(one.id for one in duties(used)) and second["next"] is None
    assert client.get(f"/api/v1{BASE}?colour=red").status_code == 422


def test_a_program_does_what_allowed_offers_and_undoes_it(app: Flask, used: Centre) -> None:
    client = api_client(app, used, "compliance")
    duty = next(one.id for one in duties(used, "49"))
    body = client.get(f"/api/v1{BASE}/{duty}").json
    assert [one["verb"] for one in body["allowed"] if one["forward"]] == ["do"]
    done = client.post(next(one["href"] for one in body["allowed"] if one["verb"] == "do"), json={"reason": "agreed in 18 of 20"})
    assert done.status_code == 200 and done.json["state"] == "done" and done.json["history"][0]["verb"] == "do"
    assert {one["verb"] for one in done.json["allowed"]} == {"prove", "reopen"}
    stale = client.post(f"/api/v1{BASE}/{duty}/reopen", json={"reason": "r"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 409
    assert client.post(f"/api/v1{BASE}/{duty}/reopen", json={}).status_code == 422
    assert client.post(f"/api/v1{BASE}/{duty}/reopen", json={"reason": "not all calls"}).json["state"] == "open"


def test_a_refused_form_keeps_what_was_typed(app: Flask, used: Centre) -> None:
    page = page_client(app, used, "compliance")
    duty = next(one.id for one in duties(used, "8"))
    refused = page.post(f"{BASE}/{duty}/do", data={"on": "2026-03-02", "record": "P-999", "reason": "all went well"})
    assert refused.status_code == 422 and "Nothing here has this number" in refused.text and "all went well" in refused.text
    assert "P-999" in refused.text
    one = rule(used, "49")
    wrong = page.post(f"{BASE}/rules/{one}/edit", data={"name_zh": "我的名字", "months": "", "before": "soon", "reason": ""})
    assert wrong.status_code == 422 and "我的名字" in wrong.text and "Write numbers of days" in wrong.text


def test_the_year_is_shown_before_a_rule_is_saved(app: Flask, used: Centre) -> None:
    page = page_client(app, used, "compliance")
    one = rule(used, "49")
    typed = {"name_zh": "n", "name_en": "n", "scope": "centre", "mode": "fixed", "months": "6", "owner_kind": "role",
             "owner_role": "manager", "before": "30, 7", "every": "7", "minutes": "60", "days": "0", "reason": "r", "look": "1"}
    shown = page.post(f"{BASE}/rules/{one}/edit", data=typed)
    assert shown.status_code == 200 and "2026-H2" in shown.text
    assert {row.period for row in duties(used, "49")} == {f"2026-{month:02}" for month in range(3, 13)}, "nothing is written"


def test_the_wheel_counts_and_every_mark_opens_what_it_counts(app: Flask, used: Centre) -> None:
    page = page_client(app, used, "compliance")
    text = page.get(f"{BASE}/wheel?year=2026").text
    duty = next(one for one in duties(used, "49"))
    assert "0 of 10" in text and f'href="{BASE}/{duty.id}"' in text
    body: Any = api_client(app, used, "compliance").get(f"/api/v1{BASE}/wheel?year=2026").json
    row = next(one for one in body["rows"] if one["clause"] == "49")
    assert (row["done"], row["total"]) == (0, 10) and [month["total"] for month in row["months"]] == [0, 0] + [1] * 10
    own: Any = api_client(app, used, "agent").get(f"/api/v1{BASE}/wheel?year=2026").json
    assert own["rows"] == [] and own["total"] == 0


def test_the_same_by_command_line(used: Centre, settings: Settings) -> None:
    env = {"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url,
           "KMSVC_SECRET_KEY": settings.secret_key}

    def call(*words: str) -> Any:
        done = CliRunner(env=env).invoke(standards, ["duties", *words, "--json"])
        assert done.exception is None, done.exception
        return json.loads(done.stdout)
    found = call("find", "--clause", "49", "--as", "compliance")["items"]
    assert len(found) == 10
    done = call("do", found[0]["number"], "--on", "2026-03-01", "--as", "compliance")
    assert done["state"] == "done" and done["year"] == {"done": 1, "total": 10}
    assert call("year", "2026", "--as", "compliance")["done"] == 1
    spans = call("rules", "edit", f"DR-{rule(used, '49')}", "--months", "12", "--reason", "r", "--dry-run", "--as", "compliance")
    assert [one["period"] for one in spans["items"]] == ["2026", "2027"]
