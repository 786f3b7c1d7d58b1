"""Release: what is missing is named, candidates see by the rule and nothing before (R-E1), corrections are changes with a reason,
a corrected key is reported before it is confirmed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.events import Fact
from kmsvc.notices.models import Notice
from kmsvc.people.units.permissions import MANAGE_UNITS
from kmsvc.training.certificates.models import Certificate
from kmsvc.training.certificates.queries import passport
from kmsvc.training.certificates.usecases import KindDraft, make_kind
from kmsvc.training.exams.models import Exam
from kmsvc.training.marking.changing import correct_mark
from kmsvc.training.marking.measuring import measured
from kmsvc.training.marking.models import Regrade, ScoreChangeRow
from kmsvc.training.marking.rekeying import (
    ask_regrade,
    confirm_regrade,
    digest_of,
    drop_regrade,
    follow_key,
    report_of,
)
from kmsvc.training.marking.releasing import finish, gaps_of, release
from kmsvc.training.marking.results import exam_results, own_results, review, summary
from kmsvc.training.questions.kinds import Case, Part, Question
from kmsvc.training.questions.models import QuestionRow
from kmsvc.training.sittings.models import Sitting
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.training.marking.marked import (
    CLOSED,
    OPEN,
    OTHER_KEY,
    RIGHT,
    TRUE,
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
from tests.training.sittings.exams import new_version


def released(world: Centre, answers: dict[str, Any], **more: Any) -> int:
    exam = sat(world, answers, questions=more.pop("questions", (CLOSED, TRUE)), **more)
    let_out(world, exam)
    return exam


def let_out(world: Centre, exam: int) -> None:
    with world.begin("trainer") as work:
        release(work, exam, zone=ZONE)
    world.drain(index=False)


def test_what_is_missing_is_named_and_nothing_is_released_before(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, "甲"]}, second_percent=100)
    question = question_at(world, exam, 2)
    with world.look() as work:
        assert gaps_of(work.session, work.get(Exam, exam)) == {"undrawn": 1, "first": 1}
    with pytest.raises(RuleBroken, match="not decided"), world.begin("trainer") as work:
        release(work, exam, zone=ZONE)
    mark_all(world, "marker", exam, question, 4)
    with pytest.raises(RuleBroken, match="second mark"), world.begin("trainer") as work:
        release(work, exam, zone=ZONE)
    mark_all(world, "trainer", exam, question, 0)
    with pytest.raises(RuleBroken, match="third person"), world.begin("trainer") as work:
        release(work, exam, zone=ZONE)
    with pytest.raises(NotPermitted), world.begin("marker") as work:
        release(work, exam, zone=ZONE)


def test_who_still_sits_keeps_it_from_being_released(world: Centre) -> None:
    exam = sat(world, {"agent": [True]}, questions=(TRUE,), end=False)
    with pytest.raises(RuleBroken, match="still be sitting"), world.begin("trainer") as work:
        release(work, exam, zone=ZONE)


def test_candidates_hear_of_it_see_by_the_rule_and_nothing_before(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, True], "agent_b": [WRONG, True]}, questions=(CLOSED, TRUE), shows="marks")
    mine, theirs = sitting_of(world, exam, "agent").id, sitting_of(world, exam, "agent_b").id
    with world.look("agent") as work:
        assert [one.score for one in own_results(work.session, work.actor)[0]] == [None]
        with pytest.raises(NotFound):
            review(work.session, work.actor, mine, work.now, ZONE)
    let_out(world, exam)
    with world.look("agent") as work:
        assert [one.score for one in own_results(work.session, work.actor)[0]] == [8]
        found = review(work.session, work.actor, mine, work.now, ZONE)
        with pytest.raises(NotFound):
            review(work.session, work.actor, theirs, work.now, ZONE)
        kinds = list(work.session.scalars(select(Notice.kind).where(Notice.person_id == world.people["agent"])))
    assert kinds.count("training.marking.released") == 1
    assert [one.mark for one in found.items] == [4, 4]
    assert all(one.answer is None and not one.explanation and not one.comments for one in found.items)
    assert all(answer and key == [] for one in found.items for _, answer, key in one.parts), "what one answered, and no key"
    world.clock.move(days=20)
    with world.look("agent") as work:  # the score stays, the rest was for the review
        assert review(work.session, work.actor, mine, work.now, ZONE).items == ()
    with world.look("auditor") as work:
        assert review(work.session, work.actor, theirs, work.now, ZONE).items[0].parts[0][2] == ["七天"]


def test_answers_are_shown_with_key_and_explanation_where_the_exam_says_so(world: Centre) -> None:
    exam = released(world, {"agent": [WRONG, True]})
    with world.look("agent") as work:
        first = review(work.session, work.actor, sitting_of(world, exam, "agent").id, work.now, ZONE).items[0]
    assert (first.parts[0][1], first.parts[0][2], first.explanation) == (["十天"], ["七天"], "七天内")


def test_a_late_release_keeps_the_review_open_until_the_last_day_of_appeals(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, True]}, questions=(CLOSED, TRUE), appeal_days=5)
    world.clock.move(days=30)
    let_out(world, exam)
    row = exam_of(world, exam)
    assert row.review_opens_at == row.released_at
    assert row.review_closes_at - row.released_at > timedelta(days=5)


def test_it_is_final_when_no_appeal_is_possible_any_more_and_never_released_again(world: Centre) -> None:
    exam = released(world, {"agent": [RIGHT, True]}, appeal_days=2)
    with pytest.raises(RuleBroken, match="still possible"), world.begin("trainer") as work:
        finish(work, exam, zone=ZONE)
    world.clock.move(days=10)
    with world.begin("trainer") as work:
        finish(work, exam, zone=ZONE)
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        release(work, exam, zone=ZONE)


def changes(world: Centre) -> list[tuple[Any, ...]]:
    with world.look() as work:
        return [(one.who_id, one.cause, one.old, one.new, one.why) for one in work.session.scalars(
            select(ScoreChangeRow).order_by(ScoreChangeRow.id))]


def test_a_correction_after_the_release_says_who_why_old_and_new_and_the_person_hears(world: Centre) -> None:
    exam = released(world, {"agent": [WRONG, True]})
    sitting = sitting_of(world, exam, "agent")
    assert sitting.passed is False
    for points, why, error in ((Decimal(5), "看错", InvalidInput), (Decimal(4), " ", InvalidInput), (Decimal(0), "看错", RuleBroken)):
        with pytest.raises(error), world.begin("trainer") as work:
            correct_mark(work, sitting.id, 1, new=points, why=why)
    with world.begin("trainer") as work:
        correct_mark(work, sitting.id, 1, new=Decimal(4), why="看错了选项")
    world.drain(index=False)
    row = sitting_of(world, exam, "agent")
    assert (row.score, row.passed) == (8, True)
    assert changes(world) == [(world.people["trainer"], "error", 0, 4, "看错了选项")]
    with world.look("agent") as work:
        kinds = list(work.session.scalars(select(Notice.kind).where(Notice.person_id == world.people["agent"])))
        line = review(work.session, work.actor, sitting.id, work.now, ZONE).items[0].changes[0]
    assert "training.marking.changed" in kinds
    assert (line.old, line.new, line.who) == (0, 4, "")
    with pytest.raises(DBAPIError), world.begin("operator") as work:
        work.session.execute(text("UPDATE training_score_change SET new = 0"))
    with pytest.raises(NotPermitted), world.begin("marker") as work:
        correct_mark(work, sitting.id, 1, new=Decimal(1), why="x")


def rekey(world: Centre, exam: int, question: Question, why: str = "答案错了") -> int:
    number = question_at(world, exam, 1)
    with world.begin("operator") as work:
        work.permit(MANAGE_UNITS)
        new_version(work, work.get(QuestionRow, number), question, 2)
    with world.begin("trainer") as work:
        return ask_regrade(work, exam, number, why=why).id


def test_a_corrected_key_is_reported_first_and_before_the_release_simply_counts(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, True], "agent_b": [WRONG, True]}, questions=(CLOSED, TRUE))
    row = rekey(world, exam, OTHER_KEY)
    with world.look("trainer") as work:
        found = report_of(work.session, work.get(Regrade, row))
    assert found.counts() == {"up": 1, "down": 1, "unchanged": 0, "now_pass": 1, "now_fail": 1, "kept": 0}
    assert item_of(world, exam, "agent", 1).mark == 4  # nothing happened yet
    with pytest.raises(RuleBroken, match="confirmed"), world.begin("trainer") as work:
        release(work, exam, zone=ZONE)
    with pytest.raises(RuleBroken, match="something else"), world.begin("trainer") as work:
        confirm_regrade(work, row, digest="old")
    with world.begin("trainer") as work:
        confirm_regrade(work, row, digest=digest_of(found))
    assert (sitting_of(world, exam, "agent").score, sitting_of(world, exam, "agent_b").score) == (4, 8)
    assert item_of(world, exam, "agent", 1).verdict == "wrong"
    assert changes(world) == []


def test_after_the_release_nobody_loses_points_unless_it_is_chosen(world: Centre) -> None:
    exam = released(world, {"agent": [RIGHT, True], "agent_b": [WRONG, True]})
    row = rekey(world, exam, OTHER_KEY)
    with world.begin("trainer") as work:
        confirm_regrade(work, row)
    world.drain(index=False)
    assert (sitting_of(world, exam, "agent").score, sitting_of(world, exam, "agent_b").score) == (8, 8)
    assert changes(world) == [(world.people["trainer"], "key", 0, 4, "答案错了")]
    with world.look() as work:
        payloads = list(work.session.scalars(select(Fact.payload).where(Fact.kind == "training.marking.score_changed")))
    assert [one["turned"] for one in payloads] == [True]


def test_lowering_after_the_release_is_a_choice_that_is_recorded_for_each(world: Centre) -> None:
    exam = released(world, {"agent": [RIGHT, True]})
    number = question_at(world, exam, 1)
    with world.begin("operator") as work:
        work.permit(MANAGE_UNITS)
        new_version(work, work.get(QuestionRow, number), OTHER_KEY, 2)
    with world.begin("trainer") as work:
        row = ask_regrade(work, exam, number, why="答案错了", never_lower=False).id
    with world.begin("trainer") as work:
        confirm_regrade(work, row)
    assert changes(world) == [(world.people["trainer"], "key", 4, 0, "答案错了")]


def test_a_key_left_as_it_is_is_dropped_with_a_reason(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, True]}, questions=(CLOSED, TRUE))
    row = rekey(world, exam, OTHER_KEY)
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        drop_regrade(work, row, reason=" ")
    with world.begin("trainer") as work:
        drop_regrade(work, row, reason="原来的对")
    assert item_of(world, exam, "agent", 1).mark == 4
    let_out(world, exam)


def test_only_a_new_version_that_gives_somebody_other_points_waits_for_a_look(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, True]}, questions=(CLOSED, TRUE))
    number = question_at(world, exam, 1)
    for no, question, waits in ((2, Question(CLOSED.stem + "？", CLOSED.body, "", Decimal(4)), False), (3, OTHER_KEY, True)):
        with world.begin("operator") as work:
            work.permit(MANAGE_UNITS)
            new_version(work, work.get(QuestionRow, number), question, no)
        with world.begin("system") as work:
            assert bool(follow_key(work, number, "改")) == waits


def test_whoever_makes_up_is_marked_by_the_corrected_key(world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, True]}, questions=(CLOSED, TRUE), end=False, attempts=2)
    row = rekey(world, exam, OTHER_KEY)
    with world.begin("trainer") as work:
        confirm_regrade(work, row)
    hand_in(world, exam, "agent", [WRONG, True])
    with world.look() as work:
        scores = list(work.session.scalars(select(Sitting.score).where(Sitting.exam_id == exam).order_by(Sitting.attempt)))
    assert scores == [4, 8]


def test_what_a_person_gave_in_a_case_stays_when_the_key_of_a_part_changes(world: Centre) -> None:
    case = Question("客户来电。", Case((Part("a", CLOSED), Part("b", OPEN))), "", Decimal(8))
    exam = sat(world, {"agent": [{"a": WRONG, "b": "甲"}]}, questions=(case,))
    mark_next(world, "marker", exam, question_at(world, exam, 1), Decimal("1.5"), line="b")
    assert sitting_of(world, exam, "agent").score == Decimal("1.5")
    row = rekey(world, exam, Question(case.stem, Case((Part("a", OTHER_KEY), Part("b", OPEN))), "", Decimal(8)))
    with world.begin("trainer") as work:
        confirm_regrade(work, row)
    assert sitting_of(world, exam, "agent").score == Decimal("3.5")  # the part is worth 2 of the 4 points


def test_results_together_by_team_and_questions_that_measured_badly(world: Centre) -> None:
    logins = people(world, 10)
    exam = sat(world, {login: [WRONG if number > 2 else RIGHT, number > 2, number > 2] for number, login in enumerate(logins)},
               questions=(CLOSED, TRUE, Question("退款要有单据。", TRUE.body, "", Decimal(4))))
    with world.look("trainer") as work:
        lines = exam_results(work.session, work.actor, work.get(Exam, exam))
        found = summary(work.session, work.actor, work.get(Exam, exam), lines, [world.people[one] for one in (*logins, "agent")])
        items = measured(work.session, work.actor, exam)
    assert (found.people, found.passed, found.absent, found.rate) == (10, 7, 1, 70)
    assert [(one.name, one.people, one.passed) for one in found.teams] == [("一组", 10, 7)]
    assert sum(found.bands.values()) == 10
    first = items.items[0]
    assert (first.question_id, "negative" in [one.code for one in first.flags]) == (question_at(world, exam, 1), True)
    with pytest.raises(NotPermitted), world.look("marker") as work:
        exam_results(work.session, work.actor, work.get(Exam, exam))


def test_what_an_exam_proves_is_noted_at_the_release_and_when_a_change_lets_somebody_pass(world: Centre) -> None:
    with world.begin("operator") as work:
        kind = make_kind(work, KindDraft("退款上岗", "skills")).id
    exam = sat(world, {"agent": [RIGHT, True], "agent_b": [WRONG, True]}, questions=(CLOSED, TRUE), proves_id=kind)

    def proven() -> set[int]:
        with world.look() as work:
            return set(work.session.scalars(select(Certificate.person_id).where(Certificate.kind_id == kind)))
    assert proven() == set()
    let_out(world, exam)
    assert proven() == {world.people["agent"]}
    with world.begin("trainer") as work:
        correct_mark(work, sitting_of(world, exam, "agent_b").id, 1, new=Decimal(4), why="看错")
    world.drain(index=False)
    assert proven() == {world.people["agent"], world.people["agent_b"]}


def test_a_pass_that_turns_into_a_fail_takes_back_what_it_proved_with_its_reason_and_the_way_back_gives_it(world: Centre) -> None:
    with world.begin("operator") as work:
        kind = make_kind(work, KindDraft("退款上岗", "skills", months=12)).id
    exam = sat(world, {"agent": [RIGHT, True]}, questions=(CLOSED, TRUE), proves_id=kind)
    let_out(world, exam)

    def line() -> Any:
        with world.look("trainer") as work:
            return passport(work, world.people["agent"], world.clock.today).lines[0]
    assert line().state == "expiring" or line().state == "valid"
    sitting = sitting_of(world, exam, "agent").id
    for new, why, counts in ((Decimal(0), "答案写在别人的卷上", False), (Decimal(4), "查清是监考登记有误", True)):
        with world.begin("trainer") as work:
            correct_mark(work, sitting, 1, new=new, why=why)
        world.drain(index=False)
        passing = line().passings[0]
        assert (passing.counts, line().state in ("valid", "expiring")) == (counts, counts)
        assert len(line().passings) == 1, "the record is one, whatever turns"
        assert counts or passing.turned == why
    with world.look() as work:
        said = list(work.session.scalars(select(Notice.kind).where(
            Notice.person_id == world.people["agent"], Notice.kind.startswith("training.certificate")).order_by(Notice.id)))
    assert said == ["training.certificate.taken_back", "training.certificate.given_back"]
