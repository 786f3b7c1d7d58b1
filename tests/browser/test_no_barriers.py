"""What axe finds against WCAG 2.2 AA on the main pages: nothing, light and dark, wide and narrow."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.barriers import faults, faults_now
from tests.browser.conftest import House
from tests.builders import make_article, make_change, make_process


def test_the_pages_of_the_work_have_no_barriers(house: House) -> None:
    process = make_process(house.world, drain=True)
    make_article(house.world, title="退费时限", body="::: say\n三天到账。\n:::", drain=True)
    change_id = make_change(house.world, process=process, step=4)
    place = f"/process/changes/{change_id}"
    page = house.window("process_author")
    assert faults(page, ["/", "/search?q=退费", "/my/confirmations", "/my/requests", "/notices", "/people/me", "/knowledge/articles",
                         "/process/definitions", f"/process/definitions/{process.id}", "/process/changes", "/process/changes/board",
                         "/process/changes/new", place, f"{place}?tab=impact", f"{place}?tab=talk", f"{place}?tab=record",
                         f"{place}/write"]) == []
    page.goto("/notices")
    page.wait_for_selector("html.km-ready")
    page.keyboard.press("s")
    expect(page.locator(".drawer textarea")).to_be_focused()
    assert faults_now(page) == []


def test_the_pages_of_administration_have_no_barriers(house: House) -> None:
    page = house.window("admin")
    assert faults(page, ["/people/accounts", "/people/accounts/1", "/people/accounts/new", "/people/accounts/import", "/people/units",
                         "/people/permissions", "/audit", "/audit/1", "/operations", "/operations/deliveries", "/operations/mail",
                         "/operations/settings", "/nowhere", "/api/docs"]) == []
