"""Feedback (B9): one key on a version, in the owner's queue with a day, answered, and its sender hears what came of it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.workdays import workdays_after
from kmsvc.home.queries import todo_count
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.usecases import (
    Content,
    edit_article,
    keep_article,
    publish_article,
    retire_article,
    revert_article,
)
from kmsvc.knowledge.feedback import rules, usecases
from kmsvc.knowledge.feedback.cards import feedback_card
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.queries import feedback_lines, tally, waiting_count, waiting_for
from kmsvc.knowledge.feedback.usecases import Said
from kmsvc.notices.models import Notice
from kmsvc.process.changes.models import Change
from kmsvc.process.changes.usecases import submit_change
from tests.builders import change, do, make_article, make_change, make_process, play
from tests.support.centre import Centre


def say(world: Centre, article: Article, kind: str = "wrong", who: str = "agent", version_id: int | None = None,
        **more: Any) -> Feedback:
    with world.begin(who) as work:
        live = work.get(Article, article.id).published_version_id or 0
        return usecases.send_feedback(work, version_id or live, kind, today=world.clock.today, said=Said(**more))


def row(world: Centre, feedback_id: int) -> Feedback:
    with world.look() as work:
        return work.get(Feedback, feedback_id)


def told(world: Centre, who: str, kind: str) -> list[Notice]:
    world.drain(index=False)
    with world.look() as work:
        return list(work.session.scalars(select(Notice).where(
            Notice.person_id == world.people[who], Notice.kind == f"knowledge.feedback.{kind}").order_by(Notice.id)))


def queue(world: Centre, who: str) -> list[int]:
    with world.look(who) as work:
        found = [one.id for one in waiting_for(work.session, work.actor)]
        assert waiting_count(work.session, work.actor) == len(found)
        assert todo_count(work.session, work.actor, world.clock.today, work.now) >= len(found)
    return found


def owned_by(world: Centre, who: str, **more: Any) -> Article:
    article = make_article(world, **more)
    with world.begin("knowledge_editor") as work:
        return keep_article(work, article.id, owner_id=world.people[who], audience_unit_id=article.audience_unit_id)


def test_it_goes_to_the_owner_with_a_day_in_working_days(world: Centre) -> None:
    article = owned_by(world, "business_owner")
    said = say(world, article, note="还是旧价格", contact="C-1", query="改签费")
    assert said.number and said.number.startswith("FB-") and said.state == "open"
    assert said.due_on == workdays_after(world.clock.today, 3)
    assert queue(world, "business_owner") == [said.id]
    assert queue(world, "knowledge_editor") == []
    [notice] = told(world, "business_owner", "sent")
    assert notice.url == f"/knowledge/feedback/{said.id}" and notice.params["said"]["code"] == "wrong"


@pytest.mark.parametrize("gone", ["none", "suspended", "may not read it"])
def test_without_an_owner_who_can_answer_it_is_the_editors(world: Centre, gone: str) -> None:
    article = make_article(world, **({"confidentiality": "secret"} if gone == "may not read it" else {}))
    owner = {"none": None, "suspended": world.people["suspended"], "may not read it": world.people["team_leader"]}[gone]
    with world.begin("knowledge_editor") as work:
        keep_article(work, article.id, owner_id=owner, audience_unit_id=None)
    said = say(world, article, who="trainer")
    assert queue(world, "knowledge_editor") == [said.id]
    assert queue(world, "team_leader") == []
    assert len(told(world, "knowledge_editor", "sent")) == 1


def test_helpful_is_only_counted(world: Centre) -> None:
    article = make_article(world)
    for who in ("agent", "agent", "team_leader"):
        assert say(world, article, "helpful", who).state == "counted"
    assert queue(world, "knowledge_editor") == [] and told(world, "knowledge_editor", "sent") == []
    with world.look("knowledge_editor") as work:
        assert tally(work.session, article.id) == {"helpful": 2}
        assert feedback_lines(work.session, work.actor, world.clock.today)[0] == []


def test_the_same_word_of_a_person_counts_once_while_it_is_open(world: Centre) -> None:
    article = make_article(world)
    first = say(world, article, note="价格旧了")
    again = say(world, article, note="价格旧了", contact="C-7")
    assert again.id == first.id and again.contact == "C-7" and again.note == "价格旧了"
    assert say(world, article, note="还有时限").note == "价格旧了\n还有时限"
    assert say(world, article, "unclear").id != first.id
    assert say(world, article, who="team_leader").id != first.id
    with world.begin("knowledge_editor") as work:
        usecases.answer_feedback(work, first.id, reason="价格是对的")
    assert say(world, article).id != first.id


def test_another_word_takes_the_place_of_the_first_and_keeps_its_note_unless_somebody_deals_with_it(world: Centre) -> None:
    article = make_article(world)

    def instead(kind: str, of: Feedback, who: str = "agent") -> Feedback:
        with world.begin(who) as work:
            return usecases.send_feedback(work, article.published_version_id or 0, kind, today=world.clock.today, instead=of.id)

    first = say(world, article, "helpful", note="第二段", contact="C-7")
    second = instead("wrong", first)
    assert (row(world, first.id).state, row(world, first.id).once) == ("withdrawn", None)
    assert (second.kind, second.state, second.note, second.contact) == ("wrong", "open", "第二段", "C-7")
    assert instead("wrong", second).id == second.id and row(world, second.id).state == "open"
    with pytest.raises(NotPermitted):
        instead("unclear", second, who="team_leader")
    with world.begin("knowledge_editor") as work:
        usecases.take_over(work, second.id, today=world.clock.today)
    third = instead("unclear", second)
    assert (row(world, second.id).state, third.kind, third.note) == ("taken", "unclear", None)


def test_nobody_says_or_sees_anything_of_what_they_may_not_read(world: Centre) -> None:
    """R-A3, R-A4."""
    article = make_article(world, unit="TEAM-A", title="ZEBRA")
    said = say(world, article, note="ZEBRA")
    with pytest.raises(NotFound):
        say(world, article, who="agent_b")
    for who in ("agent_b", "team_leader"):
        with world.look(who) as work:
            assert feedback_lines(work.session, work.actor, world.clock.today)[0] == []
            with pytest.raises(NotFound):
                feedback_card(work.session, work.actor, said.id)
    with world.begin("knowledge_editor") as work:
        keep_article(work, article.id, owner_id=None, audience_unit_id=world.units["TEAM-B"])
    with world.look("agent") as work:
        assert feedback_lines(work.session, work.actor, world.clock.today)[0] == []
        with pytest.raises(NotFound):
            feedback_card(work.session, work.actor, said.id)


def test_a_block_is_one_the_sender_may_read_and_is_shown_to_those_only(world: Centre) -> None:
    """R-A4."""
    article = owned_by(world, "team_leader", body="能说的话。\n\n:::secret\n底线是五折。\n:::")
    with world.look() as work:
        version = work.get(ArticleVersion, article.published_version_id)
        blocks = {block["kind"]: block["id"] for block in version.blocks}
    hidden = blocks["container"]
    with pytest.raises(InvalidInput):
        say(world, article, block=hidden)
    said = say(world, article, who="trainer", block=hidden)
    with world.look("team_leader") as work:
        assert feedback_card(work.session, work.actor, said.id).part is None
    with world.look("knowledge_editor") as work:
        assert "五折" in (feedback_card(work.session, work.actor, said.id).part or "")


def test_only_owner_and_editors_reply_and_only_the_sender_takes_it_back(world: Centre) -> None:
    article = owned_by(world, "business_owner")
    said = say(world, article)
    for who in ("agent", "team_leader"):
        with pytest.raises(NotPermitted), world.begin(who) as work:
            usecases.answer_feedback(work, said.id, reason="x")
    with pytest.raises(NotPermitted), world.begin("knowledge_editor") as work:
        usecases.withdraw_feedback(work, said.id)
    with world.begin("agent") as work:
        usecases.withdraw_feedback(work, said.id)
    assert queue(world, "business_owner") == []
    with pytest.raises(RuleBroken), world.begin("business_owner") as work:
        usecases.answer_feedback(work, said.id, reason="x")


def test_a_reply_without_change_reaches_the_sender(world: Centre) -> None:
    article = owned_by(world, "business_owner")
    said = say(world, article)
    with world.begin("business_owner") as work:
        usecases.answer_feedback(work, said.id, reason="新价下月才生效")
    [notice] = told(world, "agent", "moved")
    assert notice.params["outcome"]["code"] == "answered" and notice.url == f"/knowledge/feedback/{said.id}"
    with world.look("agent") as work:
        assert feedback_card(work.session, work.actor, said.id).answer == "新价下月才生效"
    assert queue(world, "business_owner") == []


def test_taken_over_to_edit_it_stays_with_the_editor_until_it_is_published(world: Centre) -> None:
    article = make_article(world)
    said = say(world, article)
    with world.begin("everything") as work:
        usecases.take_over(work, said.id, today=world.clock.today)
    assert queue(world, "everything") == [said.id] and queue(world, "knowledge_editor") == []
    with world.begin("everything") as work:
        edit_article(work, article.id, Content(title="t", body="新价。"))
    world.drain(index=False)
    assert row(world, said.id).state == "taken"
    with world.begin("knowledge_editor") as work:
        published = publish_article(work, article.id).published_version_id
    assert [one.params["outcome"]["code"] for one in told(world, "agent", "moved")] == ["taken", "done"]
    done = row(world, said.id)
    assert (done.state, done.result_version_id, done.once) == ("done", published, None)
    assert queue(world, "everything") == []


def test_a_version_from_before_it_was_taken_over_settles_nothing(world: Centre) -> None:
    article = make_article(world)
    first = article.published_version_id or 0
    with world.begin("knowledge_editor") as work:
        edit_article(work, article.id, Content(title="t", body="二"), publish=True)
    said = say(world, article)
    world.clock.move(hours=1)
    with world.begin("knowledge_editor") as work:
        usecases.take_over(work, said.id, today=world.clock.today)
    with world.begin("knowledge_editor") as work:
        revert_article(work, article.id, to_version_id=first, reason="x")
    world.drain(index=False)
    assert row(world, said.id).state == "taken"
    with world.begin("knowledge_editor") as work:
        retire_article(work, article.id, reason="x")
    world.drain(index=False)
    assert row(world, said.id).state == "done"


def test_what_was_changed_already_is_linked_to_its_version(world: Centre) -> None:
    article = make_article(world)
    said = say(world, article)
    with pytest.raises(InvalidInput), world.begin("knowledge_editor") as work:
        usecases.settle(work, said.id, result_version_id=article.published_version_id or 0)
    with world.begin("knowledge_editor") as work:
        newer = edit_article(work, article.id, Content(title="t", body="二"), publish=True).published_version_id or 0
    with world.begin("knowledge_editor") as work:
        usecases.settle(work, said.id, result_version_id=newer)
    assert row(world, said.id).state == "done"
    assert told(world, "agent", "moved")[-1].params["outcome"]["code"] == "done"


def follower(world: Centre) -> tuple[Any, Article]:
    process = make_process(world, drain=True)
    with world.look() as work:
        return process, work.session.scalars(select(Article).where(Article.process_id == process.id)).one()


def test_what_follows_a_process_is_taken_over_by_a_change_request(world: Centre) -> None:
    process, article = follower(world)
    said = say(world, article)
    assert queue(world, "business_owner") == [said.id]
    with pytest.raises(RuleBroken), world.begin("business_owner") as work:
        usecases.take_over(work, said.id, today=world.clock.today)
    with pytest.raises(InvalidInput), world.begin("business_owner") as work:
        usecases.take_over(work, said.id, today=world.clock.today, change="CR-1999-0001")
    change_id = make_change(world, process=process, step=1)
    with world.begin("business_owner") as work:
        usecases.take_over(work, said.id, today=world.clock.today, change=change(world, change_id).number)
    assert queue(world, "business_owner") == []
    play(world, change_id, closing=True)
    world.drain(index=False)
    assert row(world, said.id).state == "done"
    assert [one.params["outcome"]["code"] for one in told(world, "agent", "moved")] == ["taken", "done"]


def ask_from(world: Centre, said: Feedback, process: Any, who: str) -> int:
    with world.begin(who) as work:
        made: Change = submit_change(work, title="t", reason="r", today=world.clock.today, process_id=process.id,
                                     place=f"/knowledge/feedback/{said.id}")
    world.drain(index=False)
    return made.id


def test_a_request_asked_for_from_its_page_is_linked_and_a_rejected_one_lets_it_wait_again(world: Centre) -> None:
    process, article = follower(world)
    said = say(world, article)
    ask_from(world, said, process, "agent")
    assert row(world, said.id).state == "open"  # a stranger to the queue takes nothing over
    change_id = ask_from(world, said, process, "business_owner")
    assert (row(world, said.id).state, row(world, said.id).change_id) == ("taken", change_id)
    do(world, "process_manager", "reject", change_id, reason="不改")
    world.drain(index=False)
    again = row(world, said.id)
    assert (again.state, again.change_id) == ("open", None)
    assert queue(world, "business_owner") == [said.id]
    assert [one.params["outcome"]["code"] for one in told(world, "agent", "moved")] == ["taken", "open"]
    assert len(told(world, "business_owner", "sent")) == 2


def test_who_said_the_same_hears_what_came_of_the_first(world: Centre) -> None:
    article = make_article(world)
    first, second, third = say(world, article), say(world, article, who="team_leader"), say(world, article, who="trainer")
    with world.begin("knowledge_editor") as work:
        with pytest.raises(InvalidInput):
            usecases.join_feedback(work, first.id, original=first.number or "")
        with pytest.raises(InvalidInput):
            usecases.join_feedback(work, first.id, original="FB-1999-0001")
        usecases.join_feedback(work, third.id, original=second.number or "")
    with world.begin("knowledge_editor") as work:
        usecases.join_feedback(work, second.id, original=(first.number or "").lower())
    assert row(world, third.id).duplicate_of_id == first.id
    with world.begin("knowledge_editor") as work:
        usecases.answer_feedback(work, first.id, reason="是对的")
    for who, one in (("team_leader", second), ("trainer", third)):
        notices = told(world, who, "moved")
        assert [notice.params["outcome"]["code"] for notice in notices][0] == "duplicate"
        assert notices[-1].params["outcome"]["code"] == "answered" and notices[-1].url == f"/knowledge/feedback/{one.id}"
        with world.look(who) as work:
            card = feedback_card(work.session, work.actor, one.id)
            assert card.original == (first.number, "", "answered", "是对的")


def test_lists_filter_page_and_know_what_is_late(world: Centre) -> None:
    article, other = make_article(world), make_article(world, title="退费标准")
    made = [say(world, article), say(world, article, "unclear", note="看不懂"), say(world, other, "outdated")]
    with world.look("knowledge_editor") as work:
        def ids(**more: Any) -> list[int]:
            return [one.id for one in feedback_lines(work.session, work.actor, world.clock.today, **more)[0]]

        assert ids() == [one.id for one in reversed(made)]
        assert ids(q="看不懂") == [made[1].id] and ids(q="退费") == [made[2].id] and ids(kind="wrong") == [made[0].id]
        assert ids(article_id=other.id) == [made[2].id] and ids(state="late") == [] and len(ids(state="waiting")) == 3
        lines, following = feedback_lines(work.session, work.actor, world.clock.today, limit=2)
        assert [one.id for one in lines] == [made[2].id, made[1].id]
        assert feedback_lines(work.session, work.actor, world.clock.today, limit=2, before=following)[0][0].id == made[0].id
    world.clock.move(days=30)
    with world.look("knowledge_editor") as work:
        assert len(feedback_lines(work.session, work.actor, world.clock.today, state="late")[0]) == 3
    with world.look("agent") as work:
        assert len(feedback_lines(work.session, work.actor, world.clock.today, view="sent")[0]) == 3
        assert feedback_lines(work.session, work.actor, world.clock.today, view="mine")[0] == []


def test_rules_of_the_states() -> None:
    assert not rules.makes_sense("take", "taken", has_change=True) and rules.makes_sense("answer", "taken", has_change=True)
    assert not any(rules.makes_sense(verb, state) for verb in rules.VERBS for state in ("done", "answered", "duplicate", "withdrawn"))
    assert rules.joined(None, "a") == "a" and rules.joined("a", "a") == "a" and rules.joined("a", "b") == "a\nb"
    assert len(rules.joined("x" * 1999, "yyyy") or "") == 2000
