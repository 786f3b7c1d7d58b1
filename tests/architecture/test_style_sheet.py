"""The style sheet: every part is in its list, a browser gets them as one file, and only the tokens name colours."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from kmsvc import assets
from tests.support.clients import Caller

STATIC = Path(__file__).resolve().parents[2] / "kmsvc/static"
SHEET = STATIC / assets.SHEET
PARTS = sorted((STATIC / "css").rglob("*.css"))
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(")


def test_every_part_stands_once_in_the_list() -> None:
    named = re.findall(r'@import "([^"]+)"', SHEET.read_text("utf-8"))
    assert sorted(named) == [part.relative_to(STATIC).as_posix() for part in PARTS]


def test_a_browser_gets_all_parts_in_one_file_and_keeps_it(client: Callable[..., Caller]) -> None:
    page = client().get("/sign-in").text
    place = re.search(r'href="([^"]*/static/kmsvc\.css\?v=[^"]+)"', page)
    assert place is not None
    assert "/static/css/" not in page
    answer = client().get(place[1])
    assert "@import" not in answer.text
    assert all(part.read_text("utf-8") in answer.text for part in PARTS)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000"


def test_another_part_makes_another_address(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    (tmp_path / assets.SHEET).write_text('@import "css/one.css";\n')
    (tmp_path / "css/one.css").write_text("a { top: 0 }")
    before = assets.fingerprints(tmp_path)[assets.SHEET]
    (tmp_path / "css/one.css").write_text("a { top: 1px }")
    assert assets.fingerprints(tmp_path)[assets.SHEET] != before


def test_only_the_tokens_name_colours() -> None:
    named = {
        part.name: found
        for part in PARTS
        if part.name not in ("tokens.css", "icons.css") and (found := COLOUR.findall(part.read_text("utf-8")))
    }
    assert named == {}
