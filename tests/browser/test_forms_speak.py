"""What does not fit in a form is said by the product at its field, in the reader's language; and what a heading is given goes to
what stands below it."""

from __future__ import annotations

from playwright.sync_api import expect

from kmsvc.knowledge.reshapes.usecases import plan_merge
from tests.browser.conftest import House
from tests.builders import make_article

EDITOR = "knowledge_editor"


def test_a_refused_form_says_all_at_its_fields_keeps_what_was_typed_and_leads_to_the_first(house: House) -> None:
    page = house.window(EDITOR, "/knowledge/articles/new")
    page.fill("[name=summary]", "一句话")
    page.locator("[name=publish]").click()
    expect(page.locator("#title-error")).to_have_text("This is needed.")
    expect(page.locator("#body-error")).to_have_text("This is needed.")
    expect(page.locator("[name=title]")).to_be_focused()
    expect(page.locator("[name=summary]")).to_have_value("一句话")
    page.goto("/people/me/password")  # a password is not sent before the rest fits: the answer would come without it
    form = page.locator("form:has([type=password])").first
    form.locator("button[type=submit]").click()
    expect(form.locator(".field-e").first).to_have_text("This is needed.")
    expect(form.locator("[type=password]").first).to_be_focused()
    form.locator("[type=password]").first.fill("x")
    expect(form.locator(".field").first.locator(".field-e")).to_have_count(0)


def test_a_heading_is_ticked_and_sent_with_what_stands_below_it(house: House) -> None:
    stays, gone = (make_article(house.world, title=title, body=f"## 费用\n\n{title}收费。\n\n## 时限\n\n{title}两天。")
                   for title in ("改签", "退票"))
    with house.world.begin(EDITOR) as work:
        plan = plan_merge(work, stays.id, [gone.id], reason="一回事")
    page = house.window(EDITOR, f"/knowledge/reshapes/{plan.id}")
    theirs, mine = page.locator(".two [name=picks]"), page.locator(".one [name=picks]")
    theirs.first.check()
    expect(page.locator(".two [name=picks]:checked")).to_have_count(2)
    mine.first.focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-composed]")).to_be_visible()
    expect(page.locator(".two [name=picks]:checked")).to_have_count(2)
    theirs.first.uncheck()
    expect(page.locator(".two [name=picks]:checked")).to_have_count(0)
    expect(page.locator("[data-not-yet]")).to_be_visible()

    other = make_article(house.world, title="宽带", body="## 费用\n\n三十元。\n\n两天内。")
    page.goto(f"/knowledge/reshapes/split?article={other.number}")
    expect(page.locator("[data-part='1']")).to_be_hidden()
    page.locator(".split-row select").first.select_option("1")
    expect(page.locator("[data-part='1']")).to_be_visible()
    expect(page.locator(".split-row[data-goes='1']")).to_have_count(3)
    page.locator(".split-row select").last.select_option("0")
    expect(page.locator(".split-row[data-goes='1']")).to_have_count(2)
