"""What axe finds against WCAG 2.2 AA on a page: light and wide, then dark and narrow, without loading it again.

The full form looks at every page both ways. The short form looks at each page one way, which its address decides: about half of
the pages are dark and narrow, and the same ones every time.
"""

from __future__ import annotations

import zlib
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Page, expect

from tests.support.chromium import axe_findings
from tests.support.figures import HARD

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 420, "height": 860}
MOST = 25
MISSING = "/nowhere"
"""a page that is not there, looked at on purpose"""
ALIKE = {"/api/docs": ".api-op", "/people/permissions": "tbody tr"}
"""Pages of hundreds of parts from one template: so many of them are looked at."""


def faults(page: Page, paths: list[str], *, fits: bool = False) -> list[str]:
    """What is found on each page. fits: no page may be wider than the window either."""
    found = []
    for path in paths:
        look(page, dark=_looks(path)[0])
        answer = page.goto(path)
        if answer is not None and answer.status >= 400 and path != MISSING:
            found.append(f"{path}: answered {answer.status}, so this is another page than the one meant")
        page.wait_for_selector("html.km-ready")
        if path in ALIKE:
            page.evaluate("([parts, most]) => [...document.querySelectorAll(parts)].slice(most).forEach((one) => one.remove())",
                          [ALIKE[path], MOST])
        found += [f"{path}: {fault}" for fault in faults_now(page, fits=fits)]
    return found


def faults_now(page: Page, *, fits: bool = False) -> list[str]:
    """What is found on the page as it stands now."""
    found = []
    for dark in _looks(page.url):
        look(page, dark=dark)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark" if dark else "light")
        found += [f"{'dark' if dark else 'light'}: {fault}" for fault in axe_findings(page)]
    for dark in (False, True) if fits else ():
        look(page, dark=dark)
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            found.append(f"wider than a {'narrow' if dark else 'wide'} window")
    return found


def _looks(address: str) -> tuple[bool, ...]:
    """Whether to look dark and narrow, once or twice; the host does not matter."""
    path = urlsplit(unquote(address))._replace(scheme="", netloc="").geturl()
    return (False, True) if HARD else (zlib.crc32(path.encode()) % 2 == 1,)


def look(page: Page, *, dark: bool) -> None:
    """Light and wide, or dark and narrow; a page that is open follows."""
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.set_viewport_size(NARROW if dark else WIDE)  # type: ignore[arg-type]
