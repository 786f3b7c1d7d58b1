"""Marking appeals as they happen: filed by the candidate, decided by another person, the same for the same answer, given back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.workdays import workdays_after
from kmsvc.notices.models import Notice
from kmsvc.people.units.permissions import MANAGE_UNITS
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.training.exams.models import Exam
from kmsvc.training.marking.appealing import (
    decline,
    digest_of,
    effects_of,
    file_appeal,
    fit_deciders,
    hand_over,
    say,
    uphold,
    withdraw,
)
from kmsvc.training.marking.changing import correct_mark
from kmsvc.training.marking.models import MarkAppeal, ScoreChangeRow
from kmsvc.training.marking.releasing import finish, release
from kmsvc.training.marking.staffing import appoint
from kmsvc.training.questions.models import QuestionRow
from kmsvc.training.sittings.models import Sitting, SittingItem
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.training.marking.marked import (
    RIGHT,
    WRONG,
    item_of,
    mark_all,
    people,
    question_at,
    sat,
    sitting_of,
)

SAME = {"agent": [RIGHT, "先道歉。"], "agent_b": [WRONG, "先 道歉。"]}


def released(world: Centre, answers: dict[str, Any] | None = None, *, points: Any = 1, markers: tuple[str, ...] = ("marker", "manager"),
             **more: Any) -> int:
    exam = sat(world, answers or SAME, markers=markers, **more)
    mark_all(world, markers[0], exam, question_at(world, exam, 2), points)
    with world.begin("trainer") as work:
        release(work, exam, zone=ZONE)
    world.drain(index=False)
    return exam


def contest(world: Centre, exam: int, login: str = "agent", place: int = 2, reason: str = "我写了安抚的话") -> int:
    sitting = sitting_of(world, exam, login).id
    with world.begin(login) as work:
        found = file_appeal(work, sitting, place, reason=reason, zone=ZONE).id
    world.drain(index=False)
    return found


def appeal_of(world: Centre, appeal: int) -> MarkAppeal:
    with world.look() as work:
        return work.get(MarkAppeal, appeal)


def kinds_told(world: Centre, login: str) -> list[str]:
    with world.look() as work:
        return list(work.session.scalars(select(Notice.kind).where(Notice.person_id == world.people[login]).order_by(Notice.id)))


def digest(world: Centre, appeal: int, points: int) -> tuple[str, int]:
    with world.look() as work:
        found = effects_of(work.session, work.get(MarkAppeal, appeal), Decimal(points))
        return digest_of(found), len(found)


def test_it_goes_to_somebody_else_with_a_day_to_decide_by_and_a_duty(world: Centre) -> None:
    exam = released(world)
    row = appeal_of(world, contest(world, exam))
    assert row.decider_id == world.people["manager"]  # the other marker of the exam; who marked it never decides
    assert row.decide_by == workdays_after(world.clock.today, 3)
    assert "training.marking.appeal" in kinds_told(world, "manager")
    world.clock.move(days=(row.decide_by - world.clock.today).days + 1)
    for _ in range(2):  # twice reminds once
        with world.begin("system") as work:
            run_duties(work, world.clock.today)
        world.drain(index=False)
    with world.look() as work:
        duty = work.session.scalars(select(Obligation).where(Obligation.subject_kind == "mark_appeal")).one()
    assert (duty.owner_id, duty.due_on, duty.state) == (world.people["manager"], row.decide_by, "open")
    assert kinds_told(world, "manager").count("training.marking.appeal_due") == 1
    assert "training.marking.appeal_due" in kinds_told(world, "trainer")  # it is late: who leads hears it too


def test_upholding_shows_the_effect_first_and_gives_everybody_with_the_same_answer_the_same(world: Centre) -> None:
    exam = released(world)
    appeal = contest(world, exam)
    with pytest.raises(RuleBroken, match="changes 2 people"), world.begin("manager") as work:
        uphold(work, appeal, points=Decimal(3), reason="有道歉")
    with pytest.raises(RuleBroken, match="another one"), world.begin("manager") as work:
        uphold(work, appeal, points=Decimal(3), reason="有道歉", digest="old")
    told, count = digest(world, appeal, 3)
    assert count == 2
    with world.begin("manager") as work:
        uphold(work, appeal, points=Decimal(3), reason="有道歉", digest=told)
    world.drain(index=False)
    assert [item_of(world, exam, login, 2).mark for login in SAME] == [3, 3]
    assert [sitting_of(world, exam, login).score for login in SAME] == [7, 3]
    with world.look() as work:
        rows = list(work.session.scalars(select(ScoreChangeRow).order_by(ScoreChangeRow.id)))
    assert [(one.cause, one.old, one.new, one.appeal_id, one.who_id) for one in rows] == [
        ("appeal", 1, 3, appeal, world.people["manager"]), ("same_answer", 1, 3, appeal, world.people["manager"])]
    assert "training.marking.appeal_upheld" in kinds_told(world, "agent")
    assert "training.marking.changed" in kinds_told(world, "agent_b")
    with pytest.raises(RuleBroken, match="decided"), world.begin("manager") as work:
        decline(work, appeal, reason="x")


@pytest.mark.parametrize("points", [1, 0, 5, "1.005"])
def test_an_upheld_appeal_raises_a_mark_within_its_points(world: Centre, points: Any) -> None:
    appeal = contest(world, released(world))
    with pytest.raises(InvalidInput), world.begin("manager") as work:
        uphold(work, appeal, points=Decimal(points), reason="x")
    assert appeal_of(world, appeal).state == "open"


def test_declined_costs_one_upheld_and_taken_back_give_it_back(world: Centre) -> None:
    exam = released(world, most_appeals=1)
    first = contest(world, exam)
    with world.begin("agent") as work:
        withdraw(work, first)
    again = contest(world, exam)
    with world.begin("manager") as work:
        decline(work, again, reason="没有道歉")
    world.drain(index=False)
    assert "training.marking.appeal_declined" in kinds_told(world, "agent")
    with pytest.raises(RuleBroken, match="decision is final"):
        contest(world, exam)
    with world.begin("trainer") as work:
        correct_mark(work, sitting_of(world, exam, "agent").id, 1, new=Decimal(3), why="试")
    with pytest.raises(RuleBroken, match="appeals of this exam are used"):
        contest(world, exam, place=1)


def test_only_the_own_mark_in_time_once_with_a_reason_and_not_a_full_one(world: Centre) -> None:
    exam = released(world)
    sitting = sitting_of(world, exam, "agent").id
    with pytest.raises(NotFound), world.begin("agent_b") as work:
        file_appeal(work, sitting, 2, reason="x", zone=ZONE)
    with pytest.raises(InvalidInput):
        contest(world, exam, reason="  ")
    with pytest.raises(RuleBroken, match="all its points"):
        contest(world, exam, place=1)
    contest(world, exam)
    with pytest.raises(RuleBroken, match="contested this mark already"):
        contest(world, exam)
    world.clock.move(days=14)
    with pytest.raises(RuleBroken, match="last day"):
        contest(world, exam, "agent_b")


def test_nothing_is_contested_before_the_release(world: Centre) -> None:
    exam = sat(world, SAME)
    with pytest.raises(RuleBroken, match="not released"):
        contest(world, exam)


@pytest.mark.parametrize("before", ["candidate", "author", "first", "second", "third", "corrector", "substitute of the first"])
def test_who_had_to_do_with_a_mark_never_decides_about_it(world: Centre, before: str) -> None:
    """R-E6: an appeal is decided by a person who neither sat, wrote, marked nor corrected it, nor stands in for one who did."""
    one, two, three, judge = people(world, 4, "marker")
    names = {"first": one, "second": two, "third": three, "substitute of the first": judge, "author": judge, "corrector": "trainer"}
    sitter = judge if before == "candidate" else "agent"
    exam = sat(world, {sitter: [RIGHT, "甲"]}, second_percent=100, limit=Decimal(0), markers=(one, two, three))
    question = question_at(world, exam, 2)
    for login, points in ((one, 0), (two, 2), (three, 1)):
        mark_all(world, login, exam, question, points)
    with world.begin("trainer") as work:
        release(work, exam, zone=ZONE)
    sitting = sitting_of(world, exam, sitter).id
    if before == "author":
        with world.begin("operator") as work:
            work.permit(MANAGE_UNITS)
            work.get(QuestionRow, question).made_by_id = world.people[judge]
    if before == "corrector":
        with world.begin("trainer") as work:
            correct_mark(work, sitting, 2, new=Decimal(2), why="看错")
    if before == "substitute of the first":
        with world.begin("operator") as work:
            appoint(work, exam, for_id=world.people[one], person_id=world.people[judge], reason="休假")
    appeal = contest(world, exam, sitter)
    actor = names.get(before, judge)
    with world.look() as work:
        row = work.get(MarkAppeal, appeal)
        fit = fit_deciders(work.session, work.get(Exam, exam), work.get(SittingItem, row.item_id), work.get(Sitting, row.sitting_id))
    assert world.people[actor] not in fit and row.decider_id != world.people[actor]
    for act in (lambda work: decline(work, appeal, reason="x"), lambda work: uphold(work, appeal, points=Decimal(4), reason="x")):
        with pytest.raises(RuleBroken, match="own answers|wrote|Another person"), world.begin(actor) as work:
            act(work)
    assert appeal_of(world, appeal).state == "open"


def test_it_is_handed_over_only_to_who_may_decide(world: Centre) -> None:
    exam = released(world)
    appeal = contest(world, exam)
    with pytest.raises(InvalidInput), world.begin("manager") as work:
        hand_over(work, appeal, world.people["marker"])
    with world.begin("manager") as work:
        hand_over(work, appeal, world.people["trainer"])
    assert appeal_of(world, appeal).decider_id == world.people["trainer"]
    with pytest.raises(NotPermitted), world.begin("agent_b") as work:
        hand_over(work, appeal, world.people["trainer"])


def test_both_sides_talk_and_nothing_said_is_ever_changed(world: Centre) -> None:
    exam = released(world)
    appeal = contest(world, exam)
    with world.begin("manager") as work:
        say(work, appeal, words="哪一句是道歉？")
    with world.begin("agent") as work:
        say(work, appeal, words="第一句。")
    world.drain(index=False)
    assert "training.marking.appeal_said" in kinds_told(world, "agent")
    assert "training.marking.appeal_said" in kinds_told(world, "manager")
    with pytest.raises(RuleBroken, match="Another person"), world.begin("marker") as work:
        say(work, appeal, words="我来说")
    with pytest.raises(NotPermitted), world.begin("agent_b") as work:
        say(work, appeal, words="我也是")
    with pytest.raises(DBAPIError), world.begin("operator") as work:
        work.session.execute(text("DELETE FROM training_appeal_note"))


def test_results_are_not_final_while_an_appeal_is_open(world: Centre) -> None:
    exam = released(world)
    appeal = contest(world, exam)
    world.clock.move(days=30)
    with pytest.raises(RuleBroken, match="still open"), world.begin("trainer") as work:
        finish(work, exam, zone=ZONE)
    with world.begin("manager") as work:
        decline(work, appeal, reason="没有道歉")
    world.drain(index=False)
    with world.look() as work:
        assert work.session.scalars(select(Obligation.state).where(Obligation.subject_kind == "mark_appeal")).all() in ([], ["done"])
    with world.begin("trainer") as work:
        finish(work, exam, zone=ZONE)


def test_who_decides_and_who_marks_find_it_on_their_day_until_it_is_done(world: Centre, client: Callable) -> None:
    exam = sat(world, SAME, markers=("marker", "manager"))
    contest(world, released(world))

    def day(login: str) -> str:
        with world.begin("system") as work:
            run_duties(work, world.clock.today)
        world.drain(index=False)
        page: str = client(login).get("/").get_data(as_text=True)
        return page
    assert 'href="/training/marking/appeals/1"' in day("manager")
    assert f'href="/training/marking/{exam}"' in day("marker")
    assert "training.marking.waits" in kinds_told(world, "marker")
    mark_all(world, "marker", exam, question_at(world, exam, 2), 4)
    with world.begin("manager") as work:
        decline(work, 1, reason="没有道歉")
    assert 'href="/training/marking/appeals/1"' not in day("manager")
    assert f'href="/training/marking/{exam}"' not in day("marker")
