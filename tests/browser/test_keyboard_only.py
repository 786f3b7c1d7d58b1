"""The main flows without a mouse: signing in, searching, confirming, acting on a request, finding the shortcuts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House
from tests.builders import make_article, make_change, make_process
from tests.support.centre import PASSWORD

SEEN = """() => {
    const shown = (node) => { const style = node && getComputedStyle(node);
        return !!node && ((style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'); };
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    const box = at.closest('label, .mde-box');
    return [at.outerHTML.slice(0, 160), (shown(at) || shown(box)) && at.getClientRects().length > 0]; }"""


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    """Press Tab until this is focused."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.locator(selector).evaluate_all("(nodes) => nodes.includes(document.activeElement)"):
            return
    pytest.fail(f"{most} times Tab never lead to {selector}")


def test_signing_in_takes_no_mouse_and_the_first_tab_skips_to_the_content(house: House) -> None:
    page = house.open_window(house.address)
    page.goto("/sign-in")
    if not page.locator("input[name=login]:focus").count():
        tab_to(page, "input[name=login]")
    page.keyboard.type("agent")
    tab_to(page, "input[name=password]", 3)
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(house.address + "/")
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_an_answer_is_found_chosen_and_opened(house: House) -> None:
    for title in ("退费时限", "退费材料"):
        make_article(house.world, title=title, body="三天到账。", drain=True)
    page = house.window("agent", "/search")
    page.keyboard.press("/")
    page.keyboard.type("退费")
    expect(page.locator("#hits [role=option]")).to_have_count(2)
    second = page.locator("#hits [role=option] .ti").nth(1).inner_text()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#hits [role=option]").nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#hits [role=option]").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/knowledge/articles/\d+"))
    expect(page.locator("h1")).to_contain_text(second)


def test_what_waits_on_my_day_is_opened_by_j_and_enter_and_confirmed_by_a_key(house: House) -> None:
    make_process(house.world, name="退费办理流程", drain=True)
    page = house.window("agent", "/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/knowledge/articles/\d+"))
    key = page.locator("form[action*='confirm'] [data-key], form[action*='confirm'][data-key]").first.get_attribute("data-key")
    page.wait_for_selector("html.km-ready")
    page.keyboard.press(key or "")
    expect(page.locator("form[action*='confirm']")).to_have_count(0)


def test_a_request_is_read_by_digits_and_its_dialog_gives_the_focus_back(house: House) -> None:
    change_id = make_change(house.world, step=1)
    page = house.window("process_manager", f"/process/changes/{change_id}")
    page.keyboard.press("4")
    page.wait_for_url(re.compile("tab=record"))
    page.wait_for_selector("html.km-ready")
    page.keyboard.press("a")
    dialog = page.locator("dialog.asks-d")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("(node) => node.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(".approve summary[data-key=a]")).to_be_focused()


def test_the_question_mark_tells_the_keys_of_the_page_too(house: House) -> None:
    article = make_article(house.world, title="Refunds", body=":::say\nThree days.\n:::")
    page = house.window("agent", f"/knowledge/articles/{article.id}")
    page.keyboard.press("?")
    here = page.locator("[data-keys-here] > div")
    expect(here.filter(has_text=re.compile("^1Helpful$"))).to_be_visible()
    expect(here.filter(has_text=re.compile("^CCopy"))).to_be_visible()
    page.goto("/people/me")
    page.wait_for_selector("html.km-ready")
    page.keyboard.press("?")
    expect(page.locator("h3.help-here").first).to_be_hidden()


def test_the_question_mark_lists_the_shortcuts_and_lists_are_walked_by_keys(house: House) -> None:
    for _ in range(2):
        make_change(house.world, step=1, new=True)
    page = house.window("process_manager", "/process/changes")
    page.keyboard.press("?")
    shown = page.locator("#help")
    expect(shown).to_be_visible()
    for key in ("/", "Ctrl", "S", "J", "Enter", "?"):
        expect(shown.locator("kbd", has_text=re.compile(f"^{re.escape(key)}$")).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr[data-row]").nth(1)).to_have_class(re.compile(r"\bon\b"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/process/changes/\d+$"))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_whoever_tabs_sees_where_they_are(house: House, dark: bool) -> None:
    change_id = make_change(house.world, step=4)
    page = house.window("process_author", dark=dark)
    for path in ("/", "/search", "/process/definitions", f"/process/changes/{change_id}", f"/process/changes/{change_id}/write"):
        page.goto(path)
        page.wait_for_selector("html.km-ready")
        for _ in range(40):
            page.keyboard.press("Tab")
            at = page.evaluate(SEEN)
            if at is None:
                break
            assert at[1], f"{path}: {at[0]}"
