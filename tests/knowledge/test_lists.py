"""Lists of articles: what SQL lets through is what the predicate allows, filters and pages agree with it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from kmsvc.knowledge.articles import lists, pages
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.queries import face_of, may_see
from kmsvc.knowledge.articles.rules import ArticleState
from kmsvc.process.changes import exports
from tests.builders import make_article, submit
from tests.knowledge.planted import plant
from tests.support.centre import Centre

WHO = ("agent", "agent_b", "team_leader", "business_owner", "knowledge_editor", "process_manager", "auditor", "admin",
       "everything")


def test_the_condition_in_sql_says_what_the_predicate_says(world: Centre) -> None:
    plant(world)
    for login in WHO:
        with world.look(login) as work:
            listed = {line.id for line in lists.article_lines(work.session, work.actor, world.clock.today, limit=500)[0]}
            allowed = set()
            for article in work.session.scalars(select(Article)):
                face = face_of(work.session, article)
                shown = face or work.session.get(ArticleVersion, article.draft_version_id)
                if may_see(work.actor, article, shown, was_live=face is not None):
                    allowed.add(article.id)
        assert listed == allowed, login
    with world.look("agent") as agent, world.look("everything") as everything:
        few = lists.count_articles(agent.session, agent.actor, world.clock.today)
        assert 0 < few < lists.count_articles(everything.session, everything.actor, world.clock.today)


def test_every_list_of_knowledge_tells_its_total_at_its_foot() -> None:
    feet = [(path.name, foot) for path in sorted(Path("kmsvc/templates/knowledge").rglob("*.html"))
            for foot in re.findall(r"ui\.pager\((.*?)\) \}\}", path.read_text("utf-8"))]
    assert len(feet) > 20
    assert [one for one in feet if "total" not in one[1] and "counts" not in one[1]] == []


def test_the_heading_of_a_filtered_list_says_what_fits(world: Centre, client: Callable) -> None:
    make_article(world, title="Storno")
    make_article(world, title="Umtausch")
    agent = client("agent")
    assert "2 articles that you may read" in agent.get("/knowledge/articles").get_data(as_text=True)
    assert "1 article fits the filter" in agent.get("/knowledge/articles?q=Storno").get_data(as_text=True)
    assert "2 articles fit the filter" in agent.get("/knowledge/articles?state=published").get_data(as_text=True)


def test_lists_of_acts_and_files_say_how_many_there_are(
        world: Centre, client: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kmsvc.knowledge.exports.pages.PAGE", 1)
    editor = client("knowledge_editor")
    make_article(world, title="Storno")
    for reason in ("move", "move", "check"):
        assert editor.post("/knowledge/exports", data={"form": "csv", "reason": reason}).status_code == 200
    assert "1 of 3 shown" in editor.get("/knowledge/exports").get_data(as_text=True)
    assert "1 of 2 shown" in editor.get("/knowledge/exports?q=move").get_data(as_text=True)


def test_states_follow_the_day(world: Centre) -> None:
    today = world.clock.today
    made = {
        ArticleState.PUBLISHED: make_article(world, title="现在", valid_to=today),
        ArticleState.EXPIRED: make_article(world, title="过期", valid_to=today - timedelta(days=1)),
        ArticleState.UPCOMING: make_article(world, title="将来", valid_from=today + timedelta(days=1)),
        ArticleState.DRAFT: make_article(world, title="草稿", publish=False),
    }
    with world.look("knowledge_editor") as work:
        for state, article in made.items():
            found, _ = lists.article_lines(work.session, work.actor, today, state=state)
            assert [line.id for line in found] == [article.id]
            assert found[0].state == state
        assert lists.article_lines(work.session, work.actor, today, state="nonsense") == ([], None)


def test_pages_hold_every_article_once_and_the_filter_stays_in_the_address(client: Callable, world: Centre) -> None:
    for number in range(7):
        make_article(world, title=f"条目{number}", category="计费" if number % 2 else "宽带")
    with world.look("agent") as work:
        seen: list[int] = []
        before = None
        while True:
            found, before = lists.article_lines(work.session, work.actor, world.clock.today, before=before, limit=3)
            seen += [line.id for line in found]
            if before is None:
                break
        assert len(seen) == len(set(seen)) == 7
        assert lists.shelves(work.session, work.actor) == sorted([("宽带", 4), ("计费", 3)])
    page = client("agent").get("/knowledge/articles?category=计费&q=条目").get_data(as_text=True)
    assert page.count("data-row") == 3
    assert "format=csv" in page


@pytest.mark.parametrize("query", ["q=" + "x" * 300, "state=gone", "owner=abc", "cursor=-1", "cursor=99999999999999999999",
                                   "format=exe"])
def test_r_n2_a_filter_that_does_not_fit_is_refused(client: Callable, query: str) -> None:
    assert client("agent").get(f"/knowledge/articles?{query}").status_code == 422


def test_the_export_is_the_list_without_texts_and_without_formulas(client: Callable, world: Centre) -> None:
    make_article(world, title="=1+1 公式", body="正文不在表里")
    answer = client("agent").get("/knowledge/articles?format=csv")
    text = answer.data.decode("utf-8-sig")
    assert "'=1+1 公式" in text
    assert "正文不在表里" not in text
    assert "attachment" in answer.headers["Content-Disposition"]


def test_an_export_that_ends_before_the_list_says_so(client: Callable, world: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        make_article(world, title=f"article {number}")
        submit(world, new=True, title=f"wish {number}")
    for most, page, address in ((pages, "MOST_EXPORTED", "/knowledge/articles"), (exports, "MOST_ROWS", "/process/changes")):
        for limit, cut in ((3, True), (4, False)):
            monkeypatch.setattr(most, page, limit)
            told = client("everything").get(f"{address}?format=csv").get_data(as_text=True).strip().splitlines()
            assert len(told) == 1 + limit + cut, address
            assert ("Only the first 3 rows" in told[-1]) is cut
    monkeypatch.setattr(pages, "MOST_EXPORTED", 2)
    book = load_workbook(io.BytesIO(client("everything").get("/knowledge/articles?format=xlsx").data))
    assert "Only the first 2 rows" in str([row[0].value for row in book.active.rows][-1])
