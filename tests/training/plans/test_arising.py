"""Plans that arise from what happens (C2), and steps 9 and 10 of a change that stand on a real plan (A13, W2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.operations.usecases import set_option
from kmsvc.people.accounts import usecases as accounts
from kmsvc.process.changes.models import Change, HistoryEntry
from kmsvc.process.changes.options import TRAINED_SHARE
from kmsvc.process.changes.training import training_of
from kmsvc.process.fieldwork.models import PlanLine, SitIn
from kmsvc.training.needs import planning
from kmsvc.training.plans import attending, holding, usecases
from kmsvc.training.plans.arising import RuleText, switch, take_back, would_catch, write_rule
from kmsvc.training.plans.arising_models import ArisingCatch, ArisingRule
from kmsvc.training.plans.models import Plan, PlanParticipant
from kmsvc.training.trainers import usecases as trainers
from tests.builders import do, make_change, play
from tests.support.centre import Centre
from tests.support.clock import ZONE


def a_rule(world: Centre, event: str, *, on: bool = True, **given: Any) -> int:
    with world.begin("trainer") as work:
        row = write_rule(work, RuleText(**({"name": "新人须知", "event": event, "hours": 2, "days": 10} | given)))
        return switch(work, row.id, True).id if on else row.id


def caught(world: Centre, rule: int) -> list[ArisingCatch]:
    with world.look() as work:
        return list(work.session.scalars(select(ArisingCatch).where(ArisingCatch.rule_id == rule).order_by(ArisingCatch.id)))


def people_of(world: Centre, plan: int) -> set[int]:
    with world.look() as work:
        return set(work.session.scalars(select(PlanParticipant.person_id).where(PlanParticipant.plan_id == plan)))


def add(world: Centre, login: str, unit: str) -> int:
    with world.begin("operator") as work:
        return accounts.add_account(work, login=login, name=login.title(), unit_code=unit).id


def test_who_joins_a_unit_comes_onto_the_draft_of_the_month_once(world: Centre) -> None:
    world.drain()
    rule, off = a_rule(world, "joined", unit=world.units["TEAM-A"]), a_rule(world, "joined", on=False)
    one, _, two = add(world, "one", "TEAM-A"), add(world, "other", "TEAM-B"), add(world, "two", "TEAM-A")
    world.drain()
    rows = caught(world, rule)
    assert [row.people for row in rows] == [[one], [two]] and len({row.plan_id for row in rows}) == 1 and caught(world, off) == []
    assert people_of(world, rows[0].plan_id) == {one, two}
    with world.look() as work:
        plan = work.get(Plan, rows[0].plan_id)
        assert (plan.purpose, plan.minutes, plan.state) == ("onboarding", 120, "draft")
    from kmsvc.people.accounts.events import PersonJoined
    with world.begin("system") as work:  # the same again adds nothing
        work.record(PersonJoined(one, world.units["TEAM-A"], None))
    world.drain()
    assert len(caught(world, rule)) == 2


def test_a_change_of_unit_counts_each_time_and_nothing_else_of_a_person_does(world: Centre) -> None:
    rule = a_rule(world, "moved", unit=world.units["TEAM-B"])
    for unit in ("TEAM-B", "TEAM-A", "TEAM-B"):
        with world.begin("operator") as work:
            accounts.change_person(work, world.people["agent"], unit_code=unit)
        with world.begin("operator") as work:
            accounts.change_person(work, world.people["agent"], name=f"A {unit}")
        world.drain()
    assert [row.people for row in caught(world, rule)] == [[world.people["agent"]], []]  # back again: on the plan of the month already


def test_a_published_process_and_a_gap_of_quality_make_a_draft_each_for_whom_they_concern(world: Centre) -> None:
    change = make_change(world, step=8)
    world.drain()
    published = a_rule(world, "published", name="新流程", klass="business")
    management = a_rule(world, "published", klass="management")
    gap = a_rule(world, "gap", name="差错", unit=world.units["TEAM-B"], words="退费")
    play(world, change, to=9)
    with world.begin("manager") as work:
        for subject in ("退费时限说错", "态度"):
            planning.add_entry(work, year=2026, source="qa", subject=subject, count=3)
        planning.add_entry(work, year=2026, source="managers", subject="退费", count=1)
    world.drain()
    assert [set(row.people) for row in caught(world, published)] == [{world.people["agent"], world.people["team_leader"]}]
    assert caught(world, management) == []
    assert [(row.title, row.people) for row in caught(world, gap)] == [("退费时限说错", [world.people["agent_b"]])]
    with world.look("trainer") as work:
        found = would_catch(work.session, work.get(ArisingRule, gap), work.now)
        assert [(it.title, people) for it, people in found] == [("退费时限说错", {world.people["agent_b"]})]
        assert len(would_catch(work.session, work.get(ArisingRule, published), work.now)) == 2  # one was before the rule
        assert would_catch(work.session, work.get(ArisingRule, gap), work.now + timedelta(days=91)) == []


def test_a_rule_puts_people_on_a_running_plan_and_what_it_did_is_taken_back(world: Centre) -> None:
    with world.begin("trainer") as work:
        running = usecases.make_plan(work, title="t", year=2026, purpose="other", hours=1, cost=0, target="t", evaluation="e")
        number, plan = running.number, running.id
        usecases.add_people(work, plan, logins=["agent_b"])
    world.drain()
    rule, draft = a_rule(world, "joined", plan=number), a_rule(world, "joined", name="Eigener")
    one = add(world, "one", "TEAM-A")
    world.drain()
    assert people_of(world, plan) == {one, world.people["agent_b"]}
    made = caught(world, draft)[0].plan_id
    with pytest.raises(NotPermitted), world.begin("agent") as work:
        take_back(work, rule, catch=None, reason="r")
    for which in (rule, draft):
        with world.begin("trainer") as work:
            assert take_back(work, which, catch=None, reason="falsch") == 1
        with pytest.raises(RuleBroken), world.begin("trainer") as work:
            take_back(work, which, catch=None, reason="falsch")
    with pytest.raises(NotFound), world.begin("trainer") as work:
        take_back(work, rule, catch=caught(world, draft)[0].id, reason="r")
    assert people_of(world, plan) == {world.people["agent_b"]} and people_of(world, made) == set()
    with world.look() as work:
        assert (work.get(Plan, plan).state, work.get(Plan, made).state) == ("draft", "cancelled")


def test_a_rule_says_who_is_meant_and_names_what_exists(world: Centre) -> None:
    for wrong, field in (({"event": "gap"}, "unit"), ({"event": "joined", "group": "quality"}, "group"),
                         ({"event": "joined", "course": "C-9"}, "course"), ({"event": "joined", "plan": "TP-1"}, "plan"),
                         ({"event": "joined", "unit": 999_999}, "unit"), ({"event": "joined", "post": 999_999}, "post")):
        with pytest.raises(InvalidInput) as refused:
            a_rule(world, **wrong)  # type: ignore[arg-type]
        assert list(refused.value.fields) == [field]


def taught(world: Centre, change: int, *, exam: str | None = None) -> tuple[int, int]:
    """A change at step 10 whose training stands on a real, approved plan with a session of tomorrow: (plan, session)."""
    today = world.clock.today
    do(world, "trainer", "plan_training", change, course="新规", held_on=today + timedelta(days=3), trainer="trainer", exam=exam)
    world.drain()
    do(world, "trainer", "finish_planning", change)
    with world.begin("manager") as work:
        trainer = trainers.open_file(work, login="trainer", qualification="q").id
        trainers.authorise(work, trainer, from_on=today, until_on=today + timedelta(days=300), proof="p")
        plan = work.session.scalars(select(PlanLine.plan_id).where(PlanLine.change_id == change)).one()
        assert plan is not None
        usecases.approve(work, plan)
    with world.begin("trainer") as work:
        session = holding.plan_session(work, plan, trainer=trainer, zone=str(ZONE), day=today + timedelta(days=1), starts="09:00",
                                       ends="11:00", room="A", seats=20).id
    return plan, session


def figure(world: Centre, change: int) -> Any:
    with world.look() as work:
        return training_of(work.session, work.get(Change, change), world.clock.today)


def test_step_nine_makes_a_real_plan_and_the_second_release_waits_for_its_people(world: Centre) -> None:
    change = make_change(world, step=9)
    plan, session = taught(world, change)
    assert people_of(world, plan) == {world.people["agent"], world.people["team_leader"]}
    now = figure(world, change)
    assert (now.people, now.trained, now.is_real, now.is_enough) == (2, 0, True, False)
    assert {one.person_id for one in now.missing} == {world.people["agent"], world.people["team_leader"]}
    world.clock.move(days=1)
    with world.begin("trainer") as work:
        attending.sign_in_by_hand(work, session, person=world.people["agent"], reason="war da")
    world.drain()
    assert (figure(world, change).trained, figure(world, change).percent) == (1, 50)
    with world.look() as work:
        line = work.session.scalars(select(PlanLine.id).where(PlanLine.change_id == change)).one()
    with pytest.raises(InvalidInput):
        do(world, "process_author", "record_sit_in", change, plan_line=line, held_on=world.clock.today, verdict="taught_right",
           session=999)
    sit = do(world, "process_author", "record_sit_in", change, plan_line=line, held_on=world.clock.today, verdict="taught_right",
             session=session)
    with world.look() as work:
        assert work.get(SitIn, sit.id).session_id == session
    play(world, change, to=15)
    do(world, "process_manager", "release_mail", change, zone=str(ZONE))
    with pytest.raises(InvalidInput) as refused:
        do(world, "knowledge_editor", "release_kb", change, zone=str(ZONE))
    assert list(refused.value.fields) == ["untrained"]
    with world.begin("operator") as work:
        set_option(work, TRAINED_SHARE.name, 50)
    do(world, "knowledge_editor", "release_kb", change, zone=str(ZONE))


def test_a_reason_lets_it_take_effect_before_enough_are_trained_and_stands_in_the_record(world: Centre) -> None:
    change = make_change(world, step=9)
    taught(world, change)
    play(world, change, to=15)
    do(world, "knowledge_editor", "release_kb", change, zone=str(ZONE))
    do(world, "process_manager", "release_mail", change, zone=str(ZONE), untrained="Gesetz gilt ab heute")
    with world.look() as work:
        assert "0/2: Gesetz gilt ab heute" in (work.session.scalars(select(HistoryEntry.comment).where(
            HistoryEntry.change_id == change, HistoryEntry.verb == "release_mail").order_by(HistoryEntry.id.desc())).first() or "")


def test_a_plan_that_is_there_is_linked_and_by_hand_makes_none(world: Centre) -> None:
    with world.begin("trainer") as work:
        number = usecases.make_plan(work, title="t", year=2026, purpose="other", hours=1, cost=0, target="t", evaluation="e").number
    change, hand = make_change(world, step=9), make_change(world, step=9)
    today = world.clock.today
    for wrong in ({"plan": "TP-0"}, {"plan": number, "by_hand": True}):
        with pytest.raises(InvalidInput):
            do(world, "trainer", "plan_training", change, course="c", held_on=today, trainer="trainer", **wrong)
    do(world, "trainer", "plan_training", change, course="c", held_on=today, trainer="trainer", plan=number.lower())
    do(world, "trainer", "plan_training", hand, course="c", held_on=today, trainer="trainer", by_hand=True)
    world.drain()
    world.drain()
    with world.look() as work:
        assert work.session.scalar(select(func.count(Plan.id))) == 1
    now, other = figure(world, change), figure(world, hand)
    assert [one.number for one in now.plans] == [number] and now.trained == 0
    assert (other.is_real, other.by_hand, other.unlinked, other.is_enough) == (False, 2, 1, True)


def test_the_page_of_a_change_opens_the_figure_to_who_is_missing(client: Callable[..., Any], world: Centre) -> None:
    change = make_change(world, step=9)
    taught(world, change)
    page = client("process_author").get(f"/process/changes/{change}/training").get_data(as_text=True)
    assert "Team Leader" in page
    assert "Team Leader" not in client("agent").get(f"/process/changes/{change}/training").get_data(as_text=True)
    assert client("trainer").get(f"/process/changes/{change}/training?format=csv").status_code == 200
    assert f"/process/changes/{change}/training" in client("trainer").get(f"/process/changes/{change}").get_data(as_text=True)
