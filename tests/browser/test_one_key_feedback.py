"""Feedback by one key: beside the results and on the page of an answer, without a pointer; its sender may add or take it back."""

from __future__ import annotations

from playwright.sync_api import expect
from sqlalchemy import select

from kmsvc.knowledge.feedback.models import Feedback
from tests.browser.conftest import House
from tests.builders import make_article


def rows(house: House) -> list[tuple[str, str, str | None]]:
    with house.world.look() as work:
        return [(row.kind, row.state, row.note) for row in work.session.scalars(select(Feedback).order_by(Feedback.id))]

COVERED = """() => {
  const over = document.querySelector("#toasts .toast-i").getBoundingClientRect();
  return [...document.querySelectorAll("main :is(a, button, input, select, summary)")].filter((one) => {
    const at = one.getBoundingClientRect();
    return at.width && at.top < over.bottom && at.bottom > over.top && at.left < over.right && at.right > over.left;
  }).map((one) => one.outerHTML.slice(0, 120));
}"""
"""The controls under a message."""


def test_one_key_says_it_beside_the_results_and_the_note_may_follow(house: House) -> None:
    make_article(house.world, title="退费标准", body="符合条件的费用三个工作日内退回。\n\n先核对身份。", drain=True)
    page = house.window("agent", "/search?q=退费标准")
    expect(page.locator("#fb-part button[data-key='2']")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(page.locator(".fb-said")).to_be_visible()
    expect(page.locator("[data-search]")).to_be_focused()  # the next question may be typed; Esc leads to the keys again
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page.locator(".fb-said")).to_contain_text("FB-")
    expect(page.locator(".toasts")).to_contain_text("in place of what you said before")
    assert page.evaluate(COVERED) == []
    page.fill("#fb-note", "价格是去年的")
    page.keyboard.press("Enter")
    expect(page.locator(".fb-said .meta")).to_contain_text("价格是去年的")
    assert rows(house) == [("helpful", "withdrawn", None), ("wrong", "open", "价格是去年的")]
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    expect(page.locator(".fb-more")).to_have_count(0)
    assert rows(house)[1] == ("wrong", "withdrawn", "价格是去年的")


def test_the_page_of_an_article_takes_the_same_keys_and_the_owner_replies(house: House) -> None:
    article = make_article(house.world, title="退费标准", body="三个工作日内退回。", drain=True)
    page = house.window("agent", f"/knowledge/articles/{article.id}", width=420, height=860)
    page.keyboard.press("5")
    expect(page.locator(".fb-said")).to_contain_text("FB-")
    editor = house.window("knowledge_editor", "/knowledge/feedback?view=mine")
    editor.keyboard.press("j")
    editor.keyboard.press("Enter")
    expect(editor.locator("h1")).to_contain_text("退费标准")
    editor.locator("summary, button").filter(has_text="Reply, nothing changes").or_(
        editor.locator("summary, button").filter(has_text="答复，不作修改")).first.click()
    editor.fill("#f-answer-reason", "没有缺")
    editor.keyboard.press("Control+Enter")
    expect(editor.locator("blockquote")).to_contain_text("没有缺")
    assert rows(house) == [("missing", "answered", None)]
