"""B7 in a browser: the choice of where an answer applies by typing alone, kept for every window, always said, gone with one key."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from kmsvc.knowledge.scopes.usecases import add_value
from tests.browser.conftest import House
from tests.builders import make_article

EDITOR = "knowledge_editor"


def served(house: House) -> None:
    """Three regions, a product, and three articles."""
    with house.world.begin(EDITOR) as work:
        for dimension, name, english in (("region", "广东", "Guangdong"), ("region", "广西", "Guangxi"), ("region", "云南", "Yunnan"),
                                         ("product", "宽带", "Broadband")):
            add_value(work, dimension=dimension, name=name, name_en=english)
    make_article(house.world, title="退费办法通用", body="退费五天到账。")
    make_article(house.world, title="退费办法甲", body="退费五天到账。", scopes={"region": ["广东"]})
    make_article(house.world, title="退费办法乙", body="退费五天到账。", scopes={"region": ["广西"], "product": ["宽带"]}, drain=True)


def test_an_agent_narrows_by_typing_finds_it_kept_in_another_window_and_clears_it_by_one_key(house: House) -> None:
    served(house)
    page = house.window("agent", "/search?q=退费办法")
    results, chips = page.locator("#results"), page.locator("#scope-chips")
    expect(results).to_have_attribute("data-total", "3")
    expect(chips).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.locator("[data-scopes-find]")).to_be_focused()
    page.keyboard.type("guangd")
    expect(page.locator("[data-scopes-name]:visible")).to_have_count(1)
    with page.expect_response("**/search/filters"):
        page.keyboard.press("Enter")
    expect(results).to_have_attribute("data-total", "2")
    expect(page.locator("[data-scopes-find]")).to_be_focused()
    expect(page.locator("[data-scopes-find]")).to_have_value("")
    expect(chips).to_contain_text("Guangdong")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(chips).to_contain_text("Broadband")
    expect(results).to_have_attribute("data-total", "2")
    page.keyboard.press("Space")
    expect(chips).not_to_contain_text("Broadband")
    page.keyboard.type("l")  # beside a box it is no key of the answer
    expect(page.locator("[data-scopes-find]")).to_have_value("l")
    expect(page.locator("#use-part button")).to_have_attribute("data-key", "l")
    page.keyboard.press("Backspace")
    page.keyboard.press("Escape")
    expect(page.locator("#scopes")).not_to_have_attribute("open", "")
    assert "region=" in page.url

    other = page.context.new_page()
    other.goto(f"{house.address}/search")
    expect(other.locator("#scope-chips")).to_contain_text("Guangdong")
    other.locator("[data-search]").fill("退费办法")
    expect(other.locator("#results")).to_have_attribute("data-total", "2")
    other.keyboard.press("Escape")
    with other.expect_response("**/search/filters"):
        other.keyboard.press("e")
    expect(other.locator("#results")).to_have_attribute("data-total", "3")
    expect(other.locator("#scope-chips")).to_be_hidden()
    page.goto(f"{house.address}/search?q=退费办法")
    expect(page.locator("#results")).to_have_attribute("data-total", "3")
    page.set_viewport_size({"width": 420, "height": 860})
    page.keyboard.press("Escape")
    for key in ("Control+r", "Control+d", "Alt+d", "Shift+r"):  # keys of the browser
        page.keyboard.press(key)
    page.wait_for_selector("html.km-ready")
    expect(page.locator("[data-fold]")).to_have_attribute("aria-expanded", "false")
    page.locator("[data-fold]").click()
    page.locator("#scopes > summary").click()
    expect(page.locator("[data-scopes-find]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_choices_made_quickly_are_kept_in_their_order(house: House) -> None:
    served(house)
    page = house.window("agent", "/search?q=退费办法")
    sent: list[Route] = []
    page.route("**/search/filters", lambda route: sent.append(route))
    page.locator("#scopes > summary").click()
    for name in ("Guangdong", "Guangxi", "Yunnan"):
        page.get_by_role("checkbox", name=name).check()
    page.wait_for_timeout(300)
    assert len(sent) == 1, "the next one waits for the first"
    with page.expect_request("**/search/filters"):
        sent[0].continue_()
    page.wait_for_timeout(300)
    assert len(sent) == 2 and (sent[1].request.post_data or "").count("region=") == 3, "and says all that was chosen by then"
    with page.expect_response("**/search/filters"):
        sent[1].continue_()
    page.wait_for_timeout(200)
    assert len(sent) == 2


def test_an_editor_says_by_keys_where_an_article_applies(house: House) -> None:
    served(house)
    page = house.window(EDITOR, "/knowledge/articles/new")
    page.fill("#f-title", "装机时限")
    page.locator("textarea[name=body]").fill("三天内装好。")
    page.locator(".scp-fold > summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-scopes-find]")).to_be_focused()
    for typed in ("云南", "宽"):
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
    expect(page.locator("[data-scopes-told]")).to_have_text("Broadband · Yunnan")
    page.get_by_role("button", name="Publish").press("Enter")
    page.wait_for_url(re.compile(r"/knowledge/articles/\d+"))  # the form holds these words too
    expect(page.locator("main")).to_contain_text("Yunnan")
    expect(page.locator("main")).to_contain_text("Broadband")
