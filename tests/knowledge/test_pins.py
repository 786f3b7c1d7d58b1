"""Pins as their keepers find them: an article is picked by words of its title, long lists come in pages that the database cuts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kmsvc.knowledge.learning.models import LearnedChange
from kmsvc.knowledge.learning.queries import count_learned, learned_lines
from kmsvc.knowledge.shelf.queries import count_pins, pin_lines
from kmsvc.knowledge.shelf.rules import PinState
from tests.builders import make_article
from tests.knowledge.test_shelf import put
from tests.support.centre import Centre


def form(world: Centre, **more: str) -> dict[str, str]:
    return {"article": "退费", "unit": "", "until": world.clock.today.isoformat(), "reason": "busy"} | more


def test_an_article_is_pinned_by_words_of_its_title(world: Centre, client: Callable) -> None:
    one, other = make_article(world, title="退费标准"), make_article(world, title="退费进度", drain=True)
    editor = client("knowledge_editor")
    shown = editor.get("/knowledge/shelf/pins/choices?article=退费").get_data(as_text=True)
    assert one.number in shown and other.number in shown and "name=\"picked\"" in shown
    assert "No other article" in editor.get("/knowledge/shelf/pins/choices?article=zebra").get_data(as_text=True)
    assert client("agent").get("/knowledge/shelf/pins/choices?article=退费").status_code == 403
    again = editor.post("/knowledge/shelf/pins", data=form(world))
    page = again.get_data(as_text=True)
    assert again.status_code == 422 and "Pick the one that is meant" in page and f'value="{other.number}"' in page
    assert 'value="退费"' in page and "busy" in page, "what was typed is there"
    assert editor.post("/knowledge/shelf/pins", data=form(world, picked=other.number)).status_code == 303
    with world.look("knowledge_editor") as work:
        assert [line.number for line in pin_lines(work.session, work.actor, world.clock.today)] == [other.number]
    assert editor.post("/knowledge/shelf/pins", data=form(world, article=one.number)).status_code == 303
    assert editor.post("/knowledge/shelf/pins", data=form(world, article="zebra")).status_code == 422


@pytest.mark.parametrize(("state", "many"), [(None, 6), (PinState.STANDING, 3), (PinState.ENDED, 2), (PinState.REMOVED, 1)])
def test_pins_are_filtered_and_cut_by_the_database_as_the_rules_say(
        world: Centre, client: Callable, state: str | None, many: int) -> None:
    made = [put(world, make_article(world, title=f"退费{n}"), days=1 if n < 2 else 9) for n in range(6)]
    client("knowledge_editor").post(f"/knowledge/shelf/pins/{made[5].id}/remove", data={"reason": "r"})
    world.clock.move(days=3)
    day = world.clock.today
    with world.look("knowledge_editor") as work:
        whole = pin_lines(work.session, work.actor, day, state=state)
        assert len(whole) == many == count_pins(work.session, work.actor, day, state=state)
        assert all(state is None or line.state == state for line in whole)
        parts = [line for start in range(0, many, 2)
                 for line in pin_lines(work.session, work.actor, day, state=state, start=start, limit=2)]
    assert [line.id for line in parts] == [line.id for line in whole]
    read, cursor = [], ""
    while cursor is not None:
        asked = {"limit": 2} | ({"state": state} if state else {}) | ({"cursor": cursor} if cursor else {})
        found = client("knowledge_editor").get("/api/v1/knowledge/shelf/pins", query_string=asked).get_json()
        read += [one["id"] for one in found["items"]]
        cursor = found["next"]
    assert read == [line.id for line in whole]


def test_the_log_of_learning_is_cut_by_the_database(world: Centre) -> None:
    article = make_article(world)
    with world.begin("system") as work:
        work.session.add_all(LearnedChange(query=f"q{n}", article_id=article.id, new_lift=1, old_lift=0, place=2, place_to=1, people=3,
                                           opened=3, helpful=0, cause="use", at=work.now) for n in range(5))
    with world.look("knowledge_editor") as work:
        assert count_learned(work.session, work.actor, "log") == 5 and count_learned(work.session, work.actor, "log", "q3") == 1
        cut = [line.query for start in (0, 2, 4) for line in learned_lines(work.session, work.actor, "log", start=start, limit=2)]
    assert cut == [f"q{n}" for n in reversed(range(5))]
