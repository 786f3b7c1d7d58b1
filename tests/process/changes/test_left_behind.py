"""A request goes on when somebody whose part is missing has left: another person takes the place."""

from __future__ import annotations

import pytest

from kmsvc.core.errors import RuleBroken
from kmsvc.people.accounts.usecases import change_person, suspend_person
from kmsvc.process.changes.queries import change_card, my_changes
from tests.builders import do, make_change, scene, step_of
from tests.support.centre import Centre


def leave(world: Centre, login: str) -> None:
    with world.begin("operator") as work:
        suspend_person(work, world.people[login], reason="left")


def test_an_assistant_who_left_during_the_review_is_replaced(world: Centre) -> None:
    change_id = make_change(world, step=5)
    with pytest.raises(RuleBroken):
        do(world, "process_manager", "name_assistant", change_id, unit="TEAM-A", person="agent")
    leave(world, "team_leader")
    do(world, "business_owner", "give_verdict", change_id, verdict="agree")
    assert step_of(world, change_id) == 5
    with world.look() as work:
        card = change_card(work.session, world.actor("process_manager"), change_id, world.clock.today)
        offer = next(one for one in card.offers if one.verb == "name_assistant")
        assert [line.id for line in my_changes(work.session, world.actor("process_manager"))] == [change_id]
    assert offer.forward
    assert world.people["process_manager"] in {one.person_id for one in card.holders}
    assert offer.schema["properties"]["unit"]["enum"] == ["TEAM-A"]
    assert "team_leader" not in offer.schema["properties"]["person"]["enum"]
    do(world, "process_manager", "name_assistant", change_id, unit="TEAM-A", person="agent")
    with world.look() as work:
        card = change_card(work.session, world.actor("agent"), change_id, world.clock.today)
    assert {"give_verdict", "decline_assistance"} <= {one.verb for one in card.offers}
    do(world, "agent", "give_verdict", change_id, verdict="agree")
    assert step_of(world, change_id) == 6
    assert (scene(world, change_id).assistants[-1][1:]) == (world.people["agent"], "accepted")


def test_a_verdict_given_before_leaving_counts(world: Centre) -> None:
    change_id = make_change(world, step=5)
    do(world, "team_leader", "give_verdict", change_id, verdict="agree")
    leave(world, "team_leader")
    assert scene(world, change_id).unassisted() == frozenset()
    do(world, "business_owner", "give_verdict", change_id, verdict="agree")
    assert step_of(world, change_id) == 6


def test_a_substitute_who_declines_is_replaced_in_turn(world: Centre) -> None:
    change_id = make_change(world, step=5)
    leave(world, "team_leader")
    do(world, "process_manager", "name_assistant", change_id, unit="TEAM-A", person="agent")
    do(world, "agent", "decline_assistance", change_id, reason="on leave")
    do(world, "business_owner", "give_verdict", change_id, verdict="agree")
    assert step_of(world, change_id) == 5
    with world.begin("operator") as work:
        change_person(work, world.people["agent_b"], unit_code="TEAM-A")
    do(world, "process_manager", "name_assistant", change_id, unit="TEAM-A", person="agent_b")
    do(world, "agent_b", "give_verdict", change_id, verdict="agree")
    assert step_of(world, change_id) == 6
