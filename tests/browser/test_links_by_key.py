"""What was used is linked to the contact by one key; the number is typed once, leaves with one key, and never stands in an address."""

from __future__ import annotations

from playwright.sync_api import expect
from sqlalchemy import select

from kmsvc.knowledge.contacts.models import Contact, ContactLink
from kmsvc.search.models import SearchEvent
from tests.browser.conftest import House
from tests.builders import make_article


def rows(house: House) -> list[tuple[str | None, str | None, bool]]:
    with house.world.look() as work:
        return [(number, row.query, row.withdrawn_at is None) for row, number in work.session.execute(
            select(ContactLink, Contact.number).join(Contact, Contact.id == ContactLink.contact_id).order_by(ContactLink.id))]


def test_one_key_links_what_was_found_and_the_number_is_typed_once(house: House) -> None:
    article = make_article(house.world, title="退费标准", body="三个工作日内退回。", drain=True)
    page = house.window("agent", "/search?q=退费标准")
    expect(page.locator("#use-part button")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("kf 9001")
    page.keyboard.press("Enter")
    expect(page.locator("#contact-now")).to_have_value("KF9001")
    assert "9001" not in page.url.upper()
    page.keyboard.press("l")
    expect(page.locator("#use-part")).to_contain_text("KF9001")
    assert rows(house) == [("KF9001", "退费标准", True)]
    with house.world.look() as work:
        [event] = work.session.scalars(select(SearchEvent))
        [link] = work.session.scalars(select(ContactLink))
    assert (event.opened_id, event.acted, link.search_id) == (article.id, True, event.id)
    page.keyboard.press("z")
    expect(page.locator("#use-part form")).to_have_count(0)
    assert rows(house) == [("KF9001", "退费标准", False)]
    page.keyboard.press("w")
    expect(page.locator("#contact-now")).to_have_value("")


def test_the_page_of_an_article_takes_the_same_keys_on_a_phone(house: House) -> None:
    article = make_article(house.world, title="退费标准", body="三个工作日内退回。")
    page = house.window("agent", f"/knowledge/articles/{article.id}", width=420, height=860)
    page.keyboard.type("lkf71")  # at once: no letter and no digit is a key before the field is there
    expect(page.locator("#use-number")).to_be_focused()
    expect(page.locator("#use-number")).to_have_value("kf71")
    page.keyboard.press("Enter")
    expect(page.locator("#use-part")).to_contain_text("KF71")
    assert rows(house) == [("KF71", None, True)]
    assert page.locator(".fb-said").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
