"""The watched browser really sees what it promises to see, on pages made for that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.support.chromium import axe_findings, type_by_pinyin
from tests.support.web import serve

pytestmark = pytest.mark.browser
POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:"
PAGES = {
    "/good": '<h1>好</h1><label>名称 <input id="q" autofocus></label><script src="/good.js"></script>',
    "/style": '<h1 style="color:red">好</h1>',
    "/script": '<h1>好</h1><script src="/bad.js"></script>',
    "/missing": '<h1>好</h1><script src="/none.js"></script>',
    "/off": '<h1>好</h1><a href="http://192.0.2.1/">x</a><img alt="" src="http://192.0.2.1/x.png">',
    "/mute": '<h1>好</h1><input id="q">',
}
SCRIPTS = {
    "/good.js": "window.seen=[];q.addEventListener('input',(e)=>{if(!e.isComposing)seen.push(q.value)});"
    "q.addEventListener('compositionend',()=>seen.push(q.value))",
    "/bad.js": "throw new Error('broken on purpose')",
}


def app(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    """A small site under a strict content policy."""
    path = environ["PATH_INFO"]
    if path in SCRIPTS:
        start("200 OK", [("Content-Type", "text/javascript")])
        return [SCRIPTS[path].encode()]
    if path not in PAGES:
        start("404 Not Found" if path != "/favicon.ico" else "204 No Content", [])
        return [b""]
    start("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", POLICY)])
    return [f"<!doctype html><html lang=zh-CN><title>题</title><main>{PAGES[path]}</main>".encode()]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serve(app) as url:
        yield url


def test_a_good_page_has_no_faults_and_no_axe_findings(open_window: Callable[..., Page], site: str) -> None:
    page = open_window(site, dark=True, width=420)
    page.goto("/good")
    assert page.watch.verdict() == []  # type: ignore[attr-defined]
    assert axe_findings(page) == []
    assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "Asia/Shanghai"
    assert page.evaluate("navigator.language") == "zh-CN"


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/style", "content policy: style-src"),
        ("/script", "script error: .*broken on purpose"),
        ("/missing", "file answered 404"),
        ("/off", "request to another address|content policy"),
    ],
)
def test_a_fault_is_seen(open_window: Callable[..., Page], site: str, path: str, fault: str) -> None:
    page = open_window(site)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert page.watch.verdict() != []  # type: ignore[attr-defined]
    page.watch.allow(fault)  # type: ignore[attr-defined]
    assert page.watch.verdict() == []  # type: ignore[attr-defined]


def test_axe_finds_a_field_without_a_name(open_window: Callable[..., Page], site: str) -> None:
    page = open_window(site, language="en")
    page.goto("/mute")
    assert [finding.partition(" ")[0] for finding in axe_findings(page)] == ["label"]


def test_typing_by_pinyin_composes_and_ends_with_the_chosen_text(
    open_window: Callable[..., Page], site: str
) -> None:
    page = open_window(site)
    page.goto("/good")
    page.focus("#q")
    type_by_pinyin(page, "tuikuan", "退款")
    assert page.input_value("#q") == "退款"
    assert page.evaluate("seen")[-1] == "退款"
