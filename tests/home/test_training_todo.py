"""What waits in Training: an exam stands on the own day while it can be sat and a week before, and goes once it is handed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from kmsvc.home.queries import Task, tasks, todo_count
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.support.clock import ZONE
from tests.training.sittings.exams import begin, make_exam


def exams(app: Flask, world: Centre, who: str = "agent") -> list[Task]:
    with app.test_request_context("/", headers={"Cookie": "km-language=en"}), world.look(who) as work:
        found = tasks(work.session, work.actor, world.clock.today, ZONE, work.now)
        assert todo_count(work.session, work.actor, world.clock.today, work.now) == len(found)
        return [one for one in found if one.kind == "exam"]


def test_an_exam_waits_from_a_week_before_until_it_is_over(app: Flask, world: Centre) -> None:
    make_exam(world, opens_in=timedelta(days=8))
    assert exams(app, world) == []
    world.clock.move(days=1)
    ahead, = exams(app, world)
    assert ahead.due_on == world.clock.today + timedelta(days=7) and "opens at" in ahead.why and ahead.button == "View"
    world.clock.move(days=7)
    opened, = exams(app, world)
    assert opened.due_on == world.clock.today and "open until" in opened.why and opened.button == "Begin"
    assert exams(app, world, "team_leader") == []
    world.clock.move(hours=5)
    assert exams(app, world) == []


def test_a_sitting_that_runs_says_go_on(app: Flask, world: Centre) -> None:
    begin(world, make_exam(world))
    assert [one.button for one in exams(app, world)] == ["Go on"]


@pytest.mark.parametrize(("who", "waits"), [("agent", True), ("team_leader", False)])
def test_training_opens_with_what_waits_there(world: Centre, client: Callable[..., Caller], who: str, waits: bool) -> None:
    make_exam(world)
    page = client(who).get("/training").get_data(as_text=True)
    assert ("退款考试" in page) is waits and 'href="/training/exams/mine"' in page
