"""A coach draws contacts, judges them and signs by keys alone, on a phone too; the pages have no barriers, light and dark."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from kmsvc.knowledge.contacts.usecases import link_contact
from tests.browser.barriers import faults
from tests.browser.conftest import House
from tests.builders import make_article
from tests.support.centre import PASSWORD


def press(page: Page, selector: str, key: str = "Enter") -> None:
    page.locator(selector).focus()
    page.keyboard.press(key)


def linked(house: House) -> None:
    article = make_article(house.world, title="退费标准", body="三个工作日内退回。", drain=True)
    with house.world.begin("agent") as work:
        link_contact(work, "article", article.id, number="KF1", query="退费")


def test_from_the_draw_to_the_signature_and_the_answer(house: House) -> None:
    linked(house)
    coach = house.window("qa_inspector", "/knowledge/alignment", width=420, height=860)
    press(coach, "a[href$='/knowledge/alignment/new'] >> nth=0")
    coach.wait_for_url("**/new")
    coach.select_option("[name=person]", str(house.world.people["agent"]))
    press(coach, "form[action$='/knowledge/alignment'] button.btn-primary")
    coach.wait_for_url("**/knowledge/alignment/1")
    press(coach, "#sample a[data-open]")
    coach.wait_for_url("**/items/1")
    assert coach.locator("input[name=linked][value=yes]").is_checked() and coach.locator("input[name=searched][value=yes]").is_checked()
    press(coach, "input[name=accurate][value=yes]", "Space")
    press(coach, "input[name=improved][value=na]", "Space")
    press(coach, "form[action$='/judge'] button.btn-primary")
    coach.wait_for_url("**/knowledge/alignment/1")
    coach.locator("#sign textarea[name=conclusion]").fill("搜得好。")
    coach.locator("#sign input[name=password]").fill(PASSWORD)
    press(coach, "#sign button.btn-primary")
    expect(coach.locator("aside .code")).to_be_visible()  # the hash of what was signed
    assert coach.evaluate("document.documentElement.scrollWidth") <= 420
    agent = house.window("agent", "/knowledge/alignment/1", width=420, height=860)
    agent.locator("#reply textarea").fill("谢谢")
    press(agent, "#reply button.btn-primary")
    expect(agent.locator("blockquote")).to_contain_text("谢谢")


def test_the_pages_have_no_barriers(house: House) -> None:
    linked(house)
    page = house.window("qa_inspector")
    assert faults(page, ["/knowledge/contacts", "/knowledge/contacts/1", "/knowledge/alignment", "/knowledge/alignment/new"]) == []
