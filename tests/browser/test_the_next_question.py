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


def test_what_is_typed_after_feedback_takes_the_place_of_the_old_words(house: House) -> None:
    make_article(house.world, title="光猫灯语", body="红灯。", drain=True)
    page = house.window("agent", "/search?q=光猫")
    box = page.locator("[data-search]")
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    expect(page.locator(".fb-said")).to_be_visible()
    page.keyboard.type("tfbz")
    expect(box).to_have_value("tfbz")


def test_in_a_narrow_window_the_keys_stay_in_reach_while_a_number_is_asked_for(house: House) -> None:
    make_article(house.world, title="光猫灯语", body="红灯。", drain=True)
    page = house.window("agent", "/search?q=光猫", width=420, height=760)
    page.keyboard.press("Enter")
    page.keyboard.press("l")
    expect(page.locator("#use-number")).to_be_focused()
    expect(page.locator("#use-part")).to_contain_text("Enter keeps it, Esc leaves it empty.")
    over = page.evaluate("""() => {
      const all = [...document.querySelectorAll(".fb :is(button, a, input)")]
        .map((one) => one.getBoundingClientRect()).filter((one) => one.width);
      return all.some((one, i) => all.slice(i + 1).some((other) => one.left < other.right - 1 && other.left < one.right - 1
        && one.top < other.bottom - 1 && other.top < one.bottom - 1));
    }""")
    assert not over
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    page.keyboard.press("Enter")  # no number: the keys act again
    expect(page.locator("#use-number")).not_to_be_focused()
    page.keyboard.press("5")
    expect(page.locator("#fb-part")).to_contain_text("Noted")
