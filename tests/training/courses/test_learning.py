"""Taking courses: begun, done with the last required lesson, never overwritten; assigned by person, unit, post and role, told once,
reminded by the one engine, silent once retired."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.notices.models import Mail, Notice
from kmsvc.people.accounts.usecases import add_account, change_person
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.training.courses import learning, rules, usecases
from kmsvc.training.courses.assigning import (
    Whom,
    assign_course,
    end_assignment,
    follow_people,
    follow_release,
)
from kmsvc.training.courses.models import CourseAssignee, CourseAttempt, CourseProgress, CourseRecord
from kmsvc.training.courses.rules import LessonDraft, Standing
from tests.builders import make_process
from tests.support.centre import Centre
from tests.training.courses.makers import published, text_lesson


def begin(world: Centre, course: Any, who: str = "agent") -> Any:
    with world.begin(who) as work:
        return learning.begin_course(work, course.id)


def done(world: Centre, attempt: Any, *lessons: int, who: str = "agent", seconds: int = 0) -> None:
    for lesson_id in lessons:
        with world.begin(who) as work:
            learning.note_progress(work, attempt.id, lesson_id, seconds=seconds, done=True)


def attempts(world: Centre, course: Any, who: str = "agent") -> list[tuple[int, bool]]:
    with world.look() as work:
        return [(row.number, row.done_at is not None) for row in work.session.scalars(select(CourseAttempt).where(
            CourseAttempt.course_id == course.id, CourseAttempt.person_id == world.people[who]).order_by(CourseAttempt.number))]


def assign(world: Centre, course: Any, whom: Whom, who: str = "trainer", **more: Any) -> Any:
    with world.begin(who) as work:
        return assign_course(work, course.id, whom, today=world.clock.today, **more)


def lines(world: Centre, course: Any) -> list[tuple[int, date, bool, bool]]:
    with world.look() as work:
        return [(row.person_id, row.due_on, row.done_at is not None, row.ended_at is not None) for row in work.session.scalars(
            select(CourseAssignee).where(CourseAssignee.course_id == course.id).order_by(CourseAssignee.id))]


def notices(world: Centre, who: str) -> list[str]:
    world.drain()
    with world.look() as work:
        return list(work.session.scalars(select(Notice.kind).where(
            Notice.person_id == world.people[who], Notice.kind.startswith("training.course")).order_by(Notice.id)))


def duties(world: Centre, *, days: int = 0) -> None:
    world.clock.move(days=days)
    with world.begin("system") as work:
        run_duties(work, world.clock.today)


def test_a_course_is_done_with_its_last_required_lesson_and_again_is_another_row(world: Centre) -> None:
    course, ids = published(world, text_lesson("a"), text_lesson("b"), text_lesson("c", required=False))
    first = begin(world, course)
    assert begin(world, course).id == first.id, "going on is no other attempt"
    done(world, first, ids[0])
    assert attempts(world, course) == [(1, False)]
    done(world, first, ids[1])
    assert attempts(world, course) == [(1, True)]
    again = begin(world, course)
    assert attempts(world, course) == [(1, True), (2, False)] and again.id != first.id
    with world.look() as work:
        told = work.session.scalars(select(CourseRecord.what).where(CourseRecord.attempt_id == first.id).order_by(CourseRecord.id))
        assert list(told) == ["begun", "lesson_done", "lesson_done", "done"]


def test_what_was_learned_is_not_overwritten_even_by_hand(world: Centre) -> None:
    course, ids = published(world, text_lesson("a"))
    attempt = begin(world, course)
    done(world, attempt, *ids)
    done(world, attempt, *ids)  # looking at it again changes nothing
    for statement in ("UPDATE training_course_attempt SET done_at = NULL", "DELETE FROM training_course_record",
                      "UPDATE training_course_record SET what = 'x'", "UPDATE training_course_progress SET seconds = 9999",
                      "DELETE FROM training_course_progress", "DELETE FROM training_course_attempt"):
        with pytest.raises(DBAPIError), world.db.engine.begin() as raw:
            raw.execute(text(statement))


def test_seconds_are_what_a_clock_can_bear_and_the_place_is_kept(world: Centre) -> None:
    course, ids = published(world)
    attempt = begin(world, course)
    with world.begin("agent") as work:
        learning.note_progress(work, attempt.id, ids[0], seconds=100_000, place="73.5")
    world.clock.move(seconds=40)
    with world.begin("agent") as work:
        learning.note_progress(work, attempt.id, ids[0], seconds=40)
    with world.look() as work:
        row = work.session.scalars(select(CourseProgress)).one()
        assert (row.seconds, row.place) == (learning.SLACK + 40, "73.5")


def test_who_is_in_an_older_version_keeps_it_hears_of_the_newer_and_may_change_over(world: Centre) -> None:
    course, ids = published(world, text_lesson("a"), text_lesson("b"))
    attempt = begin(world, course)
    done(world, attempt, ids[0])
    with world.begin("trainer") as work:
        usecases.change_lesson(work, course.id, ids[1], text_lesson("b", body="新"))
        usecases.publish_course(work, course.id)
    assert notices(world, "agent") == ["training.course.newer"]
    with world.look("agent") as work:
        assert learning.lessons_of(work.session, work.get(CourseAttempt, attempt.id))[ids[1]].content["body"] == "正文"
    with world.begin("agent") as work:
        newer = learning.take_newer(work, attempt.id)
        assert learning.lessons_of(work.session, newer)[ids[1]].content["body"] == "新"
        held = learning.progress_of(work.session, newer.id)
        assert set(held) == {ids[0]} and held[ids[0]].done_at is not None, "what is the same stays done"
    done(world, newer, ids[1])
    assert attempts(world, course) == [(1, False), (2, True)]
    with pytest.raises(RuleBroken), world.begin("agent") as work:
        learning.take_newer(work, attempt.id)


def test_a_course_that_is_not_for_me_is_not_there(world: Centre) -> None:
    course, ids = published(world, elective=False)
    with pytest.raises(NotFound):
        begin(world, course)
    assign(world, course, Whom(person_id=world.people["agent"]))
    attempt = begin(world, course)
    with pytest.raises(NotFound):
        done(world, attempt, ids[0], who="agent_b")
    with pytest.raises(NotFound):
        done(world, attempt, 999)


def test_a_package_cannot_be_said_to_be_done_by_hand(world: Centre) -> None:
    course, ids = published(world, LessonDraft("package", "p", True, 5, {"package_id": 1}))
    attempt = begin(world, course)
    with pytest.raises(InvalidInput):
        done(world, attempt, *ids)


@pytest.mark.parametrize(("whom", "people"), [
    ("person", ["agent"]), ("unit", ["agent", "team_leader"]), ("role", ["agent", "agent_b", "everything"])])
def test_a_course_is_assigned_by_person_unit_and_role(world: Centre, whom: str, people: list[str]) -> None:
    course, _ = published(world, elective=False)
    assign(world, course, {"person": Whom(person_id=world.people["agent"]), "unit": Whom(unit_id=world.units["TEAM-A"]),
                           "role": Whom(role="agent")}[whom], due_on=world.clock.today + timedelta(days=5))
    assert sorted(one for one, *_ in lines(world, course)) == sorted(world.people[one] for one in people)
    assert notices(world, people[0]) == ["training.course.assigned"]
    with world.look() as work:
        assert len(list(work.session.scalars(select(Mail).where(Mail.kind == "training.course.assigned")))) == len(people)


def test_who_joins_later_is_concerned_and_who_leaves_no_longer(world: Centre) -> None:
    course, _ = published(world, elective=False)
    due = world.clock.today + timedelta(days=5)
    assign(world, course, Whom(unit_id=world.units["TEAM-B"]), due_on=due)
    assert lines(world, course) == [(world.people["agent_b"], due, False, False)]
    world.clock.move(days=20)
    for login, unit in (("agent", "TEAM-B"), ("agent_b", "TEAM-A")):
        with world.begin("operator") as work:
            change_person(work, world.people[login], unit_code=unit)
    world.drain()
    late = world.clock.today + timedelta(days=rules.LATE_GRACE)
    assert lines(world, course) == [(world.people["agent_b"], due, False, True), (world.people["agent"], late, False, False)]
    with world.begin("system") as work:
        assert follow_people(work, world.clock.today) == 0, "twice changes nothing"


def test_an_assignment_stands_once_names_one_and_can_be_ended(world: Centre) -> None:
    course, _ = published(world, elective=False)
    row = assign(world, course, Whom(role="agent"))
    with pytest.raises(RuleBroken):
        assign(world, course, Whom(role="agent"))
    with world.begin("system") as work:
        assert assign_course(work, course.id, Whom(role="agent"), today=world.clock.today, source="joined").id == row.id
    for wrong in (Whom(), Whom(role="agent", unit_id=1), Whom(role="nobody"), Whom(unit_id=999), Whom(person_id=999), Whom(post_id=999)):
        with pytest.raises(InvalidInput):
            assign(world, course, wrong)
    with pytest.raises(InvalidInput):
        assign(world, course, Whom(role="marker"), due_on=world.clock.today - timedelta(days=1))
    with world.begin("trainer") as work:
        end_assignment(work, row.id, reason="over")
    assert all(ended for *_, ended in lines(world, course))
    assign(world, course, Whom(role="agent"))


def test_what_is_due_is_reminded_of_by_the_one_engine_and_done_ends_it(world: Centre) -> None:
    course, ids = published(world, elective=False)
    assign(world, course, Whom(person_id=world.people["agent"]), days=10)
    duties(world)
    assert notices(world, "agent") == ["training.course.assigned", "training.course.due"], "within thirty days"
    duties(world, days=3)
    assert notices(world, "agent")[2:] == ["training.course.due"], "seven days"
    attempt = begin(world, course)
    done(world, attempt, *ids)
    world.drain()
    duties(world, days=30)
    assert len(notices(world, "agent")) == 3
    with world.look() as work:
        rows = work.session.scalars(select(Obligation).where(Obligation.rule == "training.course.take"))
        assert [row.state for row in rows] == ["done"]
    assert [done for _, _, done, _ in lines(world, course)] == [True]


def test_who_joins_the_centre_is_asked_within_minutes(world: Centre) -> None:
    course, _ = published(world, elective=False)
    assign(world, course, Whom(role="marker"), days=10)
    with world.begin("operator") as work:
        add_account(work, login="newcomer", name="New", roles=["marker"], unit_code="TEAM-A", email=None, language="en")
    with world.begin("system") as work:
        assert follow_people(work, world.clock.today) == 1
        assert follow_people(work, world.clock.today) == 0


@pytest.mark.parametrize(("idle", "told"), [(3, 2), (366, 2)])
def test_after_idle_days_or_a_year_what_is_due_is_told_once(world: Centre, idle: int, told: int) -> None:
    """R-J2: assigned, then nothing ran."""
    course, _ = published(world, elective=False)
    assign(world, course, Whom(person_id=world.people["agent"]), days=2)
    duties(world, days=idle)
    duties(world)
    assert len(notices(world, "agent")) == told, "that it is assigned, and once that it is late"


@pytest.mark.parametrize(("today", "days", "due"), [
    (date(2024, 2, 28), 1, date(2024, 2, 29)), (date(2024, 2, 29), 366, date(2025, 3, 1)), (date(2023, 12, 31), 1, date(2024, 1, 1))])
def test_days_are_right_at_the_ends_of_months_and_years(today: date, days: int, due: date) -> None:
    """R-J3: also on 29 February."""
    assert rules.due_for(today, None, days) == due


def test_a_retired_course_sends_nothing(world: Centre) -> None:
    course, _ = published(world, elective=False)
    assign(world, course, Whom(person_id=world.people["agent"]), days=5)
    with world.begin("trainer") as work:
        usecases.retire_course(work, course.id, reason="old")
    duties(world)
    duties(world, days=4)
    duties(world, days=40)
    assert notices(world, "agent") == [], "not even of the assignment that was on its way"
    with world.begin("trainer") as work:
        usecases.restore_course(work, course.id)
    duties(world)
    assert notices(world, "agent") == ["training.course.due"]


def test_after_a_release_of_a_process_in_it_a_course_is_taken_again_where_that_was_asked_for(world: Centre) -> None:
    process = make_process(world, drain=True)
    course, ids = published(world, LessonDraft("process", "p", True, 5, {"cites": [["process", process.id, None]]}), elective=False)
    assign(world, course, Whom(person_id=world.people["agent"]), again=True)
    assign(world, course, Whom(person_id=world.people["agent_b"]))
    done(world, begin(world, course), *ids)
    done(world, begin(world, course, "agent_b"), *ids, who="agent_b")
    with world.begin("system") as work:
        assert follow_release(work, process.id, world.clock.today) == 1
    with world.begin("system") as work:
        assert follow_release(work, process.id, world.clock.today) == 0, "who has not taken it yet is not asked twice"
    assert [(one, done) for one, _, done, _ in lines(world, course)] == [
        (world.people["agent"], True), (world.people["agent_b"], True), (world.people["agent"], False)]


@pytest.mark.parametrize(("due", "days", "found"), [
    (date(2026, 3, 9), None, date(2026, 3, 9)), (date(2026, 3, 1), None, date(2026, 3, 9)), (None, 0, date(2026, 3, 2)),
    (None, 30, date(2026, 4, 1)), (None, None, date(2026, 3, 16))])
def test_the_day_by_which(due: date | None, days: int | None, found: date) -> None:
    assert rules.due_for(date(2026, 3, 2), due, days) == found


def test_how_far_somebody_is() -> None:
    day = date(2026, 3, 2)
    assert rules.standing(day, day, begun=False, done=False) is Standing.OPEN
    assert rules.standing(day, day - timedelta(days=1), begun=True, done=False) is Standing.LATE
    assert rules.standing(day, None, begun=True, done=False) is Standing.BEGUN
    assert rules.standing(day, day - timedelta(days=1), begun=True, done=True) is Standing.DONE
    assert (rules.share([1, 2, 3], [1, 2]), rules.share([], []), rules.share([1], [1])) == (66, 0, 100)
