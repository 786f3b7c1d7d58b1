"""The yearly survey in six steps: each provable, anonymous answers tied to nobody, signed and frozen, its duties kept (C17)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.events import Fact
from kmsvc.notices.models import Notice
from kmsvc.notices.usecases import mark_read
from kmsvc.people.units.usecases import add_post
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.training.needs import answering, counting, designing, usecases
from kmsvc.training.needs.designing import FormText
from kmsvc.training.needs.models import Asked, NeedsAnswer, NeedsForm, NeedsStep
from kmsvc.training.needs.queries import campaign_card, campaign_lines
from kmsvc.training.needs.sources import what_hurts
from tests.support.centre import Centre
from tests.training.needs.surveys import (
    ANSWERS,
    QUESTIONS,
    add_form,
    answer,
    begin_survey,
    close,
    interview,
    meet,
    send,
    sign,
    signed,
)

FIVE = ("agent", "agent_b", "marker", "auditor", "manager")


def card(world: Centre, campaign_id: int, who: str = "trainer") -> Any:
    with world.look(who) as work:
        return campaign_card(work, campaign_id)


def test_each_of_the_six_steps_is_proven_by_who_when_and_what(world: Centre) -> None:
    one = signed(world)
    found = card(world, one)
    assert [step.verb for step in found.steps if step.verb != "note"] == [
        "plan", "design", "send", "close", "draw", "finish_interviews", "hold_meeting", "sign"]
    assert {step.step for step in found.steps} == {1, 2, 3, 4, 5, 6}
    assert all(step.person and step.at is not None for step in found.steps)
    facts = {step.verb: step.facts for step in found.steps}
    everybody = found.line.asked
    assert everybody == found.population == facts["send"]["people"] > 15
    assert (facts["close"]["answered"], facts["close"]["asked"]) == (5, everybody)
    assert facts["draw"]["seed"] == "s" and facts["draw"]["drawn"] == len(found.interviews) == -(-everybody // 10)
    assert found.repeats and found.is_whole and found.line.number.startswith("NS-2026-")
    assert found.record["figures"][0]["answered"] == 5 and found.record["ranking"][0]["subject"]


def test_steps_cannot_be_skipped_and_belong_to_who_may(world: Centre) -> None:
    one = begin_survey(world)
    for step in (lambda: close(world, one), lambda: meet(world, one), lambda: sign(world, one), lambda: answer(world, one, "agent")):
        with pytest.raises((RuleBroken, NotFound)):
            step()
    with pytest.raises(RuleBroken):
        send(world, one)  # without a questionnaire
    add_form(world, one)
    for who in ("agent", "manager", "class_teacher", "auditor"):
        with pytest.raises(NotPermitted):
            send(world, one, who=who)
    with pytest.raises(RuleBroken):
        begin_survey(world)  # the year has one
    send(world, one)
    with pytest.raises(RuleBroken):
        add_form(world, one)
    with pytest.raises(RuleBroken):
        close(world, one)  # nobody answered
    answer(world, one, "agent")
    close(world, one)
    with pytest.raises(RuleBroken):
        answer(world, one, "agent_b")
    interview(world, one)
    meet(world, one)
    with pytest.raises(NotPermitted):
        sign(world, one, who="trainer")


def test_whoever_ran_the_survey_does_not_sign_it(world: Centre) -> None:
    one = begin_survey(world, who="everything")
    add_form(world, one)
    send(world, one)
    answer(world, one, "agent")
    close(world, one)
    interview(world, one)
    meet(world, one)
    with pytest.raises(NotPermitted):
        sign(world, one, who="everything")
    with pytest.raises(RuleBroken), world.begin("manager") as work:
        usecases.sign_campaign(work, one, conclusion="c", today=world.clock.today, content_hash="0")
    sign(world, one)


def test_posts_and_grades_get_their_own_questionnaire_and_nobody_is_left_out(world: Centre) -> None:
    with world.begin("operator") as work:
        post = add_post(work, code="AGENT", name="坐席").id
        work.session.execute(text("UPDATE people_person SET post_id = :post WHERE id IN (:a, :b)"),
                             {"post": post, "a": world.people["agent"], "b": world.people["agent_b"]})
    one = begin_survey(world)
    agents = add_form(world, one, title="坐席问卷", posts=(post,))
    leads = add_form(world, one, title="班长问卷", grades=("lead", "head"))
    with pytest.raises(RuleBroken) as refused:
        send(world, one)
    assert refused.value.code == "training.needs.left_out" and card(world, one).nobody > 5
    rest = add_form(world, one, title="其他人")
    assert card(world, one).nobody == 0
    send(world, one)
    with world.look() as work:
        given = {row.person_id: row.form_id for row in work.session.scalars(select(Asked))}
    assert given[world.people["agent"]] == given[world.people["agent_b"]] == agents
    assert given[world.people["team_leader"]] == given[world.people["manager"]] == leads
    assert given[world.people["marker"]] == rest
    assert world.people["suspended"] not in given


def test_an_anonymous_answer_leads_back_to_nobody(world: Centre) -> None:
    one = begin_survey(world)
    add_form(world, one)
    send(world, one)
    for who in FIVE:
        answer(world, one, who, ANSWERS | {"q4": f"我是{who}"})
    with pytest.raises(RuleBroken):
        answer(world, one, "agent")
    with world.look() as work:
        rows = list(work.session.scalars(select(NeedsAnswer).order_by(NeedsAnswer.key)))
        said = [str(tuple(row)) for row in work.session.execute(select(AuditEntry.__table__))]
        facts = [str(tuple(row)) for row in work.session.execute(select(Fact.__table__))]
    assert len(rows) == 5 and all(row.asked_id is None for row in rows)
    assert not any("我是" in one or row.key in one for one in (*said, *facts) for row in rows)
    assert "person_id" not in {column["name"] for column in inspect(world.db.engine).get_columns("training_needs_answer")}
    if world.db.engine.dialect.name == "sqlite":
        with world.db.engine.connect() as connection, pytest.raises(DBAPIError):
            connection.execute(text("SELECT rowid FROM training_needs_answer"))
    # agent and agent_b are alone of their team: their unit does not stand with the answer
    assert {row.unit_id for row in rows} <= {None, world.units["CENTRE"]}


def test_that_somebody_answered_is_kept_on_the_day_and_not_what(world: Centre) -> None:
    one = begin_survey(world)
    add_form(world, one)
    send(world, one)
    answer(world, one, "agent")
    with world.look("agent") as work:
        _, asked, _ = answering.my_form(work, one)
        assert asked.answered_on == world.clock.today and answering.my_answers(work, asked) == {}
    with pytest.raises(NotFound), world.look("suspended") as work:
        answering.my_form(work, one)


def test_a_named_answer_can_be_mended_and_its_figure_opens_to_who_gave_it(world: Centre) -> None:
    one = begin_survey(world)
    form_id = add_form(world, one, anonymous=False)
    send(world, one)
    answer(world, one, "agent")
    answer(world, one, "agent", ANSWERS | {"q1": ["情绪安抚"]})
    answer(world, one, "marker")
    close(world, one)
    with world.look() as work:
        form = work.get(NeedsForm, form_id)
        figures = counting.figures_of(work.session, form)
        bars = {bar.value: bar.n for bar in figures.questions[0].bars}
        assert bars == {"退费规则": 1, "情绪安抚": 1, "系统操作": 1} and not figures.hidden
        for bar in figures.questions[0].bars:  # every figure counts what it opens to
            behind = counting.behind(work.session, form, "q1", bar.value)
            assert behind is not None and behind.people is not None and len(behind.people) == behind.n == bar.n
        calm = counting.behind(work.session, form, "q1", "情绪安抚")
        assert calm is not None and calm.people == (world.people["agent"],)
        assert counting.behind(work.session, form, "q9", None) is None


def test_fewer_than_five_anonymous_answers_are_not_shown_anywhere(world: Centre) -> None:
    one = begin_survey(world)
    form_id = add_form(world, one)
    send(world, one)
    for who in FIVE[:4]:
        answer(world, one, who)
    close(world, one)
    with world.look("trainer") as work:
        form = work.get(NeedsForm, form_id)
        figures = counting.figures_of(work.session, form)
        assert figures.hidden and not figures.questions and figures.answered == 4
        assert counting.behind(work.session, form, "q1", "退费规则") is None
        assert not [part for row in what_hurts(work.session, work.actor, 2026, world.clock.today) for part, _ in row.parts
                    if part.source == "survey"]


def test_of_anonymous_groups_only_five_and_more_are_counted_on_their_own(world: Centre) -> None:
    one = begin_survey(world)
    form_id = add_form(world, one)
    send(world, one)
    people = ("marker", "auditor", "manager", "trainer", "supervisor", "compliance")
    for who in (*people, "agent", "agent_b", "team_leader"):
        answer(world, one, who)
    close(world, one)
    with world.look() as work:
        form = work.get(NeedsForm, form_id)
        # nine answers, three without a unit that may be shown: the six could be subtracted, so none is shown
        assert counting.groups_of(work.session, form)["unit"] == ()
        assert counting.answers_of(work.session, form, "unit", world.units["CENTRE"]) is None
        assert len(counting.answers_of(work.session, form) or ()) == 9


def test_wishes_of_the_survey_stand_in_what_hurts(world: Centre) -> None:
    one = begin_survey(world)
    add_form(world, one)
    send(world, one)
    for who in FIVE:
        answer(world, one, who)
    with world.look("trainer") as work:
        assert not any(row.subject == "退费规则" for row in what_hurts(work.session, work.actor, 2026, world.clock.today))
    close(world, one)
    with world.look("trainer") as work:
        rows = {row.subject: row for row in what_hurts(work.session, work.actor, 2026, world.clock.today)}
    assert rows["退费规则"].parts[0][0].count == 5 and rows["对宽带报障有多熟？"].parts[0][0].count == 5
    assert rows["退费规则"].parts[0][0].url == f"/training/needs/{one}/statistics"


def test_an_interview_needs_its_note_or_its_reason_and_all_are_settled(world: Centre) -> None:
    one = begin_survey(world)
    add_form(world, one)
    send(world, one)
    answer(world, one, "agent")
    close(world, one)
    with world.begin("trainer") as work:
        usecases.draw_interviews(work, one, share=10, seed="s")
    with world.look() as work:
        first, *rest = [row.id for row in usecases.interviews_of(work, one)]
    today = world.clock.today
    for wrong in ({}, {"held_on": today, "skipped": "请假"}, {"held_on": today}, {"held_on": today, "note": "n"},
                  {"held_on": today + timedelta(days=1), "note": "n", "confirms": "yes"}):
        with pytest.raises(InvalidInput), world.begin("trainer") as work:
            answering.note_interview(work, one, first, today=today, **wrong)  # type: ignore[arg-type]
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        usecases.finish_interviews(work, one)
    for other in (first, *rest):
        with world.begin("trainer") as work:
            answering.note_interview(work, one, other, today=today, skipped="请假")
    with pytest.raises(RuleBroken) as refused, world.begin("trainer") as work:
        usecases.finish_interviews(work, one)
    assert refused.value.code == "training.needs.no_interview"


def test_what_is_signed_is_frozen_and_the_proof_of_a_step_always(world: Centre) -> None:
    one = begin_survey(world)
    with pytest.raises(DBAPIError), world.db.engine.begin() as connection:
        connection.execute(text("UPDATE training_needs_step SET person_id = NULL"))
    with world.begin("trainer") as work:
        usecases.cancel_campaign(work, one, reason="r")
    two = signed(world)
    for statement in ("UPDATE training_needs_campaign SET conclusion = 'x' WHERE signed_at IS NOT NULL",
                      "DELETE FROM training_needs_interview", "UPDATE training_needs_form SET title = 'x'",
                      "DELETE FROM training_needs_answer", "UPDATE training_needs_asked SET answered_on = NULL",
                      "DELETE FROM training_needs_step"):
        with pytest.raises(DBAPIError), world.db.engine.begin() as connection:
            connection.execute(text(statement))
    for again in (lambda: sign(world, two), lambda: meet(world, two)):
        with pytest.raises(RuleBroken):
            again()
    with world.look("trainer") as work:
        lines, _ = campaign_lines(work.session, work.actor)
    assert [line.state for line in lines] == ["signed", "cancelled"]


def test_questionnaires_are_taken_over_from_the_last_survey(world: Centre) -> None:
    last = begin_survey(world, year=2025)
    add_form(world, last, title="坐席")
    add_form(world, last, title="其他")
    with world.begin("trainer") as work:
        usecases.send_campaign(work, last, due_on=world.clock.today, today=world.clock.today)
    one = begin_survey(world)
    add_form(world, one, title="其他", questions=QUESTIONS[:1])
    with world.begin("trainer") as work:
        designing.take_over(work, one)
    forms = {form.title: form for form in card(world, one).forms}
    assert set(forms) == {"坐席", "其他"} and len(forms["其他"].questions) == 1 and len(forms["坐席"].questions) == 4
    with world.begin("trainer") as work:
        designing.change_form(work, one, forms["坐席"].id, FormText("坐席", QUESTIONS[:2]))
    assert len(card(world, last).forms[0].questions) == 4  # what was sent stays
    empty = begin_survey(world, year=2020)
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        designing.take_over(work, empty)


def test_everybody_asked_is_told_reminded_through_the_one_engine_and_no_longer_once_answered(world: Centre) -> None:
    one = begin_survey(world, days=20)
    add_form(world, one)
    send(world, one, days=20)
    world.drain()
    with world.begin("system") as work:
        run_duties(work, world.clock.today)
    answer(world, one, "agent")
    world.drain()
    with world.look() as work:
        duties = {row.owner_id: row for row in work.session.scalars(select(Obligation).where(
            Obligation.rule == "training.needs.answer"))}
        told = list(work.session.scalars(select(Notice.person_id).where(Notice.kind == "training.needs.sent")))
    assert duties[world.people["agent"]].state == "done" and duties[world.people["agent_b"]].state == "open"
    assert told.count(world.people["agent_b"]) == 2  # the questionnaire, and the rung of thirty days
    later = world.clock.today + timedelta(days=14)
    with world.begin("system") as work:
        run_duties(work, later)
    world.drain()
    with world.look() as work:
        told = list(work.session.scalars(select(Notice.person_id).where(Notice.kind == "training.needs.sent")))
    assert (told.count(world.people["agent_b"]), told.count(world.people["agent"])) == (3, 2)
    close(world, one)
    with world.begin("system") as work:
        run_duties(work, later)
    with world.look() as work:
        assert not work.session.scalars(select(Obligation).where(
            Obligation.rule == "training.needs.answer", Obligation.state == "open")).all()


def test_the_year_is_a_duty_of_the_fourth_quarter_until_its_report_is_signed(world: Centre) -> None:
    with world.begin("system") as work:
        run_duties(work, world.clock.today)
    with world.look() as work:
        assert not work.session.scalars(select(Obligation).where(Obligation.rule == "training.needs")).all()  # nobody trains yet
    one = begin_survey(world)
    with world.begin("system") as work:
        run_duties(work, world.clock.today)
    with world.look() as work:
        [duty] = work.session.scalars(select(Obligation).where(Obligation.rule == "training.needs")).all()
        assert (duty.period, duty.due_on.month, duty.due_on.day, duty.owner_id) == ("2026", 12, 31, world.people["trainer"])
    add_form(world, one)
    send(world, one)
    answer(world, one, "agent")
    close(world, one)
    interview(world, one)
    meet(world, one)
    sign(world, one)
    world.drain()
    with world.look() as work:
        [duty] = work.session.scalars(select(Obligation).where(Obligation.rule == "training.needs")).all()
        assert (duty.state, duty.done_by_id) == ("done", world.people["manager"])
        told = set(work.session.scalars(select(Notice.person_id).where(Notice.kind == "training.needs.signed")))
    assert world.people["trainer"] in told and world.people["manager"] not in told


def test_more_time_is_later_has_a_reason_and_is_told_to_those_alone_who_have_not_answered(world: Centre) -> None:
    one = begin_survey(world)
    add_form(world, one)
    send(world, one)
    answer(world, one, "agent")
    due = world.clock.today + timedelta(days=14)
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        usecases.extend_campaign(work, one, due_on=due, reason="r")
    world.drain()
    with world.begin("trainer") as work:
        usecases.extend_campaign(work, one, due_on=due + timedelta(days=7), reason="假期")
    world.drain()
    with world.look() as work:
        told = list(work.session.scalars(select(Notice.person_id).where(Notice.kind == "training.needs.sent")))
        step = work.session.scalars(select(NeedsStep).where(NeedsStep.verb == "extend")).one()
    assert told.count(world.people["agent_b"]) == told.count(world.people["agent"]) + 2  # who has answered hears of neither
    assert step.facts["reason"] == "假期" and step.facts["before"] == due.isoformat()


def test_what_the_survey_asks_stands_on_the_day_of_each_person_until_it_is_done(client: Callable[..., Any], world: Centre) -> None:
    one = begin_survey(world)
    add_form(world, one)
    send(world, one)
    with world.begin("system") as work:
        run_duties(work, world.clock.today)
    place = f"/training/needs/{one}/answer"
    assert place in client("agent").get("/").get_data(as_text=True)
    answer(world, one, "agent")
    world.drain()
    with world.begin("agent") as work:
        mark_read(work)
    assert place not in client("agent").get("/").get_data(as_text=True)
