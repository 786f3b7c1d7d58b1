"""Steps 9 to 12 count rows of their own nouns: whole people planned, sit-ins of this change, samples, routed feedback."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.process.fieldwork import gates
from kmsvc.process.fieldwork.gates import FieldCounts
from kmsvc.process.fieldwork.models import PlanLine
from tests.builders import do, make_change, open_item, play, scene, step_of
from tests.support.centre import Centre
from tests.support.clients import Caller

COUNTS = st.builds(FieldCounts, *(st.integers(0, 9) for _ in range(1)), st.frozensets(st.integers(1, 9)),
                   *(st.integers(0, 9) for _ in range(6)))


@given(COUNTS, COUNTS, COUNTS)
def test_sources_add_up_in_any_order(one: FieldCounts, two: FieldCounts, three: FieldCounts) -> None:
    assert one + two == two + one
    assert (one + two) + three == one + (two + three)
    assert one + FieldCounts() == one
    assert (one + two).planned >= one.planned


def plan(world: Centre, change_id: int, unit: str | None = None) -> PlanLine:
    return do(world, "trainer", "plan_training", change_id, course="new rule", held_on=world.clock.today, trainer="trainer",
              unit=unit)


def test_a_session_plans_everybody_who_has_no_place_yet(world: Centre) -> None:
    change_id = make_change(world, step=9)
    assert scene(world, change_id).unplanned == 2
    line = plan(world, change_id)
    assert {one.person_id for one in line.people} == {world.people["agent"], world.people["team_leader"]}
    assert scene(world, change_id).unplanned == 0
    assert plan(world, change_id).people == []


def test_a_session_for_one_unit_leaves_the_others_to_be_planned(world: Centre) -> None:
    change_id = make_change(world, step=2)
    do(world, "process_author", "record_research", change_id, present_state="now", affected_unit="TEAM-A")
    do(world, "process_author", "add_affected_unit", change_id, unit="TEAM-B")
    do(world, "business_owner", "confirm_need", change_id)
    do(world, "process_manager", "name_assistant", change_id, unit="TEAM-B", person="agent_b")
    do(world, "agent_b", "accept_assistance", change_id)
    assert step_of(world, change_id) == 3
    play(world, change_id, to=5)
    do(world, "agent_b", "give_verdict", change_id, verdict="agree")
    play(world, change_id, to=9)
    plan(world, change_id, "TEAM-A")
    assert scene(world, change_id).unplanned == 1
    with pytest.raises(RuleBroken):
        do(world, "trainer", "finish_planning", change_id)
    plan(world, change_id, "TEAM-B")
    do(world, "trainer", "finish_planning", change_id)
    assert step_of(world, change_id) == 10


def test_a_suspended_person_needs_no_training(world: Centre) -> None:
    from kmsvc.people.accounts.usecases import suspend_person

    change_id = make_change(world, step=9)
    with world.begin("operator") as work:
        suspend_person(work, world.people["agent"], reason="left")
    assert scene(world, change_id).unplanned == 1


def test_a_sit_in_belongs_to_a_session_of_this_change(world: Centre) -> None:
    one, other = make_change(world, step=10), make_change(world, step=10)
    with world.look() as work:
        foreign = work.session.scalars(select(PlanLine.id).where(PlanLine.change_id == other)).first()
    with pytest.raises(NotFound):
        do(world, "process_author", "record_sit_in", one, plan_line=foreign, held_on=world.clock.today, verdict="taught_right")
    assert scene(world, one).sit_ins == 0


def test_gaps_seen_in_a_sit_in_are_named(world: Centre) -> None:
    change_id = make_change(world, step=10)
    with world.look() as work:
        line = work.session.scalars(select(PlanLine.id).where(PlanLine.change_id == change_id)).first()
    with pytest.raises(InvalidInput):
        do(world, "process_author", "record_sit_in", change_id, plan_line=line, held_on=world.clock.today, verdict="gaps")
    do(world, "team_leader", "record_sit_in", change_id, plan_line=line, held_on=world.clock.today, verdict="gaps",
       questions="which channel?")
    assert scene(world, change_id).sit_ins == 1


@pytest.mark.parametrize(("result", "samples", "set_aside"), [
    ("followed", 1, 0), ("not_followed", 1, 0), ("not_applicable", 0, 1)])
def test_a_contact_the_process_does_not_apply_to_is_set_aside(
        world: Centre, result: str, samples: int, set_aside: int) -> None:
    change_id = make_change(world, step=11)
    do(world, "qa_inspector", "record_sample", change_id, contact="c", contacted_on=world.clock.today, result=result, note="n")
    now = scene(world, change_id)
    assert (now.samples, now.set_aside) == (samples, set_aside)


def test_who_finds_a_process_not_followed_says_what_was_done_instead(world: Centre) -> None:
    change_id = make_change(world, step=11)
    with pytest.raises(InvalidInput) as refused:
        do(world, "qa_inspector", "record_sample", change_id, contact="c", contacted_on=world.clock.today,
           result="not_followed")
    assert set(refused.value.fields) == {"note"}
    assert scene(world, change_id).samples == 0


def _sample(caller: Caller, change_id: int, **more: str) -> int:
    typed = {"contact": "call 4711", "result": "followed", **more}
    return caller.post(f"/process/changes/{change_id}/record_sample", data=typed).status_code


def test_on_the_page_the_same_contact_is_sampled_once_a_round_however_it_is_typed(
        world: Centre, client: Callable[..., Caller]) -> None:
    change_id = make_change(world, step=11)
    caller = client("qa_inspector")
    assert _sample(caller, change_id) == 303
    again = caller.post(f"/process/changes/{change_id}/record_sample", data={
        "contact": "Call  ４７１１", "result": "followed", "contacted_on": str(world.clock.today - timedelta(days=1))})
    assert again.status_code == 422
    assert "This contact is in the sample already. Take another one." in again.get_data(as_text=True)
    assert _sample(caller, change_id, contact="call 4712") == 303
    assert scene(world, change_id).samples == 2
    do(world, "qa_inspector", "teach_again", change_id, reason="nobody knows it")
    play(world, change_id, to=11)
    assert _sample(caller, change_id) == 303, "a new round samples anew"


def test_a_program_may_send_the_same_text_again(world: Centre, client: Callable[..., Caller]) -> None:
    """The contract: free text need not be unique."""
    change_id = make_change(world, step=11)
    caller = client("qa_inspector", by="token")
    for _ in range(2):
        status, _answer = caller.call("POST", f"/api/v1/process/changes/{change_id}/record_sample",
                                      {"contact": "as told", "result": "followed"})
        assert status in (200, 201)
    assert scene(world, change_id).samples == 2
    page = caller.get(f"/process/changes/{change_id}?tab=record").get_data(as_text=True)
    assert page.count("same contact again") == 1, "and people see it"


@pytest.mark.parametrize("by", ["cookie", "token"])
def test_a_contact_that_has_not_taken_place_yet_is_no_sample(
        world: Centre, client: Callable[..., Caller], by: str) -> None:
    change_id = make_change(world, step=11)
    caller = client("qa_inspector", by=by)
    body = {"contact": "c", "result": "followed", "contacted_on": str(world.clock.today + timedelta(days=1))}
    if by == "cookie":
        assert _sample(caller, change_id, **body) == 422
    else:
        status, problem = caller.call("POST", f"/api/v1/process/changes/{change_id}/record_sample", body)
        assert status == 422 and "contacted_on" in problem["fields"]
    assert scene(world, change_id).samples == 0


def test_feedback_waits_until_each_item_has_its_route_and_is_routed_once(world: Centre) -> None:
    change_id = make_change(world, step=12)
    do(world, "qa_inspector", "record_feedback", change_id, text="too long")
    do(world, "qa_inspector", "record_feedback", change_id, text="not known", route="training")
    with pytest.raises(RuleBroken):
        do(world, "qa_inspector", "finish_feedback", change_id)
    item = open_item(world, change_id, "route")
    do(world, "qa_inspector", "route_feedback", change_id, item=item, route="process")
    with pytest.raises(RuleBroken):
        do(world, "qa_inspector", "route_feedback", change_id, item=item, route="training")
    do(world, "qa_inspector", "finish_feedback", change_id)
    assert scene(world, change_id).unanswered == 2


@pytest.fixture
def another_source() -> Iterator[None]:
    """A later slice that knows of five samples for every change."""
    def source(session: Session, rounds: Mapping[int, int]) -> Mapping[int, FieldCounts]:
        return {change: FieldCounts(samples=5) for change in rounds}

    gates.SOURCES.append(source)
    yield
    gates.SOURCES.remove(source)


def test_another_slice_can_feed_a_gate(world: Centre, another_source: None) -> None:
    change_id = make_change(world, step=10)
    assert scene(world, change_id).samples == 5
    do(world, "process_author", "record_sit_in", change_id, held_on=world.clock.today, verdict="taught_right",
       plan_line=_line(world, change_id))
    do(world, "process_author", "finish_sit_in", change_id)
    do(world, "qa_inspector", "finish_sampling", change_id)
    assert step_of(world, change_id) == 12


def _line(world: Centre, change_id: int) -> int:
    with world.look() as work:
        return work.session.scalars(select(PlanLine.id).where(PlanLine.change_id == change_id)).one()
