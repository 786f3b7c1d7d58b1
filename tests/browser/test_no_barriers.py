"""What axe finds against WCAG 2.2 AA on the main pages: nothing, light and dark, wide and narrow, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House
from tests.builders import make_article, make_change, make_process
from tests.support.chromium import axe_findings

LOOKS = {"light": {"dark": False, "width": 1280, "language": "zh_Hans_CN"}, "dark": {"dark": True, "width": 420, "language": "en"}}


def faults(page: Page, paths: list[str]) -> list[str]:
    """What axe says of each page."""
    found = []
    for path in paths:
        page.goto(path)
        page.wait_for_selector("html.km-ready")
        found += [f"{path}: {fault}" for fault in axe_findings(page)]
    return found


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_of_the_work_have_no_barriers(house: House, look: str) -> None:
    process = make_process(house.world, drain=True)
    make_article(house.world, title="退费时限", body="::: say\n三天到账。\n:::", drain=True)
    change_id = make_change(house.world, process=process, step=4)
    place = f"/process/changes/{change_id}"
    page = house.window("process_author", **LOOKS[look])
    assert faults(page, ["/", "/search?q=退费", "/my/confirmations", "/my/requests", "/notices", "/people/me", "/knowledge/articles",
                         "/process/definitions", f"/process/definitions/{process.id}", "/process/changes", "/process/changes/board",
                         "/process/changes/new", place, f"{place}?tab=impact", f"{place}?tab=talk", f"{place}?tab=record",
                         f"{place}/write"]) == []
    page.goto("/notices")
    page.wait_for_selector("html.km-ready")
    page.keyboard.press("s")
    expect(page.locator(".drawer textarea")).to_be_focused()
    assert axe_findings(page) == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_of_administration_have_no_barriers(house: House, look: str) -> None:
    page = house.window("admin", **LOOKS[look])
    assert faults(page, ["/people/accounts", "/people/accounts/1", "/people/accounts/new", "/people/accounts/import", "/people/units",
                         "/people/permissions", "/audit", "/audit/1", "/operations", "/operations/deliveries", "/operations/mail",
                         "/operations/settings", "/nowhere", "/api/docs"]) == []
