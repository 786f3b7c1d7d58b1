"""What axe finds against WCAG 2.2 AA on a page: light and wide, then dark and narrow, without loading it again."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.chromium import axe_findings

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 420, "height": 860}
MOST = 25
ALIKE = {"/api/docs": ".api-op", "/people/permissions": "tbody tr"}
"""Pages of hundreds of parts from one template: so many of them are looked at."""


def faults(page: Page, paths: list[str], *, fits: bool = False) -> list[str]:
    """What is found on each page. fits: no page may be wider than the window either."""
    found = []
    for path in paths:
        look(page, dark=False)
        page.goto(path)
        page.wait_for_selector("html.km-ready")
        if path in ALIKE:
            page.evaluate("([parts, most]) => [...document.querySelectorAll(parts)].slice(most).forEach((one) => one.remove())",
                          [ALIKE[path], MOST])
        found += [f"{path}: {fault}" for fault in both_looks(page, fits=fits)]
    return found


def both_looks(page: Page, *, fits: bool = False) -> list[str]:
    """What is found on the page as it stands now, in either look."""
    found = []
    for dark in (False, True):
        look(page, dark=dark)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark" if dark else "light")
        said = axe_findings(page)
        if fits and not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            said.append("wider than the window")
        found += [f"{'dark' if dark else 'light'}: {fault}" for fault in said]
    return found


def look(page: Page, *, dark: bool) -> None:
    """Light and wide, or dark and narrow; a page that is open follows."""
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.set_viewport_size(NARROW if dark else WIDE)  # type: ignore[arg-type]
