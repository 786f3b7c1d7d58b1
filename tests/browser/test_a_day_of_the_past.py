"""B8 in a browser: the day of the purchase by keyboard alone, kept for this tab, said above the list, gone with one key."""

from __future__ import annotations

from playwright.sync_api import expect

from kmsvc.knowledge.articles.usecases import Content, edit_article
from tests.browser.conftest import House
from tests.builders import make_article


def test_a_day_is_chosen_kept_for_the_tab_and_cleared_by_keys(house: House) -> None:
    article = make_article(house.world, title="宽带退费标准", body="旧口径：五天退回。", publish=True)
    house.world.clock.move(days=10)
    with house.world.begin("knowledge_editor") as work:
        edit_article(work, article.id, Content(title="宽带退费标准", body="新口径：三天退回。"), publish=True)
    house.world.drain()
    page = house.window("agent", "/search?q=宽带退费")
    expect(page.locator("#answer-body")).to_contain_text("新口径")
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    expect(page.locator("#pick-on")).to_be_focused()
    page.keyboard.type("03052026")
    expect(page.locator("#as-of")).to_contain_text("As of")
    expect(page.locator("#answer-body")).to_contain_text("旧口径")
    assert "on=2026-03-05" in page.url
    page.goto("/search")
    expect(page.locator("#pick-on")).to_have_value("2026-03-05")
    page.fill("[data-search]", "宽带退费")
    expect(page.locator("#answer-body")).to_contain_text("旧口径")
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    expect(page.locator("#as-of")).to_be_empty()
    expect(page.locator("#answer-body")).to_contain_text("新口径")
    assert "on=" not in page.url
    page.set_viewport_size({"width": 420, "height": 860})
    page.locator("[data-fold]").click()
    page.fill("#pick-on", "2026-03-05")
    expect(page.locator("#as-of")).to_contain_text("As of")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_another_tab_knows_nothing_of_the_day(house: House) -> None:
    make_article(house.world, title="宽带退费标准", body="五天退回。", drain=True)
    page = house.window("agent", "/search?q=宽带退费&on=2026-03-09")
    expect(page.locator("#as-of")).to_contain_text("As of")
    other = page.context.new_page()
    other.goto(f"{house.address}/search?q=宽带退费")
    expect(other.locator("#answer-body")).to_contain_text("五天退回")
    expect(other.locator("#as-of")).to_be_empty()
