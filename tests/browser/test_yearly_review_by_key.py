"""The yearly review by keys alone, in Chinese: plan, draw, judge one after the other, sign; on a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from kmsvc.knowledge.articles.usecases import Content, write_article
from tests.browser.conftest import Site
from tests.browser.test_lists_fit import actor
from tests.support.centre import PASSWORD


def press(page: Page, selector: str, key: str = "Enter") -> None:
    page.locator(selector).focus()
    page.keyboard.press(key)


def judge(page: Page, address: str) -> None:
    page.wait_for_url(address)
    for name in ("needed", "correct", "complete", "fit"):
        press(page, f"input[name={name}][value=yes]", "Space")
    press(page, "input[name=result][value=keep]", "Space")
    press(page, "form[action$='/judge'] button.btn-primary")


@pytest.mark.parametrize("width", [420, 1280])
def test_from_plan_to_signature(site: Site, width: int) -> None:
    with site.db.begin(actor(site, "knowledge_editor")) as work:
        for shelf in ("账单", "宽带"):
            write_article(work, Content(title=f"{shelf}怎么办", body="按步骤办理。"), category=shelf, publish=True)
    editor = site.sign_in("knowledge_editor", language="zh_Hans_CN", width=width, height=860)
    editor.goto("/knowledge/reviews")
    if width > 1000:
        editor.keyboard.press("n")
    else:
        press(editor, "a[href$='/knowledge/reviews/new'] >> nth=0")
    editor.wait_for_url("**/knowledge/reviews/new")
    for login in ("knowledge_editor", "process_manager"):
        press(editor, f"input[name=reviewers][value={login}]", "Space")
    press(editor, "form[action$='/knowledge/reviews'] button.btn-primary")
    editor.wait_for_url("**/knowledge/reviews/1")
    press(editor, "form[action$='/draw'] button")
    expect(editor.locator("#sample tr[data-row]")).to_have_count(2)
    for path in ("/knowledge/reviews", "/knowledge/reviews/1", "/knowledge/reviews/1/items/1", "/knowledge/reviews/1/paper"):
        editor.goto(path)
        assert editor.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    editor.goto("/knowledge/reviews/1/items/1")
    judge(editor, "**/items/1")
    editor.wait_for_url("**/items/2")
    other = site.sign_in("process_manager", language="zh_Hans_CN", width=width, height=860)
    other.goto("/knowledge/reviews/1")
    other.keyboard.press("e")
    judge(other, "**/items/2")
    other.wait_for_url("**/knowledge/reviews/1")
    boss = site.sign_in("manager", language="zh_Hans_CN", width=width, height=860)
    boss.goto("/knowledge/reviews/1")
    for name, value in (("complete", "yes"), ("fit", "partly")):
        press(boss, f"#sign input[name={name}][value={value}]", "Space")
    boss.locator("#sign textarea[name=conclusion]").fill("够用。")
    boss.locator("#sign input[name=password]").fill(PASSWORD)
    boss.keyboard.press("Enter")
    expect(boss.locator("#conclusion")).to_contain_text("够用。")
    expect(boss.get_by_text("签署后没有变化")).to_be_visible()
    assert boss.locator("form[action$='/sign']").count() == 0
