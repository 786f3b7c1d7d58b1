"""What is at hand: favourites with their order, pins of units, what was opened last and most; who sees what, and what it costs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kmsvc.cli.knowledge import knowledge
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.usecases import retire_article
from kmsvc.knowledge.shelf.lists import at_hand, favourites_of
from kmsvc.knowledge.shelf.models import Pin
from kmsvc.knowledge.shelf.rules import MOST_FAVOURITES, MOST_PINS, View, moved
from kmsvc.knowledge.shelf.starting import groups
from kmsvc.knowledge.shelf.usecases import keep, pin, put_back, unpin
from kmsvc.search.noting import note_search
from kmsvc.settings import Settings
from tests.builders import make_article
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.support.lists import counted


def held(world: Centre, view: View, who: str = "agent") -> list[str]:
    with world.look(who) as work:
        return [one.card.title for one in at_hand(work.session, work.actor, world.clock.today, ZONE)[view]]


def favour(world: Centre, article: Article, who: str = "agent", **more: Any) -> int | None:
    with world.begin(who) as work:
        return keep(work, article.id, **more)


def put(world: Centre, article: Article, unit: str | None = None, days: int = 7, who: str = "knowledge_editor") -> Pin:
    with world.begin(who) as work:
        return pin(work, article.id, unit_id=world.units[unit] if unit else None, until=world.clock.today + timedelta(days=days),
                   reason="line is down", today=world.clock.today)


def opened(world: Centre, article: Article, who: str = "agent", acted: bool | None = True) -> None:
    world.clock.move(minutes=1)
    with world.begin(who) as work:
        note_search(work, query=f"words {article.id}", found=3, opened=("article", article.id), rank=1, acted=acted)


@given(st.lists(st.integers(0, 50), unique=True, min_size=1, max_size=20).flatmap(
    lambda order: st.tuples(st.just(order), st.sampled_from(order), st.integers(1, 30))))
def test_moving_one_favourite_keeps_the_order_of_all_others(drawn: tuple[list[int], int, int]) -> None:
    order, one, place = drawn
    after = moved(order, one, place)
    assert after.index(one) == min(place, len(order)) - 1
    assert [other for other in after if other != one] == [other for other in order if other != one]


def test_favourites_stand_newest_first_and_move_and_go(world: Centre) -> None:
    one, two, three = (make_article(world, title=title) for title in ("eins", "zwei", "drei"))
    assert all(favour(world, article) for article in (one, two, three, three))
    assert held(world, View.FAVOURITES) == ["drei", "zwei", "eins"]
    favour(world, one, place=1)
    assert held(world, View.FAVOURITES) == ["eins", "drei", "zwei"]
    favour(world, one, place=99)
    favour(world, two, kept=False)
    favour(world, two, kept=False)
    assert held(world, View.FAVOURITES) == ["drei", "eins"]
    assert held(world, View.FAVOURITES, "agent_b") == []


def test_favourites_have_an_end_and_leave_no_entry_in_the_trail(world: Centre) -> None:
    from sqlalchemy import func, select

    from kmsvc.core.audit import AuditEntry

    articles = [make_article(world, title=f"t{n}") for n in range(3)]
    with world.look() as work:
        before = work.session.scalar(select(func.count()).select_from(AuditEntry))
    for article in articles:
        favour(world, article)
    favour(world, articles[0], kept=False)
    with world.look() as work:
        assert work.session.scalar(select(func.count()).select_from(AuditEntry)) == before
    with pytest.raises(NotPermitted), world.begin("operator") as work:
        keep(work, articles[0].id)
    assert MOST_FAVOURITES == 100


def test_what_may_no_longer_be_read_is_not_shown_and_can_still_be_let_go(world: Centre) -> None:
    team_b = make_article(world, title="nur b", unit="TEAM-B")
    gone = make_article(world, title="weg")
    draft = make_article(world, title="entwurf", publish=False)
    favour(world, team_b, "agent_b")
    favour(world, gone)
    for hidden in (team_b, draft):
        with pytest.raises(NotFound):
            favour(world, hidden)
    put(world, team_b)
    put(world, gone)
    opened(world, gone)
    with world.begin("knowledge_editor") as work:
        retire_article(work, gone.id, reason="over")
    assert held(world, View.FAVOURITES) == held(world, View.PINNED) == held(world, View.RECENT) == held(world, View.TOP) == []
    assert held(world, View.PINNED, "agent_b") == ["nur b"]
    assert favour(world, gone, kept=False) is None
    with world.look("agent") as work:
        assert favourites_of(work.session, work.actor.person_id) == ()


def test_pins_stand_for_their_unit_and_below_to_the_end_of_their_day(world: Centre) -> None:
    all_of_us, of_a, of_b = (make_article(world, title=title) for title in ("alle", "a", "b"))
    put(world, all_of_us, days=0)
    put(world, of_a, "TEAM-A")
    put(world, of_b, "TEAM-B")
    assert sorted(held(world, View.PINNED)) == ["a", "alle"] and sorted(held(world, View.PINNED, "agent_b")) == ["alle", "b"]
    put(world, of_b, "CENTRE", days=1)
    assert sorted(held(world, View.PINNED)) == ["a", "alle", "b"]
    world.clock.move(days=1)
    assert sorted(held(world, View.PINNED)) == ["a", "b"]
    world.clock.move(days=1)
    assert held(world, View.PINNED) == ["a"]


def test_pins_are_taken_away_and_put_back_by_editors_alone(world: Centre) -> None:
    article = make_article(world, title="eins")
    made = put(world, article, "TEAM-A")
    with pytest.raises(NotPermitted):
        put(world, article, who="agent")
    with pytest.raises(RuleBroken):
        put(world, article, "TEAM-A")
    with pytest.raises(NotPermitted), world.begin("team_leader") as work:
        unpin(work, made.id)
    with world.begin("knowledge_editor") as work:
        unpin(work, made.id, reason="line is up")
    assert held(world, View.PINNED) == []
    with world.begin("knowledge_editor") as work:
        put_back(work, made.id, today=world.clock.today)
    assert held(world, View.PINNED) == ["eins"]
    with pytest.raises(RuleBroken), world.begin("knowledge_editor") as work:
        put_back(work, made.id, today=world.clock.today)
    for days in (-1, 400):
        with pytest.raises(InvalidInput):
            put(world, make_article(world, title=f"d{days}"), days=days)
    for n in range(MOST_PINS - 1):
        put(world, make_article(world, title=f"m{n}"), "TEAM-A")
    with pytest.raises(RuleBroken):
        put(world, make_article(world, title="too many"), "TEAM-A")


def test_opened_last_is_mine_and_most_used_today_is_of_my_unit(world: Centre) -> None:
    one, two, three = (make_article(world, title=title) for title in ("eins", "zwei", "drei"))
    for article in (one, two, one):
        opened(world, article)
    opened(world, two, "team_leader")
    opened(world, two, "team_leader")
    opened(world, three, "agent_b")
    opened(world, three, acted=False)
    assert held(world, View.RECENT) == ["eins", "zwei"] and held(world, View.RECENT, "agent_b") == ["drei"]
    assert held(world, View.TOP) == ["zwei", "eins"] and held(world, View.TOP, "agent_b") == ["drei"]
    world.clock.move(days=1)
    assert held(world, View.TOP) == [] and held(world, View.RECENT) == ["eins", "zwei"]


def test_the_empty_search_page_costs_two_statements_more_and_a_keystroke_none(world: Centre, client: Callable) -> None:
    one, two = (make_article(world, title=title) for title in ("eins", "zwei"))
    favour(world, one)
    put(world, two)
    opened(world, two)
    world.drain()
    agent = client("agent")
    agent.get("/search")
    agent.get("/search/live?q=eins")
    with counted(world) as empty:
        page = agent.get("/search").get_data(as_text=True)
    ours = [one for one in empty if "search_event" in one or "knowledge_article" in one]
    assert len(ours) == 2 and not [one for one in empty if "FROM knowledge_favourite" in one or "FROM knowledge_pin" in one]
    assert page.index("Pinned for you") < page.index("My favourites") < page.index("Most used today")
    with counted(world) as typed:
        live = agent.get("/search/live?q=eins").get_data(as_text=True)
    assert not any("FROM knowledge_favourite" in one or "FROM knowledge_pin" in one for one in typed) and 'aria-pressed="true"' in live


def test_what_is_pinned_or_a_favourite_is_not_said_again_as_opened_last(world: Centre) -> None:
    one, two = (make_article(world, title=title) for title in ("eins", "zwei"))
    favour(world, one)
    opened(world, one)
    opened(world, two)
    with world.look("agent") as work:
        found = {group.name: [line.card.title for line in group.lines]
                 for group in groups(work.session, work.actor, world.clock.today, ZONE)}
    assert found == {"favourites": ["eins"], "recent": ["zwei"], "top": ["zwei", "eins"]}


def test_one_key_on_the_answer_and_on_the_page(world: Centre, client: Callable) -> None:
    article = make_article(world, title="eins")
    agent = client("agent")
    for place in (f"/search/answer?kind=article&id={article.id}", f"/knowledge/articles/{article.id}"):
        page = agent.get(place).get_data(as_text=True)
        assert 'data-key="f"' in page and 'aria-pressed="false"' in page
    address = f"/knowledge/shelf/favourites/{article.id}"
    star = agent.post(address, data={"kept": "1"}, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert 'aria-pressed="true"' in star and 'name="kept" value="0"' in star
    assert 'aria-pressed="true"' in agent.get(f"/search/answer?kind=article&id={article.id}").get_data(as_text=True)
    assert agent.post(address, data={"kept": "0", "then": "/search?q=x"}).headers["Location"] == "/search?q=x"
    assert held(world, View.FAVOURITES) == []


def test_the_list_is_searched_taken_away_and_put_in_order(world: Centre, client: Callable) -> None:
    one, two = (make_article(world, title=title) for title in ("eins", "zwei"))
    favour(world, one)
    favour(world, two)
    agent = client("agent")
    page = agent.get("/knowledge/shelf").get_data(as_text=True)
    assert page.index("zwei") < page.index("eins")
    down = re.search(rf'action="/knowledge/shelf/favourites/{two.id}"><input type="hidden" name="place" value="(\d+)"', page)
    assert down is not None
    agent.post(f"/knowledge/shelf/favourites/{two.id}", data={"place": down[1]})
    assert held(world, View.FAVOURITES) == ["eins", "zwei"]
    assert "zwei" not in agent.get("/knowledge/shelf?q=eins").get_data(as_text=True)
    table = agent.get("/knowledge/shelf?format=csv").get_data(as_text=True)
    assert table.index("eins") < table.index("zwei") and len(table.splitlines()) == 3
    assert agent.get("/knowledge/shelf?format=xlsx").status_code == 200
    for view in View:
        assert agent.get(f"/knowledge/shelf?view={view}").status_code == 200


def test_editors_pin_by_page_and_what_was_typed_comes_back(world: Centre, client: Callable) -> None:
    article = make_article(world, title="eins")
    editor = client("knowledge_editor")
    data = {"article": "KB-9999", "unit": "TEAM-A", "until": (world.clock.today + timedelta(days=3)).isoformat(), "reason": "busy"}
    wrong = editor.post("/knowledge/shelf/pins", data=data)
    assert wrong.status_code == 422 and 'value="KB-9999"' in (text := wrong.get_data(as_text=True)) and "busy" in text
    data["article"] = article.number
    assert editor.post("/knowledge/shelf/pins", data=data).status_code == 303
    twice = editor.post("/knowledge/shelf/pins", data=data)
    assert twice.status_code == 409 and "pinned there already" in twice.get_data(as_text=True)
    assert "busy" in client("agent").get("/search").get_data(as_text=True)
    page = editor.get("/knowledge/shelf/pins?unit=TEAM-A&state=standing").get_data(as_text=True)
    remove = re.search(r'action="(/knowledge/shelf/pins/\d+/remove)"', page)
    assert remove is not None and editor.post(remove[1], data={"reason": "quiet"}).status_code == 303
    assert "Put back" in editor.get("/knowledge/shelf/pins?state=removed").get_data(as_text=True)
    assert editor.post(remove[1].replace("remove", "restore")).status_code == 303
    assert "busy" in editor.get("/knowledge/shelf/pins?format=csv").get_data(as_text=True)
    assert client("agent").get("/knowledge/shelf/pins").status_code == 403


def test_programs_keep_favourites_and_pins_too(world: Centre, client: Callable) -> None:
    article = make_article(world, title="eins")
    agent, editor = client("agent"), client("knowledge_editor")
    base = "/api/v1/knowledge/shelf"
    assert agent.post(f"{base}/favourites/{article.id}", json={}).get_json() == {"article_id": article.id, "kept": True, "place": 1}
    assert [one["number"] for one in agent.get(base).get_json()["items"]] == [article.number]
    assert agent.post(f"{base}/favourites/{article.id}", json={"kept": False}).get_json()["kept"] is False
    until = (world.clock.today + timedelta(days=3)).isoformat()
    made = editor.post(f"{base}/pins", json={"article": article.number, "until": until, "reason": "busy"})
    assert made.status_code == 201 and made.get_json()["state"] == "standing"
    place = f"{base}/pins/{made.get_json()['id']}"
    assert agent.get(f"{base}?view=pinned").get_json()["items"][0]["reason"] == "busy"
    assert editor.post(f"{place}/remove", json={"reason": "quiet"}).get_json()["state"] == "removed"
    assert editor.post(f"{place}/restore").get_json()["state"] == "standing"
    assert editor.get(place).get_json()["until"] == until and editor.get(f"{base}/pins?q=eins").get_json()["items"]
    assert agent.post(f"{base}/pins", json={"article": article.number, "until": until, "reason": "b"}).status_code == 403


def test_the_command_line_keeps_and_pins(world: Centre) -> None:
    article = make_article(world, title="eins")
    settings: Settings = world.settings

    def run(*words: str) -> str:
        result = CliRunner(env={"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}).invoke(
            knowledge, ["shelf", *words])
        assert result.exit_code == 0, (words, result.output, result.exception)
        return result.output
    run("keep", article.number, "--as", "agent")
    assert json.loads(run("list", "--as", "agent", "--json"))["items"][0]["title"] == "eins"
    until = (date.today() + timedelta(days=3)).isoformat()  # noqa: DTZ011 (the command reads the machine's clock)
    made = json.loads(run("pin", article.number, "--unit", "TEAM-A", "--until", until, "--reason", "busy", "--json"))
    assert "busy" in run("list", "--view", "pinned", "--as", "agent", "--json")
    run("unpin", str(made["id"]))
    run("put-back", str(made["id"]))
    assert str(made["id"]) in run("pins", "--state", "standing")
    run("drop", article.number, "--as", "agent")
    assert json.loads(run("list", "--as", "agent", "--json"))["items"] == []
