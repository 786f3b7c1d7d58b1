"""A questionnaire on a phone: what was typed is kept until it is sent, and gone with the sign-out."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import House
from tests.training.needs.surveys import add_form, begin_survey, send

KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('km-draft:') && key.includes(':keep:'))"


def test_what_is_typed_into_a_questionnaire_outlives_the_window_until_it_is_sent(house: House) -> None:
    survey = begin_survey(house.world)
    add_form(house.world, survey)
    send(house.world, survey)
    place = f"/training/needs/{survey}/answer"
    page: Any = house.window("agent", place)
    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("退费规则").check()
    page.locator("input[name=a-q2][value='2']").check()
    page.locator("textarea[name=a-q4]").fill("夜班也想听课。")
    assert len(page.evaluate(KEPT)) == 1
    page.goto("/")
    page.goto(place)
    expect(page.locator("textarea[name=a-q4]")).to_have_value("夜班也想听课。")
    expect(page.get_by_label("退费规则")).to_be_checked()
    expect(page.locator("input[name=a-q2][value='2']")).to_be_checked()
    expect(page.locator("[data-keep-said]")).not_to_be_empty()
    page.locator("form[data-keep] button.btn-primary").click()
    expect(page.locator("[data-kept-done]")).to_have_count(1)
    page.wait_for_function(f"!({KEPT}).length")
