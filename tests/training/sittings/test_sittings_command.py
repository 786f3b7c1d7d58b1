"""`kmsvc training sittings`: the board, the protocol and each act with its reason, at a terminal."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from kmsvc.core.clock import system_clock
from kmsvc.settings import Settings
from tests.support.centre import Centre
from tests.support.commands import run_commands
from tests.training.sittings.exams import begin, make_exam
from tests.training.sittings.test_sitting import row_of


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_the_commands_do_what_the_board_does(world: Centre, settings: Settings, tmp_path: Path, steady: list[float]) -> None:
    world.clock.now, steady[0] = system_clock(), time.clock_gettime(time.CLOCK_BOOTTIME)  # commands have the machine's own clocks
    exam = make_exam(world, people=("agent", "agent_b"))
    sitting = begin(world, exam)
    env = {"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}
    words = ["training", "sittings"]
    told = run_commands(
        env, [*words, "list", str(exam), "--json"], [*words, "extend", str(sitting), "--minutes", "5", "--reason", "停电"],
        [*words, "extend", str(sitting), "--minutes", "5"], [*words, "reopen", str(sitting), "--reason", "x"],
        [*words, "extend", str(sitting), "--minutes", "5", "--reason", "x", "--as", "agent_b"],
        [*words, "annul", str(sitting), "--reason", "替考", "--as", "trainer", "--json"],
        [*words, "protocol", str(exam), "--json"], [*words, "protocol", str(exam), "--to", str(tmp_path / "p.csv")],
        [*words, "list", str(exam), "--stand", "void"])
    assert [one.returncode for one in told] == [0, 0, 2, 2, 2, 0, 0, 0, 0], [one.stderr for one in told]
    assert {one["name"]: one["stand"] for one in json.loads(told[0].stdout)["items"]} == {"Agent": "sitting", "Agent B": "not_begun"}
    assert "+5 min" in told[1].stdout
    assert "reason" in told[2].stderr
    assert json.loads(told[5].stdout)["state"] == "void"
    assert [one["what"] for one in json.loads(told[6].stdout)["items"]] == ["begun", "extended", "annulled"]
    assert "停电" in (tmp_path / "p.csv").read_text("utf-8-sig")
    assert told[8].stdout.split()[:2] == [str(sitting), "void"]
    assert row_of(world, sitting).more_s == 300
