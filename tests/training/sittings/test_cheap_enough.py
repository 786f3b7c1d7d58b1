"""Everybody begins at once and answers all the time: what a begin and an answer ask of the database does not grow with the paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.training.sittings.exams import EVERY_KIND, TRUE_FALSE, begin, make_exam

Clients = Callable[..., Caller]


@contextmanager
def statements(world: Centre) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        asked.append(statement)
    event.listen(world.db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(world.db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_answer_costs_a_few_statements_whatever_the_paper(world: Centre, client: Clients) -> None:
    caller, counts = client("agent"), []
    for questions in (EVERY_KIND, EVERY_KIND * 3):
        sitting = begin(world, make_exam(world, questions=questions))
        address = f"/api/v1/training/sittings/{sitting}"
        for number in (1, 2):  # the first one reads the paper
            with statements(world) as asked:
                assert caller.call("POST", f"{address}/answers", {
                    "device": "d", "answers": [{"place": 3, "number": number, "answer": True}]})[0] == 200
        writes = [one for one in asked if one.startswith(("INSERT", "UPDATE", "DELETE"))]
        assert [one.split()[2] for one in writes] == ["training_answer"], writes
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 10


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_begin_and_a_page_cost_the_same_for_a_long_paper(world: Centre, client: Clients) -> None:
    caller, counts = client("agent"), []
    for questions in ((TRUE_FALSE,) * 2, (TRUE_FALSE,) * 3, EVERY_KIND * 3):  # after the first one the process knows who calls
        exam = make_exam(world, questions=questions)
        with statements(world) as asked:
            status, begun = caller.call("POST", "/api/v1/training/sittings", {"exam_id": exam})
        assert status == 201
        with statements(world) as shown:
            assert caller.get(f"/training/sittings/{begun['id']}").status_code == 200
        counts.append((len(asked), len(shown)))
    # questions nobody was asked before are read, all in one; one asks again whether a pause began meanwhile
    assert counts[2][0] <= counts[1][0] + 1 <= 22, counts
    assert counts[2][1] == counts[1][1] <= 6, counts
