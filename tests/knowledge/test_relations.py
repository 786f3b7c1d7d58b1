"""Relations between articles: their rules, who may, what a reader may not see, what was taken away, what is similar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.usecases import Content, edit_article, retire_article
from kmsvc.knowledge.relations import usecases
from kmsvc.knowledge.relations.aligning import MOST, align
from kmsvc.knowledge.relations.listing import count_twins, twin_lines
from kmsvc.knowledge.relations.models import Relation, TwinCheck
from kmsvc.knowledge.relations.queries import taken_away, twin_card
from kmsvc.knowledge.relations.rules import (
    Face,
    RelationKind,
    RelationWord,
    Tie,
    TwinState,
    check_tie,
    kept_as,
    stand_of,
    word_for,
)
from kmsvc.knowledge.relations.similar import similar_to
from kmsvc.knowledge.relations.standing import family_of, twin_of
from kmsvc.markup.blocks import identify, split
from tests.builders import make_article
from tests.support.centre import Centre

ZH = "# 改签\n\n拨打95539即可改签。\n\n收费20元。\n\n- 身份证\n- 票号"
EN = "# Rebooking\n\nCall 95539 to rebook.\n\nThe fee is 20 yuan.\n\n- identity card\n- ticket number"
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def tie(world: Centre, one: Article, other: Article, word: str, who: str = "knowledge_editor", **more: Any) -> Relation:
    with world.begin(who) as work:
        return usecases.relate(work, one.id, other.id, word, **more)


def twins(world: Centre, **more: Any) -> tuple[Article, Article, Relation]:
    zh = make_article(world, title="怎样改签", body=ZH)
    en = make_article(world, title="How to rebook", body=EN, language="en", **more)
    return zh, en, tie(world, zh, en, "twin")


def rewrite(world: Centre, article: Article, title: str, body: str, language: str = "zh_Hans_CN", **more: Any) -> None:
    world.clock.move(minutes=5)
    with world.begin("knowledge_editor") as work:
        edit_article(work, article.id, Content(title=title, body=body, language=language, **more), publish=True)


def dearer(world: Centre, article: Article, fee: int = 30) -> None:
    rewrite(world, article, "怎样改签", ZH.replace("20", str(fee)))


def kin(world: Centre, article: Article, who: str = "agent") -> list[tuple[str, str]]:
    with world.look(who) as work:
        return [(one.word.value, one.side.title) for one in family_of(work.session, work.actor, article.id)[0]]


def lines(world: Centre, who: str = "knowledge_editor", **more: Any) -> Any:
    with world.look(who) as work:
        found, rest = twin_lines(work.session, work.actor, **more)
        assert rest is None and len(found) == count_twins(work.session, work.actor, **more)
        return found


def card(world: Centre, relation: Relation, who: str = "knowledge_editor") -> Any:
    with world.look(who) as work:
        return twin_card(work.session, work.actor, relation.id)


def find_equal(world: Centre, relation: Relation, who: str = "knowledge_editor") -> TwinCheck:
    looked = card(world, relation).version_ids
    with world.begin(who) as work:
        return usecases.find_equal(work, relation.id, version_ids=looked)


# --- rules ----------------------------------------------------------------------------------------------------------------
def test_each_kind_has_a_word_for_both_directions() -> None:
    for word in RelationWord:
        kind, start, end = kept_as(word, 7, 4)
        assert word_for(kind, turned=end == 7) == word
        assert {start, end} == {4, 7}
    assert kept_as(RelationWord.REPLACED_BY, 1, 2) == (RelationKind.REPLACES, 2, 1)
    assert word_for("part_of", turned=True) == RelationWord.CONTAINS and word_for("see_also", turned=True) == RelationWord.SEE_ALSO


@pytest.mark.parametrize(("new", "standing", "refusal"), [
    (Tie("see_also", 1, 1), [], InvalidInput),
    (Tie("see_also", 1, 2), [Tie("replaces", 2, 1)], RuleBroken),
    (Tie("twin", 1, 3), [Tie("twin", 1, 2)], RuleBroken),
    (Tie("twin", 2, 3), [Tie("twin", 1, 2)], RuleBroken),
    (Tie("replaces", 3, 1), [Tie("replaces", 1, 2), Tie("replaces", 2, 3)], RuleBroken),
    (Tie("part_of", 1, 4), [Tie("part_of", 4, 3), Tie("part_of", 4, 2), Tie("part_of", 2, 1)], RuleBroken),
    (Tie("part_of", 3, 1), [Tie("replaces", 1, 2), Tie("part_of", 2, 3)], None),
    (Tie("replaces", 1, 3), [Tie("replaces", 1, 2), Tie("replaces", 2, 3)], None),
    (Tie("see_also", 3, 1), [Tie("see_also", 1, 2), Tie("see_also", 2, 3)], None)])
def test_no_doubles_no_second_twin_no_rings(new: Tie, standing: list[Tie], refusal: Any) -> None:
    if refusal is None:
        check_tie(new, standing, ("zh_Hans_CN", "en"))
    else:
        with pytest.raises(refusal):
            check_tie(new, standing, ("zh_Hans_CN", "en"))


def test_twins_are_in_two_languages() -> None:
    with pytest.raises(InvalidInput):
        check_tie(Tie("twin", 1, 2), [], ("en", "en"))


@pytest.mark.parametrize(("equal", "left", "right", "stands"), [
    (("a", "b"), Face("a", NOON), Face("b", NOON), (TwinState.EQUAL, None)),
    (("a", "b"), Face("x", NOON), Face("b", NOON), (TwinState.DRIFTED, 1)),
    (("a", "b"), Face("a", NOON), Face("x", NOON), (TwinState.DRIFTED, 0)),
    (("a", "b"), Face("x", NOON, "a"), Face("y", NOON + timedelta(1), "b"), (TwinState.BOTH, None)),
    (("a", "b"), Face("x", NOON, "a"), Face("z", NOON + timedelta(1), "y"), (TwinState.DRIFTED, 0)),
    (("a", "b"), Face("z", NOON + timedelta(1), "x"), Face("y", NOON, "b"), (TwinState.DRIFTED, 1)),
    (None, Face("a", NOON), Face("b", NOON), (TwinState.UNCHECKED, None)),
    (("a", "b"), None, Face("b", NOON), (TwinState.ALONE, None))])
def test_behind_is_the_one_that_did_not_follow(equal: Any, left: Any, right: Any, stands: Any) -> None:
    assert stand_of(equal, left, right) == stands


def test_paragraphs_are_paired_by_order_kind_and_the_numbers_they_share() -> None:
    left = identify(split(ZH), (), seed="a")
    right = identify(split(EN.replace("Call 95539 to rebook.\n\n", "Call 95539 to rebook.\n\nA remark.\n\n")), (), seed="b")
    pairs = [(one.text if one else None, other.text if other else None) for one, other in align(left, right)]
    assert pairs == [("# 改签", "# Rebooking"), ("拨打95539即可改签。", "Call 95539 to rebook."), (None, "A remark."),
                     ("收费20元。", "The fee is 20 yuan."), ("- 身份证\n- 票号", "- identity card\n- ticket number")]
    assert align([], right) == [(None, block) for block in right]


def test_a_very_long_text_is_paired_by_order_alone() -> None:
    long = identify(split("\n\n".join(str(n) for n in range(MOST + 5))), (), seed="a")
    assert len(align(long, long[:3])) == MOST + 5


# --- relating -------------------------------------------------------------------------------------------------------------
def test_both_ends_say_it_in_their_own_words(world: Centre) -> None:
    new, old, part, other = (make_article(world, title=one) for one in ("新", "旧", "章", "旁"))
    tie(world, new, old, "replaces")
    tie(world, new, part, "contains")
    tie(world, new, other, "see_also")
    assert kin(world, new) == [("replaces", "旧"), ("contains", "章"), ("see_also", "旁")]
    assert kin(world, old) == [("replaced_by", "新")] and kin(world, part) == [("part_of", "新")]
    assert kin(world, other) == [("see_also", "新")]


def test_only_who_edits_articles_relates_them(world: Centre) -> None:
    one, other = make_article(world, title="一"), make_article(world, title="二")
    for who in ("agent", "business_owner"):
        with pytest.raises(NotPermitted):
            tie(world, one, other, "see_also", who)
    made = tie(world, one, other, "see_also")
    with pytest.raises(NotPermitted), world.begin("agent") as work:
        usecases.remove(work, made.id)
    with pytest.raises(RuleBroken):
        tie(world, other, one, "replaces")
    with pytest.raises(InvalidInput):
        tie(world, one, one, "see_also")
    first, last = make_article(world, title="三"), make_article(world, title="四")
    tie(world, first, last, "replaces")
    tie(world, last, one, "replaces")
    with pytest.raises(RuleBroken):
        tie(world, one, first, "replaces")


def test_what_a_reader_may_not_see_is_not_mentioned(world: Centre) -> None:
    open_one = make_article(world, title="公开")
    for title, more in (("机密", {"confidentiality": "secret"}), ("草稿", {"publish": False}), ("别组", {"unit": "TEAM-B"})):
        tie(world, open_one, make_article(world, title=title, **more), "see_also")
    assert kin(world, open_one) == []
    assert [title for _, title in kin(world, open_one, "agent_b")] == ["别组"]
    assert len(kin(world, open_one, "knowledge_editor")) == 3


def test_a_twin_that_may_not_be_seen_leaves_no_switch_and_no_warning(world: Centre) -> None:
    zh, en, made = twins(world, unit="TEAM-B")
    rewrite(world, en, "How to rebook", EN.replace("20", "30"), "en")
    with world.look("agent") as work:
        assert twin_of(work.session, work.actor, zh.id) is None
    with world.look("agent_b") as work:
        found = twin_of(work.session, work.actor, zh.id)
        assert found is not None and found.mine_behind
    assert lines(world, "agent") == []
    with pytest.raises(NotFound):
        card(world, made, "agent")


def test_what_was_taken_away_can_be_put_back_with_what_was_found(world: Centre) -> None:
    zh, en, made = twins(world)
    with world.begin("knowledge_editor") as work:
        usecases.remove(work, made.id, reason="falsch")
    assert kin(world, zh) == [] and lines(world, state="all") == []
    with pytest.raises(RuleBroken), world.begin("knowledge_editor") as work:
        usecases.remove(work, made.id)
    with world.look("knowledge_editor") as work:
        gone = taken_away(work.session, work.actor, en.id)
        assert gone is not None and gone.side.number == zh.number and gone.by == "Knowledge Editor"
    with world.begin("knowledge_editor") as work:
        usecases.restore(work, made.id)
    assert kin(world, en) == [("twin", "怎样改签")] and lines(world, state="all")[0].state == TwinState.EQUAL


def test_nothing_is_put_back_in_the_way_of_another_one(world: Centre) -> None:
    zh, en, made = twins(world)
    with world.begin("knowledge_editor") as work:
        usecases.remove(work, made.id)
    tie(world, zh, make_article(world, title="Other", language="en"), "twin")
    with pytest.raises(RuleBroken), world.begin("knowledge_editor") as work:
        usecases.restore(work, made.id)
    with pytest.raises(RuleBroken):
        tie(world, en, zh, "twin")


def offered(world: Centre, article: Article, who: str = "knowledge_editor") -> str | None:
    with world.look(who) as work:
        gone = taken_away(work.session, work.actor, article.id)
        return gone.side.title if gone is not None else None


def test_what_was_taken_away_is_offered_until_the_two_are_related_again_and_to_nobody_who_may_not_see_it(world: Centre) -> None:
    one, early, late = (make_article(world, title=title) for title in ("一", "先", "后"))
    secret = make_article(world, title="密", confidentiality="secret")
    for other in (early, late, secret):
        made = tie(world, one, other, "see_also")
        world.clock.move(minutes=1)
        with world.begin("knowledge_editor") as work:
            usecases.remove(work, made.id)
    assert offered(world, one) == "密" and offered(world, one, "agent") == "后"
    tie(world, secret, one, "part_of")
    tie(world, late, one, "replaces")
    assert offered(world, one) == "先" and offered(world, late) is None


def test_a_retired_article_is_replaced_by_its_successor(world: Centre) -> None:
    old, new = make_article(world, title="旧"), make_article(world, title="新")
    with world.begin("knowledge_editor") as work:
        retire_article(work, old.id, reason="过时", superseded_by_id=new.id)
    world.drain(index=False)
    assert kin(world, new) == [("replaces", "旧")]
    with world.begin("system") as work:
        usecases.follow_retired(work, old.id)
    assert kin(world, new) == [("replaces", "旧")]


# --- similar --------------------------------------------------------------------------------------------------------------
def test_similar_articles_are_near_by_words_and_never_hidden_related_or_itself(world: Centre) -> None:
    one = make_article(world, title="机票改签手续费", body="改签手续费按票价收取。")
    near = make_article(world, title="机票改签流程", body="改签先核对票号。")
    make_article(world, title="机票改签底价", body="改签底价。", confidentiality="secret")
    make_article(world, title="水费账单查询", body="登录网站查看账单。")
    linked = make_article(world, title="机票改签问答", body="改签常见问题。")
    tie(world, one, linked, "see_also")
    world.drain()
    with world.look("agent") as work:
        found = similar_to(work.session, world.engine, work.actor, one.id, world.clock.today)
        assert [card.number for card in found] == [near.number]
        with pytest.raises(NotFound):
            similar_to(work.session, world.engine, work.actor, 987_654, world.clock.today)
