"""R-E3: whatever windows, replays and clocks do, a sitting ends when it ends; R-E5: whatever happens to questions, a paper stays."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from kmsvc.training.questions.kinds import Choice, TrueFalse, options_of
from kmsvc.training.questions.models import QuestionRow, QuestionVersion
from kmsvc.training.sittings.models import Answer, Sitting, SittingItem
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.support.figures import full
from tests.training.sittings.exams import EVERY_KIND, RIGHT, begin, make_exam, new_version
from tests.training.sittings.test_sitting import row_of

Clients = Callable[..., Caller]


def answers_body(number: int, place: int = 3, answer: Any = True) -> dict[str, Any]:
    return {"device": f"d{number % 3}", "answers": [{"place": place, "number": number, "answer": answer}]}


@pytest.mark.parametrize("seed", range(full(100, short=4)))
def test_r_e3_no_way_through_a_sitting_adds_a_second(world: Centre, client: Clients, steady: list[float], seed: int) -> None:
    """R-E3: jumping clocks, replays, other devices, going on, beginning again: the end stays, and nothing late is kept."""
    lot = random.Random(seed)
    exam = make_exam(world, minutes=30, grace_s=60, attempts=1)
    sitting = begin(world, exam)
    row = row_of(world, sitting)
    ends, passed = row.begun_at + timedelta(minutes=30), 0.0
    callers, sent = [client("agent") for _ in range(2)], []
    number = 0
    while passed < 33 * 60:
        step = lot.uniform(1, 240)
        passed += step
        steady[0] += step
        world.clock.now = row.begun_at + timedelta(seconds=passed + lot.choice((0, 0, 0, -3600, -90)))
        caller, act = lot.choice(callers), lot.randrange(6)
        address = f"/api/v1/training/sittings/{sitting}"
        if act <= 2:
            number += 1
            body = answers_body(number, answer=lot.random() < 0.5)
            status, found = caller.call("POST", f"{address}/answers", body)
            became = found["saved"][0]["became"]
            assert status == 200
            assert became == ("store" if passed <= 31 * 60 else became)
            assert passed <= 31 * 60 or became in ("late", "ended")
            sent.append((body, became))
            assert datetime.fromisoformat(found["ends_at"]) == ends
        elif act == 3 and sent:
            body, became = lot.choice(sent)
            _, found = caller.call("POST", f"{address}/answers", body)
            assert found["saved"][0]["became"] in ("again", "older", "late", "ended")
        elif act == 4:
            _, found = caller.call("GET", address)
            assert datetime.fromisoformat(found["ends_at"]) == ends
            assert found["left_s"] <= max(0, int(30 * 60 - passed) + 1)
        else:
            status, found = caller.call("POST", "/api/v1/training/sittings", {"exam_id": exam})
            assert (status == 409) if passed > 31 * 60 else found["id"] == sitting
    client("agent").call("GET", f"/api/v1/training/sittings/{sitting}")
    row = row_of(world, sitting)
    assert (row.state, row.ended_at, row.more_s) == ("timed_out", ends, 0)
    with world.look() as work:
        latest = list(work.session.scalars(select(Answer.at).order_by(Answer.id)))
        assert all(one <= ends + timedelta(seconds=60) for one in latest)


def test_r_e3_what_a_browser_says_of_time_is_not_even_read(world: Centre, client: Clients) -> None:
    """R-E3: there is no field for it, and the header counts for nothing."""
    sitting = begin(world, make_exam(world))
    caller, address = client("agent"), f"/api/v1/training/sittings/{sitting}/answers"
    status, _ = caller.call("POST", address, {**answers_body(1), "at": "2020-01-01T00:00:00Z"})
    assert status == 422
    world.clock.move(minutes=32)
    status, found = caller.call("POST", address, answers_body(1), Date="Mon, 02 Mar 2026 01:00:00 GMT")
    assert (status, found["saved"][0]["became"], found["state"]) == (200, "late", "timed_out")
    replayed = {"Idempotency-Key": "once"}
    assert caller.call("POST", f"/api/v1/training/sittings/{sitting}/submit", {}, **replayed)[1]["accepted"] is False


def changed(question: Any, lot: random.Random) -> Any:
    """Another text, another key, other options, another kind."""
    if isinstance(question.body, Choice) and lot.random() < 0.6:
        options = options_of([f"改{lot.random()}" for _ in range(3)])
        return replace(question, stem=f"改 {lot.random()}", body=replace(question.body, options=options, keys=(options[0].id,)))
    return lot.choice((replace(question, stem=f"改 {lot.random()}"), replace(question, body=TrueFalse(True)),
                       replace(question, points=Decimal(9), explanation="改")))


@pytest.mark.parametrize("seed", range(full(50, short=3)))
def test_r_e5_later_edits_of_questions_change_no_sitting(world: Centre, client: Clients, seed: int) -> None:
    """R-E5: new words, keys and kinds of every question, before and after it is handed in: what is shown, kept and marked stays."""
    lot = random.Random(seed)
    sitting = begin(world, make_exam(world, questions=EVERY_KIND))
    caller, address = client("agent"), f"/api/v1/training/sittings/{sitting}"
    for number, (place, answer) in enumerate(RIGHT.items(), 1):
        assert caller.call("POST", f"{address}/answers", answers_body(number, place, answer))[0] == 200
    shown = caller.get(address).get_json()["questions"]

    def edit(no: int) -> None:
        with world.begin("operator") as work:
            for row, question in zip(work.session.scalars(select(QuestionRow).order_by(QuestionRow.id)).all(), EVERY_KIND, strict=True):
                new_version(work, row, changed(question, lot), no)
        world.drain()

    def marks() -> list[Any]:
        with world.look() as work:
            row = work.get(Sitting, sitting)
            return [row.state, row.score, row.passed, *((one.version_id, one.verdict, one.mark) for one in work.session.scalars(
                select(SittingItem).where(SittingItem.sitting_id == sitting).order_by(SittingItem.place)))]
    edit(2)
    assert caller.get(address).get_json()["questions"] == shown
    assert caller.call("POST", f"{address}/answers", answers_body(50, 1, RIGHT[1]))[1]["saved"][0]["became"] == "store"
    caller.call("POST", f"{address}/submit", {})
    world.drain()
    before = marks()
    edit(3)
    assert marks() == before


def test_r_e5_the_database_refuses_to_change_what_a_question_said(world: Centre) -> None:
    """R-E5: a version is only ever added."""
    make_exam(world)
    with pytest.raises(DBAPIError), world.begin("operator") as work:
        work.session.connection().execute(update(QuestionVersion.__table__).values(no=9))
