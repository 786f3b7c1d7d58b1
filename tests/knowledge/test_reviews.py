"""The yearly review: planned, drawn by lot, judged, signed by another, frozen; its duties and who hears of what. Clause 61."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kmsvc.core.errors import InvalidInput, NotPermitted, Refusal, RuleBroken
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.ordering import put_in_order
from kmsvc.knowledge.articles.usecases import Content, edit_article, retire_article
from kmsvc.knowledge.feedback.usecases import send_feedback
from kmsvc.knowledge.gaps.asking import Asked
from kmsvc.knowledge.gaps.usecases import report_gap
from kmsvc.knowledge.reviews import rules, usecases
from kmsvc.knowledge.reviews.duties import JUDGE, MEND, YEAR
from kmsvc.knowledge.reviews.models import ReviewItem
from kmsvc.knowledge.reviews.queries import review_card
from kmsvc.knowledge.reviews.usecases import Conclusion, Judgement, Plan
from kmsvc.notices.models import Notice
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import run_duties
from tests.builders import make_article, make_process
from tests.support.centre import Centre
from tests.support.clock import ZONE

GOOD = dict.fromkeys(rules.ANSWERS, True)
KEEP = Judgement(GOOD, "keep")
SAID = Conclusion("yes", "partly", "够用，三篇要改。")


def planned(world: Centre, *, reviewers: tuple[str, ...] = ("knowledge_editor", "process_manager"), **more: Any) -> int:
    """A review of this year."""
    year = world.clock.today.year
    given = {"year": year, "begins_on": date(year, 1, 1), "ends_on": date(year, 12, 31), "due_on": date(year, 12, 31), "size": 2,
             "reviewers": reviewers, "seed": "s1"}
    with world.begin("process_manager") as work:
        return usecases.plan_review(work, Plan(**given | more)).id


def running(world: Centre, **more: Any) -> int:
    """A review whose sample is drawn from three categories."""
    for shelf, many in (("账单", 4), ("宽带", 2)):
        for n in range(many):
            make_article(world, title=f"{shelf}{n}", category=shelf)
    make_article(world, title="没有分类")
    one = planned(world, **more)
    with world.begin("process_manager") as work:
        usecases.draw_sample(work, one, today=world.clock.today, zone=ZONE)
    return one


def items(world: Centre, review_id: int) -> list[ReviewItem]:
    with world.look() as work:
        return usecases.items_of(work, review_id)


def judge(world: Centre, review_id: int, item: ReviewItem, said: Judgement = KEEP, who: str = "knowledge_editor") -> None:
    with world.begin(who) as work:
        usecases.judge_item(work, review_id, item.id, said, today=world.clock.today)


def judged(world: Centre, **more: Any) -> int:
    """A review in which two people judged everything."""
    one = running(world, **more)
    for place, item in enumerate(items(world, one)):
        judge(world, one, item, who=("knowledge_editor", "process_manager")[place % 2])
    return one


def sign(world: Centre, review_id: int, who: str = "manager", said: Conclusion = SAID) -> None:
    with world.begin(who) as work:
        usecases.sign_review(work, review_id, said, zone=ZONE)


def test_the_draw_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    population = {"a": [f"A-{n}" for n in range(50)], "b": ["B-1"]}
    once = rules.sample(population, "s", 5)
    assert once == rules.sample({"b": ["B-1"], "a": list(reversed(population["a"]))}, "s", 5)
    assert len(once) == 6 and once != rules.sample(population, "t", 5)


def test_nobody_gets_the_own_articles_while_somebody_else_is_there() -> None:
    assert rules.given_out([1, 1, 2, None], [1, 2]) == [2, 2, 1, 1]
    assert rules.given_out([1, 1], [1]) == [1, 1]


def test_what_is_not_right_cannot_be_kept_and_a_change_needs_a_word() -> None:
    for answers, result, findings in ((GOOD | {"fit": False}, "keep", "x"), (GOOD, "update", None),
                                      (GOOD | {"needed": False}, "update", "x")):
        with pytest.raises(InvalidInput):
            rules.check_judged(answers, result, findings)
    rules.check_judged(GOOD | {"correct": False}, "update", "x")


def test_the_sample_is_drawn_with_what_the_service_knows(world: Centre) -> None:
    process = make_process(world)
    article = make_article(world, title="账单怎么看", body=f"见 {process.number} V1.0。", category="账单")
    with world.begin("agent") as work:
        send_feedback(work, article.published_version_id or 0, "wrong", today=world.clock.today)
    with world.begin("agent") as work:
        report_gap(work, "卫星电话漫游", Asked(0, (), None), today=world.clock.today)
    one = planned(world, categories=("账单",))
    with world.begin("process_manager") as work:
        usecases.draw_sample(work, one, today=world.clock.today, zone=ZONE)
    [item] = items(world, one)
    assert (item.article_id, item.category, item.facts["feedback"]["wrong"], item.facts["waiting"]) == (article.id, "账单", 1, 1)
    with world.look("auditor") as work:
        card = review_card(work.session, work.actor, one)
    assert card.repeats is True and card.population == {"账单": [article.number]}
    assert card.record is not None and card.record["processes"] == 1
    assert [(one["category"], one["articles"], one["opened"]) for one in card.record["by_category"]] == [("", 0, 1), ("账单", 1, 0)]


def test_a_plan_that_cannot_be_is_refused(world: Centre) -> None:
    make_article(world)
    for wrong in ({"reviewers": ()}, {"reviewers": ("agent",)}, {"categories": ("没有",)}, {"ends_on": date(2019, 1, 1)}):
        with pytest.raises(InvalidInput):
            planned(world, **wrong)
    with pytest.raises(NotPermitted), world.begin("manager") as work:
        usecases.plan_review(work, Plan(2026, date(2026, 1, 1), date(2026, 12, 31), date(2026, 12, 31), 1, ("manager",)))
    empty = planned(world, categories=())
    with world.begin("knowledge_editor") as work:
        for article in work.session.scalars(text("SELECT id FROM knowledge_article")):
            retire_article(work, article, reason="gone")
    with pytest.raises(RuleBroken), world.begin("process_manager") as work:
        usecases.draw_sample(work, empty, today=world.clock.today, zone=ZONE)


def test_only_named_people_judge_and_only_who_did_not_judge_all_signs(world: Centre) -> None:
    one = running(world, reviewers=("process_manager",))
    drawn = items(world, one)
    assert len(drawn) == 5
    with pytest.raises(NotPermitted):
        judge(world, one, drawn[0], who="knowledge_editor")
    with pytest.raises(RuleBroken):
        sign(world, one)
    for item in drawn:
        judge(world, one, item, who="process_manager")
    with pytest.raises(NotPermitted):
        sign(world, one, who="process_manager")
    with pytest.raises(NotPermitted):
        sign(world, one, who="knowledge_editor")
    with pytest.raises(RuleBroken):
        sign(world, one, said=Conclusion("yes", "yes", "x", content_hash="what was shown before"))
    with pytest.raises(Refusal), world.begin("manager", fresh=False) as work:
        usecases.sign_review(work, one, SAID, zone=ZONE)
    sign(world, one)
    with world.look("auditor") as work:
        card = review_card(work.session, work.actor, one)
    assert (card.line.state, card.line.fit, card.is_whole, card.repeats) == ("signed", "partly", True, True)


def test_what_is_signed_does_not_change_by_any_verb_nor_by_hand(world: Centre) -> None:
    one = judged(world)
    sign(world, one)
    item = items(world, one)[0]
    for again in (lambda work: usecases.sign_review(work, one, SAID, zone=ZONE),
                  lambda work: usecases.cancel_review(work, one, reason="x"),
                  lambda work: usecases.draw_sample(work, one, today=world.clock.today, zone=ZONE),
                  lambda work: usecases.judge_item(work, one, item.id, KEEP, today=world.clock.today)):
        with pytest.raises(RuleBroken), world.begin("process_manager") as work:
            again(work)
    for line in ("UPDATE knowledge_review SET conclusion = 'x'", "DELETE FROM knowledge_review",
                 "UPDATE knowledge_review_item SET result = 'retire'", "DELETE FROM knowledge_review_item",
                 "UPDATE knowledge_review SET signed_at = NULL, state = 'running'"):
        with pytest.raises(DBAPIError), world.db.engine.begin() as connection:
            connection.execute(text(line))
    with world.look("auditor") as work:
        assert review_card(work.session, work.actor, one).is_whole is True


def test_a_row_slipped_in_beside_the_service_shows(world: Centre) -> None:
    one = judged(world)
    sign(world, one)
    other = make_article(world, title="夹带")
    with world.db.engine.begin() as connection:
        connection.execute(text(
            "INSERT INTO knowledge_review_item (review_id, place, article_id, version_id, category, facts, reviewer_id, version) "
            f"SELECT review_id, 99, {other.id}, version_id, category, facts, reviewer_id, 1 FROM knowledge_review_item WHERE place = 1"))
    with world.look("auditor") as work:
        card = review_card(work.session, work.actor, one)
    assert card.is_whole is False and card.repeats is False


def duties(world: Centre, rule: str) -> list[Obligation]:
    with world.begin("system") as work:
        run_duties(work, world.clock.today)
    world.drain()
    with world.look() as work:
        return list(work.session.scalars(select(Obligation).where(Obligation.rule == rule).order_by(Obligation.id)))


def told(world: Centre, login: str) -> list[str]:
    with world.look() as work:
        return list(work.session.scalars(select(Notice.kind).where(
            Notice.person_id == world.people[login], Notice.kind.startswith("knowledge.review")).order_by(Notice.id)))


def test_each_year_asks_for_its_review_until_it_is_signed_in_full(world: Centre) -> None:
    make_article(world, category="账单")
    year = world.clock.today.year
    [duty] = duties(world, YEAR)
    assert (duty.subject_id, duty.due_on, duty.clause, duty.state) == (year, date(year, 12, 31), "61", "open")
    part = judged(world, categories=("账单",))
    sign(world, part)
    assert duties(world, YEAR)[0].state == "open", "one category of three is not the whole"
    rest = planned(world)
    with world.begin("process_manager") as work:
        usecases.draw_sample(work, rest, today=world.clock.today, zone=ZONE)
    for place, item in enumerate(items(world, rest)):
        judge(world, rest, item, who=("knowledge_editor", "process_manager")[place % 2])
    sign(world, rest)
    world.drain()
    [duty] = duties(world, YEAR)
    assert (duty.state, duty.done_by_id) == ("done", world.people["manager"])


def test_reviewers_signers_and_owners_hear_and_have_a_duty_until_it_is_done(world: Centre) -> None:
    one = running(world)
    world.drain()
    assert told(world, "process_manager") == ["knowledge.review.drawn"], "the editor owns all of them"
    assert {duty.owner_id for duty in duties(world, JUDGE)} == {world.people["process_manager"]}
    drawn = items(world, one)
    with world.begin("knowledge_editor") as work:
        for item in drawn:
            put_in_order(work, work.get(Article, item.article_id), "owner", world.people["agent"])
    judge(world, one, drawn[0], Judgement(GOOD | {"correct": False}, "update", "资费变了"))
    judge(world, one, drawn[1], Judgement(GOOD | {"needed": False}, "retire", "没有这个业务了"))
    for item in drawn[2:]:
        judge(world, one, item)
    world.drain()
    assert told(world, "agent") == ["knowledge.review.update", "knowledge.review.retire"]
    assert told(world, "manager") == ["knowledge.review.ready"]
    assert {duty.state for duty in duties(world, JUDGE)} == {"done"}
    assert [duty.state for duty in duties(world, MEND)] == ["open", "open"]
    with world.begin("knowledge_editor") as work:
        edit_article(work, drawn[0].article_id, Content(title="新资费", body="新的。"), publish=True)
        retire_article(work, drawn[1].article_id, reason="没有这个业务了")
    world.drain()
    assert [duty.state for duty in duties(world, MEND)] == ["done", "done"]
    with world.look("auditor") as work:
        card = review_card(work.session, work.actor, one)
    assert [item.follow_up for item in card.items][:3] == ["done", "done", "none"]
    sign(world, one, who="manager")
    world.drain()
    assert told(world, "knowledge_editor")[-1] == "knowledge.review.signed"


def test_a_review_given_up_leaves_the_year_open(world: Centre) -> None:
    one = running(world)
    with world.begin("knowledge_editor") as work:
        usecases.cancel_review(work, one, reason="范围定错了")
    assert [duty.state for duty in duties(world, YEAR)] == ["open"] and not [d for d in duties(world, JUDGE) if d.state == "open"]
