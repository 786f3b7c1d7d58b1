"""Papers at their doors: the grid of the editor is checked at every change, what was typed comes back, programs do the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kmsvc.training.exams.usecases import Wish, add_candidates, cancel, plan_exam
from kmsvc.training.papers.giving import rows_of
from kmsvc.training.papers.models import PaperRow
from kmsvc.training.papers.usecases import Draft, make_paper, pick, ready
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.support.clock import ZONE
from tests.support.pages import problems
from tests.training.banks import small_bank

Client = Callable[..., Caller]


@pytest.fixture
def topics(world: Centre) -> dict[str, int]:
    """Topics of a bank with questions."""
    return small_bank(world)[1]


def form(topics: dict[str, int], *, short: str = "1", **more: str) -> dict[str, str]:
    """A form of the grid."""
    return {"title": "退费新时限", "way": "each", "pass_percent": "80", f"c-{topics['时限']}-single": "6", "p-single": "2",
            f"c-{topics['身份核验']}-short_answer": short, "p-short_answer": "10", "and": "ready", **more}


def test_the_grid_is_kept_as_a_blueprint_and_comes_back(world: Centre, client: Client, topics: dict[str, int]) -> None:
    trainer = client("trainer")
    answer = trainer.post("/training/papers", data=form(topics, **{"share-easy": "30", "share-middle": "50", "share-hard": "20"}))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    with world.look() as work:
        row = work.get(PaperRow, 1)
        assert row.state == "ready" and row.blueprint is not None and row.total == 22
        assert [(one["topic"], one["kind"], one["count"], one["points"]) for one in row.blueprint["cells"]] == [
            (str(topics["时限"]), "single", 6, "2"), (str(topics["身份核验"]), "short_answer", 1, "10")]
        assert row.blueprint["shares"] == [30, 50, 20]
    for path in ("/training/papers", "/training/papers/1", "/training/papers/1/preview", "/training/papers/1/print",
                 "/training/papers/1/print?key=1", "/training/papers/new"):
        page = trainer.get(path)
        assert page.status_code == 200, path
        assert problems(page.get_data(as_text=True)) == [], path
    trainer.post("/training/papers/1/reopen")
    page = trainer.get("/training/papers/1/edit").get_data(as_text=True)
    assert f'name="c-{topics["时限"]}-single" value="6"' in page and 'name="share-middle"' in page


def test_the_exact_shortage_is_said_before_saving_and_nothing_typed_is_lost(world: Centre, client: Client,
                                                                            topics: dict[str, int]) -> None:
    trainer = client("trainer")
    told = trainer.post("/training/papers/check", data=form(topics, short="2")).get_data(as_text=True)
    assert "Short answer: 1 short in 身份核验" in told
    assert f'id="w-{topics["身份核验"]}-short_answer" class="lack" hx-swap-oob="true">lacks 1' in told
    answer = trainer.post("/training/papers", data=form(topics, short="2"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "Short answer: 1 short in 身份核验" in page and 'value="退费新时限"' in page
    status, body = trainer.call("POST", "/api/v1/training/papers/check", {"cells": [
        {"topic": str(topics["身份核验"]), "kind": "short_answer", "count": 2, "points": 10}]})
    assert status == 200 and body["feasible"] is False
    assert body["feasibility"]["orders"] == [{"cell": 0, "topic": str(topics["身份核验"]), "kind": "short_answer", "band": None,
                                              "count": 1}]
    with world.look() as work:
        assert work.session.scalar(select(func.count()).select_from(PaperRow)) == 0
    made = trainer.post("/training/papers", data=form(topics, short="2") | {"and": "draft"})
    assert made.status_code == 303
    with world.look() as work:
        paper_id = work.session.scalars(select(PaperRow.id).order_by(PaperRow.id)).one()
    again = trainer.post(f"/training/papers/{paper_id}/edit", data=form(topics, short="3") | {"title": "另一个名字"})
    page = again.get_data(as_text=True)
    assert again.status_code == 409 and "Short answer: 2 short in 身份核验" in page and 'value="另一个名字"' in page
    with world.look() as work:
        assert work.get(PaperRow, paper_id).title == "退费新时限"


@pytest.mark.parametrize(("field", "value"), [("p-single", "0"), ("p-single", "viele"), ("share-easy", "99"), ("pass_percent", "0"),
                                              ("points_wanted", "7"), ("tolerance", "x"), ("title", ""), ("seed", "x" * 65)])
def test_what_does_not_fit_is_refused_with_a_sentence(client: Client, topics: dict[str, int], field: str, value: str) -> None:
    typed = form(topics, **{"share-middle": "50", "share-hard": "20", "share-easy": "30", field: value})
    answer = client("trainer").post("/training/papers", data=typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and f'name="c-{topics["时限"]}-single" value="6"' in page


def test_questions_are_picked_ordered_and_taken_out(world: Centre, client: Client, topics: dict[str, int]) -> None:
    trainer = client("trainer")
    assert trainer.post("/training/papers", data={"title": "小测", "way": "picked", "pass_percent": "60"}).status_code == 303
    trainer.post("/training/papers/1/pick", data={"into": ["3", "1"]})
    trainer.post("/training/papers/1/pick", data={"question": ["3", "1"], "points-3": "1.5", "points-1": "2", "into": ["5"], "up": "1"})
    with world.look() as work:
        assert [(one[1], str(one[3])) for one in rows_of(work.session, 1)] == [(1, "2.00"), (3, "1.50"), (5, "2.00")]
    assert trainer.post("/training/papers/1/pick", data={"question": ["1", "3", "5"], "out": "3", "points-1": "x"}).status_code == 422
    trainer.post("/training/papers/1/pick", data={"question": ["1", "3", "5"], "out": "3"})
    page = trainer.get("/training/papers/1/pick?q=题").get_data(as_text=True)
    with world.look() as work:
        assert [one[1] for one in rows_of(work.session, 1)] == [1, 5]
    assert problems(page) == [] and 'name="into" value="3"' in page and 'name="into" value="1"' not in page


def test_programs_make_pick_and_copy_papers_without_a_key_in_any_answer(world: Centre, client: Client, topics: dict[str, int]) -> None:
    trainer = client("trainer", by="token")
    status, made = trainer.call("POST", "/api/v1/training/papers", {"title": "固定卷", "way": "fixed", "seed": "4711", "cells": [
        {"topic": str(topics["时限"]), "kind": "single", "count": 4, "points": "2.5"}]})
    assert status == 201 and made["total"] == "10.0" and made["check"]["feasible"]
    path = f"/api/v1/training/papers/{made['id']}"
    status, composed = trainer.call("POST", f"{path}/compose", {})
    assert status == 200 and len(composed["asked"]) == 4
    status, again = trainer.call("POST", f"{path}/compose", {"seed": "4711"})
    assert [one["question_id"] for one in again["asked"]] == [one["question_id"] for one in composed["asked"]]
    assert trainer.call("POST", f"{path}/ready")[1]["state"] == "ready"
    assert trainer.call("POST", f"{path}/compose", {})[0] == 409
    status, other = trainer.call("POST", f"{path}/copy")
    assert status == 200 and other["state"] == "draft" and other["seed"] != "4711"
    assert trainer.call("POST", f"{path}/withdraw", {"reason": "旧"})[1]["state"] == "withdrawn"
    assert "解析" not in str(trainer.call("GET", f"{path}/preview")) and "keys" not in str(trainer.call("GET", path))


def test_an_agent_sees_no_paper(client: Client, world: Centre, topics: dict[str, int]) -> None:
    with world.begin("trainer") as work:
        pick(work, make_paper(work, Draft("小测", "picked")).id, [(1, None)])
    for login in ("agent", "team_leader", "marker"):
        for path in ("/training/papers", "/training/papers/1", "/training/papers/1/print", "/training/papers/1/preview"):
            assert client(login).get(path).status_code == 403
        assert client(login).call("GET", "/api/v1/training/papers/1")[0] == 403
    assert client("auditor").get("/training/papers/1/print").status_code == 200
    assert client("auditor").get("/training/papers/1/print?key=1").status_code == 403


def test_r_e1_who_is_to_sit_it_sees_no_paper_before_the_results_are_released(client: Client, world: Centre,
                                                                            topics: dict[str, int]) -> None:
    """R-E1: a manager or trainer on the list of an exam is a candidate like any other."""
    with world.begin("trainer") as work:
        paper = make_paper(work, Draft("小测", "picked"))
        pick(work, paper.id, [(1, None)])
        ready(work, paper.id)
        exam = plan_exam(work, Wish("周测", paper.id, world.clock.now + timedelta(days=7), "weekly"), zone=ZONE)
        add_candidates(work, exam.id, [world.people["auditor"], world.people["everything"]])
    paths = ("", "/preview", "/print")
    for login in ("auditor", "everything"):
        assert {client(login).get(f"/training/papers/{paper.id}{path}").status_code for path in paths} == {403}
        assert {client(login).call("GET", f"/api/v1/training/papers/{paper.id}{path}")[0] for path in paths[:2]} == {403}
    assert client("everything").call("POST", f"/api/v1/training/papers/{paper.id}/copy")[0] == 403
    assert client("manager").get(f"/training/papers/{paper.id}").status_code == 200
    with world.begin("trainer") as work:
        cancel(work, exam.id, zone=ZONE, reason="取消")
    assert client("auditor").get(f"/training/papers/{paper.id}").status_code == 200
