"""B5: how often an article was opened and how many found it helpful stand in its line of facts, counted by the service alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kmsvc.knowledge.feedback.usecases import Said, send_feedback
from kmsvc.knowledge.health.using import Used, count_use, used
from kmsvc.search.noting import note_search
from tests.builders import make_article
from tests.support.centre import Centre


def opened(world: Centre, article_id: int, who: str = "agent", acted: bool | None = True) -> None:
    with world.begin(who) as work:
        note_search(work, query=f"退费{article_id}{work.now.timestamp()}", found=1, opened=("article", article_id), rank=1, acted=acted)


def counted(world: Centre, article_id: int) -> Used:
    count_use(world.db, world.actor("system"))
    with world.look("agent") as work:
        return used(work.session, article_id)


def test_opens_of_thirty_days_and_words_on_the_text_in_force_are_counted(world: Centre) -> None:
    article, other = make_article(world, title="退费"), make_article(world, title="别的")
    assert counted(world, article.id) == Used()
    opened(world, article.id)
    world.clock.move(days=20)
    for who in ("agent", "team_leader"):
        opened(world, article.id, who)
    opened(world, article.id, acted=False)
    assert counted(world, article.id) == Used(opened=3)
    for who, kind in (("agent", "helpful"), ("agent_b", "helpful"), ("team_leader", "unclear")):
        with world.begin(who) as work:
            send_feedback(work, article.published_version_id, kind, today=world.clock.today, said=Said(note="n"))
    assert counted(world, article.id) == Used(opened=3, helpful=2, said=3)
    world.clock.move(days=15)
    assert counted(world, article.id) == Used(opened=2, helpful=2, said=3)
    assert counted(world, other.id) == Used()
    assert count_use(world.db, world.actor("system")) == 0, "what did not move is not written"


def test_the_line_of_facts_says_it_on_the_page_and_beside_the_results(world: Centre, client: Callable[..., Any]) -> None:
    article = make_article(world, title="退费", drain=True)
    opened(world, article.id)
    with world.begin("agent") as work:
        send_feedback(work, article.published_version_id, "helpful", today=world.clock.today)
    pages = (f"/knowledge/articles/{article.id}", f"/search/answer?kind=article&id={article.id}")
    assert all("in 30 days" not in client("agent").get(page).get_data(as_text=True) for page in pages), "nothing is counted by a page"
    counted(world, article.id)
    for page in pages:
        text = client("agent").get(page).get_data(as_text=True)
        assert "1 time in 30 days" in text
        assert "1 of 1 said so" in text


def test_the_figures_lead_to_paragraphs_and_searches_and_what_was_typed_once_is_not_for_every_reader(
        world: Centre, client: Callable[..., Any]) -> None:
    article = make_article(world, title="退费", body="退费五天到账。\n\n押金在设备退回后退。", drain=True)
    for who, words in (("agent", "押金"), ("team_leader", "押金"), ("agent", "张三家退费")):
        with world.begin(who) as work:
            note_search(work, query=words, found=1, opened=("article", article.id), rank=1, acted=True)
    counted(world, article.id)
    place = f"/knowledge/articles/{article.id}/use"
    assert f'href="{place}#passages"' in client("agent").get(f"/knowledge/articles/{article.id}").get_data(as_text=True)
    assert f'href="{place}"' in client("agent").get(f"/search/answer?kind=article&id={article.id}").get_data(as_text=True)
    page = client("agent").get(place).get_data(as_text=True)
    assert "押金在设备退回后退" in page and "张三家" not in page and "1 opening came from words" in page
    told = client("agent").get(f"/api/v1{place}").get_json()
    assert (told["opens"], told["rare"], [one["query"] for one in told["questions"]]) == (3, 1, ["押金"])
    assert [one["opens"] for one in told["passages"]] == [2]
    assert "张三家" in client("knowledge_editor").get(place).get_data(as_text=True)
    file = client("agent").get(f"{place}?format=csv").get_data(as_text=True)
    assert "押金" in file and "张三家" not in file
    for _ in range(3):  # the same person again: still the words of one
        with world.begin("agent") as work:
            note_search(work, query="张三家退费", found=1, opened=("article", article.id), rank=1, acted=None)
    for form in ("", "?q=张三", "?format=csv"):
        assert "张三家" not in client("agent").get(place + form).get_data(as_text=True).replace('value="张三"', "")
    told = client("agent").get(f"/api/v1{place}").get_json()
    assert (told["opens"], told["rare"], [one["query"] for one in told["questions"]]) == (6, 4, ["押金"])
    hidden = make_article(world, title="内部", unit="TEAM-A")
    assert client("agent_b").get(f"/knowledge/articles/{hidden.id}/use").status_code == 404
