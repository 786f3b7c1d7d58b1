"""The number or title of a retired article leads to the one that took its place, for those who may read both."""

from __future__ import annotations

from typing import Any

from kmsvc.core.actors import Actor
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.usecases import retire_article
from kmsvc.search.queries import Answer, ask, names_for
from tests.builders import make_article
from tests.support.centre import Centre


def retired(world: Centre, kept: Article, **more: Any) -> Article:
    gone = make_article(world, **{"title": "退钱怎么办", "body": "七天内全额退。", **more})
    with world.begin("knowledge_editor") as work:
        retire_article(work, gone.id, reason="重复", superseded_by_id=kept.id)
    world.drain()
    return gone


def asked(world: Centre, text: str, who: str = "agent", **more: Any) -> Answer:
    with world.look(who) as work:
        assert isinstance(work.actor, Actor)
        return ask(work.session, world.engine, work.actor, text=text, on=world.clock.today, lag_s=0, **more)


def test_number_and_title_lead_to_what_took_its_place(world: Centre) -> None:
    kept = make_article(world, title="预存款标准", body="预存款按标准退。")
    gone = retired(world, kept)
    for words in (gone.number, gone.number.lower().replace("-", " "), "退钱怎么办"):
        found = asked(world, words)
        assert (found.items[0].card.id, found.items[0].instead) == (kept.id, gone.number)
        assert found.total == len(found.items) == found.kinds["article"]
    with world.look("agent") as work:
        offered = names_for(work.session, world.engine, work.actor, gone.number, world.clock.today)
    assert [card.id for _, card in offered] == [kept.id]
    assert asked(world, kept.number).items[0].instead == ""


def test_a_row_of_successors_leads_to_the_last(world: Centre) -> None:
    last = make_article(world, title="预存款标准", body="预存款按标准退。")
    middle = make_article(world, title="退费办法")
    first = retired(world, middle)
    with world.begin("knowledge_editor") as work:
        retire_article(work, middle.id, reason="重复", superseded_by_id=last.id)
    world.drain()
    assert [asked(world, one.number).items[0].card.id for one in (middle, first)] == [last.id, last.id]


def test_r_s1_what_took_its_place_stays_unknown_to_who_may_not_read_it(world: Centre) -> None:
    hidden = make_article(world, title="预存款标准", body="预存款按标准退。", confidentiality="secret")
    open_one = make_article(world, title="退费大全", body="都写在这里。")
    first, other = retired(world, hidden), retired(world, open_one, title="底线", confidentiality="secret")
    for words in (first.number, other.number, "底线"):
        found = asked(world, words)
        assert not [one for one in found.items if one.instead] and found.total == len(found.items)
    assert asked(world, other.number, "process_manager").items[0].card.id == open_one.id


def test_page_and_json_say_in_whose_place_it_stands_and_the_old_page_offers_no_copy(world: Centre, client: Any) -> None:
    kept = make_article(world, title="预存款标准", body="预存款按标准退。")
    gone = retired(world, kept)
    agent = client("agent")
    line = agent.get(f"/api/v1/search?q={gone.number}").get_json()["items"][0]
    assert (line["number"], line["in_place_of"]) == (kept.number, gone.number)
    page = agent.get(f"/search?q={gone.number}").get_data(as_text=True)
    assert f"代替{gone.number}" in page or f"in place of {gone.number}" in page
    old = agent.get(f"/knowledge/articles/{gone.id}").get_data(as_text=True)
    assert 'data-sayable="retired"' in old and old.index(kept.number) < old.index('data-sayable="retired"')
    assert 'data-sayable="sayable"' in agent.get(f"/knowledge/articles/{kept.id}").get_data(as_text=True)
