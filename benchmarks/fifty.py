"""Fifty questions of a demo centre's agents, typed in a real browser: how many keys until the right sentence stands there.

The scripts stand in `fifty.toml`. Each begins on the page of the search with the answer of the call before, the cursor anywhere,
and ends when the expected sentence is in sight in the pane, without scrolling. A key is what a finger presses: the shortcut `/`
to the field; Shift, which sets the input method to Latin letters, and each letter; each letter of pinyin written in full and the
key that takes the first word offered; each digit; each arrow. What an input method saves by abbreviations of its own, or because
it is set to Latin letters already, is not counted in our favour."""

from __future__ import annotations

import json
import statistics
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.place import ROOT, kmsvc, percentile, serving
from tests.support.chromium import FLAGS, chromium_path, type_by_pinyin

WAYS = {"L": "initials or words in Latin letters", "P": "a word through the input method", "#": "a number"}
SEED = 1

# Whether the list in view is the one for the words in the field: nobody goes down a list that is not there yet.
LISTED = """() => new URLSearchParams(location.search).get('q') === document.querySelector('[data-search]').value"""

# Whether the words stand in the pane, in the part of it that is in sight.
IN_SIGHT = """(words) => {
  const pane = document.getElementById('answer');
  if (!pane || !pane.checkVisibility()) return false;
  const plain = (text) => text.replace(/\\s+/g, '');
  const box = pane.getBoundingClientRect();
  const has = (node) => plain(node.textContent).includes(plain(words));
  return [...pane.querySelectorAll('*')].some((node) => {
    if (!has(node) || [...node.children].some(has)) return false;
    const at = node.getBoundingClientRect();
    return at.height > 0 && at.top >= Math.max(0, box.top) - 1 && at.bottom <= Math.min(innerHeight, box.bottom) + 1;
  });
}"""


@dataclass(frozen=True)
class Script:
    """What a customer wants, what the agent presses after `/`, and the sentence that must stand there, of which answer."""

    question: str
    keys: Sequence[str]
    answer: str
    says: str

    @property
    def way(self) -> str:
        """How it is typed, by its first part."""
        return self.keys[0][0]


@dataclass(frozen=True)
class Played:
    """How one went: keys pressed, milliseconds from the last key to the sentence, None when it did not come."""

    script: Script
    keys: int
    took_ms: float | None


class Typist:
    """Presses keys as a person at a Chinese keyboard, and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, key: str) -> None:
        """One key."""
        self.count += 1
        self.page.keyboard.press(key)

    def look(self) -> None:
        """Wait for the list."""
        until = time.perf_counter() + 4
        while not self.page.evaluate(LISTED) and time.perf_counter() < until:
            self.page.wait_for_timeout(5)

    def compose(self, letters: str, word: str) -> None:
        """A word through the input method: its letters, then the key that takes it."""
        self.count += len(letters) + 1
        type_by_pinyin(self.page, letters, word)

    def type(self, part: str) -> None:
        """One part of a script."""
        way, _, rest = part.partition(":")
        if way == "P":
            letters, _, word = rest.partition("=")
            self.compose(letters, word)
            return
        if way == "L":
            self.press("Shift")
        if not rest:
            self.look()
        for key in rest or [part]:
            self.press(key)


def scripts() -> list[Script]:
    """All of them, in the order of the calls."""
    return [Script(**one) for one in tomllib.loads((Path(__file__).parent / "fifty.toml").read_text("utf-8"))["script"]]


def play(page: Page, script: Script, wait_ms: int = 4000) -> Played:
    """One question from the key to the field to the sentence in sight."""
    page.evaluate("document.activeElement?.blur()")
    typist = Typist(page)
    typist.press("/")
    for part in script.keys:
        typist.type(part)
    began = time.perf_counter()
    while not page.evaluate(IN_SIGHT, script.says):
        if (time.perf_counter() - began) * 1000 > wait_ms:
            return Played(script, typist.count, None)
        page.wait_for_timeout(5)
    took = (time.perf_counter() - began) * 1000
    number = page.locator("#answer .facts dd").first
    expect(number).to_have_text(script.answer)
    return Played(script, typist.count, took)


def agent(browser: Browser, address: str, folder: Path) -> Page:
    """The search page of the demo's agent, signed in."""
    kept = json.loads((folder / "demo.json").read_text("utf-8"))
    page = browser.new_context(base_url=address, locale="zh-CN", reduced_motion="reduce",
                               viewport={"width": 1280, "height": 800}).new_page()
    page.goto("/sign-in")
    page.fill("input[name=login]", "mengxiao")
    page.fill("input[name=password]", kept["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url(address + "/")
    page.goto("/search")
    page.wait_for_selector("html.km-ready")
    return page


def table(played: Sequence[Played]) -> dict[str, object]:
    """The figures."""
    took = [one.took_ms for one in played if one.took_ms is not None]
    keys = [one.keys for one in played]
    by_way = {name: [one.keys for one in played if one.script.way == way] for way, name in WAYS.items()}
    return {
        "questions, of them answered": f"{len(played)}, {len(took)}",
        "keys, median (shortcut and Shift counted)": f"{statistics.median(keys):g}",
        "keys, least to most": f"{min(keys)} to {max(keys)}",
        "questions with at most six keys": sum(one <= 6 for one in keys),
        **{f"keys, median: {name}": f"{statistics.median(found):g} ({len(found)} questions)" for name, found in by_way.items() if found},
        "last key to the sentence in sight, median ms": round(statistics.median(took)),
        "the same, p95 ms": round(percentile(took, 0.95)),
    }


def measure() -> dict[str, object]:
    """Make the demo, play all scripts, return the figures."""
    folder = ROOT / "var" / "bench" / "fifty"
    if not (folder / "demo.json").exists():
        kmsvc("demo", "--no-serve", "--seed", str(SEED), data=folder)
    with serving(folder) as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        page = agent(browser, running.address, folder)
        played = [play(page, one) for one in scripts()]
        browser.close()
    return table(played)


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:60} {value}")
