"""Chromium for the browser tests: found, never downloaded, and watched while a test drives it.

Every test fails on a violation of the content policy, an error in a script, a file that is missing, or a
request that leaves the test's own address. `tests/browser/conftest.py` imports the fixtures from here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, sync_playwright

from tools.ensure_chromium import find_chromium

RESULTS = Path(__file__).resolve().parents[2] / "test-results"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]
LANGUAGES = {"zh_Hans_CN": "zh-CN", "en": "en-US"}
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
REPORT_VIOLATIONS = """document.addEventListener('securitypolicyviolation', (event) => window.kmsvcViolation(
  `${event.violatedDirective} blocked ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`));"""
FILES = {"script", "stylesheet", "image", "font"}
PASSED = pytest.StashKey[bool]()


def chromium_path() -> str:
    """The browser to drive; without one the test is skipped, or fails where `make test` promised one."""
    if os.environ.get("KMSVC_SKIP_BROWSER") == "1":
        pytest.skip("KMSVC_SKIP_BROWSER=1")
    if found := find_chromium():
        return found
    if os.environ.get("KMSVC_NEED_BROWSER") == "1":
        pytest.fail("no Chromium here: tools/ensure_chromium.py says how to get it")
    pytest.skip("no Chromium here")


class Watch:
    """One browser window of a test, and what went wrong in it."""

    def __init__(self, context: BrowserContext, base_url: str) -> None:
        self.context, self.home = context, urlsplit(base_url).netloc
        self.faults: list[str] = []
        self.expected: list[re.Pattern[str]] = []
        context.expose_function("kmsvcViolation", lambda text: self.faults.append(f"content policy: {text}"))
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))

    def allow(self, pattern: str) -> None:
        """Expect faults that match; a test that provokes one says so."""
        self.expected.append(re.compile(pattern))

    def verdict(self) -> list[str]:
        """The faults nobody expected, once what is under way has arrived."""
        for page in self.context.pages:
            if not page.is_closed():
                page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        return [fault for fault in self.faults if not any(known.search(fault) for known in self.expected)]

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and parts.netloc != self.home:
            self.faults.append(f"request to another address: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type in FILES:
            self.faults.append(f"file answered {response.status}: {response.url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run of this worker."""
    path = chromium_path()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS, headless=True)
        yield running
        running.close()


class Windows:
    """Opens watched windows: `open_window(base_url, language="en", dark=True, width=420)` gives a page.

    Each has its own cookies. `page.watch` is its Watch. `close` ends them all and gathers what went wrong in `faults`.
    """

    def __init__(self, browser: Browser, node: pytest.Item) -> None:
        self.browser, self.node = browser, node
        self.watches: list[Watch] = []
        self.faults: list[str] = []

    def __call__(
        self,
        base_url: str,
        *,
        language: str = "zh_Hans_CN",
        dark: bool = False,
        width: int = 1280,
        height: int = 800,
        **options: Any,
    ) -> Page:
        context = self.browser.new_context(
            base_url=base_url,
            locale=LANGUAGES[language],
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            color_scheme="dark" if dark else "light",
            viewport={"width": width, "height": height},
            **options,
        )
        context.set_default_timeout(10_000)
        watch = Watch(context, base_url)
        self.watches.append(watch)
        page = context.new_page()
        page.watch = watch  # type: ignore[attr-defined]
        return page

    def close(self) -> None:
        """Judge and close what is open; a server that is about to stop lets its windows be closed first."""
        found = [fault for watch in self.watches for fault in watch.verdict()]
        if found or not self.node.stash.get(PASSED, True):
            keep_pictures(self.node.name, self.watches)
        for watch in self.watches:
            watch.context.close()
        self.watches.clear()
        self.faults += found


@pytest.fixture
def open_window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Windows]:
    """Windows of this test. What went wrong in any fails the test at its end."""
    windows = Windows(browser, request.node)
    yield windows
    windows.close()
    assert not windows.faults, "\n".join(["the browser complained:", *windows.faults])


def keep_pictures(name: str, watches: list[Watch]) -> None:
    """Save what the windows of a failed test show, in test-results/."""
    RESULTS.mkdir(exist_ok=True)
    stem = re.sub(r"[^\w.-]+", "_", name)[:80]
    for number, page in enumerate(page for watch in watches for page in watch.context.pages):
        page.screenshot(path=RESULTS / f"{stem}-{number}.png", full_page=True)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Let the window fixture know how the test went. A conftest imports this hook."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.when == "call":
        item.stash[PASSED] = report.passed


def axe_findings(page: Page, *, without: tuple[str, ...] = ()) -> list[str]:
    """What axe finds against WCAG 2.2 AA on the page, one sentence for each element.

    without: ids of axe rules to leave out.
    """
    options = {
        "runOnly": {"type": "tag", "values": AXE_TAGS},
        "rules": {rule: {"enabled": False} for rule in without},
        "resultTypes": ["violations"],  # what passed is not described, which takes most of the time
        "preload": False,  # every style sheet is ours and already there
    }
    answer = Axe().run(page, options=options).response
    return [
        f"{found['id']} ({found['impact']}): {found['help']}: {node['html'][:160]}"
        for found in answer["violations"]
        for node in found["nodes"]
    ]


def type_by_pinyin(page: Page, letters: str, text: str) -> None:
    """Type into the focused field as an input method does: letters composed one by one, then the text."""
    session = page.context.new_cdp_session(page)
    for end in range(1, len(letters) + 1):
        composed = letters[:end]
        session.send(
            "Input.imeSetComposition", {"text": composed, "selectionStart": end, "selectionEnd": end}
        )
    session.send("Input.insertText", {"text": text})
    session.detach()
