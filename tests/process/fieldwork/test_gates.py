"""Steps 9 to 12 count rows of their own nouns: whole people planned, sit-ins of this change, samples, routed feedback."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.process.fieldwork import gates
from kmsvc.process.fieldwork.gates import FieldCounts
from kmsvc.process.fieldwork.models import PlanLine
from tests.builders import do, make_change, open_item, scene, step_of
from tests.support.centre import Centre

COUNTS = st.builds(FieldCounts, *(st.integers(0, 9) for _ in range(1)), st.frozensets(st.integers(1, 9)),
                   *(st.integers(0, 9) for _ in range(5)))


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
    from tests.builders import play

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


@pytest.mark.parametrize("result", ["followed", "not_followed", "not_applicable"])
def test_every_kind_of_sample_counts(world: Centre, result: str) -> None:
    change_id = make_change(world, step=11)
    do(world, "qa_inspector", "record_sample", change_id, contact="c", contacted_on=world.clock.today, result=result)
    assert scene(world, change_id).samples == 1


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
