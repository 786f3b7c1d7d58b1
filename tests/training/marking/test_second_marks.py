"""Second marks: who is chosen, blind of the first, a third person when two lie apart; nobody in two parts (R-E6), also in place of
another; samples first; drift."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken
from kmsvc.people.units.permissions import MANAGE_UNITS
from kmsvc.training.exams.checking import checklist
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.people import set_markers
from kmsvc.training.marking.desk import Points, give_mark, take_next
from kmsvc.training.marking.models import Mark, SampleMark
from kmsvc.training.marking.rules import MarkingPart
from kmsvc.training.marking.samples import add_sample, mark_sample, set_aside, standing
from kmsvc.training.marking.settling import hand_of, handle_of
from kmsvc.training.marking.staffing import appoint, end_substitute
from kmsvc.training.marking.watching import board
from kmsvc.training.questions.models import QuestionRow
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.training.marking.marked import (
    RIGHT,
    WRONG,
    item_of,
    mark_all,
    mark_next,
    people,
    question_at,
    sat,
    sitting_of,
)

MARKERS = ("marker", "trainer", "everything")


def test_near_the_pass_mark_a_second_person_marks_and_never_sees_the_first(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, "甲"], "agent_b": [WRONG, "乙"]}, border=Decimal(1), markers=MARKERS)
    question = question_at(world, exam, 2)
    assert mark_all(world, "marker", exam, question, lambda answer: 1 if answer == "甲" else 0) == 2
    assert sitting_of(world, exam, "agent").second_why == "border"  # 5 of 8 at 60 per cent: 4.8
    assert sitting_of(world, exam, "agent_b").second_why is None
    assert sitting_of(world, exam, "agent").score is None
    with world.begin("marker") as work:
        assert take_next(work, exam, question) is None  # the first marker never gets it again
    with world.begin("trainer") as work:
        found = take_next(work, exam, question)
    assert found is not None
    assert (found.part, found.earlier) == (MarkingPart.SECOND, ())
    mark_next(world, "trainer", exam, question, 2)
    assert item_of(world, exam, "agent", 2).mark == Decimal("1.5")
    assert sitting_of(world, exam, "agent").score == Decimal("5.5")


def test_a_share_by_lot_is_marked_twice_and_stays_when_drawn_again(world: Centre) -> None:
    logins = people(world, 10)
    exam = sat(world, {login: [RIGHT, "甲"] for login in logins}, second_percent=30, markers=MARKERS)
    mark_all(world, "marker", exam, question_at(world, exam, 2), 4)
    drawn = [login for login in logins if sitting_of(world, exam, login).second_why == "lot"]
    assert len(drawn) == 3


def test_two_marks_too_far_apart_go_to_a_third_person_who_sees_both(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, "甲"]}, second_percent=100, limit=Decimal(1), markers=MARKERS)
    question = question_at(world, exam, 2)
    mark_next(world, "marker", exam, question, 4, comment="完整")
    mark_next(world, "trainer", exam, question, 1)
    assert item_of(world, exam, "agent", 2).stand == "third"
    for login in ("marker", "trainer"):
        with world.begin(login) as work:
            assert take_next(work, exam, question) is None
    with world.begin("everything") as work:
        found = take_next(work, exam, question)
    assert found is not None and found.earlier == (("mark", 4, "完整"), ("second", 1, None))
    mark_next(world, "everything", exam, question, 3)
    assert item_of(world, exam, "agent", 2).mark == 3


def test_where_nobody_is_left_to_settle_it_the_board_says_so_until_somebody_is_named(world: Centre, client: Callable[..., Any]) -> None:
    """Before it is announced the checklist warns of it; afterwards one more marker may be named at any time."""
    exam = sat(world, {"agent": [RIGHT, "甲"]}, second_percent=100, limit=Decimal(1), markers=MARKERS[:2])
    with world.look("trainer") as work:
        point = next(one for one in checklist(work, work.get(Exam, exam), ZONE) if one.code == "third")
        assert (point.kind, point.params) == ("warn", {"count": 2})
    question = question_at(world, exam, 2)
    mark_next(world, MARKERS[0], exam, question, 4)
    mark_next(world, MARKERS[1], exam, question, 1)
    page = client("trainer").get(f"/training/marking/{exam}").get_data(as_text=True)
    assert "Nobody is left who may settle marks" in page and f'href="/training/exams/{exam}/plan/3"' in page
    with world.begin("trainer") as work:
        set_markers(work, exam, [world.people[one] for one in MARKERS])
    assert "Nobody is left who may settle marks" not in client("trainer").get(f"/training/marking/{exam}").get_data(as_text=True)


def test_a_flag_sends_one_answer_to_a_second_person_with_its_note(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, "甲"]}, markers=MARKERS)
    question = question_at(world, exam, 2)
    mark_next(world, "marker", exam, question, 3, flag="错别字算不算？")
    found, _ = mark_next(world, "trainer", exam, question, 3)
    assert (found.part, found.note) == (MarkingPart.SECOND, "错别字算不算？")
    assert sitting_of(world, exam, "agent").score == 7


def chain(world: Centre, exam: int, *links: tuple[str, str]) -> None:
    """(substitute, in place of whom), one after the other."""
    for who, whose in links:
        with world.begin("operator") as work:
            appoint(work, exam, for_id=world.people[whose], person_id=world.people[who], reason="休假")


PARTS = ("candidate", "author", "mark", "second")
WAYS = ("self", "substitute", "substitute of a substitute")


@pytest.mark.parametrize(("before", "way"), list(product(PARTS, WAYS)))
def test_who_had_one_part_has_no_other_also_in_place_of_another(world: Centre, before: str, way: str) -> None:
    """R-E6: candidate, author, first and second marker are different people. `marker1` had the part before; who comes now is the same
    person, or stands in for them, directly or along a chain."""
    one, two, three, other = people(world, 4, "marker")
    sitter = one if before == "candidate" else "agent"
    exam = sat(world, {sitter: [RIGHT, "甲"]}, second_percent=100, limit=Decimal(0), markers=(one, other))
    question = question_at(world, exam, 2)
    if before == "author":
        with world.begin("operator") as work:
            work.permit(MANAGE_UNITS)
            work.get(QuestionRow, question).made_by_id = world.people[one]
    if before == "mark":
        mark_next(world, one, exam, question, 4)
    if before == "second":
        mark_next(world, other, exam, question, 4)
        mark_next(world, one, exam, question, 1)
    chain = {"self": (), "substitute": ((two, one),), "substitute of a substitute": ((two, one), (three, two))}[way]
    for who, whose in chain:
        with world.begin("operator") as work:
            appoint(work, exam, for_id=world.people[whose], person_id=world.people[who], reason="休假")
    actor = chain[-1][0] if chain else one
    with world.begin(actor) as work:
        assert hand_of(work.session, work.actor, exam) is not None  # it is the part before that hinders, not a missing right
        assert take_next(work, exam, question) is None
    row = item_of(world, exam, sitter, 2)
    handle = handle_of(sitting_of(world, exam, sitter), row.id)
    part = {"first": "mark", "second": "second", "third": "third"}[row.stand]
    with pytest.raises(RuleBroken, match="own answers|wrote|Another person"), world.begin(actor) as work:
        give_mark(work, exam, question, handle, Points({"": Decimal(2)}, part))
    assert item_of(world, exam, sitter, 2).stand == row.stand


def test_a_substitute_marks_and_is_counted_with_whom_they_stand_in_for(world: Centre) -> None:
    one, two, other = people(world, 3, "marker")
    exam = sat(world, {"agent": [RIGHT, "甲"]}, second_percent=100, markers=(one, other))
    question = question_at(world, exam, 2)
    with pytest.raises(NotPermitted), world.begin(two) as work:
        take_next(work, exam, question)
    with world.begin(one) as work:
        row = appoint(work, exam, for_id=world.people[one], person_id=world.people[two], reason="休假")
    mark_next(world, two, exam, question, 4)
    with world.look() as work:
        assert work.session.scalars(select(Mark.behalf).where(Mark.part == "mark")).one() == [world.people[one]]
    with world.begin(one) as work:
        assert take_next(work, exam, question) is None  # the mark was given in this person's place
    with world.begin(one) as work:
        end_substitute(work, row.id)
    with pytest.raises(NotPermitted), world.begin(two) as work:
        take_next(work, exam, question)


def test_who_may_not_mark_or_leads_nothing_appoints_nobody(world: Centre) -> None:
    one, two = people(world, 2, "marker")
    exam = sat(world, {"agent": [RIGHT, "甲"]}, markers=(one,))
    with pytest.raises(InvalidInput), world.begin("operator") as work:
        appoint(work, exam, for_id=world.people[one], person_id=world.people["agent_b"], reason="休假")
    with pytest.raises(NotPermitted), world.begin(two) as work:
        appoint(work, exam, for_id=world.people[one], person_id=world.people[two], reason="休假")
    with pytest.raises(NotPermitted), world.begin(two) as work:
        appoint(work, exam, for_id=world.people[two], person_id=world.people[one], reason="休假")


def add(world: Centre, exam: int, question: int, answer: str, points: int, by: str = "operator") -> int:
    with world.begin(by) as work:
        return add_sample(work, exam, question, answer=answer, lines={"": Decimal(points)}, why="看态度").id


def test_samples_come_before_the_first_real_answer(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, "甲"]}, markers=MARKERS)
    question = question_at(world, exam, 2)
    samples = [add(world, exam, question, "先道歉", 4), add(world, exam, question, "不知道", 0)]
    with world.begin("marker") as work:
        assert take_next(work, exam, question) is None
        assert standing(work.session, exam, question, world.people["marker"]).following.id == samples[0]
    with world.begin("marker") as work:
        told = mark_sample(work, samples[0], {"": Decimal(4)})
    assert (told.sample.points, told.own, told.standing.is_near) == (4, 4, False)
    with world.begin("marker") as work:
        assert mark_sample(work, samples[1], {"": Decimal(0)}).standing.is_near
    mark_next(world, "marker", exam, question, 4)


def test_who_is_too_far_off_marks_samples_again_after_a_talk_and_all_stays_on_record(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, "甲"]}, markers=MARKERS)
    question = question_at(world, exam, 2)
    sample = add(world, exam, question, "先道歉", 4)
    with world.begin("marker") as work:
        assert mark_sample(work, sample, {"": Decimal(1)}).standing.calibration.stand == "far"
    row = item_of(world, exam, "agent", 2)
    with pytest.raises(RuleBroken, match="sample answers first"), world.begin("marker") as work:
        give_mark(work, exam, question, handle_of(sitting_of(world, exam, "agent"), row.id), Points({"": Decimal(2)}, "mark"))
    with pytest.raises(RuleBroken), world.begin("marker") as work:
        mark_sample(work, sample, {"": Decimal(4)})
    with world.begin("trainer") as work:
        assert set_aside(work, exam, question, world.people["marker"], reason="谈过了") == 1
    with world.begin("marker") as work:
        assert mark_sample(work, sample, {"": Decimal(4)}).standing.is_near
    with world.look() as work:
        assert len(work.session.scalars(select(SampleMark)).all()) == 2


def test_whoever_wrote_the_samples_knows_them(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, "甲"]}, markers=MARKERS)
    question = question_at(world, exam, 2)
    add(world, exam, question, "先道歉", 4, by="trainer")
    with world.begin("trainer") as work:
        assert take_next(work, exam, question) is not None


def test_a_marker_who_grows_mild_is_seen(world: Centre) -> None:
    logins = people(world, 10)
    exam = sat(world, {login: [RIGHT, f"答案{number}"] for number, login in enumerate(logins)}, second_percent=100, limit=Decimal(4),
               markers=MARKERS)
    question = question_at(world, exam, 2)
    mark_all(world, "marker", exam, question, 4)
    mark_all(world, "trainer", exam, question, 2)
    with world.look("trainer") as work:
        drifts = {one.person_id: one.drift for one in board(work.session, work.actor, exam, work.now).markers}
    assert drifts[world.people["marker"]] == "mild"
    assert drifts[world.people["trainer"]] == "strict"
    with world.look("marker") as work:  # who marks sees the own figures and the mean of the others, nobody by name
        found = board(work.session, work.actor, exam, work.now)
    assert [one.person_id for one in found.markers] == [world.people["marker"]]
