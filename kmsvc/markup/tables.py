"""Two versions of a table compared row by row and cell by cell, so that one changed fee is one marked
cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kmsvc.markup.matching import match
from kmsvc.markup.words import Part, compare

RowStatus = Literal["same", "changed", "added", "removed"]


@dataclass(frozen=True)
class RowChange:
    """One row: its status and the parts of each cell."""

    status: RowStatus
    cells: tuple[tuple[Part, ...], ...]


def rows_of(table: str) -> list[list[str]]:
    """The cells of a Markdown table, the heading row first, the line of dashes left out."""
    lines = [line for line in table.split("\n") if line.strip()]
    return [_cells(line) for index, line in enumerate(lines) if index != 1]


def diff_table(old: str, new: str) -> list[RowChange]:
    """The rows of both tables in reading order, each cell with its parts."""
    before, after = rows_of(old), rows_of(new)
    pairs = match([("row", "\t".join(row)) for row in after], [("row", "\t".join(row)) for row in before])
    if before and after and 0 not in pairs and 0 not in pairs.values():
        pairs[0] = 0  # a heading row stays the heading row, whatever it says now
    kept = set(pairs.values())
    changes: list[RowChange] = []
    done = 0
    for index, row in enumerate(after):
        source = pairs.get(index)
        if source is None:
            changes.append(RowChange("added", tuple((("insert", cell),) for cell in row)))
            continue
        changes += [_removed(before[gone]) for gone in range(done, source) if gone not in kept]
        done = max(done, source + 1)
        same = before[source] == row
        changes.append(RowChange("same" if same else "changed", _cell_parts(before[source], row)))
    return changes + [_removed(before[gone]) for gone in range(done, len(before)) if gone not in kept]


def _removed(row: Sequence[str]) -> RowChange:
    return RowChange("removed", tuple((("delete", cell),) for cell in row))


def _cell_parts(old: Sequence[str], new: Sequence[str]) -> tuple[tuple[Part, ...], ...]:
    width = max(len(old), len(new))
    left = [*old, *[""] * (width - len(old))]
    right = [*new, *[""] * (width - len(new))]
    return tuple(tuple(compare(a, b)) for a, b in zip(left, right, strict=True))


def _cells(line: str) -> list[str]:
    cells, cell, escaped = [], "", False
    for char in line.strip().removeprefix("|"):
        if char == "|" and not escaped:
            cells.append(cell.strip())
            cell = ""
        else:
            cell += char
        escaped = char == "\\" and not escaped
    if cell.strip():
        cells.append(cell.strip())
    return cells
