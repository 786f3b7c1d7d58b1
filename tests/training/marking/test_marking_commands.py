"""Marking on the command line: status, a corrected key as a report and for good, release, results as a file, a decision."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from kmsvc.cli.training import training
from kmsvc.core.errors import RuleBroken
from kmsvc.people.units.permissions import MANAGE_UNITS
from kmsvc.settings import Settings
from kmsvc.training.marking.appealing import file_appeal
from kmsvc.training.questions.models import QuestionRow
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.training.marking.marked import (
    CLOSED,
    OTHER_KEY,
    RIGHT,
    TRUE,
    WRONG,
    exam_of,
    question_at,
    sat,
    sitting_of,
)
from tests.training.sittings.exams import new_version


def runner(settings: Settings) -> Any:
    env = {"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}

    def run(*words: str) -> Any:
        return CliRunner(env=env).invoke(training, ["marking", *words])
    return run


def test_an_exam_is_looked_at_rekeyed_released_and_taken_away(settings: Settings, world: Centre, tmp_path: Path) -> None:
    exam = sat(world, {"agent": [RIGHT, True], "agent_b": [WRONG, True]}, questions=(CLOSED, TRUE))
    run, number, question = runner(settings), exam_of(world, exam).number, question_at(world, exam, 1)
    status = json.loads(run("status", number, "--json").stdout)
    assert (status["gaps"], status["sat"]) == ({}, 2)
    with world.begin("operator") as work:
        work.permit(MANAGE_UNITS)
        new_version(work, work.get(QuestionRow, question), OTHER_KEY, 2)
    shown = json.loads(run("regrade", number, str(question), "--why", "答案错了", "--json").stdout)
    assert (shown["confirmed"], shown["counts"]["up"], shown["counts"]["down"]) == (False, 1, 1)
    assert sitting_of(world, exam, "agent").score == 8  # only shown
    done = json.loads(run("regrade", number, str(question), "--why", "答案错了", "--confirm", "--json").stdout)
    assert done["confirmed"] and sitting_of(world, exam, "agent").score == 4
    assert json.loads(run("release", number, "--json").stdout)["state"] == "released"
    assert isinstance(run("release", number).exception, RuleBroken)
    found = json.loads(run("results", number, "--json").stdout)
    assert (found["summary"]["people"], len(found["items"])) == (2, 2)
    file = tmp_path / "results.csv"
    assert run("export", number, str(file)).exit_code == 0
    assert len(file.read_text("utf-8-sig").strip().splitlines()) == 3
    assert number in run("list", "--state", "released").stdout


def test_an_appeal_is_decided_by_a_person(settings: Settings, world: Centre) -> None:
    exam = sat(world, {"agent": [WRONG, True], "agent_b": [WRONG, True]}, questions=(CLOSED, TRUE))
    run, number = runner(settings), exam_of(world, exam).number
    assert run("release", number).exit_code == 0
    world.clock.move(minutes=1)
    with world.db.begin(world.actor("agent"), exam_of(world, exam).released_at) as work:
        row = file_appeal(work, sitting_of(world, exam, "agent").id, 1, reason="两种说法都对", zone=ZONE).number
    assert row in run("appeals", "--state", "open", "--as", "manager").stdout
    alone = run("decide", row, "--points", "4", "--reason", "对", "--as", "manager")
    assert isinstance(alone.exception, RuleBroken)  # two are concerned
    done = run("decide", row, "--points", "4", "--reason", "对", "--confirm", "--as", "manager", "--json")
    assert json.loads(done.stdout)["state"] == "upheld"
    assert [sitting_of(world, exam, login).score for login in ("agent", "agent_b")] == [8, 8]
