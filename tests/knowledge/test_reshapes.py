"""Merging and splitting articles: nothing retires before the new text is in force, nothing is lost, all of it can be taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.usecases import (
    Content,
    edit_article,
    publish_article,
    retire_article,
    revert_article,
    take_in,
)
from kmsvc.knowledge.bench.models import SavedSearch
from kmsvc.knowledge.bench.usecases import add_search
from kmsvc.knowledge.citations.keeping import Ref
from kmsvc.knowledge.citations.models import Citation
from kmsvc.knowledge.licences.usecases import grant
from kmsvc.knowledge.proposals.usecases import propose_correction
from kmsvc.knowledge.relations.models import Relation
from kmsvc.knowledge.relations.usecases import relate
from kmsvc.knowledge.reshapes.models import Reshape
from kmsvc.knowledge.reshapes.usecases import (
    Part,
    cancel,
    compose,
    parts_of,
    plan_merge,
    plan_split,
    publish,
    take_back,
)
from kmsvc.knowledge.shelf.models import Favourite, Pin
from kmsvc.knowledge.shelf.usecases import keep, pin
from tests.builders import make_article
from tests.knowledge.test_citations import register
from tests.support.centre import Centre

EDITOR = "knowledge_editor"
FIRST = "# 退费\n\n七天内全额退。\n\n超过七天转主管。"
SECOND = "# 退钱\n\n七天内全额退。\n\n发票要交回。"


def two(world: Centre) -> tuple[Article, Article]:
    return make_article(world, title="退费标准", body=FIRST), make_article(world, title="退钱怎么办", body=SECOND)


def row(world: Centre, kind: type, key: int) -> Any:
    with world.look() as work:
        return work.get(kind, key)


def text(world: Centre, article_id: int) -> ArticleVersion:
    return row(world, ArticleVersion, row(world, Article, article_id).published_version_id)


def merge(world: Centre, stays: Article, gone: Article) -> Reshape:
    with world.begin(EDITOR) as work:
        return plan_merge(work, stays.id, [gone.id], reason="说的是一回事")


def picks(world: Centre, *wanted: tuple[Article, int]) -> list[tuple[int, str]]:
    return [(article.id, text(world, article.id).blocks[place]["id"]) for article, place in wanted]


def composed(world: Centre, stays: Article, gone: Article) -> Reshape:
    plan = merge(world, stays, gone)
    chosen = picks(world, (stays, 0), (stays, 1), (gone, 2), (stays, 2))
    with world.begin(EDITOR) as work:
        return compose(work, plan.id, chosen)


def pointed(world: Centre, gone: Article, other: Article) -> None:
    with world.begin("agent") as work:
        keep(work, gone.id)
    with world.begin(EDITOR) as work:
        pin(work, gone.id, unit_id=None, until=world.clock.today + timedelta(days=9), reason="常问", today=world.clock.today)
        add_search(work, query="发票交回", article=gone.number)
        relate(work, gone.id, other.id, "see_also")


def test_a_merge_retires_the_other_only_when_the_new_text_is_in_force_and_moves_what_pointed_to_it(world: Centre) -> None:
    stays, gone = two(world)
    other = make_article(world, title="发票", body="发票规则。")
    pointed(world, gone, other)
    kept = text(world, gone.id).blocks[2]["id"]
    plan = composed(world, stays, gone)
    assert row(world, Article, gone.id).retired_at is None and text(world, stays.id).body == FIRST
    with world.begin(EDITOR) as work:
        publish(work, plan.id)
    world.drain()
    new = text(world, stays.id)
    assert new.body == "# 退费\n\n七天内全额退。\n\n发票要交回。\n\n超过七天转主管。"
    assert new.blocks[2]["id"] == kept and "退钱怎么办" in new.aliases
    after = row(world, Article, gone.id)
    assert after.retired_at is not None and after.superseded_by_id == stays.id
    with world.look() as work:
        for kind in (Favourite, Pin, SavedSearch):
            assert [one.article_id for one in work.session.scalars(select(kind))] == [stays.id]
        rows = work.session.scalars(select(Relation).where(Relation.removed_at.is_(None)))
        ties = {(one.kind, one.from_id, one.to_id) for one in rows}
    assert ties == {("see_also", min(stays.id, other.id), max(stays.id, other.id)), ("replaces", stays.id, gone.id)}


def test_a_merge_taken_back_is_as_it_was(world: Centre) -> None:
    stays, gone = two(world)
    other = make_article(world, title="发票", body="发票规则。")
    pointed(world, gone, other)
    plan = composed(world, stays, gone)
    with world.begin(EDITOR) as work:
        publish_article(work, stays.id)  # by the ordinary door: all of it happens
    world.drain()
    assert row(world, Reshape, plan.id).state == "done" and row(world, Article, gone.id).retired_at is not None
    with world.begin(EDITOR) as work:
        take_back(work, plan.id, reason="并错了")
    world.drain()
    assert (text(world, stays.id).body, text(world, gone.id).body) == (FIRST, SECOND)
    assert row(world, Article, gone.id).superseded_by_id is None
    with world.look() as work:
        for kind in (Favourite, Pin, SavedSearch):
            assert [one.article_id for one in work.session.scalars(select(kind))] == [gone.id]
        rows = work.session.scalars(select(Relation).where(Relation.removed_at.is_(None)))
        ties = {(one.kind, one.from_id, one.to_id) for one in rows}
    assert ties == {("see_also", min(gone.id, other.id), max(gone.id, other.id))}


def test_a_text_that_changed_since_is_not_written_over_and_nothing_of_the_merge_happens(world: Centre) -> None:
    stays, gone = two(world)
    plan = composed(world, stays, gone)
    with world.begin(EDITOR) as work:
        edit_article(work, gone.id, Content(title="退钱怎么办", body=SECOND + "\n\n新规。"), publish=True)
    with pytest.raises(RuleBroken), world.begin(EDITOR) as work:
        publish(work, plan.id)
    assert row(world, Article, gone.id).retired_at is None and text(world, stays.id).body == FIRST
    assert row(world, Reshape, plan.id).state == "open"
    chosen = picks(world, (stays, 1), (gone, 3))
    with world.begin(EDITOR) as work:
        compose(work, plan.id, chosen)
    with world.begin(EDITOR) as work:
        publish(work, plan.id)
    assert text(world, stays.id).body == "七天内全额退。\n\n新规。"


def test_only_editors_plan_and_an_article_belongs_to_one_plan(world: Centre) -> None:
    stays, gone = two(world)
    for login in ("agent", "process_manager"):
        with pytest.raises(NotPermitted), world.begin(login) as work:
            plan_merge(work, stays.id, [gone.id], reason="r")
    plan = merge(world, stays, gone)
    with pytest.raises(RuleBroken), world.begin(EDITOR) as work:
        plan_split(work, gone.id, [Part("x", ("y",))], reason="r")
    with pytest.raises(InvalidInput), world.begin(EDITOR) as work:
        plan_merge(work, stays.id, [stays.id], reason="r")
    with pytest.raises(RuleBroken), world.begin(EDITOR) as work:
        publish(work, plan.id)
    with world.begin(EDITOR) as work:
        cancel(work, plan.id, reason="不并了")
    assert merge(world, stays, gone).state == "open"


def split(world: Centre, article: Article, *parts: tuple[int, ...], retire: bool = False) -> Reshape:
    blocks = text(world, article.id).blocks
    with world.begin(EDITOR) as work:
        return plan_split(work, article.id, [Part(f"部分{n}", tuple(blocks[place]["id"] for place in part))
                                             for n, part in enumerate(parts)], reason="太长", retire=retire)


def made_of(world: Centre, plan: Reshape) -> list[int]:
    with world.look() as work:
        return [part.article_id for part in parts_of(work, plan.id)]


def test_a_split_keeps_the_ids_of_paragraphs_and_the_article_loses_them_at_the_publication(world: Centre) -> None:
    article = make_article(world, title="退费标准", body=FIRST)
    ids = [one["id"] for one in text(world, article.id).blocks]
    plan = split(world, article, (2,))
    (part,) = made_of(world, plan)
    assert text(world, article.id).body == FIRST and row(world, Article, part).published_version_id is None
    with world.begin(EDITOR) as work:
        publish_article(work, part)  # one of its drafts by the ordinary door: both are published, or neither
    assert [one["id"] for one in text(world, part).blocks] == [ids[2]]
    assert [one["id"] for one in text(world, article.id).blocks] == ids[:2]
    with world.look() as work:
        assert [(one.kind, one.from_id, one.to_id) for one in work.session.scalars(select(Relation))] == [
            ("see_also", article.id, part)]
    with world.begin(EDITOR) as work:
        take_back(work, plan.id, reason="还是一篇好")
    assert text(world, article.id).body == FIRST
    assert row(world, Article, part).retired_at is not None and row(world, Article, part).superseded_by_id == article.id


def test_an_article_of_which_nothing_stays_retires_and_leads_to_its_first_part(world: Centre) -> None:
    article = make_article(world, title="退费标准", body=FIRST)
    for parts, retire in ((((1,), (2,)), True), (((0, 1), (2,)), False)):
        with pytest.raises(InvalidInput):
            split(world, article, *parts, retire=retire)
    plan = split(world, article, (0, 1), (2,), retire=True)
    with world.begin("agent") as work:
        keep(work, article.id)
    with world.begin(EDITOR) as work:
        publish(work, plan.id)
    first, second = made_of(world, plan)
    assert (text(world, first).body, text(world, second).body) == ("# 退费\n\n七天内全额退。", "超过七天转主管。")
    after = row(world, Article, article.id)
    assert after.retired_at is not None and after.superseded_by_id == first
    with world.look() as work:
        assert [one.article_id for one in work.session.scalars(select(Favourite))] == [first]


def test_a_split_given_up_leaves_no_draft_and_the_text_as_it_is(world: Centre) -> None:
    article = make_article(world, title="退费标准", body=FIRST)
    plan = split(world, article, (2,))
    with world.begin(EDITOR) as work:
        cancel(work, plan.id, reason="不拆了")
    after = row(world, Article, article.id)
    assert after.draft_version_id == after.published_version_id
    assert row(world, Article, made_of(world, plan)[0]).retired_at is not None
    with pytest.raises(RuleBroken), world.begin(EDITOR) as work:
        publish(work, plan.id)


def test_a_paragraph_goes_to_one_place_and_none_is_invented(world: Centre) -> None:
    article = make_article(world, title="退费标准", body=FIRST)
    for parts in (((1,), (1,)), ((),), ()):
        with pytest.raises(InvalidInput):
            split(world, article, *parts)
    with pytest.raises(InvalidInput), world.begin(EDITOR) as work:
        plan_split(work, article.id, [Part("x", ("nowhere",))], reason="r")


def corrected(world: Centre, article: Article, body: str, who: str = EDITOR) -> None:
    """A correction of the text in force, published at once."""
    now = text(world, article.id)
    with world.begin(who) as work:
        propose_correction(work, article.id, base_version_id=now.id, title=now.title, summary="", body=body, note="错字",
                           today=world.clock.today, at_once=True)


def test_a_correction_of_the_article_that_stays_is_no_merge(world: Centre) -> None:
    stays, gone = two(world)
    plan = composed(world, stays, gone)
    with world.begin(EDITOR) as work:
        grant(work, world.people["agent"], "contributor", reason="会写", today=world.clock.today)
    corrected(world, stays, FIRST.replace("转主管", "找主管"), who="agent")
    corrected(world, stays, FIRST.replace("转主管", "请主管"))
    assert row(world, Article, gone.id).retired_at is None and row(world, Reshape, plan.id).state == "open"
    assert row(world, Article, stays.id).draft_version_id == plan.draft_version_id
    with pytest.raises(RuleBroken), world.begin(EDITOR) as work:
        publish(work, plan.id)
    chosen = picks(world, (stays, 2), (gone, 2))
    with world.begin(EDITOR) as work:
        compose(work, plan.id, chosen)
    with world.begin(EDITOR) as work:
        publish(work, plan.id)
    assert text(world, stays.id).body == "超过七天请主管。\n\n发票要交回。"


def test_a_text_from_outside_is_not_taken_for_that_of_the_merge(world: Centre) -> None:
    stays, gone = two(world)
    composed(world, stays, gone)
    with pytest.raises(RuleBroken), world.begin(EDITOR) as work:
        take_in(work, Content(title="退费标准", body="另一段话。"), external_id="X-1", number=stays.number, category=None, owner_id=None,
                publish=True)
    assert row(world, Article, gone.id).retired_at is None and text(world, stays.id).body == FIRST


def test_an_article_that_is_to_retire_by_a_split_can_be_corrected_and_reverted_before(world: Centre) -> None:
    article = make_article(world, title="退费标准", body=FIRST)
    old = text(world, article.id).id
    plan = split(world, article, (0, 1), (2,), retire=True)
    corrected(world, article, FIRST.replace("转主管", "找主管"))
    with world.begin(EDITOR) as work:
        revert_article(work, article.id, to_version_id=old, reason="改错了")
    assert row(world, Reshape, plan.id).state == "open" and row(world, Article, article.id).retired_at is None


def test_paragraphs_keep_their_ids_when_a_plan_was_given_up_or_composed_twice(world: Centre) -> None:
    article = make_article(world, title="退费标准", body=FIRST)
    ids = [one["id"] for one in text(world, article.id).blocks]
    given_up = split(world, article, (0,), (1,))
    with world.begin(EDITOR) as work:
        cancel(work, given_up.id, reason="不拆了")
    plan = split(world, article, (2,))
    assert [one["id"] for one in row(world, ArticleVersion, plan.draft_version_id).blocks] == ids[:2]
    stays = make_article(world, title="改签", body="改签费每人三十元。\n\n改签费每人每次三十元整。")
    gone = make_article(world, title="改期", body="改签费每人每次三十元。")
    merged = merge(world, stays, gone)
    for places in (((stays, 0), (gone, 0)), ((stays, 0), (stays, 1), (gone, 0))):
        chosen = picks(world, *places)
        with world.begin(EDITOR) as work:
            merged = compose(work, merged.id, chosen)
        found = [one["id"] for one in row(world, ArticleVersion, merged.draft_version_id).blocks]
        assert found == [block for _, block in chosen]


def test_a_correction_keeps_the_ids_of_the_text_it_corrects_whatever_its_draft_says(world: Centre) -> None:
    article = make_article(world, title="退费标准", body=FIRST)
    ids = [one["id"] for one in text(world, article.id).blocks]
    with world.begin(EDITOR) as work:
        edit_article(work, article.id, Content(title="退费标准", body="# 退费"))
    corrected(world, article, FIRST.replace("转主管", "找主管"))
    assert [one["id"] for one in text(world, article.id).blocks] == ids


def cited(world: Centre) -> list[tuple[int, str | None, str, str | None]]:
    with world.look() as work:
        return [(one.text_id, one.block_id, one.state, one.change) for one in work.session.scalars(
            select(Citation).order_by(Citation.id))]


def test_what_cites_a_paragraph_finds_it_in_its_new_place_and_back(world: Centre) -> None:
    stays, gone = two(world)
    taken, left = (text(world, gone.id).blocks[place]["id"] for place in (2, 1))
    register(world, "q", Ref("article", gone.id, taken), Ref("article", gone.id, left), Ref("article", gone.id))
    plan = composed(world, stays, gone)
    with world.begin(EDITOR) as work:
        publish(work, plan.id)
    world.drain()
    assert cited(world) == [(stays.id, taken, "true", None), (gone.id, left, "marked", "retired"), (gone.id, None, "marked", "retired")]
    with world.begin(EDITOR) as work:
        take_back(work, plan.id, reason="并错了")
    world.drain()
    assert cited(world) == [(gone.id, taken, "true", None), (gone.id, left, "true", None), (gone.id, None, "true", None)]


def test_a_paragraph_that_was_worded_otherwise_on_its_way_is_marked_in_its_new_place(world: Centre) -> None:
    article = make_article(world, title="退费标准", body=FIRST)
    block = text(world, article.id).blocks[2]["id"]
    register(world, "q", Ref("article", article.id, block))
    plan = split(world, article, (2,))
    (part,) = made_of(world, plan)
    with world.begin(EDITOR) as work:
        edit_article(work, part, Content(title="部分0", body="超过九天转主管。"))
    with world.begin(EDITOR) as work:
        publish(work, plan.id)
    world.drain()
    assert cited(world) == [(part, block, "marked", "changed")]


def test_a_part_that_was_retired_meanwhile_stops_the_split(world: Centre) -> None:
    article = make_article(world, title="退费标准", body=FIRST)
    plan = split(world, article, (2,))
    with world.begin(EDITOR) as work:
        retire_article(work, made_of(world, plan)[0], reason="没用")
    with pytest.raises(RuleBroken), world.begin(EDITOR) as work:
        publish(work, plan.id)
    assert text(world, article.id).body == FIRST


def test_taking_back_a_split_leaves_no_reader_without_a_paragraph(world: Centre) -> None:
    article = make_article(world, title="退费标准", body=FIRST)
    plan = split(world, article, (1,), (2,))
    first, second = made_of(world, plan)
    with world.begin(EDITOR) as work:
        publish(work, plan.id)
    with world.begin(EDITOR) as work:
        edit_article(work, second, Content(title="部分1", body="超过七天转主管，主管当天答复。"), publish=True)
    with world.begin(EDITOR) as work:
        take_back(work, plan.id, reason="还是一篇好")
    assert text(world, article.id).body == FIRST and row(world, Article, first).retired_at is not None
    assert row(world, Article, second).retired_at is None, "what was published anew since stays"
    plan = split(world, make_article(world, title="行李", body=FIRST), (2,))
    with world.begin(EDITOR) as work:
        publish(work, plan.id)
    with world.begin(EDITOR) as work:
        edit_article(work, plan.article_id, Content(title="行李", body="# 退费\n\n八天内全额退。"), publish=True)
    with pytest.raises(RuleBroken), world.begin(EDITOR) as work:
        take_back(work, plan.id, reason="还是一篇好")
    assert row(world, Article, made_of(world, plan)[0]).retired_at is None


def test_taking_back_a_merge_does_not_revive_what_somebody_retired_since(world: Centre) -> None:
    stays, gone = two(world)
    plan = composed(world, stays, gone)
    with world.begin(EDITOR) as work:
        publish(work, plan.id)
    with world.begin(EDITOR) as work:
        retire_article(work, stays.id, reason="停办")
    with world.begin(EDITOR) as work:
        take_back(work, plan.id, reason="并错了")
    assert row(world, Article, stays.id).retired_at is not None and text(world, gone.id).body == SECOND


def test_the_page_says_before_a_merge_whose_text_other_readers_will_see(world: Centre, client: Callable[..., Any]) -> None:
    stays = make_article(world, title="退费标准", body=FIRST)
    gone, same = make_article(world, title="一组的事", body=SECOND, unit="TEAM-A"), make_article(world, title="退钱", body=SECOND)
    one, two = merge(world, stays, gone), merge(world, make_article(world, title="x", body=FIRST), same)
    assert f"{gone.number} is for other readers than {stays.number}" in client(EDITOR).get(f"/knowledge/reshapes/{one.id}").text
    assert "is for other readers" not in client(EDITOR).get(f"/knowledge/reshapes/{two.id}").text


def test_a_number_that_is_none_is_no_fault(world: Centre, client: Callable[..., Any]) -> None:
    browser = client(EDITOR)
    assert browser.get("/knowledge/reshapes/split?article=%00").status_code == 200
    assert browser.post("/knowledge/reshapes/split", data={"article": "\0", "reason": "r"}).status_code == 422


def ticked(page: str) -> list[str]:
    return re.findall(r'name="picks" value="([^"]+)"[^>]* checked', page)


def test_what_is_ticked_is_what_the_draft_contains_and_composing_again_builds_it_from_there(
        world: Centre, client: Callable[..., Any]) -> None:
    stays, gone = two(world)
    plan = composed(world, stays, gone)
    browser, address = client(EDITOR), f"/knowledge/reshapes/{plan.id}"
    wanted = {f"{one}:{block}" for one, block in picks(world, (stays, 0), (stays, 1), (gone, 2), (stays, 2))}
    first = ticked(browser.get(address).text)
    assert set(first) == wanted
    browser.post(f"{address}/compose", data={"picks": first, "version": row(world, Reshape, plan.id).version})
    assert set(ticked(browser.get(address).text)) == wanted
    with world.look() as work:
        draft = work.get(ArticleVersion, work.get(Article, stays.id).draft_version_id)
    assert "发票要交回。" in draft.body and "超过七天转主管。" in draft.body
    with world.begin(EDITOR) as work:  # worded in the editor since: what was taken out there is not ticked
        edit_article(work, stays.id, Content(title="退费标准", body=draft.body.replace("\n\n超过七天转主管。", "")))
    page = browser.get(address).text
    assert set(ticked(page)) < wanted and "Somebody has worded the draft" in page


def test_a_heading_is_ticked_with_what_stands_below_it_and_differing_words_are_marked(
        world: Centre, client: Callable[..., Any]) -> None:
    stays = make_article(world, title="改签", body="## 费用\n\n每次改签收取30元手续费。\n\n## 时限\n\n两天内。")
    gone = make_article(world, title="改票", body="## 费用\n\n每次改签收取50元手续费。")
    page = client(EDITOR).get(f"/knowledge/reshapes/{merge(world, stays, gone).id}").text
    (head, fee), (other, dear) = ([one["id"] for one in text(world, it.id).blocks[:2]] for it in (stays, gone))
    assert f'value="{stays.id}:{head}" data-takes="{stays.id}:{fee}"' in page
    assert f'value="{gone.id}:{other}" data-takes="{gone.id}:{dear}"' in page
    assert set(ticked(page)) == {f"{stays.id}:{one['id']}" for one in text(world, stays.id).blocks}
    assert re.search(r"<mark>30元?</mark>", page) and re.search(r"<mark>50元?</mark>", page)
    assert "<del" not in page and "<ins" not in page, "what stays is not struck out"
    shown = re.findall(r'data-of="([^"]+)"(?! hidden)', page)
    assert shown == [f"{stays.id}:{one['id']}" for one in text(world, stays.id).blocks], "the new text as it is ticked, in its order"


def test_articles_of_a_merge_are_chosen_by_words_of_their_titles(world: Centre, client: Callable[..., Any]) -> None:
    stays, gone = two(world)
    browser = client(EDITOR)
    answer = browser.post("/knowledge/reshapes/merge", data={"stays": "退费", "others": "怎么办", "reason": ""})
    assert answer.status_code == 422 and {f'id="{one}-error"' in answer.text for one in ("stays", "others", "reason")} == {True}
    assert f'name="stays_picked" value="{stays.number}"' in answer.text and f'name="others_picked" value="{gone.number}"' in answer.text
    piece = browser.get(f"/knowledge/reshapes/choices/others?others=退费&others_picked={gone.number}").text
    assert f'value="{gone.number}" checked' in piece and f'value="{stays.number}"' in piece
    done = browser.post("/knowledge/reshapes/merge", data={"stays": "退费", "stays_picked": stays.number, "others": "怎么办",
                                                           "others_picked": gone.number, "reason": "一回事"})
    assert done.status_code == 303
    with world.look() as work:
        plan = work.session.scalars(select(Reshape)).one()
        assert (plan.article_id, [one.article_id for one in parts_of(work, plan.id)]) == (stays.id, [gone.id])


def test_a_section_goes_by_one_choice_and_a_paragraph_of_it_may_differ(world: Centre, client: Callable[..., Any]) -> None:
    article = make_article(world, title="退费", body="前言。\n\n## 费用\n\n收三十元。\n\n### 例外\n\n军人免。\n\n## 时限\n\n两天。")
    lead, fees, thirty, exception, soldiers, limit, days = (one["id"] for one in text(world, article.id).blocks)
    browser = client(EDITOR)
    sent = {"article": article.number, f"to-{lead}": "0", f"to-{fees}": "1", f"to-{thirty}": "0", f"to-{exception}": "",
            f"to-{soldiers}": "", f"to-{limit}": "0", f"to-{days}": ""}
    again = browser.post("/knowledge/reshapes/split", data=sent)
    assert again.status_code == 422 and 'id="title-1-error"' in again.text and 'id="reason-error"' in again.text
    assert re.findall(r'data-goes="(\d)"', again.text) == ["0", "1", "0", "1", "1", "0", "0"]
    done = browser.post("/knowledge/reshapes/split", data=sent | {"title-1": "费用", "reason": "太长"})
    assert done.status_code == 303, done.text
    with world.look() as work:
        part = parts_of(work, work.session.scalars(select(Reshape)).one().id)[0]
    assert part.block_ids == [fees, exception, soldiers]


def test_the_page_of_a_split_shows_what_stays_and_each_new_text(world: Centre, client: Callable[..., Any]) -> None:
    article = make_article(world, title="退费", body="## 费用\n\n收三十元。\n\n## 时限\n\n两天。")
    ids = [one["id"] for one in text(world, article.id).blocks]
    with world.begin(EDITOR) as work:
        plan = plan_split(work, article.id, [Part("时限", tuple(ids[2:]))], reason="太长")
    browser = client(EDITOR)
    page = browser.get(f"/knowledge/reshapes/{plan.id}").text
    assert page.index("收三十元。") < page.index("两天。")
    found = browser.get("/knowledge/reshapes/split?article=退费").text
    assert f'href="/knowledge/reshapes/split?article={article.number}"' in found
