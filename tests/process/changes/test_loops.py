"""Sending back: what a round counts is counted anew, what stays stays."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kmsvc.core.errors import NotPermitted, RuleBroken
from kmsvc.process.changes.models import Comment
from tests.builders import change, do, make_change, play, scene, step_of
from tests.support.centre import Centre

REASON = {"reason": "so it is"}


def test_a_changed_scope_asks_for_research_and_confirmation_again(world: Centre) -> None:
    change_id = make_change(world, step=2)
    do(world, "process_author", "record_research", change_id, present_state="now", affected_unit="TEAM-A")
    do(world, "process_author", "change_scope", change_id, **REASON)
    assert step_of(world, change_id) == 1
    do(world, "process_manager", "accept", change_id, author="process_author")
    assert not scene(world, change_id).researched
    with pytest.raises(RuleBroken):
        do(world, "business_owner", "confirm_need", change_id)


def test_a_declined_assistant_is_replaced(world: Centre) -> None:
    change_id = make_change(world, step=3)
    do(world, "process_manager", "name_assistant", change_id, unit="TEAM-A", person="agent")
    do(world, "agent", "decline_assistance", change_id, **REASON)
    assert scene(world, change_id).unassisted() == {world.units["TEAM-A"]}
    do(world, "process_manager", "name_assistant", change_id, unit="TEAM-A", person="team_leader")
    do(world, "team_leader", "accept_assistance", change_id)
    assert step_of(world, change_id) == 4


def test_review_again_wants_a_verdict_of_everybody_again(world: Centre) -> None:
    change_id = make_change(world, step=6)
    do(world, "process_author", "review_again", change_id, note="all new", body="all new")
    assert step_of(world, change_id) == 5
    assert scene(world, change_id).verdicts == frozenset()
    do(world, "team_leader", "give_verdict", change_id, verdict="agree")
    assert step_of(world, change_id) == 5
    do(world, "business_owner", "give_verdict", change_id, verdict="agree")
    assert step_of(world, change_id) == 6


def test_a_remark_holds_the_correction_until_it_is_answered(world: Centre) -> None:
    change_id = make_change(world, step=5)
    do(world, "qa_inspector", "comment", change_id, text="which channel?")
    do(world, "team_leader", "give_verdict", change_id, verdict="agree_with_remarks", remark="shorter")
    do(world, "business_owner", "give_verdict", change_id, verdict="agree")
    with pytest.raises(RuleBroken):
        do(world, "process_author", "submit_correction", change_id)
    with world.look() as work:
        remarks = list(work.session.scalars(select(Comment.id)))
    assert len(remarks) == 2
    for one in remarks:
        do(world, "process_author", "answer_comment", change_id, comment=one, answer="done")
    with pytest.raises(RuleBroken):
        do(world, "process_author", "answer_comment", change_id, comment=remarks[0], answer="again")
    do(world, "process_author", "submit_correction", change_id)
    assert step_of(world, change_id) == 7


def test_a_returned_final_is_signed_anew_by_both(world: Centre) -> None:
    change_id = make_change(world, step=14)
    do(world, "business_owner", "sign", change_id)
    do(world, "process_manager", "return_final", change_id, **REASON)
    assert step_of(world, change_id) == 13
    do(world, "process_author", "submit_update", change_id, body="once more")
    assert scene(world, change_id).signed == {}
    play(world, change_id, to=15)
    assert step_of(world, change_id) == 15


@pytest.mark.parametrize("step", [10, 11])
def test_teaching_again_plans_everybody_and_samples_anew(world: Centre, step: int) -> None:
    change_id = make_change(world, step=step)
    do(world, "qa_inspector", "record_sample", change_id, contact="c", contacted_on=world.clock.today, result="not_followed",
       note="told the old rule")
    do(world, "qa_inspector", "teach_again", change_id, **REASON)
    now = scene(world, change_id)
    assert (now.step, now.plan_lines, now.sit_ins, now.samples) == (9, 0, 0, 0)
    assert now.unplanned == 2
    with pytest.raises(RuleBroken):
        do(world, "trainer", "finish_planning", change_id)
    play(world, change_id, to=12)
    assert step_of(world, change_id) == 12


def test_a_redesign_goes_through_review_approval_and_release_again(world: Centre) -> None:
    change_id = make_change(world, step=13)
    do(world, "process_author", "redesign", change_id, **REASON)
    assert step_of(world, change_id) == 4
    for step in (5, 6, 7, 8, 9):
        play(world, change_id, to=step)
        assert step_of(world, change_id) == step
    now = scene(world, change_id)
    assert (now.plan_lines, now.sit_ins, now.samples) == (0, 0, 0)


def test_after_the_first_approval_the_asker_cannot_withdraw_any_more(world: Centre) -> None:
    change_id = make_change(world, step=13)
    do(world, "process_author", "redesign", change_id, **REASON)
    with pytest.raises((RuleBroken, NotPermitted)):
        do(world, "team_leader", "withdraw", change_id, **REASON)
    early = make_change(world, step=7)
    do(world, "team_leader", "withdraw", early, **REASON)
    assert change(world, early).state == "withdrawn"


def test_records_of_steps_10_to_12_may_come_early_and_count(world: Centre) -> None:
    change_id = make_change(world, step=10)
    for _ in range(5):
        do(world, "qa_inspector", "record_sample", change_id, contact="c", contacted_on=world.clock.today, result="followed")
    do(world, "qa_inspector", "record_feedback", change_id, text="long", route="process")
    play(world, change_id, to=11)
    do(world, "qa_inspector", "finish_sampling", change_id)
    do(world, "qa_inspector", "finish_feedback", change_id)
    assert step_of(world, change_id) == 13


def test_a_gate_opens_only_for_rows_of_its_noun(world: Centre) -> None:
    change_id = make_change(world, step=10)
    for verb, who in (("finish_sit_in", "process_author"), ("finish_sampling", "qa_inspector")):
        with pytest.raises((RuleBroken, NotPermitted)):
            do(world, who, verb, change_id, comment="it is done, believe me")
    assert step_of(world, change_id) == 10


def test_the_sample_size_is_a_setting(world: Centre) -> None:
    from kmsvc.operations.usecases import set_option

    with world.begin("operator") as work:
        set_option(work, "process.change.sample_size", 1)
    change_id = make_change(world, step=11)
    do(world, "qa_inspector", "record_sample", change_id, contact="c", contacted_on=world.clock.today, result="followed")
    do(world, "qa_inspector", "finish_sampling", change_id)
    assert step_of(world, change_id) == 12


def test_confirming_without_an_edit_is_a_setting(world: Centre) -> None:
    from kmsvc.operations.usecases import set_option
    from tests.builders import open_item

    change_id = make_change(world, step=13)
    do(world, "process_author", "answer_feedback", change_id, item=open_item(world, change_id, "answered_at"), answer="ok")
    with world.begin("operator") as work:
        set_option(work, "process.change.allow_confirm_without_edit", False)
    with pytest.raises(RuleBroken):
        do(world, "process_author", "confirm_unchanged", change_id, **REASON)
