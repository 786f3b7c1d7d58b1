"""The desk: what the machine marks, blind answers by lot, points, alike ones together, undo, holds."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken
from kmsvc.training.marking.desk import HELD_FOR, Points, give_mark, take_next, undo
from kmsvc.training.marking.models import Mark
from kmsvc.training.sittings.steering import reopen
from tests.support.centre import Centre
from tests.training.marking.marked import (
    CLOSED,
    OPEN,
    RIGHT,
    RUBRIC,
    WRONG,
    exam_of,
    hand_in,
    item_of,
    mark_all,
    mark_next,
    people,
    question_at,
    sat,
    sitting_of,
)


def test_the_machine_judges_what_it_can_and_the_rest_waits(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, "先道歉"], "agent_b": [WRONG, None]})
    assert (item_of(world, exam, "agent", 1).mark, item_of(world, exam, "agent", 1).verdict) == (4, "right")
    assert item_of(world, exam, "agent_b", 1).mark == 0
    assert item_of(world, exam, "agent", 2).stand == "first"
    assert (item_of(world, exam, "agent_b", 2).stand, item_of(world, exam, "agent_b", 2).mark) == ("settled", 0)  # nothing was answered
    assert sitting_of(world, exam, "agent").score is None
    assert (sitting_of(world, exam, "agent_b").score, sitting_of(world, exam, "agent_b").passed) == (0, False)


def test_a_mark_makes_the_score_and_the_draw_follows_when_all_is_marked(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, "先道歉"]})
    assert exam_of(world, exam).seconds_at is None
    mark_next(world, "marker", exam, question_at(world, exam, 2), 3)
    row = sitting_of(world, exam, "agent")
    assert (row.score, row.passed) == (7, True)
    assert exam_of(world, exam).seconds_at is not None


def test_a_marker_sees_nothing_that_tells_who_wrote_it_and_the_order_is_by_lot(world: Centre) -> None:
    logins = people(world, 6)
    exam = sat(world, {login: [RIGHT, f"答案{number}"] for number, login in enumerate(logins)})
    question, seen, handles = question_at(world, exam, 2), [], []
    for _ in logins:
        found, _done = mark_next(world, "marker", exam, question, 2)
        seen.append(found.answer)
        handles.append(found.handle)
        ids = {str(one) for login in logins for one in (sitting_of(world, exam, login).id, world.people[login])}
        assert found.handle not in ids
        assert not any(login in repr(found) for login in logins)
    assert sorted(seen) == sorted(f"答案{number}" for number in range(6))
    assert handles == sorted(handles)  # hashes of a secret of each sitting: neither people nor time is in this order


def test_two_markers_never_get_the_same_answer_and_a_hold_ends(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, "甲"], "agent_b": [RIGHT, "乙"]})
    question = question_at(world, exam, 2)
    with world.begin("marker") as work:
        first = take_next(work, exam, question)
    with world.begin("trainer") as work:
        second = take_next(work, exam, question)
    assert first is not None and second is not None and first.handle != second.handle
    with world.begin("marker") as work:
        again = take_next(work, exam, question)
    assert again is not None and again.handle == first.handle
    with pytest.raises(RuleBroken, match="in hand"), world.begin("trainer") as work:
        give_mark(work, exam, question, first.handle, Points({"": Decimal(1)}, "mark"))
    world.clock.move(seconds=int(HELD_FOR / timedelta(seconds=1)) + 1)
    with world.begin("trainer") as work:
        give_mark(work, exam, question, first.handle, Points({"": Decimal(1)}, "mark"))
    with pytest.raises(RuleBroken, match="meanwhile"), world.begin("marker") as work:
        give_mark(work, exam, question, first.handle, Points({"": Decimal(2)}, "mark"))


def test_answers_alike_are_marked_together_only_when_wanted_and_undone_together(world: Centre) -> None:
    logins = people(world, 4)
    exam = sat(world, dict(zip(logins, ([RIGHT, "先 道歉。"], [RIGHT, "先道歉。"], [WRONG, "先道歉。"], [RIGHT, "再见"]), strict=True)))
    question = question_at(world, exam, 2)
    with world.begin("marker") as work:
        found = take_next(work, exam, question)
        while found is not None and found.answer == "再见":
            give_mark(work, exam, question, found.handle, Points({"": Decimal(0)}, "mark"))
            found = take_next(work, exam, question)
    assert found is not None and found.alike == 2
    with world.begin("marker") as work:
        done = give_mark(work, exam, question, found.handle, Points({"": Decimal(3)}, "mark", alike=True))
    assert len(done.handles) == 3
    assert [item_of(world, exam, login, 2).mark for login in logins[:3]] == [3, 3, 3]
    with world.begin("marker") as work:
        assert len(undo(work, exam, question).handles) == 3
    assert [item_of(world, exam, login, 2).stand for login in logins[:3]] == ["first"] * 3
    with world.look() as work:  # taken back, yet kept
        assert work.session.scalars(select(Mark.undone_at).where(Mark.part == "mark", Mark.points == 3)).first() is not None


def test_points_by_rubric_are_checked_line_by_line(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, "核对订单"]}, questions=(CLOSED, RUBRIC))
    question = question_at(world, exam, 2)
    with world.begin("marker") as work:
        found = take_next(work, exam, question)
    assert found is not None
    for wrong, field in (({"a": Decimal(3), "b": Decimal(0)}, "a"), ({"a": Decimal(1)}, "b"),
                         ({"a": Decimal("0.001"), "b": Decimal(0)}, "a"),
                         ({"a": Decimal(1), "b": Decimal(0), "z": Decimal(1)}, "z")):
        with pytest.raises(InvalidInput) as error, world.begin("marker") as work:
            give_mark(work, exam, question, found.handle, Points(wrong, "mark"))
        assert field in error.value.fields
    mark_next(world, "marker", exam, question, {"a": Decimal(2), "b": Decimal("0.5")})
    assert item_of(world, exam, "agent", 2).mark == Decimal("2.5")


def test_who_is_no_marker_or_still_sits_it_reads_no_answer(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, "甲"]}, markers=("marker",))
    question = question_at(world, exam, 2)
    for login in ("trainer", "agent", "auditor"):
        with pytest.raises(NotPermitted), world.begin(login) as work:
            take_next(work, exam, question)


def test_whoever_goes_on_after_handing_in_is_marked_anew(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, "甲"]}, end=False)
    question = question_at(world, exam, 2)
    mark_next(world, "marker", exam, question, 4)
    with world.begin("trainer") as work:
        reopen(work, sitting_of(world, exam, "agent").id, minutes=10, reason="停电")
    world.drain(index=False)
    assert sitting_of(world, exam, "agent").score is None
    hand_in(world, exam, "agent", [])
    assert item_of(world, exam, "agent", 2).stand == "first"
    assert mark_all(world, "marker", exam, question, 1) == 1
    assert sitting_of(world, exam, "agent").score == 5


def test_undo_is_refused_once_another_has_gone_on(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, "甲"]}, second_percent=100)
    question = question_at(world, exam, 2)
    mark_next(world, "marker", exam, question, 4)
    mark_next(world, "trainer", exam, question, 4)
    with pytest.raises(RuleBroken, match="gone on"), world.begin("marker") as work:
        undo(work, exam, question)


def test_an_answer_to_an_open_question_alone_needs_no_rubric(world: Centre) -> None:
    exam = sat(world, {"agent": ["甲"]}, questions=(OPEN,))
    mark_next(world, "marker", exam, question_at(world, exam, 1), "3.75")
    assert sitting_of(world, exam, "agent").score == Decimal("3.75")
