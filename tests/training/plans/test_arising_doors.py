"""Rules of training plans at their doors; lines of the annual plan that become plans; what sessions teach and tell (C2, C17, C21)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.core.errors import RuleBroken
from kmsvc.notices.models import Notice
from kmsvc.people.accounts.usecases import set_own_language
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.training.courses import filling, learning
from kmsvc.training.courses.models import CourseAttempt
from kmsvc.training.courses.rules import LessonDraft
from kmsvc.training.evaluations.effects import levels_of, people_of
from kmsvc.training.evaluations.rules import Level
from kmsvc.training.needs import planning, realising
from kmsvc.training.needs.models import AnnualLine
from kmsvc.training.needs.plan_queries import line_card
from kmsvc.training.needs.planning import LineText
from kmsvc.training.plans import attending, holding, people, usecases
from kmsvc.training.plans.duties import ATTEND_PLAN, HOLD_PLAN
from kmsvc.training.plans.models import Plan
from kmsvc.training.plans.rules import FACTORS
from kmsvc.training.trainers import usecases as trainers
from tests.builders import do, make_change
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.support.pages import problems
from tests.training.courses.makers import published

RULES = "/training/plans/rules"


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def test_a_rule_is_written_previewed_switched_and_taken_back_at_its_pages(client: Callable[..., Any], world: Centre) -> None:
    world.drain()
    trainer = client("trainer")
    assert not problems(text_of(trainer.get(RULES))) and not problems(text_of(trainer.get(f"{RULES}/new")))
    wrong = trainer.post(RULES, data={"name": "新人", "event": "gap", "hours": "2", "days": "5"})
    assert wrong.status_code == 422 and "新人" in text_of(wrong) and not problems(text_of(wrong))
    made = trainer.post(RULES, data={"name": "新人", "event": "joined", "hours": "2", "days": "5", "unit": str(world.units["TEAM-B"])})
    place = made.headers["Location"]
    page = text_of(trainer.get(place))
    assert not problems(page) and "Agent B" in page  # it would have caught who is there since the last days
    assert trainer.post(f"{place}/switch_on", data={}).status_code == 303
    with world.begin("operator") as work:
        from kmsvc.people.accounts.usecases import add_account
        add_account(work, login="neu", name="Neu Ling", unit_code="TEAM-B")
    world.drain()
    page = text_of(trainer.get(place))
    assert not problems(page) and "Neu Ling" in page and "TP-2026-0001" in page
    plan = text_of(trainer.get("/training/plans/1")) if "/training/plans/1\"" in page else text_of(trainer.get(RULES))
    assert not problems(plan)
    refused = trainer.post(f"{place}/take_back", data={})
    assert refused.status_code == 422 and not problems(text_of(refused))
    assert trainer.post(f"{place}/take_back", data={"reason": "错"}).status_code == 303
    assert trainer.post(f"{place}/switch_off", data={}).status_code == 303
    assert trainer.post(f"{place}/edit", data={"name": "新人二", "event": "joined", "hours": "2", "days": "5"}).status_code == 303
    page = text_of(trainer.get(f"{RULES}?q=新人二&event=joined&stand=off"))
    assert "新人二" in page and not problems(page) and trainer.get(f"{RULES}?format=xlsx").status_code == 200
    assert client("agent").get(RULES).status_code == 403 and client("agent").get(place).status_code == 404
    assert client("manager").post(f"{place}/switch_on", data={}).status_code == 403


def a_plan(world: Centre, *, course: str | None = None, who: tuple[str, ...] = ("agent", "agent_b")) -> tuple[int, int]:
    """An approved plan and a session of it that goes on today."""
    today = world.clock.today
    with world.begin("manager") as work:
        trainer = trainers.open_file(work, login="trainer", qualification="q").id
        trainers.authorise(work, trainer, from_on=today, until_on=today + timedelta(days=300), proof="p")
    with world.begin("trainer") as work:
        plan = usecases.make_plan(work, title="退费", year=2026, purpose="other", hours=2, cost=100, target="t", evaluation="e",
                                  course=course, due_on=today + timedelta(days=7)).id
        people.add_people(work, plan, logins=who)
    with world.begin("manager") as work:
        usecases.approve(work, plan)
    with world.begin("trainer") as work:
        session = holding.plan_session(work, plan, trainer=trainer, zone=str(ZONE), day=today + timedelta(days=1), starts="09:00",
                                       ends="11:00", room="A", seats=20).id
    return plan, session


def came(world: Centre, session: int, *who: str) -> None:
    world.clock.move(days=2)
    for one in who:
        with world.begin("trainer") as work:
            attending.sign_in_by_hand(work, session, person=world.people[one], reason="war da")
    world.drain()


def test_who_signs_in_has_done_the_lessons_that_are_taught_and_nobody_marks_them_done(world: Centre) -> None:
    with world.look("trainer") as work:
        lesson = filling.lesson_of_input(work, 0, {"title": "面授", "required": True, "minutes": 60, "body": "内容", "taught": True},
                                         kind="text")
    course, _ = published(world, lesson, LessonDraft("text", "可选", False, 1, {"body": "更多"}))
    number, course_id = course.number, course.id
    _, session = a_plan(world, course=number)
    with world.begin("everything") as work:
        attempt = learning.begin_course(work, course_id)
        first = next(iter(learning.lessons_of(work.session, attempt)))
        with pytest.raises(RuleBroken):
            learning.note_progress(work, attempt.id, first, done=True)
    came(world, session, "agent")
    with world.look() as work:
        rows = {row.person_id: row.done_at for row in work.session.scalars(select(CourseAttempt).where(
            CourseAttempt.course_id == course_id))}
    assert rows[world.people["agent"]] is not None and rows[world.people["everything"]] is None and len(rows) == 2


def test_a_line_of_the_annual_plan_becomes_a_plan_and_shows_how_far_it_is(client: Callable[..., Any], world: Centre) -> None:
    with world.begin("trainer") as work:
        line = planning.add_line(work, 2026, LineText("退费时限", 2, 90, 123_456, 2, unit_id=world.units["TEAM-A"], target="少错")).id
    trainer, place = client("trainer"), f"/training/needs/lines/{line}"
    assert "make_plan" in text_of(trainer.get(place)) and "make_plan" not in text_of(client("manager").get(place))
    assert trainer.post(f"{place}/make_plan", data={}).status_code == 303
    page = text_of(trainer.get(place))
    assert not problems(page) and "TP-2026-0001" in page and "make_plan" not in page
    with world.look("trainer") as work:
        row = work.get(AnnualLine, line)
        plan = work.get(Plan, row.plan_id)
        assert (plan.title, plan.minutes, plan.cost, plan.target, str(plan.due_on)) == ("退费时限", 120, 1235, "少错", "2026-06-30")
        now = realising.so_far(work.session, line_card(work.session, work.actor, line), work.now)
        assert now is not None and (now.people, now.held, row.state) == (2, 0, "running")
    assert trainer.post(f"{place}/make_plan", data={}).status_code == 409
    assert trainer.post(f"{place}/unlink_plan", data={}).status_code == 422
    assert trainer.post(f"{place}/unlink_plan", data={"reason": "另排"}).status_code == 303
    with world.look() as work:
        assert (work.get(AnnualLine, line).plan_id, work.get(AnnualLine, line).state, work.get(Plan, plan.id).state) == (
            None, "planned", "cancelled")
    assert trainer.post(f"{place}/make_plan", data={}).status_code == 303


def test_what_people_said_after_sessions_is_level_one_and_who_came_is_level_two(client: Callable[..., Any], world: Centre) -> None:
    who = ("agent", "agent_b", "team_leader", "marker", "auditor", "supervisor")
    plan, session = a_plan(world, who=who)
    came(world, session, *who[:5])
    for one in who[:5]:
        with world.begin(one) as work:
            attending.rate(work, session, marks=dict.fromkeys(FACTORS, 4) | {"trainer": 5})
    with world.begin("trainer") as work:
        holding.hold(work, session, minutes="ok")
        usecases.finish(work, plan)
    world.drain()
    with world.look() as work:
        told = work.session.scalars(select(Notice.url).where(Notice.kind == "training.plan.evaluate")).all()
    assert told and set(told) == {f"/training/evaluations/new?plan={plan}"}
    trainer = client("trainer")
    page = text_of(trainer.get(f"/training/evaluations/new?plan={plan}"))
    assert not problems(page) and "退费" in page
    place = trainer.post("/training/evaluations", data={"kind": "plan", "subject_id": str(plan)}).headers["Location"]
    assert not problems(text_of(trainer.get(place)))
    assert trainer.post("/training/evaluations", data={"kind": "plan", "subject_id": "99"}).status_code == 422
    with world.look() as work:
        from kmsvc.training.evaluations.models import Evaluation
        row = work.session.scalars(select(Evaluation)).one()
        found = levels_of(work.session, row)
        assert {(one.after, one.n) for one in found[Level.REACTION]} == {(4.0, 5), (5.0, 5)} and len(found[Level.REACTION]) == 6
        assert [(one.after, one.n) for one in found[Level.LEARNING]] == [(83.3, 6)]
        assert len(people_of(work.session, row)) == 5
    with world.begin("trainer") as work:  # again: no second word
        usecases.reopen(work, plan, reason="r")
        usecases.finish(work, plan)
    world.drain()
    with world.look() as work:
        assert len(work.session.scalars(select(Notice.id).where(Notice.kind == "training.plan.evaluate")).all()) == len(told)


def test_trainers_and_people_have_a_duty_until_everybody_was_there(world: Centre) -> None:
    plan, session = a_plan(world)

    def duties() -> set[tuple[str, int | None, str]]:
        with world.begin("system") as work:
            run_duties(work, world.clock.today)
        with world.look() as work:
            return {(one.rule, one.owner_id, one.state) for one in work.session.scalars(select(Obligation).where(
                Obligation.subject_kind == "training_plan", Obligation.subject_id == plan))}
    trainer, agent, other = world.people["trainer"], world.people["agent"], world.people["agent_b"]
    assert duties() == {(HOLD_PLAN, trainer, "open"), (ATTEND_PLAN, agent, "open"), (ATTEND_PLAN, other, "open")}
    came(world, session, "agent")
    assert duties() == {(HOLD_PLAN, trainer, "open"), (ATTEND_PLAN, agent, "done"), (ATTEND_PLAN, other, "open")}
    with world.begin("trainer") as work:
        usecases.cancel(work, plan, reason="r")
    assert duties() == {(HOLD_PLAN, trainer, "moot"), (ATTEND_PLAN, agent, "done"), (ATTEND_PLAN, other, "moot")}


def test_why_somebody_is_on_a_plan_is_said_in_the_language_of_the_reader(client: Callable[..., Any], world: Centre) -> None:
    change = make_change(world, step=9)
    do(world, "trainer", "plan_training", change, course="新规", held_on=world.clock.today + timedelta(days=3), trainer="trainer")
    world.drain()
    with world.look() as work:
        plan = work.session.scalars(select(Plan.id).where(Plan.because.startswith("change_line:"))).one()
    with world.begin("trainer") as work:
        set_own_language(work, "zh_Hans_CN")
    trainer = client("trainer")
    for place in (f"/training/plans/{plan}", f"/training/plans/{plan}?format=csv", f"/process/changes/{change}/training"):
        page = text_of(trainer.get(place))
        assert "Step 9" not in page, place
    assert "第9步部署的培训" in text_of(trainer.get(f"/training/plans/{plan}"))
