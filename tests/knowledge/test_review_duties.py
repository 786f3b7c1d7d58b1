"""What a yearly review asks of whom: the day follows the last word of the reviewer, what was done is archived as done."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from kmsvc.knowledge.articles.usecases import Content, edit_article
from kmsvc.knowledge.reviews import usecases
from kmsvc.knowledge.reviews.duties import JUDGE, MEND
from kmsvc.knowledge.reviews.rules import ANSWERS
from kmsvc.knowledge.reviews.usecases import Judgement
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import run_duties
from tests.knowledge.test_reviews import KEEP, duties, items, judge, running
from tests.support.centre import Centre

UPDATE = dict.fromkeys(ANSWERS, True) | {"correct": False}


def mend(days: int, world: Centre) -> Judgement:
    return Judgement(UPDATE, "update", "资费变了", due_on=world.clock.today + timedelta(days=days))


def run(world: Centre) -> list[Obligation]:
    """The engine's night, before any reaction was delivered."""
    with world.begin("system") as work:
        run_duties(work, world.clock.today)
    with world.look() as work:
        return list(work.session.scalars(select(Obligation).order_by(Obligation.id)))



def test_the_day_of_a_judgement_given_anew_counts_and_is_reminded_of_anew(world: Centre) -> None:
    one = running(world)
    item = items(world, one)[0]
    judge(world, one, item, mend(5, world))
    [duty] = duties(world, MEND)
    assert duty.due_on == world.clock.today + timedelta(days=5) and duty.reminded is not None
    judge(world, one, item, mend(40, world))
    [duty] = duties(world, MEND)
    assert duty.due_on == world.clock.today + timedelta(days=40) and duty.reminded is None


def test_a_duty_that_was_dropped_and_is_asked_for_again_is_open_again(world: Centre) -> None:
    one = running(world)
    item = items(world, one)[0]
    judge(world, one, item, mend(20, world))
    assert [duty.state for duty in duties(world, MEND)] == ["open"]
    judge(world, one, item, KEEP)
    assert [duty.state for duty in duties(world, MEND)] == ["moot"], "it may stay as it is after all"
    judge(world, one, item, mend(30, world))
    [duty] = duties(world, MEND)
    assert (duty.state, duty.due_on) == ("open", world.clock.today + timedelta(days=30))


def test_who_has_judged_all_that_was_theirs_has_done_it_while_others_still_judge(world: Centre) -> None:
    with world.begin("knowledge_editor") as work:
        assert work.actor.person_id is not None
    one = running(world, reviewers=("manager", "process_manager"))
    drawn = items(world, one)
    mine = [item for item in drawn if item.reviewer_id == world.people["manager"]]
    assert 0 < len(mine) < len(drawn)
    run(world)
    for item in mine:
        judge(world, one, item, who="manager")
    states = {duty.owner_id: duty.state for duty in run(world) if duty.rule == JUDGE}
    assert states == {world.people["manager"]: "done", world.people["process_manager"]: "open"}, "before any reaction ran"
    assert {duty.owner_id: duty.state for duty in duties(world, JUDGE)} == states


def test_what_was_mended_is_archived_as_done_though_the_night_comes_before_the_reaction(world: Centre) -> None:
    one = running(world)
    item = items(world, one)[0]
    judge(world, one, item, mend(20, world))
    world.drain()
    run(world)
    with world.begin("knowledge_editor") as work:
        edit_article(work, item.article_id, Content(title="新资费", body="新的。"), publish=True)
    [duty] = [duty for duty in run(world) if duty.rule == MEND]
    assert (duty.state, duty.done_on) == ("done", world.clock().date())


def test_a_review_that_is_given_up_needs_no_judge_any_more(world: Centre) -> None:
    one = running(world)
    assert {duty.state for duty in duties(world, JUDGE)} == {"open"}
    with world.begin("knowledge_editor") as work:
        usecases.cancel_review(work, one, reason="范围定错了")
    assert {duty.state for duty in duties(world, JUDGE)} == {"moot"}
