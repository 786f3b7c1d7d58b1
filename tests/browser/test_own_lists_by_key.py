"""The lists of one's own on a narrow window and by keys alone: the filter bar stays inside; J and Enter open a row, Enter the first."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site
from tests.browser.test_lists_fit import ask, inside

PATHS = ("/notices", "/my/requests", "/my/confirmations")


@pytest.mark.parametrize("width", [420, 1280])
def test_the_filter_bars_fit_and_the_keys_open_a_row(site: Site, width: int) -> None:
    ask(site, "退费时限改为三天")
    page = site.sign_in("business_owner", width=width, height=860)
    for path in PATHS:
        page.goto(path)
        for part in page.locator(".filters input:visible, .filters select:visible, .filters a:visible").all():
            assert inside(part), path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.goto("/my/requests?q=退费")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    expect(page.locator("tr[data-first]")).to_have_count(1)  # marked for the eye: the cursor is not in it
    assert page.evaluate("document.activeElement === document.body && !document.querySelector('tr[aria-current]')")
    if width == 420:
        page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/process/changes/*")
