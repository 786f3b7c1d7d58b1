"""Which column of a sheet of questions means what: by its headings, or by what stands in it where there are none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kmsvc.training.questions.formats import cells
from kmsvc.training.questions.formats.words import heading, kind_in, meaning, says_markdown

SEARCHED_ROWS = 15
"""a heading row may stand below a title and remarks"""
_LETTERS = re.compile(r"[A-Ha-h](?:[\s,\uff0c\u3001;\uff1b]*[A-Ha-h]){0,7}")
Rows = Sequence[tuple[int, list[str]]]


@dataclass(frozen=True)
class Layout:
    """columns: position -> code; options: the positions of the options' own columns in their order; first: index of the first row
    below the headings; heading_row: index, None without headings; markdown: texts are Markdown, otherwise plain words."""

    columns: Mapping[int, str]
    options: tuple[int, ...]
    first: int
    heading_row: int | None
    markdown: bool = False

    def values(self, row: Sequence[str]) -> dict[str, str]:
        """The cells of a row by their codes."""
        return {code: row[position] for position, code in self.columns.items() if position < len(row)}

    def option_cells(self, row: Sequence[str]) -> list[str]:
        """The cells of the options' own columns, without empty ones at the end."""
        found = [row[position] if position < len(row) else "" for position in self.options]
        while found and not found[-1]:
            found.pop()
        return found


def layout_of(rows: Rows) -> Layout | None:
    """The layout of a sheet; None when nobody could say what its columns are."""
    for index, (_, row) in enumerate(rows[:SEARCHED_ROWS]):
        found = _by_headings(row, index)
        if found is not None:
            return found
    return _by_content(rows)


def _by_headings(row: Sequence[str], index: int) -> Layout | None:
    columns: dict[int, str] = {}
    options: dict[int, int] = {}
    after = None
    for position, words in enumerate(row):
        code = heading(words) if words else None
        if code is None and not words and after is not None:
            options[position] = len(options) + 1  # a heading joined over the columns of all options
        after = position if code == "options" or (after is not None and not words) else None
        if code is None:
            continue
        if code.startswith("option/"):
            options.setdefault(position, int(code[7:]))
        elif code == "options" and "options" in columns.values():
            options[position] = len(options) + 2
        elif code not in columns.values():
            columns[position] = code
    known = set(columns.values())
    if "stem" not in known or not (known & {"key", "options", "kind"} or options):
        return None
    joined = next((position for position, code in columns.items() if code == "options"), None)
    if joined is not None and options and min(options) == joined + 1 and not any(
            (heading(row[position]) or "").startswith("option/") for position in options if position < len(row) and row[position]):
        del columns[joined]
        options = {joined: 0, **options}
    return Layout(columns, tuple(sorted(options, key=lambda one: (options[one], one))), index + 1, index,
                  any(says_markdown(row[position]) for position, code in columns.items() if code == "stem"))


def _by_content(rows: Rows) -> Layout | None:
    """Without headings: the answers are the column that looks like answers, the stem the longest text before it."""
    full = [row for _, row in rows if sum(map(bool, row)) > 1]
    width = max(map(len, full), default=0)
    columns = {position: [row[position] for row in full if position < len(row) and row[position]] for position in range(width)}
    looks: list[tuple[str, Callable[[str], bool]]] = [
        ("kind", lambda cell: meaning("kind", cell) is not None),
        ("key", lambda cell: bool(_LETTERS.fullmatch(cell)) or cells.truth(cell) is not None),
        ("number", str.isdecimal)]
    found: dict[int, str] = {}
    for code, looks_so in looks:
        # the last column of answers, because an option may be a lone letter as well; the first of any other sort
        order = sorted(columns, reverse=code == "key")
        fitting = [position for position in order if position not in found and _mostly(columns[position], looks_so, len(full))]
        if fitting:
            found[fitting[0]] = code
    key = next((position for position, code in found.items() if code == "key"), None)
    free = [position for position in columns if position not in found and columns[position]]
    if key is None or not free:
        return None
    stem = max((position for position in free if position < key), key=lambda one: (_length(columns[one]) > 6, -one), default=None)
    if stem is None:
        stem = next((position for position in free if position > key), None)
        options = [position for position in free if stem is not None and position > stem]
    else:
        options = [position for position in free if stem < position < key]
    if stem is None:
        return None
    found[stem] = "stem"
    behind = [position for position in free if position > key and position not in options and position != stem]
    for position in behind:
        code = "points" if _mostly(columns[position], lambda cell: cells.amount(cell) is not None, len(full)) else "explanation"
        if code not in found.values():
            found[position] = code
    if len(options) == 1:
        return Layout({**found, options[0]: "options"}, (), 0, None)
    return Layout(found, tuple(options), 0, None)


def _mostly(column: Sequence[str], looks_so: Callable[[str], bool], rows: int) -> bool:
    return bool(column) and len(column) * 2 >= rows and sum(map(looks_so, column)) * 10 >= len(column) * 8


def _length(column: Sequence[str]) -> float:
    return sum(map(len, column)) / max(len(column), 1)


def is_section(row: Sequence[str]) -> str | None:
    """The kind that a lone cell of a row announces for those below it, as in "Part one: single choice"."""
    lone = [cell for cell in row if cell]
    return kind_in(lone[0]) if len(lone) == 1 else None
