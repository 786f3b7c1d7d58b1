"""docs/features.md says what is so: every item stands once, its tests exist and hold tests, its pages are addresses of the product."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
STATES = {"there", "partly", "not yet"}


def rows() -> list[list[str]]:
    """Each item: id, words, state, where, tests, what is missing."""
    text = (ROOT / "docs/features.md").read_text("utf-8")
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if re.match(r"\| [A-Z]\d", line)]


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_item_stands_once_with_a_state() -> None:
    found = rows()
    ids = [row[0].strip("| ") for row in found]
    assert ids[:24] == [f"B{n}" for n in range(1, 25)]
    assert ids[24:48] == [f"C{n}" for n in range(1, 25)] and ids[48:68] == [f"E{n}" for n in range(1, 21)]
    beyond = [int(one.removeprefix("W")) for one in ids[68:]]
    assert beyond == sorted(set(beyond))
    assert all(len(row) == 6 and row[2] in STATES for row in found), [row for row in found if len(row) != 6 or row[2] not in STATES]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0].strip("| "))
def test_what_is_there_is_shown_by_tests_and_what_is_missing_is_said(row: list[str]) -> None:
    state, where, tests, missing = row[2:6]
    assert (state == "not yet") == (not named(tests)) == (not named(where))
    assert (state == "there") == (missing.strip("| ") == "–")
    for one in named(tests):
        path = ROOT / one
        files = [path] if path.is_file() else sorted(path.glob("test_*.py"))
        assert any(re.search(r"^(?:async )?def test_", file.read_text("utf-8"), re.MULTILINE) for file in files), one


def test_every_page_named_is_an_address(app: Flask) -> None:
    known = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert [one for row in rows() for one in named(row[3]) if one.startswith("/") and one not in known] == []
