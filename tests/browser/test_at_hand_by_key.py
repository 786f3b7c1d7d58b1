"""What is at hand by keys alone: arrows reach the lists of the empty search page, one key makes a favourite, no barriers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from kmsvc.knowledge.shelf.lists import favourites_of
from kmsvc.knowledge.shelf.usecases import keep, pin
from tests.browser.barriers import faults
from tests.browser.conftest import House
from tests.builders import make_article
from tests.support.centre import Centre


def furnished(world: Centre) -> list[int]:
    """A pinned article, a favourite of the agent, and one more."""
    ids = [make_article(world, title=title, body=f"{title}的说明。").id for title in ("停机通知", "宽带移机", "改签办法")]
    with world.begin("knowledge_editor") as work:
        pin(work, ids[0], unit_id=None, until=world.clock.today + timedelta(days=3), reason="tonight", today=world.clock.today)
    with world.begin("agent") as work:
        keep(work, ids[1])
    world.drain()
    return ids


@pytest.mark.parametrize("width", [1280, 420])
def test_arrows_reach_what_is_at_hand_and_one_key_keeps_an_answer(house: House, width: int) -> None:
    ids = furnished(house.world)
    page = house.window("agent", "/search", width=width, height=860)
    expect(page.locator("#hits [role=option]")).to_have_count(2)
    expect(page.locator("#hits [aria-selected=true]")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#answer h2")).to_have_text("停机通知")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#answer h2")).to_have_text("宽带移机")
    expect(page.locator("#answer .star")).to_have_attribute("aria-pressed", "true")
    page.locator("[data-search]").fill("改签")
    expect(page.locator("#answer h2")).to_have_text("改签办法")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.locator("#answer .star")).to_have_attribute("aria-pressed", "true")
    with house.world.look("agent") as work:
        assert favourites_of(work.session, work.actor.person_id) == (ids[2], ids[1])
    page.keyboard.press("/")
    page.keyboard.press("Backspace")
    expect(page.locator("#hits [role=option]")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_pages_of_what_is_at_hand_have_no_barriers(house: House) -> None:
    furnished(house.world)
    page = house.window("agent")
    assert faults(page, ["/search", "/knowledge/shelf", "/knowledge/shelf?view=pinned"]) == []
    editor = house.window("knowledge_editor")
    assert faults(editor, ["/knowledge/shelf/pins", "/knowledge/learning", "/knowledge/learning?view=log"]) == []
