"""Processes and change requests from the command line: the same verbs, the same refusals as at the other doors."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from kmsvc.cli.main import cli
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.process.definitions.models import Process
from tests.builders import make_change, make_process, step_of
from tests.support.centre import Centre

Command = Callable[..., Any]


@pytest.fixture
def kmsvc(world: Centre, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command on this test's centre; its JSON, or the refusal it ended with is raised."""
    monkeypatch.setenv("KMSVC_DATA_DIR", str(world.settings.data_dir))
    monkeypatch.setenv("KMSVC_DATABASE_URL", world.settings.database_url)

    def run(line: str, *more: str) -> Any:
        done = CliRunner().invoke(cli, ["process", *line.split(), *more, "--json"])
        if done.exception is not None:
            raise done.exception
        return json.loads(done.stdout)
    return run


def test_a_stranger_to_the_step_is_refused_and_nothing_moves(world: Centre, kmsvc: Command) -> None:
    change = make_change(world)
    with pytest.raises((NotPermitted, NotFound)):
        kmsvc(f"changes reject {change} --as agent", "--reason", "不需要")
    with pytest.raises(NotPermitted):
        kmsvc(f"changes withdraw {change}", "--reason", "the operator of the machine is not the asker")
    assert step_of(world, change) == 1


def test_a_request_is_submitted_and_taken_on_by_its_number(world: Centre, kmsvc: Command) -> None:
    process = make_process(world)
    asked = ("--title", "退款改为十天", "--reason", "七天太短。")
    made = kmsvc(f"changes submit --as team_leader --process {process.number}", *asked)
    assert made["state"] == "received" and made["number"].startswith("CR-")
    shown = kmsvc(f"changes show {made['number']} --as process_manager")
    assert "accept" in {one["verb"] for one in shown["allowed"]}
    kmsvc(f"changes accept {made['number']} --as process_manager", "--author", "process_author")
    assert step_of(world, made["id"]) == 2
    listed = kmsvc("changes list --state research --as process_manager")["items"]
    assert [one["number"] for one in listed] == [made["number"]]


def test_a_new_process_is_asked_for_from_the_command_line(world: Centre, kmsvc: Command) -> None:
    made = kmsvc("changes submit --as team_leader --group external --class business", "--new-name", "押金", "--title", "押金",
                 "--reason", "没有流程。")
    assert made["state"] == "received"


def test_a_day_that_has_passed_is_refused_on_the_command_line(world: Centre, kmsvc: Command) -> None:
    process = make_process(world)
    with pytest.raises(InvalidInput) as refused:
        kmsvc(f"changes submit --as team_leader --process {process.number} --wanted-on 2001-01-01", "--title", "t", "--reason", "r")
    assert list(refused.value.fields) == ["wanted_on"]


def test_a_long_text_is_read_from_a_file(world: Centre, kmsvc: Command, tmp_path: Any) -> None:
    change = make_change(world, step=4)
    (tmp_path / "draft.md").write_text("# 退款\n\n十天内全额退款。", "utf-8")
    kmsvc(f"changes submit-draft {change} --as process_author", "--body", f"@{tmp_path / 'draft.md'}")
    assert step_of(world, change) == 5


def test_what_does_not_fit_is_named_at_its_field(world: Centre, kmsvc: Command) -> None:
    change = make_change(world)
    with pytest.raises(InvalidInput) as refused:
        kmsvc(f"changes accept {change} --as process_manager", "--author", "nobody-of-this-name")
    assert set(refused.value.fields) == {"author"}
    with pytest.raises(RuleBroken):
        kmsvc(f"changes submit_draft {change} --as process_author", "--body", "too early")


def test_a_process_is_retired_with_its_heir(world: Centre, kmsvc: Command) -> None:
    old, heir = make_process(world), make_process(world, name="退换货流程")
    kmsvc(f"definitions retire {old.number} --as process_manager --superseded-by {heir.id}", "--reason", "合为一个流程")
    with world.look() as work:
        assert work.get(Process, old.id).superseded_by_id == heir.id
    assert old.number in {one["number"] for one in kmsvc("definitions list --state retired")["items"]}
