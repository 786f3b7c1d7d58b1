"""Figures of finding: how searches ended, the days of a period, a number as long as its list, and what is not told of so few."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kmsvc.cli.knowledge import knowledge
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.contacts.usecases import link_contact
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.usecases import Said, answer_feedback, send_feedback
from kmsvc.knowledge.figures.counting import REST, count_all
from kmsvc.knowledge.figures.ending import outcomes_of
from kmsvc.knowledge.figures.queries import Value
from kmsvc.knowledge.figures.rules import (
    Days,
    Measure,
    Outcome,
    Span,
    percentile,
    period_of,
    step_of,
    weeks_of,
)
from kmsvc.knowledge.figures.showing import main
from kmsvc.knowledge.gaps.gathering import gather_all
from kmsvc.knowledge.gaps.rules import Noted
from kmsvc.people.system import SYSTEM
from kmsvc.people.units.queries import unit_names
from kmsvc.search.noting import note_search, thin_searches
from tests.builders import make_article
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.support.lists import counted, table

AT = datetime(2026, 3, 2, 4, tzinfo=UTC)


def searches(*rows: tuple[int, str, int, bool]) -> list[Noted]:
    return [Noted(place, AT + timedelta(seconds=after), 7, query, False, found, opened, None)
            for place, (after, query, found, opened) in enumerate(rows)]


@pytest.mark.parametrize(("rows", "ended"), [
    ([(0, "退费", 0, False)], [Outcome.ZERO]),
    ([(0, "退费", 3, False)], [Outcome.READ]),
    ([(0, "退费", 3, False), (20, "退费", 3, False)], [Outcome.PASSED, Outcome.READ]),
    ([(0, "退费", 3, False), (30, "移机", 3, False)], [Outcome.UNOPENED, Outcome.READ]),
    ([(0, "退费", 3, False), (90, "移机", 3, False)], [Outcome.READ, Outcome.READ]),
    ([(0, "退费", 3, True)], [Outcome.READ]),
    ([(0, "退费", 3, True), (30, "移机", 3, True)], [Outcome.AGAIN, Outcome.READ]),
    ([(0, "退费", 3, True), (90, "移机", 3, True)], [Outcome.READ, Outcome.READ]),
    ([(0, "退", 9, False), (3, "退费", 3, True)], [Outcome.PASSED, Outcome.READ]),
    ([(0, "退费", 3, True), (20, "", 5, True)], [Outcome.READ, Outcome.PASSED]),
])
def test_how_a_search_ended_is_told_by_it_and_by_what_came_within_a_minute(rows: Any, ended: list[Outcome]) -> None:
    assert [outcome for _, outcome in outcomes_of(searches(*rows))] == ended


@pytest.mark.parametrize(("span", "on", "days", "before"), [
    (Span.WEEK, date(2026, 2, 25), ("2026-02-23", "2026-03-01"), ("2026-02-16", "2026-02-22")),
    (Span.MONTH, date(2026, 2, 10), ("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-01-31")),
    (Span.MONTH, date(2026, 3, 10), ("2026-03-01", "2026-03-12"), ("2026-02-01", "2026-02-12")),
    (Span.QUARTER, date(2026, 3, 10), ("2026-01-01", "2026-03-12"), ("2025-10-01", "2025-12-10")),
    (Span.QUARTER, date(2025, 5, 10), ("2025-04-01", "2025-06-30"), ("2025-01-01", "2025-03-31")),
    (Span.RECENT, date(2026, 3, 12), ("2026-02-13", "2026-03-12"), ("2026-01-16", "2026-02-12")),
])
def test_a_period_that_runs_is_compared_with_as_many_days_of_the_one_before(span: Span, on: date, days: Any, before: Any) -> None:
    found = period_of(span, on, date(2026, 3, 12))
    assert (found.days, found.before) == tuple(Days(*map(date.fromisoformat, pair)) for pair in (days, before))
    weeks = weeks_of(found.days)
    assert weeks[-1].last == found.days.last and weeks[0].first <= found.days.first and len(weeks) >= 8
    assert all((later.first - earlier.last).days == 1 for earlier, later in zip(weeks, weeks[1:], strict=False))


def test_times_are_counted_in_steps_and_the_median_is_the_time_that_half_do_not_pass() -> None:
    assert [step_of(ms) for ms in (None, 1, 1900, 2400, 5001, 19_999, 20_001)] == [-1, 2, 20, 24, 60, 200, 250]
    assert percentile({20: 1, 24: 1, 60: 2}, 0.5) == 24
    assert percentile({20: 9, 60: 1}, 0.9) == 20
    assert percentile({}, 0.5) is None


def test_two_small_shares_are_told_apart() -> None:
    now, before = Value(27, 2694), Value(19, 2783)
    assert (main(Measure.ZERO, now), main(Measure.ZERO, before)) == ("1.0 %", "0.7 %")
    assert (main(Measure.ZERO, Value(0, 9)), main(Measure.ZERO, Value(9, 9)), main(Measure.ZERO, Value(2, 7))) == (
        "0 %", "100 %", "29 %")


def search(world: Centre, query: str, *, who: str = "agent", found: int = 3, opened: int | None = None, took: int | None = None) -> None:
    with world.begin(who) as work:
        note_search(work, query=query, found=found, opened=("article", opened) if opened else None, rank=1 if opened else None,
                    acted=True if opened else None, took_ms=took)
    world.clock.move(minutes=2)


def count(world: Centre) -> int:
    return count_all(world.db, SYSTEM, ZONE)


def played(world: Centre) -> int:
    """A day on the floor: searches that end in every way, words of readers, a link, a gap, an article overdue."""
    article, late = make_article(world, title="退费标准", drain=True), make_article(world, title="旧口径")
    search(world, "双倍扣钱", found=0)
    search(world, "双倍扣钱", who="agent_b", found=0)
    with world.begin("agent") as work:
        note_search(work, query="什么都有", found=3)
    world.clock.move(seconds=20)
    search(world, "退费", opened=article.id, took=2300)
    search(world, "退款", opened=article.id, took=4100, who="agent_b")
    with world.begin("agent") as work:
        note_search(work, query="移机", found=2, opened=("article", article.id), rank=1, acted=True, took_ms=900)
    world.clock.move(seconds=20)
    search(world, "迁移费", opened=article.id)
    for who, kind in (("agent", "helpful"), ("agent_b", "wrong"), ("team_leader", "unclear")):
        with world.begin(who) as work:
            send_feedback(work, article.published_version_id or 0, kind, today=world.clock.today, said=Said(note="不对"))
    with world.begin("agent") as work:
        link_contact(work, "article", article.id, number="C-1")
    with world.begin("knowledge_editor") as work:
        answer_feedback(work, work.session.query(Feedback).filter_by(kind="wrong").one().id, reason="说明如下")
        work.get(type(late), late.id).review_on = world.clock.today - timedelta(days=1)
        work.get(type(article), article.id).review_on = world.clock.today + timedelta(days=30)
    world.clock.move(seconds=int(REST.total_seconds()) + 60)
    gather_all(world.db, world.engine, SYSTEM, ZONE)
    count(world)
    return article.id


def board(ask: Any, **query: Any) -> dict[str, Any]:
    answer = ask.get("/api/v1/knowledge/figures", query_string=query)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.get_json()
    return found


def test_every_number_is_as_long_as_the_list_it_opens(world: Centre, client: Callable[..., Any]) -> None:
    played(world)
    world.clock.move(days=9)  # the day of the replies has passed
    ask = client("manager")
    found = board(ask)
    now = {one["measure"]: one["now"] for one in found["figures"]}
    assert now["searches"] == {"hits": 7} and now["zero"]["hits"] == 2 and now["unopened"]["hits"] == 1
    assert (now["again"]["hits"], now["again"]["n"]) == (1, 4)
    assert now["took"] == {"n": 3, "median": 2.4, "p90": 4.2}
    assert (now["helpful"]["hits"], now["helpful"]["n"]) == (1, 3)
    assert (now["in_time"]["hits"], now["in_time"]["n"]) == (1, 2)
    assert now["links"] == {"hits": 1} and now["gaps_opened"]["hits"] >= 1
    assert (now["overdue"]["hits"], now["overdue"]["n"]) == (1, 2)
    spans = [(found["days"], now), *((week, week["figures"]) for week in found["weeks"])]
    assert len(spans) > 8
    for days, values in spans:
        for measure, told in values.items():
            for part, wanted in (("hits", told.get("hits", told.get("n"))), ("all", told.get("n", told.get("hits")))):
                rows = ask.get("/api/v1/knowledge/figures/rows", query_string={
                    "of": measure, "part": part, "since": days["since"], "until": days["until"], "limit": 200}).get_json()
                assert (rows["total"], len(rows["items"])) == (wanted, wanted), (measure, part, days)


def test_the_page_opens_the_same_lists_and_names_nobody(world: Centre, client: Callable[..., Any]) -> None:
    article_id = played(world)
    ask = client("manager")
    text = ask.get("/knowledge/figures").get_data(as_text=True)
    assert "2 of 7" in text and "2.4 s" in text
    listed = ask.get(f"/knowledge/figures/rows?of=zero&since={world.clock.today}&until={world.clock.today}").get_data(as_text=True)
    assert f"of=zero&amp;since={world.clock.today - timedelta(days=27)}" in text
    assert "双倍扣钱" in listed and "2 rows" in listed
    for form in ("csv", "xlsx"):
        assert len(table(ask.get(f"/knowledge/figures?format={form}"))) == 13
        rows = table(ask.get(f"/knowledge/figures/rows?of=took&format={form}"))
        assert [row[5] for row in rows[1:]] == ["4.1", "2.3", "0.9"], "the longest first"
    for measure in ("searches", "helpful", "in_time", "links", "gaps_opened", "overdue"):
        body = ask.get(f"/api/v1/knowledge/figures/rows?of={measure}&part=all").get_data(as_text=True)
        assert "person" not in body and "sender" not in body and "C-1" not in body
    assert f"/knowledge/articles/{article_id}" in ask.get("/api/v1/knowledge/figures/rows?of=again").get_data(as_text=True)


def test_counting_twice_is_once_and_waits_until_a_note_rests(world: Centre) -> None:
    search(world, "退费", found=0)
    assert count(world) == 0
    world.clock.move(seconds=int(REST.total_seconds()))
    assert count(world) == 1
    assert count(world) == 0


def test_what_was_forgotten_stays_counted_and_the_list_says_so(world: Centre, client: Callable[..., Any]) -> None:
    played(world)
    then = world.clock.today
    world.clock.move(days=181)
    with world.begin("system") as work:
        assert thin_searches(work) == 7
    ask = client("manager")
    days = {"since": then, "until": then}
    assert board(ask, **days)["figures"][0]["now"] == {"hits": 7}
    listed = ask.get("/knowledge/figures/rows", query_string={**days, "of": "zero"}).get_data(as_text=True)
    assert "Counted then: 2." in listed


def test_so_few_people_have_no_figures_and_another_unit_is_not_there(world: Centre, client: Callable[..., Any]) -> None:
    played(world)
    leader, manager = client("team_leader"), client("manager")
    assert board(leader)["too_few"] and not board(leader)["figures"]
    assert "Fewer than five people" in leader.get("/knowledge/figures").get_data(as_text=True)
    assert leader.get("/api/v1/knowledge/figures/rows?of=zero").get_json()["items"] == []
    assert leader.get(f"/api/v1/knowledge/figures?unit={world.units['TEAM-B']}").status_code == 404
    assert board(manager, unit=world.units["TEAM-A"])["too_few"]
    whole = board(manager, unit=world.units["CENTRE"])["figures"]
    assert [one["now"] for one in whole if one["measure"] == "zero"] == [
        one["now"] for one in board(client("knowledge_editor"))["figures"] if one["measure"] == "zero"]
    assert client("agent").get("/knowledge/figures").status_code == 403


def whose(page: Any) -> str:
    """What stands over the figures: whose they are."""
    return str(page.get_data(as_text=True).partition('id="whose"')[2].partition("</dl>")[0])


def test_who_sees_the_whole_centre_sees_the_same_and_every_page_says_whose_figures_they_are(
        world: Centre, client: Callable[..., Any]) -> None:
    article_id = played(world)
    with world.begin("knowledge_editor") as work:  # belongs to no unit, and is of the whole centre all the same
        work.permit(EDIT_ARTICLE)
        work.get(Article, article_id).owner_id = None
        work.get(Article, article_id).review_on = world.clock.today - timedelta(days=1)
    editor, manager, supervisor = (board(client(who)) for who in ("knowledge_editor", "manager", "supervisor"))
    assert editor["whole"] and manager["whole"] and manager["unit"] is None
    assert manager["figures"] == editor["figures"] == board(client("manager"), unit=world.units["CENTRE"])["figures"]
    assert {one["measure"]: one["unit_of"] for one in editor["figures"]}["overdue"] == "owner"
    assert "The whole centre" in whose(client("manager").get("/knowledge/figures"))
    with world.look("team_leader") as work:
        own = unit_names(work.session)[work.actor.unit_id or 0]
    leading, rows = board(client("team_leader")), client("team_leader").get("/knowledge/figures/rows?of=zero")
    assert supervisor["whole"] and not leading["whole"] and leading["unit"] == own
    assert f"{own} with the units below it" in whose(rows)
    leader = whose(client("team_leader").get("/knowledge/figures"))
    assert "with the units below it" in leader and "The whole centre" not in leader
    all_rows = client("supervisor").get("/knowledge/figures/rows?of=zero")
    assert "Unit of who searched" in all_rows.get_data(as_text=True) and "of who searched, as it was then" in whose(all_rows)


def test_it_is_said_up_to_when_searches_are_counted(world: Centre, client: Callable[..., Any]) -> None:
    played(world)
    first = world.clock.now
    search(world, "退费", found=0)
    search(world, "移机", found=0)
    assert datetime.fromisoformat(board(client("manager"))["counted_until"]) == first
    assert "Searches counted up to" in client("manager").get("/knowledge/figures").get_data(as_text=True)
    world.clock.move(seconds=int(REST.total_seconds()))
    assert count(world) == 2
    assert datetime.fromisoformat(board(client("manager"))["counted_until"]) == world.clock.now
    past = {"since": world.clock.today - timedelta(days=9), "until": world.clock.today - timedelta(days=2)}
    assert "Searches counted up to" not in client("manager").get("/knowledge/figures", query_string=past).get_data(as_text=True)


def test_the_words_of_gaps_are_for_those_who_see_gaps(world: Centre, client: Callable[..., Any]) -> None:
    """R-A3: the list is as long as the figure says, and no search in it guesses at what it does not show."""
    played(world)
    for who, sees in (("qa_inspector", False), ("manager", True)):
        ask = client(who)
        rows = ask.get("/api/v1/knowledge/figures/rows?of=gaps_opened").get_json()
        assert rows["total"] >= 1 and any(row["title"] for row in rows["items"]) is sees
        assert ("双倍扣钱" in ask.get("/knowledge/figures/rows?of=gaps_opened").get_data(as_text=True)) is sees
        assert bool(ask.get("/api/v1/knowledge/figures/rows?of=gaps_opened&q=双倍").get_json()["total"]) is sees
        zero = ask.get("/api/v1/knowledge/figures/rows?of=zero").get_json()["items"]
        assert [row["became"] for row in zero] == ["open" if sees else None] * 2
        assert ('href="/knowledge/gaps/' in ask.get("/knowledge/figures/rows?of=zero").get_data(as_text=True)) is sees


def test_days_that_are_turned_round_or_too_many_are_refused(world: Centre, client: Callable[..., Any]) -> None:
    ask = client("manager")
    for query in ("since=2026-03-02&until=2026-03-01", "since=2020-01-01&until=2026-01-01"):
        assert ask.get(f"/api/v1/knowledge/figures?{query}").status_code == 422
        assert ask.get(f"/api/v1/knowledge/figures/rows?{query}").status_code == 422


def test_the_page_asks_as_often_however_long_the_period_is(world: Centre) -> None:
    from kmsvc.knowledge.figures.queries import board as read
    from kmsvc.knowledge.figures.scope import Scope

    played(world)
    asked = []
    for span in (Span.WEEK, Span.QUARTER):
        with world.look("manager") as work, counted(world) as statements:
            read(work.session, Scope(None, ZONE, world.clock.today), period_of(span, world.clock.today, world.clock.today))
        asked.append(len(statements))
        assert not any("FROM search_event" in one for one in statements), "no single search is read"
    assert asked[0] == asked[1] <= 11


def test_figures_by_command(world: Centre, tmp_path: Path) -> None:
    played(world)
    env = {"KMSVC_DATABASE_URL": world.settings.database_url, "KMSVC_DATA_DIR": str(world.settings.data_dir)}

    def run(*words: str) -> str:
        answer = CliRunner(env=env).invoke(knowledge, ["figures", *words])
        assert answer.exit_code == 0, answer.output
        return answer.stdout
    days = ("--since", str(world.clock.today), "--until", str(world.clock.today))
    assert json.loads(run("show", *days, "--json"))["figures"][0]["now"] == {"hits": 7}
    assert "zero" in run("show", *days)
    assert [one["query"] for one in json.loads(run("rows", "zero", *days, "--json"))["items"]] == ["双倍扣钱", "双倍扣钱"]
    run("rows", "took", *days, "--to", str(tmp_path / "took.csv"))
    assert len((tmp_path / "took.csv").read_text().splitlines()) == 4
    assert json.loads(run("count", "--json")) == {"counted": 0}


def test_the_search_page_tells_how_long_it_took_and_a_pause_is_no_time(world: Centre, client: Callable[..., Any]) -> None:
    article, ask = make_article(world, drain=True), client("agent")
    for query, took in (("改签", 1200), ("退票", 600_001)):
        assert ask.post("/search/opened", data={
            "q": query, "found": "1", "kind": "article", "id": str(article.id), "rank": "1", "took": str(took)}).status_code == 204
        world.clock.move(minutes=2)
    world.clock.move(seconds=int(REST.total_seconds()))
    count(world)
    [took] = [one["now"] for one in board(client("manager"))["figures"] if one["measure"] == "took"]
    assert took == {"n": 1, "median": 1.2, "p90": 1.2}
