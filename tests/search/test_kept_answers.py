"""Answers are kept for callers alike, and never a moment longer than what they are made of."""

from datetime import date
from typing import Any

import pytest

from kmsvc.knowledge.articles.usecases import Content, edit_article, keep_article, retire_article
from kmsvc.search.queries import Answer, ask
from tests.builders import make_article
from tests.support.centre import Centre

DAY = date(2026, 3, 2)


def asked(world: Centre, login: str, text: str = "改签", **more: Any) -> Answer:
    with world.look(login) as work:
        return ask(work.session, world.engine, work.actor, text=text, on=DAY, lag_s=0, **more)


@pytest.fixture
def searches(world: Centre, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions that reach the index."""
    seen: list[str] = []
    real = world.engine.search

    def search(request: Any, texts: Any = None) -> Any:
        seen.append(request.text)
        return real(request, texts)

    monkeypatch.setattr(world.engine, "search", search)
    return seen


def test_the_same_question_of_people_alike_is_answered_once(world: Centre, searches: list[str]) -> None:
    make_article(world, drain=True)
    first, second = asked(world, "agent"), asked(world, "agent")
    assert searches == ["改签"]
    assert [one.card.id for one in first.items] == [one.card.id for one in second.items] != []
    asked(world, "agent", limit=3)
    assert len(searches) == 2


def test_people_who_may_see_something_else_get_their_own_answer(world: Centre, searches: list[str]) -> None:
    make_article(world, title="B组怎样改签", unit="TEAM-B", drain=True)
    assert asked(world, "agent_b").total == 1
    assert asked(world, "agent").total == 0
    assert len(searches) == 2


def test_a_change_counts_at_once_though_the_index_does_not_know_it_yet(world: Centre) -> None:
    """R-S3."""
    article = make_article(world, drain=True)
    assert asked(world, "agent").items[0].card.title == "怎样改签"
    with world.begin("knowledge_editor") as work:
        edit_article(work, article.id, Content(title="改签要提前一天", body="拨打热线即可改签。"), publish=True)
    assert asked(world, "agent").items[0].card.title == "改签要提前一天"
    with world.begin("knowledge_editor") as work:
        keep_article(work, article.id, owner_id=None, audience_unit_id=world.units["TEAM-B"])
    assert asked(world, "agent").total == 0
    assert asked(world, "agent_b").total == 1
    with world.begin("knowledge_editor") as work:
        retire_article(work, article.id, reason="over")
    assert asked(world, "agent_b").total == 0


def test_what_the_index_took_in_is_found_by_a_question_asked_before(world: Centre) -> None:
    make_article(world, drain=True)
    assert asked(world, "agent").total == 1
    make_article(world, title="改签费用")
    assert asked(world, "agent").total == 1
    world.drain()
    assert asked(world, "agent").total == 2
