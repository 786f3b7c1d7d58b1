"""Pages and JSON of proof: a year's records in one list, narrowed, taken away, as of a day; what each clause lacks. E14, W3, W4."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from kmsvc.cli.standards import standards
from kmsvc.operations.setup import install_standards
from kmsvc.process.definitions.usecases import confirm_review
from kmsvc.settings import Settings
from kmsvc.standards.evidence import pages
from tests.builders import make_change, make_process
from tests.support.centre import Centre
from tests.support.pages import problems

PLACE, API = "/standards/evidence", "/api/v1/standards/evidence"
Client = Callable[..., Any]


@pytest.fixture
def told(world: Centre) -> Centre:
    """Two processes in force, one reviewed ten days later; a request that asks for a change."""
    install_standards(world.db)
    first, _ = make_process(world, drain=True), make_process(world, name="补偿流程", drain=True)
    make_change(world, step=2, process=first)
    world.clock.move(days=10)
    with world.begin("business_owner") as work:
        confirm_review(work, first.id, reason="still right", today=world.clock.today)
    return world


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.get_data(as_text=True))


def test_three_clicks_from_the_start_page_to_the_records_of_any_year(client: Client, told: Centre) -> None:
    auditor = client("auditor")
    assert 'href="/standards/duties"' in text_of(auditor.get("/"))
    assert f'href="{PLACE}"' in text_of(auditor.get("/standards/duties"))
    page = text_of(auditor.get(PLACE))
    assert not problems(page) and "Annual review records 2026" in page and "Confirmed, no change" in page and "补偿流程" in page
    assert "No record here" in text_of(auditor.get(f"{PLACE}?year=2019"))
    for login in ("agent", "team_leader", "admin"):
        assert client(login).get(PLACE).status_code == 403 == client(login).get(f"{PLACE}/coverage").status_code
        assert client(login, by="token").get(f"{API}/records").status_code == 403


def test_the_list_is_narrowed_by_clause_process_person_kind_words_and_day(client: Client, told: Centre) -> None:
    auditor = client("auditor", by="token")

    def kinds(asked: str) -> list[str]:
        answer = auditor.get(f"{API}/records?{asked}")
        assert answer.status_code == 200, answer.get_json()
        return [one["kind"] for one in answer.get_json()["items"]]
    everything = kinds("")
    assert sorted(everything) == ["process_change", "process_review", "process_version", "process_version"]
    assert kinds("clause=42") == ["process_version", "process_version", "process_review"] and kinds("clause=%2365") == ["process_change"]
    assert kinds("kind=process_review") == kinds("q=无变化不存在") + ["process_review"]
    [review] = auditor.get(f"{API}/records?kind=process_review").get_json()["items"]
    assert {"kind", "id", "number", "title", "clauses", "happened_on", "recorded_at", "who", "result", "url", "more"} <= set(review)
    assert sorted(kinds(f"process={review['process_id']}")) == ["process_change", "process_review", "process_version"]
    assert kinds(f"person={told.people['business_owner']}") == ["process_review"]
    assert kinds("q=补偿") == ["process_version"]
    assert kinds("as_of=2026-03-11") == [one for one in everything if one != "process_review"]
    assert kinds("as_of=2026-03-01") == [] == kinds("year=2025")
    first = auditor.get(f"{API}/records?limit=3").get_json()
    rest = auditor.get(f"{API}/records?limit=3&cursor={first['next']}").get_json()
    assert [one["kind"] for one in first["items"] + rest["items"]] == everything and rest["next"] is None
    for bad in ("year=1", "as_of=x", "kind=poem", "process=0", "limit=201", "cursor=x", "unknown=1"):
        assert auditor.get(f"{API}/records?{bad}").status_code == 422, bad


def test_what_is_taken_away_is_what_is_shown_and_pages_go_on(client: Client, told: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    auditor = client("compliance")
    rows = list(csv.reader(io.StringIO(auditor.get(f"{PLACE}?clause=42&format=csv").get_data().decode("utf-8-sig"))))
    assert rows[0][0] == "Day" and len(rows) == 4
    assert auditor.get(f"{PLACE}/coverage?format=xlsx").get_data()[:2] == b"PK"
    monkeypatch.setattr(pages, "PAGE", 3)
    page = text_of(auditor.get(PLACE))
    assert "cursor=3" in page and page.count("data-row") == 3 and text_of(auditor.get(f"{PLACE}?cursor=3")).count("data-row") == 1
    assert "As of the end of" in text_of(auditor.get(f"{PLACE}?as_of=2026-03-11")), "the past is told apart"


def test_coverage_names_what_has_no_proof_and_opens_to_it(client: Client, told: Centre) -> None:
    auditor = client("auditor")
    page = text_of(auditor.get(f"{PLACE}/coverage?q=42"))
    assert not problems(page) and "Proven" in page and f"{PLACE}?clause=42" in page
    told.clock.move(days=365)  # nothing is deleted; a year on the clause turns by itself
    auditor = client("auditor")
    [row] = client("auditor", by="token").get(f"{API}/coverage?q=42").get_json()["items"]
    assert (row["state"], row["records"]) == ("missing", 0)
    lacking = row["rules"][0]["lacking"]
    assert len(lacking) == 2 and all(f'href="{one["url"]}"' in text_of(auditor.get(f"{PLACE}/coverage?q=42")) for one in lacking)
    whole = client("auditor", by="token").get(f"{API}/coverage?state=missing&limit=200").get_json()["items"]
    assert {"61", "80"} <= {one["clause"] for one in whole} and "1" not in {one["clause"] for one in whole}


def test_the_command_lists_the_same(told: Centre, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("DATA_DIR", str(settings.data_dir)), ("DATABASE_URL", settings.database_url),
                        ("SECRET_KEY", settings.secret_key)):
        monkeypatch.setenv(f"KMSVC_{name}", value)
    done = CliRunner().invoke(standards, ["evidence", "list", "--year", "2026", "--clause", "42", "--as-of", "2026-03-12", "--json"])
    assert done.exception is None, done.exception
    assert [one["kind"] for one in json.loads(done.stdout)["items"]] == ["process_version", "process_version", "process_review"]
    done = CliRunner().invoke(standards, ["evidence", "coverage", "--year", "2026", "--as-of", "2026-03-12", "--state", "missing",
                                          "--json"])
    assert "61" in {one["clause"] for one in json.loads(done.stdout)["items"]}
