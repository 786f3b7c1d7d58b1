"""Twins in two languages: they drift when one has a new text, are found equal again, and one leads to the other."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select

from kmsvc.core.errors import NotFound, NotPermitted, RuleBroken, Stale
from kmsvc.knowledge.articles.usecases import retire_article, revert_article
from kmsvc.knowledge.relations import usecases
from kmsvc.knowledge.relations.listing import count_twins, twin_lines
from kmsvc.knowledge.relations.models import TwinCheck
from kmsvc.knowledge.relations.queries import counterpart
from kmsvc.knowledge.relations.rules import (
    TwinState,
)
from kmsvc.notices.models import Notice
from tests.builders import make_article
from tests.knowledge.test_relations import (
    EN,
    NOON,
    ZH,
    card,
    dearer,
    find_equal,
    lines,
    rewrite,
    tie,
    twins,
)
from tests.support.centre import Centre


def test_twins_drift_when_one_has_a_new_text_and_are_equal_again_when_somebody_says_so(world: Centre) -> None:
    zh, en, made = twins(world)
    assert [line.state for line in lines(world, state="all")] == [TwinState.EQUAL]
    dearer(world, zh)
    [line] = lines(world, state="drifted")
    assert (line.behind.number, line.owner, line.since) == (en.number, "Knowledge Editor", world.clock())
    shown = card(world, made)
    assert shown.right.is_behind and not shown.left.is_behind and shown.may_confirm
    assert [row.changed for row in shown.rows] == [(False, False), (False, False), (True, False), (False, False)]
    assert not card(world, made, "agent").may_confirm
    with pytest.raises(NotPermitted):
        find_equal(world, made, "agent")
    check = find_equal(world, made)
    assert (check.ordinal, check.person_id) == (2, world.people["knowledge_editor"])
    assert find_equal(world, made).ordinal == 2  # twice is once
    assert lines(world, state="drifted") == [] and not card(world, made).may_confirm
    assert [one.labels for one in card(world, made).checks] == [("2.0", "1.0"), ("1.0", "1.0")]


def test_that_both_say_the_same_can_be_taken_back_and_what_was_found_before_counts_again(world: Centre) -> None:
    zh, _, made = twins(world)
    dearer(world, zh)
    later = find_equal(world, made)
    assert lines(world) == []
    for who, refusal in (("agent", NotPermitted), ("knowledge_editor", None)):
        if refusal is None:
            with world.begin(who) as work:
                usecases.take_back(work, made.id, check_id=later.id)
        else:
            with pytest.raises(refusal), world.begin(who) as work:
                usecases.take_back(work, made.id, check_id=later.id)
    [line] = lines(world)
    assert line.state == TwinState.DRIFTED and line.checked_at == made.made_at
    with pytest.raises(RuleBroken), world.begin("knowledge_editor") as work:
        usecases.take_back(work, made.id, check_id=later.id)
    shown = card(world, made)
    assert [one.withdrawn_at is None for one in shown.checks] == [False, True] and shown.last_check == shown.checks[1].id
    with world.begin("knowledge_editor") as work:
        usecases.take_back(work, made.id, check_id=shown.last_check)
    assert lines(world)[0].state == TwinState.UNCHECKED and card(world, made).last_check is None
    find_equal(world, made)
    assert lines(world) == [] and card(world, made, "agent").last_check is None


def test_a_finding_of_other_twins_is_not_taken_back_by_this_address(world: Centre) -> None:
    _, _, made = twins(world)
    _, _, other = twins(world)
    with world.look() as work:
        check = work.session.scalars(select(TwinCheck).where(TwinCheck.relation_id == other.id)).one()
    with pytest.raises(NotFound), world.begin("knowledge_editor") as work:
        usecases.take_back(work, made.id, check_id=check.id)


def test_the_list_says_in_sql_what_the_rules_say_puts_the_oldest_drift_first_and_comes_in_pages(world: Centre) -> None:
    """Every history of three steps: a new text of either, or both found equal; and some that go back."""
    made: list[int] = []
    for steps in (*itertools.product(("zh", "en", "found"), repeat=3), ("zh", "back"), ("zh", "en", "back"), ("en", "zh", "back")):
        zh, en, tied = twins(world)
        made.append(tied.id)
        for place, step in enumerate(steps):
            if step == "zh":
                dearer(world, zh, 40 + place)
            elif step == "en":
                rewrite(world, en, "How to rebook", EN.replace("20", str(50 + place)), "en")
            elif step == "back":
                rewrite(world, zh, "怎样改签", ZH)
            elif step == "found" and (card(world, tied).may_confirm):
                find_equal(world, tied)
    _, draft, alone = twins(world)
    with world.begin("knowledge_editor") as work:
        retire_article(work, draft.id, reason="x")
    never = tie(world, make_article(world, title="三"), make_article(world, title="Three", language="en"), "twin", equal=False)
    with world.look("knowledge_editor") as work:
        every, _ = twin_lines(work.session, work.actor, state="all", limit=1000)
        stood = {line.id: (line.state, line.behind.id if line.behind else None) for line in every}
        assert set(stood) == {*made, alone.id, never.id} and {one.value for one in TwinState} == {line.state for line in every}
        order = [(list(TwinState).index(line.state), line.since is None, line.since, line.id) for line in every]
        assert order == sorted(order, key=lambda one: (one[0], one[1], one[2] or NOON, one[3]))
        for state in TwinState:
            part, _ = twin_lines(work.session, work.actor, state=state, limit=1000)
            assert [line.id for line in part] == [line.id for line in every if line.state == state], state
        pages, start = [], 0
        while start is not None:
            page, start = twin_lines(work.session, work.actor, state="all", start=start, limit=7)
            pages += [line.id for line in page]
        assert pages == [line.id for line in every]
        assert count_twins(work.session, work.actor, state="all") == len(every)


def test_only_the_texts_that_were_looked_at_are_found_equal(world: Centre) -> None:
    zh, _, made = twins(world)
    dearer(world, zh)
    looked = card(world, made).version_ids
    dearer(world, zh, 40)
    with pytest.raises(Stale), world.begin("knowledge_editor") as work:
        usecases.find_equal(work, made.id, version_ids=looked)


def test_going_back_to_what_was_equal_needs_nobody(world: Centre) -> None:
    zh, _, _ = twins(world)
    first = zh.published_version_id
    dearer(world, zh)
    with world.begin("knowledge_editor") as work:
        revert_article(work, zh.id, to_version_id=first, reason="doch")
    assert [line.state for line in lines(world, state="all")] == [TwinState.EQUAL]


def test_other_tags_are_no_drift(world: Centre) -> None:
    zh, _, _ = twins(world)
    rewrite(world, zh, "怎样改签", ZH, tags=("改签",))
    assert [line.state for line in lines(world, state="all")] == [TwinState.EQUAL]


def test_a_paragraph_that_was_taken_out_is_counted(world: Centre) -> None:
    zh, _, made = twins(world)
    rewrite(world, zh, "怎样改签", ZH.replace("收费20元。\n\n", ""))
    assert [block.text for block in card(world, made).left.gone] == ["收费20元。"]


def test_twins_that_were_never_compared_and_twins_of_a_draft_stand_apart(world: Centre) -> None:
    zh, en = make_article(world, title="一"), make_article(world, title="One", language="en", publish=False)
    made = tie(world, zh, en, "twin")
    assert lines(world, state="all")[0].state == TwinState.ALONE and lines(world, "agent", state="all") == []
    with pytest.raises(RuleBroken), world.begin("knowledge_editor") as work:
        usecases.find_equal(work, made.id, version_ids=(zh.published_version_id or 0, en.draft_version_id or 0))
    rewrite(world, en, "One", "now", "en")
    assert lines(world)[0].state == TwinState.UNCHECKED
    find_equal(world, made)
    assert lines(world) == [] and lines(world, state="equal")


def test_the_list_searches_and_knows_whose_it_is(world: Centre) -> None:
    zh, en, _ = twins(world)
    tie(world, make_article(world, title="三"), make_article(world, title="Three", language="en"), "twin")
    dearer(world, zh)
    assert [line.first.number for line in lines(world, q="REBOOK")] == [en.number]
    assert len(lines(world, view="mine")) == 1 and lines(world, "agent", view="mine") == []
    assert len(lines(world, state="equal")) == 1 and lines(world, q="nothing") == []


def test_whoever_holds_the_one_behind_hears_of_it_once_for_each_text(world: Centre) -> None:
    zh, en, made = twins(world)

    def told() -> list[str]:
        world.drain(index=False)
        with world.look() as work:
            return [row.url for row in work.session.scalars(select(Notice).where(
                Notice.kind == "knowledge.twin.drifted", Notice.person_id == world.people["knowledge_editor"]))]

    assert told() == []
    dearer(world, zh)
    assert told() == [f"/knowledge/relations/twins/{made.id}"]
    rewrite(world, zh, "怎样改签", ZH.replace("20", "30"), tags=("费用",))
    assert len(told()) == 2  # another version of it, not followed yet either
    rewrite(world, en, "How to rebook", EN.replace("20", "30"), "en")
    assert len(told()) == 2  # bringing it up wakes nobody
    find_equal(world, made)
    assert len(told()) == 2


def test_what_was_brought_up_waits_to_be_compared_and_warns_no_reader(world: Centre) -> None:
    zh, en, _ = twins(world)
    dearer(world, zh)
    rewrite(world, en, "How to rebook", EN.replace("20", "30"), "en")
    assert [(line.state, line.behind) for line in lines(world)] == [(TwinState.BOTH, None)]
    dearer(world, zh, 40)
    assert [(line.state, line.behind.number) for line in lines(world)] == [(TwinState.DRIFTED, en.number)]


def test_the_switch_leads_to_the_paragraph_that_says_the_same(world: Centre) -> None:
    zh, en, made = twins(world)
    row = card(world, made).rows[2]
    with world.look("agent") as work:
        other, block = counterpart(work.session, work.actor, made.id, zh.id, row.left.id)
        assert (other.id, block) == (en.id, row.right.id)
        assert counterpart(work.session, work.actor, made.id, en.id, "gone")[1] == ""
        with pytest.raises(NotFound):
            counterpart(work.session, work.actor, made.id, 987_654, row.left.id)


def test_secret_paragraphs_of_a_twin_stay_out_for_who_may_not_read_them(world: Centre) -> None:
    zh = make_article(world, title="改签", body=ZH + "\n\n:::secret\n底价15元\n:::")
    en = make_article(world, title="Rebooking", body=EN, language="en")
    made = tie(world, zh, en, "twin")
    assert not any(row.left and "底价" in row.left.text for row in card(world, made, "agent").rows)
    assert any(row.left and "底价" in row.left.text for row in card(world, made).rows)
