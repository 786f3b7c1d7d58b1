"""B6, B23 in a browser: what is internal stays behind when copying, secret text is refused and noted, paper shows the notice."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select

from kmsvc.access.models import AccessEntry
from tests.browser.conftest import House
from tests.builders import make_article

BODY = """前面一句。

:::say
您好，三到七个工作日退回。
:::

:::internal
班长可先行补偿。
:::

后面一句。

:::secret
底线是五十元。
:::
"""

# What a copy of a selection puts on the clipboard: the page's own handlers run, then the event is looked at.
COPY = """([from, to]) => {
  const start = document.querySelector(from), end = document.querySelector(to), range = document.createRange();
  range.setStart(start, 0); range.setEnd(end, end.childNodes.length);
  const chosen = document.getSelection(); chosen.removeAllRanges(); chosen.addRange(range);
  const event = new ClipboardEvent("copy", { clipboardData: new DataTransfer(), bubbles: true, cancelable: true });
  start.dispatchEvent(event);
  return [event.defaultPrevented, event.clipboardData.getData("text/plain")];
}"""


def log(house: House) -> list[tuple[str, str, int]]:
    with house.world.look() as work:
        return [(row.login, row.act, len(row.blocks)) for row in work.session.scalars(select(AccessEntry).order_by(AccessEntry.id))]


def noted(house: House, page: Page, wanted: tuple[str, str, int]) -> None:
    for _ in range(40):
        if wanted in log(house):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{wanted} is not in {log(house)}")


def test_a_selection_leaves_out_what_is_internal_and_is_refused_where_it_touches_secret_text(house: House) -> None:
    article = make_article(house.world, title="退费标准", body=BODY)
    page = house.window("business_owner", f"/knowledge/articles/{article.id}")
    prose = ".km-prose[data-guard] > .blk"
    stopped, copied = page.evaluate(COPY, [f"{prose}:nth-child(1)", f"{prose}:nth-child(4)"])
    assert stopped and "前面一句" in copied and "三到七个工作日" in copied and "后面一句" in copied
    assert "班长" not in copied and "底线" not in copied and "Copy" not in copied
    assert page.evaluate(COPY, [".internal p:last-child", ".internal p:last-child"]) == [True, ""]
    assert log(house) == [("business_owner", "seen", 1)]
    assert page.evaluate(COPY, [f"{prose}:nth-child(4)", f"{prose}:nth-child(5)"]) == [True, ""]
    expect(page.locator(".toasts")).to_contain_text("Secret text is not copied")
    noted(house, page, ("business_owner", "copy_refused", 1))


def test_an_ordinary_selection_is_copied_as_ever(house: House) -> None:
    article = make_article(house.world, title="退费标准", body=BODY)
    page = house.window("business_owner", f"/knowledge/articles/{article.id}")
    assert page.evaluate(COPY, [".say p:last-child", ".say p:last-child"]) == [False, ""]


def test_beside_the_results_one_key_opens_the_secret_part_and_c_never_takes_it(house: House) -> None:
    make_article(house.world, title="退费标准", body=BODY, drain=True)
    page = house.window("business_owner", "/search?q=退费标准")
    expect(page.locator(".answer form.is-secret")).to_be_visible()
    assert "底线" not in (page.locator(".answer").text_content() or "")
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    expect(page.locator(".is-open")).to_contain_text("底线是五十元")
    assert log(house) == [("business_owner", "seen", 1)]
    assert page.evaluate(COPY, [".is-open .km-prose", ".is-open .km-prose"]) == [True, ""]
    noted(house, page, ("business_owner", "copy_refused", 1))


def test_c_on_an_article_that_is_secret_as_a_whole_is_refused_and_noted(house: House) -> None:
    article = make_article(house.world, title="授信底线", body="全文是秘密。", confidentiality="secret")
    page = house.window("business_owner", f"/knowledge/articles/{article.id}")
    page.keyboard.press("c")
    expect(page.locator(".toasts")).to_contain_text("Secret text is not copied")
    noted(house, page, ("business_owner", "copy_refused", 0))


def test_paper_shows_the_notice_and_the_watermark(house: House, tmp_path: Path) -> None:
    article = make_article(house.world, title="退费标准", body=BODY)
    page = house.window("business_owner", f"/knowledge/articles/{article.id}")
    expect(page.locator(".wm span").first).to_have_text(re.compile(r"周岚|Business Owner"))
    page.emulate_media(media="print")
    expect(page.get_by_text("底线是五十元")).to_be_hidden()
    expect(page.locator(".only-print")).to_be_visible()
    expect(page.locator(".wm")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    noted(house, page, ("business_owner", "print_refused", 1))
