"""`kmsvc standards duties run` and `list`: what the worker does, by hand, in the contract's shape. R-J1."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from kmsvc.cli.glue import Sentence
from kmsvc.cli.standards import standards
from kmsvc.process.definitions.usecases import confirm_review
from kmsvc.settings import Settings
from tests.builders import make_process
from tests.support.centre import Centre


@pytest.fixture
def command(world: Centre, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs the command on this test's centre and gives its JSON."""
    monkeypatch.setenv("KMSVC_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("KMSVC_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("KMSVC_SECRET_KEY", settings.secret_key)

    def run(*words: str) -> Any:
        done = CliRunner().invoke(standards, ["duties", *words, "--json"])
        assert done.exception is None, done.exception
        return json.loads(done.stdout)
    return run


YEARS = "knowledge.review"  # a centre with articles reviews them each year; the process here brings the first one


def listed(body: Any, but: str = YEARS) -> list[Any]:
    """The lines of the processes."""
    return [line for line in body["items"] if line["duty"] != but]


def test_the_list_has_the_contracts_shape(world: Centre, command: Callable[..., Any]) -> None:
    process = make_process(world)
    world.drain()
    assert command("list") == {"items": []}
    assert command("run", "--as-of", "2026-03-02")["made"] == 2
    line = {"model": "cc-cmm-oc-2017", "clause": "42", "duty": "process.review", "subject": process.number,
            "period": "2027-03-02", "due_on": "2027-03-02", "state": "open", "owner": "business_owner", "done_on": None,
            "records": [], "id": next(one["id"] for one in command("list")["items"] if one["duty"] == "process.review")}
    year = {"model": "cc-cmm-oc-2017", "clause": "61", "duty": YEARS, "period": "2026", "due_on": "2026-12-31", "state": "open"}
    first, second = command("list")["items"]
    assert second == line and year.items() <= first.items()
    assert command("list", "--from", "2027-03-03") == {"items": []} == {"items": listed(command("list", "--to", "2027-03-01"))}
    assert command("list", "--from", "2027-03-02", "--to", "2027-03-02") == {"items": [line]}


def test_a_duty_that_was_done_names_its_record(world: Centre, command: Callable[..., Any]) -> None:
    process = make_process(world)
    world.drain()
    command("run", "--as-of", "2026-03-02")
    world.clock.move(days=30)
    with world.begin("business_owner") as work:
        confirm_review(work, process.id, reason="still right", today=world.clock.today)
    world.drain()
    [done] = listed(command("list", "--to", "2027-03-02"))
    assert (done["state"], done["done_on"]) == ("done", "2026-04-01")
    assert done["records"] == [{"kind": "process", "number": process.number, "url": f"/process/definitions/{process.id}"}]


def test_r_j1_running_twice_changes_nothing(world: Centre, command: Callable[..., Any]) -> None:
    """R-J1: made once, reminded once."""
    make_process(world)
    world.drain()
    first = command("run", "--as-of", "2027-02-10")
    assert (first["made"], first["reminders"], first["failed"]) == (3, 2, []), "the process, and two years of knowledge"
    before = command("list")
    again = command("run", "--as-of", "2027-02-10")
    assert (again["made"], again["reminders"]) == (0, 0)
    assert command("list") == before


def test_a_day_looked_at_ahead_is_not_reminded_of_again_when_it_comes(world: Centre, command: Callable[..., Any]) -> None:
    make_process(world)
    world.drain()
    assert command("run", "--as-of", "2027-04-10")["reminders"] == 2
    for day in ("2027-02-10", "2027-03-01", "2027-04-10"):
        assert command("run", "--as-of", day)["reminders"] == 0, day
    assert command("run", "--as-of", "2027-04-20")["reminders"] == 2


def test_a_year_asleep_is_one_reminder(world: Centre, command: Callable[..., Any]) -> None:
    make_process(world)
    world.drain()
    assert command("run", "--as-of", "2030-01-01")["reminders"] == 5, "the process and four years of knowledge, each once"


def test_days_the_wrong_way_round_are_refused(world: Centre, settings: Settings) -> None:
    done = CliRunner(env={"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}).invoke(
        standards, ["duties", "list", "--from", "2026-12-01", "--to", "2026-11-01"])
    assert isinstance(done.exception, Sentence) and "2026-11-01" in str(done.exception)
