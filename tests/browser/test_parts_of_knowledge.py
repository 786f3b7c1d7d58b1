"""The parts of Knowledge: grouped, in sight on a desk and on a phone, reached by keys; an agent sees what agents need."""

from __future__ import annotations

import pytest

from kmsvc.home.parts import PARTS
from kmsvc.people.roles import Role, granted
from tests.browser.conftest import House
from tests.browser.test_lists_fit import inside


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
@pytest.mark.parametrize("width", [1280, 420])
def test_all_parts_of_knowledge_are_two_clicks_away_and_stand_in_sight(house: House, language: str, width: int) -> None:
    page = house.window("everything", "/knowledge/articles", language=language, width=width)
    groups = page.locator(".parts-g a:not(.push)")
    assert groups.count() == 4
    reached = set()
    for place in groups.evaluate_all("all => all.map((it) => it.getAttribute('href'))"):
        page.goto(place)
        tabs = page.locator(".km-tabs a")
        for tab in [*groups.all(), *tabs.all()]:
            assert inside(tab), tab.inner_text()
        if width == 1280:
            assert len({round((tab.bounding_box() or {"y": 0})["y"]) for tab in tabs.all()}) == 1, f"two rows of {place}"
        assert page.locator(".parts-g [aria-current]").count() == 1
        reached |= set(tabs.evaluate_all("all => all.map((it) => it.getAttribute('href'))"))
    assert reached == {part.href for part in PARTS}


def test_parts_are_reached_by_keys_and_an_agent_sees_what_agents_need(house: House) -> None:
    page = house.window("knowledge_editor", "/knowledge/articles")
    page.keyboard.press("2")
    page.wait_for_url("**/knowledge/shelf")
    page.keyboard.press("0")
    page.wait_for_url("**/knowledge")
    assert page.locator(".parts-map li").count() > 9
    for _ in range(6):
        page.keyboard.press("j")
    place = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{place}")
    seen = house.window("agent", "/knowledge/articles")
    assert seen.locator(".parts-g").count() == 0
    assert seen.locator(".km-tabs a").evaluate_all("all => all.map((it) => it.getAttribute('href'))") == [
        part.href for part in PARTS if part.permission in granted(frozenset({Role.AGENT}))]
