"""Papers and exams on the command line."""

from __future__ import annotations

import json

from kmsvc.core.work import Work
from kmsvc.training.papers.usecases import Draft, make_paper, pick, ready
from tests.support.centre import Centre
from tests.support.commands import run_commands
from tests.training.banks import small_bank


def test_papers_and_exams_are_made_by_command(world: Centre, tmp_path: object) -> None:
    _, topics = small_bank(world)

    def made(work: Work) -> int:
        row = make_paper(work, Draft("小测", "picked"))
        pick(work, row.id, [(1, None), (2, None)])
        return ready(work, row.id).id
    with world.begin("trainer") as work:
        paper = made(work)
    blueprint = world.settings.data_dir / "paper.json"
    blueprint.write_text(json.dumps({"title": "每人一卷", "way": "each", "cells": [
        {"topic": str(topics["身份核验"]), "kind": "short_answer", "count": 2, "points": 10}]}), "utf-8")
    check = world.settings.data_dir / "check.json"
    check.write_text(json.dumps({"cells": [{"topic": None, "kind": "single", "count": 4, "points": 2}]}), "utf-8")
    env = {"KMSVC_DATA_DIR": str(world.settings.data_dir), "KMSVC_DATABASE_URL": world.settings.database_url,
           "KMSVC_SECRET_KEY": world.settings.secret_key}
    trainer = ("--as", "trainer")
    lines = [
        ("training", "papers", "make", str(blueprint), *trainer), ("training", "papers", "ready", "PAP-0002", *trainer),
        ("training", "papers", "check", str(check), *trainer, "--json"), ("training", "papers", "list", *trainer),
        ("training", "exams", "plan", "--title", "周测", "--paper", str(paper), "--opens-at", "2026-12-07T09:00", "--template", "weekly",
         "--set", "pass_percent=85", *trainer),
        ("training", "exams", "add", "EX-2026-0001", "agent", "nobody_here", *trainer),
        ("training", "exams", "add", "1", "--rule", "unit", "TEAM-B", *trainer),
        ("training", "exams", "list", "--as", "agent"), ("training", "exams", "plan", "--title", "x", "--paper", "99", "--opens-at", "?",
                                                       *trainer)]
    told = run_commands(env, *lines)
    assert "PAP-0002 each   draft" in told[0].stdout
    assert told[1].returncode != 0 and "1" in told[1].stderr  # one short answer is missing
    assert json.loads(told[2].stdout)["feasible"] is True
    assert "PAP-0001 picked ready" in told[3].stdout
    assert told[4].stdout.startswith("EX-2") and "2026-12-07 09:00" in told[4].stdout
    assert told[6].returncode == 0 and told[7].returncode != 0 and told[8].returncode != 0
