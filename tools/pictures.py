"""Take the README's pictures of a fresh demo: python tools/pictures.py [--data FOLDER] [--to FOLDER] [NAME …].

Each is a real page of `kmsvc demo` in Chromium, signed in as the person who uses it; colours are cut to a palette so that
a file stays below 200 kB.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from kmsvc.people.roles import Role

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-dev-shm-usage", "--force-device-scale-factor=1"]
COLOURS = 160


@dataclass(frozen=True)
class Shot:
    """A picture: whose page, how it is reached, in which language, light or dark, how wide."""

    name: str
    role: str
    go: Callable[[Any], None]
    language: str = "zh_Hans_CN"
    dark: bool = False
    width: int = 1280
    height: int = 800


def at(path: str) -> Callable[[Any], None]:
    """Open an address."""
    def go(page: Any) -> None:
        page.goto(path)
    return go


def searching(text: str) -> Callable[[Any], None]:
    """Type a question and wait until the answer stands beside the results."""
    def go(page: Any) -> None:
        page.goto("/search")
        field = page.locator("input[name=q]:visible").first
        for _ in ("first opens the index", "then as every day"):
            field.fill("")
            field.press_sequentially(text, delay=20)
            page.wait_for_timeout(900)
    return go


def change_at(state: str) -> Callable[[Any], None]:
    """The page of the first request that stands at this step."""
    def go(page: Any) -> None:
        found = page.request.get(f"/api/v1/process/changes?state={state}&limit=1").json()["items"]
        page.goto(f"/process/changes/{found[0]['id']}")
    return go


SHOTS = (
    Shot("agent-search", "agent", searching("退费标准")),
    Shot("change-request", "process_manager", change_at("final1")),
    Shot("board", "process_manager", at("/process/changes/board")),
    Shot("process-tree", "process_manager", at("/process/definitions")),
    Shot("my-day-dark", "process_author", at("/"), dark=True),
    Shot("agent-search-phone", "agent", searching("tfbz"), width=420, height=800),
)


@contextlib.contextmanager
def demo(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The demo, served from a folder: its address and what it keeps about itself."""
    env = {**os.environ, "KMSVC_DATA_DIR": str(folder)}
    words = [sys.executable, "-u", "-m", "kmsvc", "demo", "--port", "0"]
    with subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            found = next(match for line in running.stdout if (match := re.search(r"http://\S+", line)))
            yield found.group(), json.loads((folder / "demo.json").read_text("utf-8"))
        finally:
            running.terminate()
            running.wait(timeout=20)


def take(browser: Any, home: str, kept: dict[str, Any], shot: Shot) -> bytes:
    """One picture as PNG."""
    login = dict(kept["banner"])[Role(shot.role).label]
    context = browser.new_context(
        base_url=home, locale="zh-CN" if shot.language.startswith("zh") else "en-US", timezone_id="Asia/Shanghai",
        reduced_motion="reduce", color_scheme="dark" if shot.dark else "light",
        viewport={"width": shot.width, "height": shot.height})
    context.add_cookies([{"name": "km-language", "value": shot.language, "url": home},
                         {"name": "km-theme", "value": "dark" if shot.dark else "light", "url": home}])
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", kept["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state("networkidle")
    shot.go(page)
    page.wait_for_load_state("networkidle")
    made: bytes = page.screenshot()
    context.close()
    return made


def small(picture: bytes) -> bytes:
    """The same picture with a palette; as it is where Pillow is missing."""
    try:
        from PIL import Image
    except ImportError:
        return picture
    out = BytesIO()
    Image.open(BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return min(picture, out.getvalue(), key=len)


def main() -> None:
    """Take the pictures asked for, or all."""
    from playwright.sync_api import sync_playwright

    from tools.ensure_chromium import find_chromium

    asked = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    asked.add_argument("names", nargs="*")
    asked.add_argument("--data", type=Path)
    asked.add_argument("--to", type=Path, default=ROOT / "docs/pictures")
    given = asked.parse_args()
    given.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as spare, demo((given.data or Path(spare) / "demo").absolute()) as (home, kept), \
            sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for shot in SHOTS:
            if given.names and shot.name not in given.names:
                continue
            picture = small(take(browser, home, kept, shot))
            (given.to / f"{shot.name}.png").write_bytes(picture)
            print(f"{shot.name}.png {len(picture) // 1000} kB")
        browser.close()


if __name__ == "__main__":
    main()
