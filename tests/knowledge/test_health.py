"""Signs from real rows: seen, gone when mended, told once, right as they are, alike and joined, many put in order and back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.core.errors import NotFound, NotPermitted, RuleBroken
from kmsvc.core.work import NeverPermitted
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.ordering import put_in_order
from kmsvc.knowledge.articles.usecases import Content, edit_article, keep_article, retire_article
from kmsvc.knowledge.health import details, queries, usecases
from kmsvc.knowledge.health.examining import examine_all
from kmsvc.knowledge.health.models import HealthBatch, HealthSignRow, HealthWord
from kmsvc.knowledge.health.telling import tell_owners
from kmsvc.notices.models import Notice
from kmsvc.people.accounts.usecases import suspend_person
from kmsvc.people.system import SYSTEM
from kmsvc.process.definitions.permissions import MANAGE_PROCESS
from kmsvc.process.definitions.usecases import plan_publication, write_version
from kmsvc.search.models import SearchEvent
from tests.builders import make_article, make_process
from tests.support.centre import Centre
from tests.support.clock import ZONE

LONG = ("客户要求退费时，先核对账单，再看扣费日期和支付方式。七天以内的全额退回原支付账户，超过七天的转班长审批。银行卡已注销的，"
        "请客户提供本人名下新卡，并把工单备注改为改账户。赠送的话费和活动返还金不在可退范围，账单里标有赠字的就是。"
        "重复扣费按故障单核实，未使用的预存款要先结清当月费用，设备押金从检测合格次日起算。")


def look(world: Centre) -> None:
    examine_all(world.db, SYSTEM, ZONE)


def signs(world: Centre, article_id: int) -> dict[str, int]:
    with world.look() as work:
        return {one.sign: one.figure for one in queries.signs_of(work.session, [article_id]).get(article_id, ())}


def review(world: Centre, article: Article, days: int) -> None:
    with world.begin("knowledge_editor") as work:
        keep_article(work, article.id, owner_id=article.owner_id, audience_unit_id=None,
                     review_on=world.clock.today + timedelta(days=days), reason="for a test")


def searched(world: Centre, who: str, *steps: tuple[str, int | None, int]) -> None:
    """Searches of a person: (query, article opened, seconds before now)."""
    with world.begin("system") as work:
        for query, opened, ago in steps:
            work.session.add(SearchEvent(at=world.clock() - timedelta(seconds=ago), person_id=world.people[who], query=query, found=3,
                                         opened_kind="article" if opened else None, opened_id=opened, acted=True if opened else None))


def test_a_sign_comes_with_what_is_wrong_and_goes_when_it_is_mended(world: Centre) -> None:
    article = make_article(world, title="退费标准", valid_to=world.clock.today)
    review(world, article, 200)
    look(world)
    assert signs(world, article.id) == {}
    world.clock.move(days=1)
    look(world)
    assert signs(world, article.id) == {"expired": 1}
    review(world, article, -3)
    world.drain()
    assert signs(world, article.id) == {"expired": 1, "review_late": 3}  # at once, by the reaction
    review(world, article, 20)
    world.drain()
    assert signs(world, article.id) == {"expired": 1, "review_soon": 20}
    with world.begin("knowledge_editor") as work:
        retire_article(work, article.id, reason="over")
    world.drain()
    assert signs(world, article.id) == {}


def test_links_to_what_is_gone_and_sources_that_moved_on_are_seen(world: Centre) -> None:
    process = make_process(world, drain=True)
    gone = make_article(world, title="旧规定")
    article = make_article(world, title="退费标准",
                           body=f"见[旧规定](/knowledge/articles/{gone.id})和{process.number}，[表](/files/77)。")
    review(world, article, 200)
    look(world)
    assert signs(world, article.id) == {"dead_link": 1}  # the file was never there
    with world.begin("knowledge_editor") as work:
        retire_article(work, gone.id, reason="over")
    world.clock.move(days=2)
    with world.begin("process_manager") as work:
        row = work.get(type(process), process.id)
        work.permit(MANAGE_PROCESS, row)
        version = write_version(work, row, name=row.name, purpose="", body="# 新\n\n十天内退。", final=True, change_id=None,
                                note="second")
        plan_publication(work, row, version, effective_on=world.clock.today, zone=ZONE, today=world.clock.today, change_id=None,
                         release_round=None, reason="second")
    look(world)
    assert signs(world, article.id) == {"dead_link": 2, "moved": 1}
    with world.look("knowledge_editor") as work:
        line = queries.line_of(work.session, work.actor, article.id, world.clock.today)
        assert line is not None
        [dead, moved] = line.signs
        assert sorted(dead.rows) == [["article", str(gone.id)], ["file", "77"]] and moved.rows[0][1] == process.number
    with world.begin("knowledge_editor") as work:
        edit_article(work, article.id, Content(title="退费标准", body=f"见{process.number}。"), publish=True)
    world.drain()
    assert signs(world, article.id) == {}


def test_who_opens_and_searches_again_with_other_words_soon_did_not_find_it(world: Centre) -> None:
    article = make_article(world, title="退费标准")
    review(world, article, 200)
    for place in range(5):
        base = 1000 * (place + 1)
        again = ("退费 多久", None, base - 60) if place < 2 else ("退费", None, base - 60) if place == 2 else ("别的", None, base - 900)
        searched(world, "agent", ("退费", article.id, base), again)
    look(world)
    assert signs(world, article.id) == {"again": 40}
    with world.look("knowledge_editor") as work:
        use = details.usage_of(work.session, article.id, work.now)
    assert (use.opens, use.again, use.questions) == (5, 2, (("退费", 5, 2),))


def test_what_nobody_opens_is_unused_until_somebody_does(world: Centre) -> None:
    article = make_article(world, title="退费标准")
    world.clock.move(days=89)
    review(world, article, 200)
    look(world)
    assert signs(world, article.id) == {}
    world.clock.move(days=1)
    look(world)
    assert signs(world, article.id) == {"unused": 90}
    searched(world, "agent", ("退费", article.id, 60))
    look(world)
    assert signs(world, article.id) == {}


def test_an_owner_who_left_a_draft_that_lies_and_no_review_day_are_seen(world: Centre) -> None:
    article = make_article(world, title="退费标准", editor="everything")
    draft = make_article(world, title="新规定", publish=False)
    with world.begin("operator") as work:
        suspend_person(work, world.people["everything"], reason="left")
    look(world)
    assert signs(world, article.id) == {"no_owner": 1, "no_review": 1} and signs(world, draft.id) == {}
    world.clock.move(days=30)
    look(world)
    assert signs(world, draft.id) == {"draft": 30}


def test_an_owner_hears_of_a_sign_once_and_of_many_in_one_line(world: Centre) -> None:
    article = make_article(world, title="退费标准")
    review(world, article, -1)

    def pass_by() -> list[Notice]:
        look(world)
        with world.begin("system") as work:
            tell_owners(work, world.clock.today)
        with world.look() as work:
            return list(work.session.scalars(select(Notice).where(
                Notice.person_id == world.people["knowledge_editor"], Notice.kind.startswith("knowledge.health")).order_by(Notice.id)))
    [told] = pass_by()
    assert told.kind == "knowledge.health.seen" and told.params["sign"]["code"] == "review_late"
    world.clock.move(days=1)
    assert len(pass_by()) == 1  # a day more is not news
    review(world, article, 90)
    assert len(pass_by()) == 1
    review(world, article, -5)
    assert len(pass_by()) == 2  # another day that has passed is
    for n in range(5):
        review(world, make_article(world, title=f"规定{n}"), -1)
    [*_, many] = pass_by()
    assert many.kind == "knowledge.health.seen_many" and many.params["count"] == 5
    assert len(pass_by()) == 3


def test_a_new_owner_hears_once_of_the_signs_that_stand(world: Centre) -> None:
    article = make_article(world, title="退费标准")
    review(world, article, -1)

    def told(who: str) -> int:
        look(world)
        with world.begin("system") as work:
            tell_owners(work, world.clock.today)
        with world.look() as work:
            return len(work.session.scalars(select(Notice.id).where(
                Notice.person_id == world.people[who], Notice.kind.startswith("knowledge.health"))).all())

    def give_to(who: str) -> None:
        with world.begin("knowledge_editor") as work:
            put_in_order(work, work.get(Article, article.id), "owner", world.people[who])
    assert told("knowledge_editor") == 1 and told("agent") == 0
    give_to("agent")
    assert told("agent") == 1 and told("agent") == 1 and told("knowledge_editor") == 1
    give_to("knowledge_editor")
    assert told("knowledge_editor") == 1, "who heard of it before is not told again"


def test_looking_twice_writes_nothing_the_second_time(world: Centre) -> None:
    article = make_article(world, title="退费标准")
    look(world)
    with world.look() as work:
        before = [(row.sign, row.since) for row in work.session.scalars(select(HealthSignRow))]
    world.clock.move(seconds=90)
    look(world)
    with world.look() as work:
        assert [(row.sign, row.since) for row in work.session.scalars(select(HealthSignRow))] == before
        assert before == [("no_review", before[0][1])] and article.id


def test_right_as_it_is_rests_until_something_new_comes_and_can_be_taken_back(world: Centre) -> None:
    article = make_article(world, title="退费标准")
    review(world, article, 300)
    world.clock.move(days=95)
    look(world)
    assert signs(world, article.id) == {"unused": 95}

    def say(who: str, sign: str = "unused") -> HealthWord:
        with world.begin(who) as work:
            return usecases.say_right(work, article.id, sign=sign, reason="季节性的", today=world.clock.today, zone=ZONE)
    for stranger, wrong in (("agent", NotFound), ("supervisor", NotPermitted)):
        with pytest.raises(wrong):
            say(stranger)
    with pytest.raises(RuleBroken):
        say("knowledge_editor", "again")
    word = say("knowledge_editor")
    assert signs(world, article.id) == {}
    world.clock.move(days=1)
    look(world)
    assert signs(world, article.id) == {}
    with world.begin("knowledge_editor") as work:
        usecases.take_word_back(work, word.id, today=world.clock.today, zone=ZONE)
    assert signs(world, article.id) == {"unused": 96}
    review(world, article, -1)
    world.drain()
    with pytest.raises(RuleBroken):
        say("knowledge_editor", "review_late")  # that goes only when it is mended


def twins(world: Centre, **more: Any) -> tuple[Article, Article]:
    one = make_article(world, title="退费标准", body=LONG, aliases=("退钱",))
    other = make_article(world, title="退费规定", body=LONG + "另见附表。", aliases=("还钱",), **more)
    look(world)
    return one, other


def test_two_alike_are_a_pair_until_somebody_says_they_are_right(world: Centre) -> None:
    one, other = twins(world)
    assert "duplicate" in signs(world, one.id) and "duplicate" in signs(world, other.id)
    with world.begin("knowledge_editor") as work:
        word = usecases.say_distinct(work, other.id, one.id, reason="渠道不同", zone=ZONE)
    look(world)
    assert "duplicate" not in signs(world, one.id)
    with world.look("knowledge_editor") as work:
        assert details.pair_lines(work.session, work.actor)[1] == 0
        [pair] = details.pair_lines(work.session, work.actor, state="distinct")[0]
        assert pair.word is not None and pair.word.reason == "渠道不同"
    with world.begin("knowledge_editor") as work:
        usecases.take_word_back(work, word.id, today=world.clock.today, zone=ZONE)
    assert "duplicate" in signs(world, one.id)


def test_a_sign_never_tells_of_an_article_that_not_all_readers_may_read(world: Centre) -> None:
    one, other = twins(world, confidentiality="secret")
    assert "duplicate" not in signs(world, one.id) and "duplicate" in signs(world, other.id)
    here = make_article(world, title="退费细则", body=LONG + "本组专用。", unit="TEAM-A")
    look(world)
    assert "duplicate" not in signs(world, one.id) and "duplicate" in signs(world, here.id)


def test_who_answers_for_one_of_two_alike_sees_the_pair_and_says_that_both_are_right(world: Centre) -> None:
    one, other = twins(world)
    with world.begin("knowledge_editor") as work:
        keep_article(work, other.id, owner_id=world.people["agent"], audience_unit_id=None, review_on=None, reason="for a test")
    with world.look("agent") as work:
        [pair] = details.pair_lines(work.session, work.actor, article_id=other.id)[0]
        assert pair.may_judge and {pair.first.id, pair.second.id} == {one.id, other.id}
    with world.look("team_leader") as work:
        assert details.pair_lines(work.session, work.actor)[1] == 0
    with pytest.raises(NotFound), world.begin("team_leader") as work:
        usecases.say_distinct(work, one.id, other.id, reason="x", zone=ZONE)
    with world.begin("agent") as work:
        word = usecases.say_distinct(work, one.id, other.id, reason="渠道不同", zone=ZONE)
    assert "duplicate" not in signs(world, other.id)
    with pytest.raises(NotFound), world.begin("team_leader") as work:
        usecases.take_word_back(work, word.id, today=world.clock.today, zone=ZONE)
    with world.begin("agent") as work:
        usecases.take_word_back(work, word.id, today=world.clock.today, zone=ZONE)
    assert "duplicate" in signs(world, other.id)


def test_rows_of_a_sign_name_no_gap_and_no_process_that_the_reader_may_not_see(world: Centre) -> None:
    article = make_article(world, title="退费标准")
    with world.begin("knowledge_editor") as work:
        keep_article(work, article.id, owner_id=world.people["agent"], audience_unit_id=None, review_on=None, reason="for a test")
    rows = {"gap": ["GAP-2026-0001"], "moved": [[987_654, "P-987", "2.0", "2026-03-01", None]], "dead_link": [["file", "77"]]}
    with world.begin("system") as work:
        work.session.add_all(HealthSignRow(article_id=article.id, sign=sign, key="k", figure=1, rows=its, since=work.now)
                             for sign, its in rows.items())
    for who, seen in (("agent", {"gap": (), "moved": (), "dead_link": (["file", "77"],)}),
                      ("knowledge_editor", {"gap": ("GAP-2026-0001",), "moved": (), "dead_link": (["file", "77"],)})):
        with world.look(who) as work:
            line = queries.line_of(work.session, work.actor, article.id, world.clock.today)
            assert line is not None and {one.sign: one.rows for one in line.signs} == seen, who


def test_joined_names_and_outside_id_go_to_the_one_that_stays(world: Centre) -> None:
    one, other = twins(world)
    with world.begin("knowledge_editor") as work:
        work.get(Article, other.id).external_id = "OLD-7"
        work.permit(usecases.EDIT_ARTICLE)
    with world.begin("knowledge_editor") as work:
        usecases.join_pair(work, other.id, into_id=one.id, reason="同一件事", today=world.clock.today, zone=ZONE)
    world.drain()
    look(world)
    with world.look() as work:
        kept, gone = work.get(Article, one.id), work.get(Article, other.id)
        assert gone.retired_at is not None and gone.superseded_by_id == kept.id
        assert (gone.external_id, kept.external_id) == (None, "OLD-7")
        face = work.get(ArticleVersion, kept.published_version_id)
        assert face.aliases == ["退钱", "还钱", "退费规定"]
        assert details.pair_lines(work.session, world.actor("knowledge_editor"))[1] == 0
    assert "duplicate" not in signs(world, one.id)


def test_words_of_a_secret_article_do_not_go_to_more_readers(world: Centre) -> None:
    one, other = twins(world, confidentiality="secret")
    with pytest.raises(RuleBroken), world.begin("knowledge_editor") as work:
        usecases.join_pair(work, other.id, into_id=one.id, reason="x", today=world.clock.today, zone=ZONE)
    with pytest.raises(NotPermitted), world.begin("manager") as work:
        usecases.join_pair(work, one.id, into_id=other.id, reason="x", today=world.clock.today, zone=ZONE)
    with world.look("supervisor") as work:  # who may not read one of the two sees no pair
        assert details.pair_lines(work.session, work.actor)[1] == 0


def test_many_are_put_in_order_each_with_its_entry_and_go_back_unless_changed_since(world: Centre) -> None:
    held = [make_article(world, title=f"规定{n}", category="旧") for n in range(3)]
    look(world)
    ids, day = [one.id for one in held], world.clock.today + timedelta(days=60)
    with pytest.raises((NotPermitted, NeverPermitted)), world.begin("supervisor") as work:
        usecases.put_many_in_order(work, ids, "review", day, reason="x", today=world.clock.today, zone=ZONE)
    with world.begin("knowledge_editor") as work:
        batch = usecases.put_many_in_order(work, ids, "review", day, reason="年度盘点", today=world.clock.today, zone=ZONE)
    assert all(signs(world, one) == {} for one in ids) and len(batch.before) == 3
    with world.begin("knowledge_editor") as work:
        shelf = usecases.put_many_in_order(work, ids, "category", "新", reason="换架", today=world.clock.today, zone=ZONE)
    with world.begin("knowledge_editor") as work:
        moved = usecases.put_many_in_order(work, ids, "owner", world.people["business_owner"], reason="交接", today=world.clock.today,
                                           zone=ZONE)
    review(world, held[0], 5)
    with world.begin("knowledge_editor") as work:
        assert usecases.undo_many(work, batch.id, zone=ZONE)[1] == 2
    for one in (shelf, moved):
        with world.begin("knowledge_editor") as work:
            assert usecases.undo_many(work, one.id, zone=ZONE)[1] == (3 if one is shelf else 2)
    with world.look() as work:
        rows = [work.get(Article, one) for one in ids]
        assert [row.review_on for row in rows] == [world.clock.today + timedelta(days=5), None, None]
        assert len({row.category_id for row in rows}) == 1 and rows[1].owner_id == world.people["knowledge_editor"]
        assert work.get(HealthBatch, batch.id).undone_at is not None
    with pytest.raises(RuleBroken), world.begin("knowledge_editor") as work:
        usecases.undo_many(work, batch.id, zone=ZONE)


def test_the_board_counts_what_each_may_see(world: Centre) -> None:
    mine = make_article(world, title="退费标准", category="退费")
    make_article(world, title="谈判底线", confidentiality="secret", category="退费")
    well = make_article(world, title="好文章", category="套餐")
    for one in (mine, well):
        review(world, one, 200 if one is well else -1)
    look(world)
    with world.look("knowledge_editor") as work:
        [row], whole = queries.board(work.session, work.actor)
        assert (row.published, row.healthy, row.counts) == (3, 2, {"review_late": 1, "no_review": 1}) and whole.share == 67
        shelves, _ = queries.board(work.session, work.actor, "category")
        assert [(one.key, one.published, one.healthy) for one in shelves] == [("退费", 2, 1), ("套餐", 1, 1)]
        lines, _ = queries.health_lines(work.session, work.actor, world.clock.today)
        assert [line.number for line in lines][0] == mine.number
        for filters, many in (({"sign": "no_review"}, 1), ({"gravity": "act"}, 1), ({"category": "套餐"}, 0), ({"owner": "-"}, 0),
                              ({"q": "退费"}, 1), ({"owner": str(world.people["knowledge_editor"])}, 2)):
            assert queries.count_health(work.session, work.actor, **filters) == many, filters
            assert len(queries.health_lines(work.session, work.actor, world.clock.today, **filters)[0]) == many
    with world.look("supervisor") as work:  # reads no secret article, so it counts none
        [row], _ = queries.board(work.session, work.actor)
        assert (row.published, row.counts) == (2, {"review_late": 1})
    with world.look("agent") as work:
        assert queries.board(work.session, work.actor)[0] == []
        assert queries.line_of(work.session, work.actor, mine.id, world.clock.today) is None
