"""A sign-in that is taken back opens what only it finished: lesson, course, what was assigned, certificate; another session that stands
keeps them done."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.training.certificates import usecases as certificates
from kmsvc.training.certificates.rules import COUNTS
from kmsvc.training.courses import filling, learning
from kmsvc.training.courses.assigning import Whom, assign_course
from kmsvc.training.courses.duties import TAKE
from kmsvc.training.courses.mine import my_history
from kmsvc.training.courses.models import CourseAssignee, CourseAttempt, CourseRecord
from kmsvc.training.courses.rules import LessonDraft
from kmsvc.training.plans import attending, holding
from kmsvc.training.plans.models import TrainingSession
from tests.support.centre import Centre
from tests.training.certificates.test_certificates import card
from tests.training.courses.makers import published
from tests.training.plans.test_arising_doors import a_plan, came

ME = "agent"


def a_course(world: Centre) -> tuple[int, str, int]:
    """A course with a taught lesson and one to be read, assigned to somebody and proving a certificate: its id, number, the kind."""
    with world.look("trainer") as work:
        lesson = filling.lesson_of_input(work, 0, {"title": "面授", "required": True, "minutes": 60, "body": "内容", "taught": True},
                                         kind="text")
    course, _ = published(world, lesson, LessonDraft("text", "自学", True, 1, {"body": "更多"}))
    course_id, number = course.id, course.number
    with world.begin("trainer") as work:
        assign_course(work, course_id, Whom(person_id=world.people[ME]), today=world.clock.today, days=30)
        kind = certificates.make_kind(work, certificates.KindDraft(name="操作", purpose="other", months=12, course_id=course_id)).id
        certificates.add_need(work, kind, since=world.clock.today - timedelta(days=1), role="agent")
    with world.begin(ME) as work:  # the lesson to be read is read first
        attempt = learning.begin_course(work, course_id)
        learning.note_progress(work, attempt.id, list(learning.lessons_of(work.session, attempt))[1], done=True)
    with world.begin("system") as work:
        run_duties(work, world.clock.today)
    return course_id, number, kind


def take_back(world: Centre, session: int) -> None:
    with world.begin("trainer") as work:
        attending.take_back_sign_in(work, session, person=world.people[ME], reason="verwechselt")
    world.drain()


def stand(world: Centre, course: int) -> tuple[list[str], list[bool], bool, str]:
    """How each attempt stands, whether what was assigned is done, whether the certificate counts, the duty."""
    with world.begin("system") as work:
        run_duties(work, world.clock.today)
    with world.look() as work:
        ways = [one.how for one in reversed(my_history(work.session, world.people[ME]))]
        rows = work.session.scalars(select(CourseAssignee).where(CourseAssignee.course_id == course).order_by(CourseAssignee.id))
        asked = [row.done_at is not None for row in rows]
        duty = work.session.scalars(select(Obligation.state).where(Obligation.rule == TAKE)).one()
    return ways, asked, any(one.state in COUNTS for one in card(world, ME).lines), duty


def test_only_what_this_session_finished_is_open_again(world: Centre) -> None:
    course, number, _ = a_course(world)
    _, session = a_plan(world, course=number)
    came(world, session, ME)
    assert stand(world, course) == (["done"], [True], True, "done")
    take_back(world, session)
    assert stand(world, course) == (["undone", "begun"], [False], False, "open")
    with world.look() as work:  # what was read stays read, and the history keeps everything
        made = work.session.scalars(select(CourseAttempt).where(CourseAttempt.course_id == course).order_by(CourseAttempt.number)).all()
        assert [row.done_at is not None for row in learning.progress_of(work.session, made[1].id).values()] == [True]
        assert "done" in list(work.session.scalars(select(CourseRecord.what).where(CourseRecord.attempt_id == made[0].id)))
    with world.begin("trainer") as work:
        attending.sign_in_by_hand(work, session, person=world.people[ME], reason="doch")
    world.drain()
    assert stand(world, course) == (["undone", "done"], [True], True, "done")


def test_a_lesson_of_an_attempt_under_way_is_open_again(world: Centre) -> None:
    with world.look("trainer") as work:
        lesson = filling.lesson_of_input(work, 0, {"title": "面授", "required": True, "minutes": 60, "body": "内容", "taught": True},
                                         kind="text")
    course, _ = published(world, lesson, LessonDraft("text", "自学", True, 1, {"body": "更多"}))
    _, session = a_plan(world, course=course.number)
    came(world, session, ME)

    def done() -> list[bool]:
        with world.look() as work:
            attempt = learning.running(work.session, course.id, world.people[ME])
            assert attempt is not None
            return [row.done_at is not None for row in learning.progress_of(work.session, attempt.id).values()]
    assert done() == [True]
    take_back(world, session)
    assert done() == [False]


def test_another_session_keeps_it_done_and_cancelling_is_taking_back(world: Centre) -> None:
    course, number, _ = a_course(world)
    _, first = a_plan(world, course=number)
    came(world, first, ME)
    with world.look("trainer") as work:
        row = work.get(TrainingSession, first)
        plan, trainer = row.plan_id, row.trainer_id
    with world.begin("trainer") as work:
        second = holding.plan_session(work, plan, trainer=trainer, zone="Asia/Shanghai", day=world.clock.today + timedelta(days=1),
                                      starts="09:00", ends="10:00", room="B", seats=9).id
    came(world, second, ME)
    take_back(world, second)
    assert stand(world, course)[0] == ["done"], "it was done before"
    with world.begin("trainer") as work:
        attending.sign_in_by_hand(work, second, person=world.people[ME], reason="doch")
    world.drain()
    take_back(world, first)
    assert stand(world, course)[:3] == (["undone", "done"], [True], True)
    with world.begin("trainer") as work:
        holding.cancel_session(work, second, reason="Strom")
    world.drain()
    assert stand(world, course)[:3] == (["undone", "undone", "begun"], [False], False)
    with world.begin("trainer") as work:
        holding.bring_back(work, second, zone="Asia/Shanghai")
    world.drain()
    assert stand(world, course)[:3] == (["undone", "undone", "done"], [True], True)
