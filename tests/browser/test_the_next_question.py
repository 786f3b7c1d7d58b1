"""Esc ends a question in a browser: what is typed next takes the place of the old words, by whichever way one comes back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House
from tests.builders import make_article


def by_slash(page: Page) -> None:
    page.keyboard.press("/")


def by_click(page: Page) -> None:
    page.locator("[data-search]").click()


def by_tab(page: Page) -> None:
    page.locator("[data-search]").focus()


@pytest.mark.parametrize("back", [by_slash, by_click, by_tab])
def test_what_is_typed_after_esc_takes_the_place_of_the_old_words(house: House, back: object) -> None:
    make_article(house.world, title="光猫灯语", body="红灯。", drain=True)
    page = house.window("agent", "/search?q=光猫")
    box = page.locator("[data-search]")
    box.focus()
    page.keyboard.press("End")
    page.keyboard.press("Escape")
    back(page)  # type: ignore[operator]
    page.keyboard.type("tfbz")
    expect(box).to_have_value("tfbz")
    page.keyboard.press("End")
    page.keyboard.type("1")
    expect(box).to_have_value("tfbz1")
