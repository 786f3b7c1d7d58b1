"""Processes the centre had before: added with their numbers by page, program and command; old texts by the operator only."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from kmsvc.cli.main import cli
from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken
from kmsvc.process.definitions.adding import adopt_text
from kmsvc.process.definitions.models import Process
from tests.builders import make_change, make_process
from tests.support.centre import Centre
from tests.support.clock import ZONE

API = "/api/v1/process/definitions"
REFUNDS = {"number": "qa-07", "name": "退款", "group": "external", "class": "business", "owner": "business_owner",
           "audience": "TEAM-A", "review_months": 6}


@pytest.fixture
def kmsvc(world: Centre, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run `kmsvc process definitions …`; its JSON, or the refusal is raised."""
    monkeypatch.setenv("KMSVC_DATA_DIR", str(world.settings.data_dir))
    monkeypatch.setenv("KMSVC_DATABASE_URL", world.settings.database_url)

    def run(*words: str) -> Any:
        done = CliRunner().invoke(cli, ["process", "definitions", *words, "--json"])
        if done.exception is not None:
            raise done.exception
        return json.loads(done.stdout)
    return run


def test_a_process_comes_in_with_its_number_and_its_text_through_a_request(client: Callable, world: Centre) -> None:
    manager = client("process_manager")
    status, made = manager.call("POST", API, REFUNDS)
    assert (status, made["number"], made["state"], made["versions"]) == (201, "QA-07", "draft", [])
    assert made["review_months"] == 6
    assert manager.call("POST", API, REFUNDS)[1]["code"] == "process.definition.number_taken"
    assert client("team_leader").call("GET", f"{API}/{made['id']}")[0] == 404, "nobody reads what has no text yet"
    change = make_change(world, step=9, process=_row(world, made["id"]), asker="process_manager", drain=True)
    assert change
    shown = manager.call("GET", f"{API}/{made['id']}")[1]
    assert (shown["state"], shown["number"], shown["published_label"]) == ("published", "QA-07", "1.0")


def _row(world: Centre, process_id: int) -> Process:
    with world.look() as work:
        return work.get(Process, process_id)


@pytest.mark.parametrize(("field", "value"), [("number", "1234"), ("number", "a b"), ("owner", "agent"), ("owner", "nobody"),
                                              ("audience", "NOWHERE"), ("group", "sales"), ("review_months", 24)])
def test_what_does_not_fit_is_told_at_its_field(client: Callable, world: Centre, field: str, value: Any) -> None:
    manager = client("process_manager")
    status, told = manager.call("POST", API, REFUNDS | {field: value})
    assert status == 422 and field in told["fields"]
    answer = manager.post("/process/definitions/new", data=REFUNDS | {field: str(value)})
    assert answer.status_code == 422 and "退款" in answer.get_data(as_text=True)


def test_the_page_is_for_process_managers(client: Callable, world: Centre) -> None:
    manager = client("process_manager")
    assert "/process/definitions/new" in manager.get("/process/definitions").get_data(as_text=True)
    assert "/process/definitions/new" not in client("agent").get("/process/definitions").get_data(as_text=True)
    assert client("process_author").get("/process/definitions/new").status_code == 403
    assert manager.get("/process/definitions/new").status_code == 200
    answer = manager.post("/process/definitions/new", data=REFUNDS | {"number": ""})
    assert answer.status_code == 303
    page = manager.get(answer.headers["Location"]).get_data(as_text=True)
    assert "退款" in page and "P-0" in page
    again = manager.post("/process/definitions/new", data=REFUNDS)
    assert again.status_code == 303
    twice = manager.post("/process/definitions/new", data=REFUNDS)
    assert twice.status_code == 409 and "QA-07" in twice.get_data(as_text=True)


def test_the_operator_takes_over_an_old_text_with_a_reason_and_the_agent_finds_it(
        world: Centre, client: Callable, kmsvc: Callable, tmp_path: Path) -> None:
    text = tmp_path / "refunds.md"
    text.write_text("# 退款\n\n十天内全额退款。", "utf-8")
    made = kmsvc("add", "--name", "退款", "--number", "qa-07", "--group", "external", "--class", "business", "--as",
                 "process_manager")
    done = kmsvc("adopt", made["number"], str(text), "--label", "3.2", "--effective-on", "2025-01-05", "--reason",
                 "Signed on paper by the manager, folder 12.")
    assert done["label"] == "3.2"
    shown = client("agent").call("GET", f"{API}/{made['id']}")[1]
    assert (shown["published_label"], str(shown["effective_on"])) == ("3.2", "2025-01-05")
    with world.look() as work:
        entry = work.session.scalars(select(AuditEntry).where(
            AuditEntry.subject == "process_publication", AuditEntry.act == "insert")).one()
    assert entry.login == "operator" and "folder 12" in (entry.reason or "")
    for label, day in (("3.2", "2025-02-01"), ("3.3", "2024-12-31")):
        with pytest.raises(RuleBroken):
            kmsvc("adopt", made["number"], str(text), "--label", label, "--effective-on", day, "--reason", "older")
    with pytest.raises(InvalidInput):
        kmsvc("adopt", made["number"], str(text), "--label", "4.0", "--effective-on", "2190-01-01", "--reason", "later")


def test_nobody_else_brings_in_a_text_unsigned_and_nobody_past_a_request(world: Centre) -> None:
    process = make_process(world)
    asked: dict[str, Any] = {"body": "x", "label": (9, 0), "effective_on": world.clock.today, "zone": ZONE,
                             "today": world.clock.today}
    for who in ("process_manager", "everything", "admin"):
        with pytest.raises(NotPermitted), world.begin(who) as work:
            adopt_text(work, process.id, reason="because", **asked)
    make_change(world, step=5, process=process)
    with pytest.raises(RuleBroken), world.begin("operator") as work:
        adopt_text(work, process.id, reason="because", **asked)
