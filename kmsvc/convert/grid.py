"""An HTML table as a Markdown table: joined cells are spread out, line ends become `<br>`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kmsvc.convert.escape import escape_cell

if TYPE_CHECKING:
    from kmsvc.convert.walk import Node, _Writer

MOST_CELLS = 100_000
WIDEST = 100


def table_markdown(table: Node, writer: _Writer) -> Iterator[str]:
    """The table as one block. A table of one cell is only a frame: its blocks come by themselves."""
    rows = list(_rows(table))
    if len(rows) == 1 and len(rows[0]) == 1:
        yield from writer.blocks(rows[0][0])
        return
    grid = _grid(rows, writer)
    if grid:
        yield markdown_rows(grid)


def markdown_rows(grid: list[list[str]]) -> str:
    """Rows of cells, already escaped, as a Markdown table; the first row is the heading."""
    width = max(map(len, grid))
    lines = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in grid]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _rows(table: Node) -> Iterator[list[Node]]:
    for child in table.children:
        if isinstance(child, str):
            continue
        if child.tag == "tr":
            yield [cell for cell in child.children if not isinstance(cell, str) and cell.tag in ("td", "th")]
        elif child.tag in ("thead", "tbody"):
            yield from _rows(child)


def _grid(rows: list[list[Node]], writer: _Writer) -> list[list[str]]:
    """A cell over several rows says its words in each; over several columns, in the first."""
    grid: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}
    cells = 0
    for row in rows:
        line: list[str] = []
        waiting = list(row)
        while waiting or len(line) in hanging:
            column = len(line)
            cells += 1
            if cells > MOST_CELLS:
                return grid
            if column in hanging:
                left, words = hanging.pop(column)
                line.append(words)
                if left > 1:
                    hanging[column] = (left - 1, words)
                continue
            cell = waiting.pop(0)
            words = escape_cell(_cell_text(cell, writer))
            across, down = _span(cell, "colspan"), _span(cell, "rowspan")
            for offset in range(across):
                line.append(words if offset == 0 else "")
                if down > 1:
                    hanging[column + offset] = (down - 1, words if offset == 0 else "")
        if any(line):
            grid.append(line)
    return grid


def _cell_text(cell: Node, writer: _Writer) -> str:
    return "\n".join(block for block in writer.blocks(cell) if block)


def _span(cell: Node, name: str) -> int:
    value = cell.attrs.get(name, "")
    return max(1, min(int(value), WIDEST)) if value.isdecimal() and len(value) < 6 else 1
