"""B8: what counted on the day of the customer's purchase, by the log of publications, with the words of then and the rights of today."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kmsvc.cli.search import search as search_command
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.rules import Span, counted_on
from kmsvc.knowledge.articles.usecases import (
    Content,
    edit_article,
    keep_article,
    retire_article,
    revert_article,
)
from kmsvc.settings import Settings
from tests.builders import make_article, make_process
from tests.support.centre import Centre

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def span(version: int, since: int, until: int | None = None, first: date | None = None, last: date | None = None) -> Span:
    return Span(version, NOON + since * DAY, None if until is None else NOON + until * DAY, first, last)


def end(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 16, tzinfo=UTC)


@pytest.mark.parametrize(("day", "spans", "wanted"), [
    (date(2026, 3, 5), [span(1, 0, 10), span(2, 10)], 1),
    (date(2026, 3, 11), [span(1, 0, 10), span(2, 10)], 2),
    (date(2026, 2, 27), [span(1, 0, 10), span(2, 10)], None),
    (date(2026, 2, 27), [span(1, 0, 10), span(2, 10, first=date(2026, 1, 1))], 2),
    (date(2026, 3, 5), [span(1, 0, 10, last=date(2026, 3, 3)), span(2, 10)], None),
    (date(2026, 3, 5), [span(1, 0, 10, last=date(2026, 3, 3)), span(2, 10, first=date(2026, 3, 4))], 2),
    (date(2026, 3, 5), [span(1, 0, 3)], None),
    (date(2026, 3, 5), [span(1, 0, 3), span(2, 8)], None),
    (date(2026, 3, 20), [span(1, 0, 10), span(2, 10, 12), span(1, 12)], 1),
])
def test_what_was_shown_at_the_end_of_the_day_counts_else_a_later_text_that_says_so(
        day: date, spans: list[Span], wanted: int | None) -> None:
    assert counted_on(day, end(day), spans) == wanted


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6, unique=True), st.integers(-5, 60))
def test_without_validity_the_log_alone_decides(starts: list[int], at: int) -> None:
    order = sorted(starts)
    spans = [span(i, since, until) for i, (since, until) in enumerate(zip(order, [*order[1:], None], strict=True))]
    day = date(2026, 3, 1) + at * DAY
    begun = [i for i, since in enumerate(order) if NOON + since * DAY < end(day)]
    assert counted_on(day, end(day), spans) == (begun[-1] if begun else None)


def two_versions(world: Centre) -> Article:
    """Version 1 from 2 March, version 2 from 12 March; today is 20 March."""
    article = make_article(world, title="宽带退费标准", summary="五天退回。", body="旧口径：五天退回。")
    world.clock.move(days=10)
    with world.begin("knowledge_editor") as work:
        edit_article(work, article.id, Content(title="宽带退费新标准", summary="三天退回。", body="新口径：三天退回。"), publish=True)
    world.clock.move(days=8)
    world.drain()
    return article


def found(caller: Any, query: str) -> list[dict[str, Any]]:
    status, body = caller.call("GET", f"/api/v1/search?{query}")
    assert status == 200, body
    items: list[dict[str, Any]] = body["items"]
    return items


def test_search_as_of_a_day_shows_the_words_of_then(client: Callable, world: Centre) -> None:
    article = two_versions(world)
    program = client("agent", by="token")
    now, = found(program, "q=宽带退费")
    assert (now["title"], now["url"]) == ("宽带退费新标准", f"/knowledge/articles/{article.id}")
    then, = found(program, "q=宽带退费&on=2026-03-05")
    assert then["title"] == "宽带退费标准" and "旧口径" in then["snippet"] and "新口径" not in then["snippet"]
    assert then["url"] == f"/knowledge/articles/{article.id}/versions/1?on=2026-03-05"
    late, = found(program, "q=宽带退费&on=2026-03-13")
    assert late["title"] == "宽带退费新标准"
    assert found(program, "q=宽带退费&on=2026-03-01") == []
    same, = found(program, f"q=宽带退费&on={world.clock.today.isoformat()}")
    assert same == now


def test_expired_since_counted_then_and_not_valid_yet_does_not_count(client: Callable, world: Centre) -> None:
    make_article(world, title="春季优惠", body="打八折", valid_to=world.clock.today + 5 * DAY)
    make_article(world, title="秋季优惠", body="打九折", valid_from=date(2026, 9, 1))
    world.clock.move(days=30)
    world.drain()
    program = client("agent", by="token")
    assert found(program, "q=优惠") == []
    assert [one["title"] for one in found(program, "q=优惠&on=2026-03-04")] == ["春季优惠"]
    assert found(program, "q=优惠&on=2026-03-20") == []
    assert [one["title"] for one in found(program, "q=优惠&on=2026-09-02")] == ["秋季优惠"]


def test_a_retired_article_is_found_for_a_day_when_it_counted(client: Callable, world: Centre) -> None:
    article = two_versions(world)
    with world.begin("knowledge_editor") as work:
        retire_article(work, article.id, reason="over")
    world.clock.move(days=2)
    world.drain()
    program = client("agent", by="token")
    assert found(program, "q=宽带退费") == []
    then, = found(program, "q=宽带退费&on=2026-03-05")
    assert then["title"] == "宽带退费标准"
    assert found(program, f"q={article.number}&on=2026-03-15")[0]["title"] == "宽带退费新标准"
    assert found(program, "q=宽带退费&on=2026-03-21") == []


def test_who_may_not_see_the_article_today_does_not_see_what_it_was(client: Callable, world: Centre) -> None:
    article = two_versions(world)
    other = client("agent_b", by="token")
    assert len(found(other, "q=宽带退费&on=2026-03-05")) == 1
    with world.begin("knowledge_editor") as work:
        keep_article(work, article.id, owner_id=None, audience_unit_id=world.units["TEAM-A"])
    world.drain()
    assert found(other, "q=宽带退费&on=2026-03-05") == []
    assert other.call("GET", f"/api/v1/knowledge/articles/{article.id}?on=2026-03-05")[0] == 404
    assert client("agent_b").get(f"/search/answer?kind=article&id={article.id}&on=2026-03-05").status_code == 404


def test_a_text_that_was_secret_then_stays_with_those_who_read_secrets(client: Callable, world: Centre) -> None:
    article = make_article(world, title="宽带授信", body="底线五十元", confidentiality="secret")
    world.clock.move(days=5)
    with world.begin("knowledge_editor") as work:
        edit_article(work, article.id, Content(title="宽带授信", body="公开的说法"), publish=True)
    world.drain()
    assert found(client("agent", by="token"), "q=宽带授信&on=2026-03-03") == []
    assert [one["snippet"] for one in found(client("compliance", by="token"), "q=宽带授信&on=2026-03-03")] == [""]
    assert "底线" not in client("compliance").get(f"/search/answer?kind=article&id={article.id}&on=2026-03-03").get_data(as_text=True)


def test_the_page_says_which_day_it_shows_and_the_answer_is_that_of_then(client: Callable, world: Centre) -> None:
    article = two_versions(world)
    agent = client("agent")
    page = agent.get("/search?q=宽带退费&on=2026-03-05").get_data(as_text=True)
    assert 'class="as-of"' in page and "As of" in page and 'data-key="x"' in page and 'value="2026-03-05"' in page
    answer = page[page.index('id="answer"'):]
    assert "旧口径" in answer and "新口径" not in answer and "It does not count today" in answer
    assert f"id={article.id}&on=2026-03-05" in page.replace("&amp;", "&")
    assert 'class="as-of"' not in agent.get("/search?q=宽带退费").get_data(as_text=True)
    assert agent.get("/search?q=宽带退费&on=x").status_code == 422


def test_the_article_leads_to_the_version_of_the_day_and_says_so(client: Callable, world: Centre) -> None:
    article = two_versions(world)
    agent, where = client("agent"), f"/knowledge/articles/{article.id}"
    led = agent.get(f"{where}?on=2026-03-05")
    assert led.status_code == 303 and led.headers["Location"].endswith(f"{where}/versions/1?on=2026-03-05")
    old = agent.get(f"{where}/versions/1?on=2026-03-05").get_data(as_text=True)
    assert "this is what counted then" in old and "旧口径" in old
    assert "another version counted" in agent.get(f"{where}/versions/1?on=2026-03-15").get_data(as_text=True)
    assert "this is what counted then" in agent.get(f"{where}?on=2026-03-15").get_data(as_text=True)
    assert "nothing of this counted" in agent.get(f"{where}?on=2026-01-15").get_data(as_text=True)
    program = client("agent", by="token")
    assert program.call("GET", f"/api/v1{where}?on=2026-03-05")[1]["body"] == "旧口径：五天退回。"
    assert program.call("GET", f"/api/v1{where}?on=2026-01-05")[0] == 404


def test_what_was_brought_back_counts_again_from_then_on(client: Callable, world: Centre) -> None:
    article = two_versions(world)
    with world.begin("knowledge_editor") as work:
        first = work.session.get(Article, article.id)
        assert first is not None
        revert_article(work, article.id, to_version_id=first.published_version_id - 1, reason="wrong")  # type: ignore[operator]
    world.clock.move(days=3)
    world.drain()
    program = client("agent", by="token")
    days = ("2026-03-05", "2026-03-15", "2026-03-21")
    assert [found(program, f"q=宽带退费&on={day}")[0]["title"] for day in days] == ["宽带退费标准", "宽带退费新标准", "宽带退费标准"]


def test_processes_have_their_day_too(client: Callable, world: Centre) -> None:
    process = make_process(world, name="押金办理", drain=True)
    world.clock.move(days=20)
    program = client("agent", by="token")
    assert process.id in [one["id"] for one in found(program, "q=押金办理&kind=process&on=2026-03-10")]
    assert found(program, "q=押金办理&kind=process&on=2026-02-10") == []
    assert "As of" in client("agent").get(f"/search/answer?kind=process&id={process.id}&on=2026-03-10").get_data(as_text=True)


def test_without_an_index_the_day_still_counts(client: Callable, world: Centre, settings: Settings) -> None:
    article = make_article(world, title="宽带退费标准", body="旧口径")
    world.clock.move(days=10)
    with world.begin("knowledge_editor") as work:
        edit_article(work, article.id, Content(title="宽带退费标准", body="新口径"), publish=True)
    status, body = client("agent", by="token").call("GET", "/api/v1/search?q=宽带退费&on=2026-03-05")
    assert status == 200 and body["degraded"] and [one["url"] for one in body["items"]] == [
        f"/knowledge/articles/{article.id}/versions/1?on=2026-03-05"]


def test_the_command_line_asks_for_a_day(settings: Settings, world: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    two_versions(world)
    monkeypatch.setenv("KMSVC_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("KMSVC_DATABASE_URL", settings.database_url)
    made = CliRunner().invoke(search_command, ["query", "宽带退费", "--on", "2026-03-05", "--json"], catch_exceptions=False)
    body = json.loads(made.stdout)
    assert body["on"] == "2026-03-05" and body["items"][0]["title"] == "宽带退费标准"


def test_a_list_that_shows_what_is_not_valid_yet_says_from_when(client: Callable, world: Centre) -> None:
    article = make_article(world, title="秋季优惠", body="打九折", valid_from=date(2026, 9, 1), drain=True)
    page = client("agent").get("/search/live?q=秋季优惠&expired=1", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "from 2026-09-01 on" in page and "Not valid yet" in page
    assert "Not valid yet" in client("agent").get(f"/knowledge/articles/{article.id}").get_data(as_text=True)
