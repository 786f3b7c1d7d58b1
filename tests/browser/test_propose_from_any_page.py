"""Proposing a change from the page one stands on: three actions and one text, and nothing typed is lost on the way."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from sqlalchemy import select

from kmsvc.people.system import SYSTEM
from kmsvc.process.changes.models import Change
from kmsvc.process.definitions.permissions import MANAGE_PROCESS
from kmsvc.process.definitions.usecases import new_process
from tests.browser.conftest import Site
from tests.browser.test_lists_fit import actor

WISH = "退费时限改为五个工作日。客户投诉多。"


def a_process(site: Site, name: str = "退费办理流程") -> str:
    """A process that everybody may see; gives its page."""
    with site.db.begin(actor(site, "process_manager")) as work:
        work.permit(MANAGE_PROCESS)
        made = new_process(
            work, name=name, group="external", klass="business", audience_unit_id=None, owner_id=None
        )
        return f"/process/definitions/{made.id}"


def opened(page: Page) -> None:
    """Press the key and wait until one can write."""
    page.keyboard.press("s")
    expect(page.locator(".drawer textarea")).to_be_focused()


def changes(site: Site) -> list[Change]:
    with site.db.look(SYSTEM) as work:
        return list(work.session.scalars(select(Change)))


def test_one_key_one_text_and_ctrl_enter_submit_it_for_the_process_of_the_page(site: Site) -> None:
    place = a_process(site)
    page = site.sign_in("process_manager")
    page.goto(place)
    opened(page)
    page.keyboard.type(WISH)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".drawer-done")).to_contain_text(re.compile(r"CR-\d{4}-0001"))
    expect(page.locator(".drawer-done")).to_contain_text("李强")
    assert page.url == site.address + place
    [change] = changes(site)
    assert (change.reason, change.place, f"/process/definitions/{change.process_id}") == (WISH, place, place)
    page.keyboard.press("Escape")
    expect(page.locator("dialog.drawer")).to_have_count(0)


def test_escape_asks_before_it_throws_words_away(site: Site) -> None:
    page = site.sign_in("agent", width=420, height=860)
    opened(page)
    page.keyboard.press("Escape")
    expect(page.locator("dialog.drawer")).to_have_count(0)
    opened(page)
    page.keyboard.type(WISH)
    page.keyboard.press("Escape")
    expect(page.locator(".drawer [role=alert]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".drawer textarea")).to_have_value(WISH)
    expect(page.locator(".drawer textarea")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("dialog.drawer")).to_have_count(0)
    assert changes(site) == []


def test_refused_it_keeps_what_was_typed_and_says_what_is_missing(site: Site) -> None:
    a_process(site)
    page = site.sign_in("process_manager")
    page.goto("/notices")
    opened(page)
    page.keyboard.type(WISH)
    page.keyboard.press("Control+Enter")
    process = page.locator(".drawer select[name=process_id]")
    expect(process).to_be_focused()
    expect(process).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".drawer textarea")).to_have_value(WISH)
    page.keyboard.press("Escape")
    expect(page.locator(".drawer [role=alert]").last).to_be_visible()
    page.keyboard.press("Escape")
    process.select_option(index=1)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".drawer-done")).to_be_visible()
    assert [change.place for change in changes(site)] == ["/notices"]


def test_without_a_connection_the_words_stay_and_can_be_sent_again(site: Site) -> None:
    page = site.sign_in("process_manager")
    page.goto(a_process(site))
    opened(page)
    page.keyboard.type(WISH)
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts .bad")).to_be_visible()
    expect(page.locator(".drawer textarea")).to_have_value(WISH)
    page.context.set_offline(False)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".drawer-done")).to_be_visible()
    assert len(changes(site)) == 1


def test_the_palette_and_the_bar_on_top_open_it_too(site: Site) -> None:
    page = site.sign_in("agent")
    page.goto("/notices")
    page.locator(".km-ask").click()
    expect(page.locator(".drawer textarea")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("tbg")
    page.keyboard.press("Enter")
    expect(page.locator(".drawer textarea")).to_be_focused()


def test_without_script_the_link_leads_to_the_page_with_the_same_form(site: Site) -> None:
    page = site.sign_in("agent", java_script_enabled=False)
    page.goto("/notices")
    page.locator(".km-ask").click()
    expect(page).to_have_url(re.compile(r"/process/changes/new\?from=(%2F|/)notices"))
    expect(page.locator("main textarea[name=reason]")).to_be_visible()
    expect(page.locator("main input[name=from]")).to_have_value("/notices")
    page.close()
