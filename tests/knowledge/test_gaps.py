"""Gaps (B11, W5): searches in vain come together, somebody closes them, and only the replayed searches say that it is done."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.home.queries import tasks, todo_count
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.usecases import Content, edit_article, publish_article, retire_article
from kmsvc.knowledge.gaps import queries, usecases
from kmsvc.knowledge.gaps.gathering import gather
from kmsvc.knowledge.gaps.models import Gap, GapAsker, GapDay, GapProgress, GapStanding
from kmsvc.knowledge.gaps.replaying import is_due, replay, replay_all, tidy
from kmsvc.knowledge.gaps.reporting import Answered
from kmsvc.knowledge.gaps.reporting import report as report_search
from kmsvc.notices.models import Notice
from kmsvc.people.accounts.usecases import suspend_person
from kmsvc.people.readers.usecases import keep_group
from kmsvc.process.changes.usecases import submit_change
from kmsvc.search.engine import SearchEngine
from kmsvc.search.models import SearchEvent
from kmsvc.search.noting import note_search, thin_searches
from tests.builders import BODY, change, do, make_article, make_process, play
from tests.support.centre import Centre
from tests.support.clock import ZONE

EDITOR = "knowledge_editor"


@pytest.fixture(autouse=True)
def an_index(world: Centre) -> None:
    """There is something to be found, so that there is an index."""
    make_article(world, title="宽带安装预约", body="师傅上门。", category="宽带", drain=True)


def search(world: Centre, query: str, who: str = "agent", *, found: int = 0, **more: Any) -> None:
    with world.begin(who) as work:
        note_search(work, query=query, found=found, **more)
    world.clock.move(minutes=2)


def gathered(world: Centre) -> list[Gap]:
    world.drain()
    world.clock.move(minutes=10)
    gather(world.db, world.engine, world.actor("system"), ZONE)
    with world.look() as work:
        return list(work.session.scalars(select(Gap).order_by(Gap.id)))


def report(world: Centre, query: str, who: str = "agent", **filters: str) -> Answered:
    world.drain()
    return report_search(world.db, world.engine, world.actor(who), query, ZONE, filters or None)


def run_worker(world: Centre) -> None:
    world.drain()
    with world.look() as work:
        due = is_due(work.session)
    if due:
        replay_all(world.db, world.engine, world.actor("system"), ZONE)
    world.drain()


def card(world: Centre, gap_id: int, who: str = EDITOR) -> queries.GapCard:
    with world.look(who) as work:
        return queries.gap_card(work.session, work.actor, gap_id, world.clock.today)


def one_gap(world: Centre, query: str = "合并开票") -> Gap:
    search(world, query)
    [gap] = gathered(world)
    return gap


def told(world: Centre, who: str) -> list[tuple[str, str]]:
    world.drain()
    with world.look() as work:
        return [(row.kind, row.url) for row in work.session.scalars(select(Notice).where(
            Notice.person_id == world.people[who], Notice.kind.startswith("knowledge.gap")).order_by(Notice.id))]


def state(world: Centre, gap_id: int) -> str:
    with world.look() as work:
        return work.get(Gap, gap_id).state


def draft(world: Centre, gap: Gap, title: str = "怎样合并开票") -> int:
    with world.begin(EDITOR) as work:
        row = usecases.draft_answer(work, gap.id, title=title, body="多张订单可以合并开一张发票。")
        assert row.article_id is not None
        return row.article_id


def publish(world: Centre, article_id: int) -> None:
    with world.begin(EDITOR) as work:
        publish_article(work, article_id)


def test_searches_that_mean_the_same_become_one_gap_with_their_days_and_people(world: Centre) -> None:
    for who, query in (("agent", "合并开票"), ("agent_b", "开票 合并"), ("team_leader", "请问合并开票怎么办"), ("agent", "卫星电话")):
        search(world, query, who)
    found = gathered(world)
    assert [gap.title for gap in found] == ["卫星电话", "合并开票"] or [gap.title for gap in found] == ["合并开票", "卫星电话"]
    gap = next(gap for gap in found if gap.title == "合并开票")
    shown = card(world, gap.id)
    assert (shown.line.queries, shown.line.zero, shown.line.people, shown.line.hits) == (3, 3, 3, 0)
    assert {one.query for one in shown.queries} == {"合并开票", "开票合并", "请问合并开票怎么办"}
    assert all(one.days == ((world.clock.today, 1, 0, 0),) for one in shown.queries)
    assert sum(n for _, n in shown.weeks) == 3 and shown.line.weight == shown.weight.at(world.clock.today)  # type: ignore[union-attr]


def test_gathering_twice_counts_once_and_goes_on_where_it_was(world: Centre) -> None:
    search(world, "合并开票")
    assert len(gathered(world)) == 1
    gathered(world)
    assert card(world, 1).line.zero == 1
    search(world, "合并开票", "agent_b")
    gathered(world)
    assert (card(world, 1).line.zero, card(world, 1).line.people) == (2, 2)
    with world.begin("system") as work:  # the mark is lost with its transaction, never alone
        work.session.execute(update(GapProgress).values(event_id=0), execution_options={"synchronize_session": False})
    gathered(world)
    assert card(world, 1).line.zero == 4


def test_what_came_a_moment_ago_waits_for_what_comes_after_it(world: Centre) -> None:
    with world.begin("agent") as work:
        note_search(work, query="合并开票", found=0)
    assert gather(world.db, world.engine, world.actor("system"), ZONE) == 0
    world.clock.move(minutes=6)
    assert gather(world.db, world.engine, world.actor("system"), ZONE) == 1


def test_a_gap_came_up_when_it_was_searched_first_however_late_the_searches_are_gone_through(world: Centre) -> None:
    first = world.clock.now
    search(world, "合并开票")
    world.clock.move(days=3)
    second = world.clock.now
    search(world, "卫星电话套餐")
    search(world, "合并开票", "agent_b")
    found = gathered(world)
    assert [(gap.title, gap.opened_at, gap.number[-4:]) for gap in found] == [
        ("合并开票", first, "0001"), ("卫星电话套餐", second, "0002")]


def test_a_filter_that_was_on_is_not_a_gap_and_neither_is_what_is_found_meanwhile(world: Centre) -> None:
    make_article(world, title="合并开票", drain=True)
    search(world, "合并开票", filters={"category": "套餐"})
    search(world, "卫星电话", filters={"category": "套餐"})
    assert [gap.title for gap in gathered(world)] == ["卫星电话"]
    with world.look() as work:
        assert work.session.scalars(select(GapAsker)).one().filters == {"category": "套餐"}


def test_results_that_nobody_opened_become_a_gap_that_more_results_do_not_close(world: Centre) -> None:
    article = make_article(world, title="旧机回收", drain=True)
    with world.begin("agent") as work:
        note_search(work, query="旧机回收", found=1, opened=("article", article.id), rank=1, acted=False)
    world.clock.move(seconds=30)
    search(world, "换新怎么估", found=1, opened=("article", article.id), rank=1, acted=True)
    [gap] = gathered(world)
    assert gap.title == "旧机回收" and card(world, gap.id).line.unopened == 1
    replay(world.db, world.engine, world.actor("system"), gap.id, ZONE)
    assert state(world, gap.id) == "open" and card(world, gap.id).queries[0].found == 1
    with world.begin(EDITOR) as work:
        usecases.name_answer(work, gap.id, article=article.number.lower())
    run_worker(world)
    assert state(world, gap.id) == "closed"


def test_choosing_what_one_had_before_one_completes_the_note(world: Centre) -> None:
    for acted in (False, True, True):
        with world.begin("agent") as work:
            note_search(work, query="退费 ", found=1, opened=("article", 7), rank=1, acted=acted)
    with world.look() as work:
        row = work.session.scalars(select(SearchEvent)).one()
        assert (row.query, row.acted, row.rank, row.roles, row.unit_id) == ("退费", True, 1, "agent", world.units["TEAM-A"])


def test_a_draft_takes_the_searches_along_and_the_gap_closes_only_when_they_find_it(world: Centre) -> None:
    search(world, "合并开票")
    search(world, "开票合并怎么弄", "agent_b")
    [gap] = gathered(world)
    article_id = draft(world, gap)
    assert state(world, gap.id) == "writing"
    with world.look(EDITOR) as work:
        article = work.get(Article, article_id)
        assert set(work.get(ArticleVersion, article.draft_version_id).aliases) == {"合并开票", "开票合并怎么弄"}
    run_worker(world)
    assert state(world, gap.id) == "writing"  # nobody can find a draft
    publish(world, article_id)
    run_worker(world)
    assert state(world, gap.id) == "closed"
    assert {one.place for one in card(world, gap.id).queries} == {1}
    assert told(world, "agent") == [("knowledge.gap.closed", "/search?q=%E5%90%88%E5%B9%B6%E5%BC%80%E7%A5%A8")]
    assert len(told(world, "agent_b")) == 1
    run_worker(world)
    assert len(told(world, "agent")) == 1


def test_one_search_that_still_misses_keeps_the_gap_open(world: Centre) -> None:
    search(world, "合并开票")
    search(world, "卫星电话套餐")
    first, second = gathered(world)
    with world.begin(EDITOR) as work:
        usecases.merge_gap(work, second.id, into=first.number, today=world.clock.today)
    article = make_article(world, title="合并开票", drain=True)
    with world.begin(EDITOR) as work:
        usecases.name_answer(work, first.id, article=article.number)
    run_worker(world)
    assert state(world, first.id) == "writing"
    assert sorted(one.hit for one in card(world, first.id).queries) == [False, True]


def test_a_gap_closes_by_itself_when_something_is_found_and_opens_when_it_is_lost(world: Centre) -> None:
    gap = one_gap(world)
    article = make_article(world, title="合并开票", drain=True)
    run_worker(world)
    assert state(world, gap.id) == "closed"
    with world.begin(EDITOR) as work:
        retire_article(work, article.id, reason="over")
    run_worker(world)
    assert state(world, gap.id) == "open"


def test_only_what_the_unit_that_searched_may_read_is_an_answer(world: Centre) -> None:
    search(world, "合并开票", "agent_b")
    [gap] = gathered(world)
    make_article(world, title="合并开票", unit="TEAM-A", drain=True)
    make_article(world, title="合并开票", confidentiality="secret", drain=True)
    run_worker(world)
    assert state(world, gap.id) == "open" and card(world, gap.id).queries[0].found == 0


def test_a_gap_closes_when_everybody_who_searched_finds_the_answer_and_reader_groups_count(world: Centre) -> None:
    """Decision 0036: an answer for a reader group is found by those who are in it, and by nobody else."""
    with world.begin("admin") as work:
        keep_group(work, code="LEADERS", name="班长", roles=("team_leader",))
    search(world, "卫星电话怎么排班", "team_leader")
    search(world, "合并开票", "team_leader")
    search(world, "合并开票", "agent_b")
    gathered(world)
    for title in ("卫星电话怎么排班", "合并开票"):
        article = make_article(world, title=title, unit="LEADERS", drain=True)
    run_worker(world)
    with world.look() as work:
        states = {gap.title: gap.state for gap in work.session.scalars(select(Gap).order_by(Gap.id))}
    assert states == {"卫星电话怎么排班": "closed", "合并开票": "open"}
    search(world, "合并开票", "team_leader", found=1)  # who searched last finds it, another still does not
    gathered(world)
    run_worker(world)
    [gap] = [one for one in gathered(world) if one.title == "合并开票"]
    with world.begin(EDITOR) as work:
        usecases.name_answer(work, gap.id, article=article.number)
    run_worker(world)
    assert state(world, gap.id) == "writing"
    assert [kind for kind, _ in told(world, "agent_b")] == []
    with world.begin("admin") as work:  # who leaves asks no more
        suspend_person(work, world.people["agent_b"], reason="离职")
    make_article(world, title="别的", drain=True)  # something moved: gaps are replayed
    run_worker(world)
    assert state(world, gap.id) == "closed"


def test_an_agent_reports_by_one_key_once_a_day_and_hears_how_many_others(world: Centre) -> None:
    first = report(world, "合并开票")
    assert first.number.startswith("GAP-") and first.others == 0 and not first.before
    assert report(world, "合并开票").before
    again = report(world, "开票合并", "agent_b")
    assert again.number == first.number and again.others == 1
    shown = card(world, 1)
    assert (shown.line.reported, shown.line.people, shown.line.queries) == (2, 2, 2)
    with pytest.raises(InvalidInput):
        report(world, "13812345678")


def test_a_report_with_a_filter_on_keeps_nothing_where_there_is_something_without_it(world: Centre) -> None:
    make_article(world, title="合并开票", drain=True)
    assert report(world, "合并开票", category="套餐").unfiltered == 1
    with world.look() as work:
        assert work.session.scalar(select(func.count(Gap.id))) == 0
    assert report(world, "合并开票").number  # none of these: there is something, but no answer
    run_worker(world)
    assert state(world, 1) == "open"


def test_not_ours_is_told_to_who_reported_and_to_nobody_else(world: Centre) -> None:
    report(world, "卫星电话")
    search(world, "卫星电话", "agent_b")
    gathered(world)
    with world.begin(EDITOR) as work:
        usecases.dismiss_gap(work, 1, reason="不是我们的业务")
    assert [kind for kind, _ in told(world, "agent")] == ["knowledge.gap.dismissed"] and told(world, "agent_b") == []
    answer = report(world, "卫星电话", "agent_b")
    assert (answer.state, answer.reason) == ("dismissed", "不是我们的业务")
    assert state(world, 1) == "dismissed"
    with world.begin(EDITOR) as work:
        usecases.reopen_gap(work, 1, today=world.clock.today)
    assert state(world, 1) == "open" and card(world, 1).reason is None


def test_joined_gaps_come_apart_again_with_their_own_searches(world: Centre) -> None:
    search(world, "旧机换新")
    search(world, "卫星电话", "agent_b")
    one, other = gathered(world)
    with world.begin(EDITOR) as work:
        usecases.merge_gap(work, other.id, into=one.number, today=world.clock.today)
    both = card(world, one.id)
    assert (both.line.queries, both.line.people, both.joined) == (2, 2, ((other.number, f"/knowledge/gaps/{other.id}"),))
    assert card(world, other.id).queries == () and card(world, other.id).into == (one.number, f"/knowledge/gaps/{one.id}")
    search(world, "卫星电话")
    assert len(gathered(world)) == 2 and card(world, one.id).line.zero == 3
    with world.begin(EDITOR) as work:
        usecases.reopen_gap(work, other.id, today=world.clock.today)
    assert (card(world, one.id).line.zero, card(world, other.id).line.zero) == (1, 2)
    for wrong in (other.number, "GAP-1999-0001"):
        with pytest.raises(InvalidInput), world.begin(EDITOR) as work:
            usecases.merge_gap(work, other.id, into=wrong, today=world.clock.today)


def test_what_is_assigned_stands_in_that_persons_day(app: Flask, world: Centre) -> None:
    gap = one_gap(world)
    day = world.clock.today + timedelta(days=5)
    with world.begin("process_manager") as work:
        usecases.assign_gap(work, gap.id, owner_id=world.people[EDITOR], due_on=day, today=world.clock.today)
    assert told(world, EDITOR) == [("knowledge.gap.assigned", f"/knowledge/gaps/{gap.id}")]
    with app.test_request_context(), world.look(EDITOR) as work:
        [task] = [one for one in tasks(work.session, work.actor, world.clock.today, ZONE, work.now) if one.kind == "gap"]
        assert (task.due_on, task.url) == (day, f"/knowledge/gaps/{gap.id}")
        assert todo_count(work.session, work.actor, world.clock.today, work.now) == 1
    for who, when in (("agent", day), (EDITOR, world.clock.today - timedelta(days=1))):
        with pytest.raises(InvalidInput), world.begin(EDITOR) as work:
            usecases.assign_gap(work, gap.id, owner_id=world.people[who], due_on=when, today=world.clock.today)


def test_a_change_asked_for_from_its_page_is_followed_to_its_end(world: Centre) -> None:
    gap = one_gap(world, "退款十天")
    process = make_process(world, name="退款流程", drain=True)
    with world.begin("process_manager") as work:
        change_id = submit_change(work, title="退款十天", reason="查不到", today=world.clock.today, process_id=process.id,
                                  place=f"/knowledge/gaps/{gap.id}").id
    world.drain()
    assert state(world, gap.id) == "changing" and card(world, gap.id).change is not None
    run_worker(world)
    do(world, "process_manager", "withdraw", change_id, reason="doch nicht")
    world.drain()
    assert change(world, change_id).closed_at is not None
    assert state(world, gap.id) == "open"


def test_a_released_change_must_be_found_before_the_gap_closes(world: Centre) -> None:
    process = make_process(world, drain=True)
    gap = one_gap(world, "卫星电话漫游")
    with world.begin("process_manager") as work:
        change_id = submit_change(work, title="卫星电话", reason="查不到", today=world.clock.today, process_id=process.id,
                                  place=f"/knowledge/gaps/{gap.id}").id
    world.drain()
    text = BODY + "\n\n卫星电话漫游按天计费。"
    play(world, change_id, body=text, second_body=text, closing=True)
    world.drain()
    assert (change(world, change_id).state, state(world, gap.id)) == ("released2", "writing")
    run_worker(world)
    assert state(world, gap.id) == "closed" and card(world, gap.id).article is not None


def test_who_may_see_what(world: Centre) -> None:
    """R-A3: an agent sees no gap; who searched is seen by the few; who reported by those who answer."""
    report(world, "合并开票")
    search(world, "合并开票", "agent_b")
    gap = gathered(world)[0]
    with pytest.raises(NotFound):
        card(world, gap.id, "agent")
    assert card(world, gap.id, EDITOR).queries[0].askers == (("Agent", True),)
    assert {name for name, _ in card(world, gap.id, "supervisor").queries[0].askers} == {"Agent", "Agent B"}
    assert len(card(world, gap.id, "supervisor").queries[0].units) == 2
    assert card(world, gap.id, EDITOR).queries[0].units == (), "a unit of so few would nearly name who searched"
    for who in ("agent", "supervisor", "trainer"):
        with pytest.raises(NotPermitted), world.begin(who) as work:
            usecases.dismiss_gap(work, gap.id, reason="x")
    with pytest.raises(NotPermitted), world.begin("process_manager") as work:
        usecases.draft_answer(work, gap.id, title="x", body="x")  # who writes no articles begins none


def test_what_does_not_fit_the_state_is_refused_and_every_act_is_on_the_trail(world: Centre) -> None:
    gap = one_gap(world)
    draft(world, gap)
    for act in (lambda work: usecases.merge_gap(work, gap.id, into="x", today=world.clock.today),
                lambda work: usecases.dismiss_gap(work, gap.id, reason="x")):
        with pytest.raises(RuleBroken), world.begin(EDITOR) as work:
            act(work)
    with world.look() as work:
        rows = work.session.scalars(select(AuditEntry).where(AuditEntry.subject == "knowledge_gap")).all()
        assert len(rows) >= 2


def test_old_searches_are_thinned_out_and_who_searched_is_forgotten_first(world: Centre) -> None:
    gap = one_gap(world)
    world.clock.move(days=31)
    with world.begin("system") as work:
        tidy(work, world.clock.today)
    with world.look() as work:
        assert work.session.scalars(select(SearchEvent.person_id)).all() == [None]
        assert work.session.scalars(select(GapAsker)).all() != []
    world.clock.move(days=60)
    with world.begin("system") as work:
        tidy(work, world.clock.today)
    with world.look() as work:
        assert work.session.scalars(select(GapAsker)).all() == []
        stands = work.get(GapStanding, gap.id)
        assert (stands.zero, stands.people) == (0, 0) and work.session.scalars(select(GapDay)).one().zero == 1
    world.clock.move(days=100)
    with world.begin("system") as work:
        assert thin_searches(work) == 1


def test_the_heaviest_stands_first_and_pages_go_on_where_they_were(world: Centre) -> None:
    for n, query in enumerate(("卫星电话", "宠物保险", "充电宝押金", "老年大学")):
        for _ in range(n + 1):
            search(world, query)
    gathered(world)
    with world.look(EDITOR) as work:
        first, following = queries.gap_lines(work.session, work.actor, world.clock.today, limit=3)
        rest, end = queries.gap_lines(work.session, work.actor, world.clock.today, limit=3, after=following)
        assert [one.title for one in first + rest] == ["老年大学", "充电宝押金", "宠物保险", "卫星电话"] and end is None
        assert queries.count_gaps(work.session, work.actor, world.clock.today, q="宠物") == 1
        assert queries.count_gaps(work.session, work.actor, world.clock.today, kind="reported") == 0
        assert queries.count_gaps(work.session, work.actor, world.clock.today, days=7, state="live") == 4


def test_without_an_index_nothing_is_gathered_and_nothing_closes(world: Centre) -> None:
    gap = one_gap(world)
    search(world, "卫星电话")
    world.clock.move(minutes=10)
    shutil.rmtree(world.settings.index_dir)
    engine, system = SearchEngine(world.settings.index_dir), world.actor("system")
    assert gather(world.db, engine, system, ZONE) == 0
    with pytest.raises(RuleBroken):
        replay(world.db, engine, system, gap.id, ZONE)
    assert replay_all(world.db, engine, system, ZONE) == 0
    assert state(world, gap.id) == "open"


def test_editing_the_words_of_an_article_closes_the_gap_too(world: Centre) -> None:
    article = make_article(world, title="发票规则", body="一单一张。", drain=True)
    gap = one_gap(world, "合并开票")
    with world.begin(EDITOR) as work:
        usecases.name_answer(work, gap.id, article=article.number)
    run_worker(world)
    assert state(world, gap.id) == "writing"
    with world.begin(EDITOR) as work:
        edit_article(work, article.id, Content(title="发票规则", body="一单一张。", aliases=("合并开票",)), publish=True)
    run_worker(world)
    assert state(world, gap.id) == "closed"
