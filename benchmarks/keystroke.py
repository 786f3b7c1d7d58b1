"""Keystroke to painted results: in a real browser, at 10,000 articles, from the input event to the frame after the swap."""

from __future__ import annotations

import statistics

from playwright.sync_api import sync_playwright

from benchmarks.place import copy_of, kmsvc, percentile, prepared, serving
from tests.support.chromium import FLAGS, chromium_path

WORDS = (
    "退费标准",
    "宽带断网怎么办",
    "光猫红灯",
    "tfbz",
    "改约上门时间",
    "国际漫游资费",
    "发票抬头",
    "停机保号",
    "refund",
    "押金多久退",
)

PAINT = """(text) => new Promise((done) => {
  const box = document.querySelector('input[name=q]');
  const list = document.querySelector('[role=listbox]')?.closest('[id]') || document.querySelector('#hits') || document.body;
  const began = performance.now();
  const late = setTimeout(() => done(null), 3000);
  document.body.addEventListener('htmx:afterSwap', () => requestAnimationFrame(() => requestAnimationFrame(() => {
    clearTimeout(late); done(performance.now() - began); })), { once: true });
  box.value = text; box.dispatchEvent(new InputEvent('input', { bubbles: true }));
})"""


def measure(articles: int = 10_000, rounds: int = 3) -> dict[str, object]:
    """Type growing prefixes as an agent and return the figures."""
    data = copy_of(prepared(articles), "keys")
    password = "a-rather-long-word-7"
    kmsvc("people", "accounts", "password", "mengxiao", "--password-stdin", data=data, stdin=password + "\n")
    marks: list[float] = []
    with serving(data) as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        page = browser.new_context(locale="zh-CN", reduced_motion="reduce").new_page()
        page.goto(running.address + "/sign-in")
        page.fill("input[name=login]", "mengxiao")
        page.fill("input[name=password]", password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(running.address + "/")
        page.goto(running.address + "/search")
        for turn in range(rounds):
            for word in WORDS:
                for end in range(1, len(word) + 1):
                    took = page.evaluate(PAINT, word[:end])
                    if took is not None and turn > 0:
                        marks.append(took)
        browser.close()
    return {
        "keystrokes": len(marks),
        "median ms": round(statistics.median(marks)),
        "p95 ms": round(percentile(marks, 0.95)),
        "worst ms": round(max(marks)),
    }


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:28} {value}")
