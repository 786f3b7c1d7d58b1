"""Sheets whose columns are understood: which row holds the headings, which column means what. For every import."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kmsvc.convert.assigning import SEARCHED_ROWS
from kmsvc.convert.columns import by_position, codes, recognise
from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import HowRead, Notice, Row, Table
from kmsvc.convert.sheets import Sheet, read_sheets


def read_tables(path: Path, kind: str, sort: str) -> Iterator[Table | Notice]:
    """Each sheet with content as a table, and notices.

    kind: xlsx or csv. sort: a table of columns.toml; articles are read by readers/table.py.
    Raises Refused("no_headings") where columns cannot be guessed.
    """
    found = False
    for sheet in read_sheets(path, kind):
        yield from sheet.notices
        if sheet.rows:
            found = True
            yield from _table(sheet, sort)
        elif not sheet.notices:
            yield Notice("sheet_empty", {"sheet": sheet.name})
    if not found:
        raise Refused("empty")


def read_table(path: Path, kind: str, sort: str) -> Table:
    """The first sheet with content as a table."""
    return next(table for table in read_tables(path, kind, sort) if isinstance(table, Table))


def _table(sheet: Sheet, sort: str) -> Iterator[Table | Notice]:
    for index, (number, cells) in enumerate(sheet.rows[:SEARCHED_ROWS]):
        meaning = recognise(cells, sort)
        if not meaning:
            continue
        if index:
            yield Notice("lines_above_heading", {"count": index})
        named = {position: cell for position, cell in enumerate(cells) if cell}
        columns = ", ".join(f"{named[position]} = {code}" for position, code in meaning.items())
        how = HowRead("heading_row", {"sheet": sheet.name, "row": number, "columns": columns})
        unknown = {position: name for position, name in named.items() if position not in meaning}
        yield _rows(sheet, sheet.rows[index + 1 :], meaning, unknown, how)
        return
    width = max(len(cells) for _, cells in sheet.rows)
    meaning = by_position(width, sort)
    if not meaning:
        raise Refused("no_headings", columns=", ".join(codes(sort)))
    columns = ", ".join(f"{position + 1} = {code}" for position, code in meaning.items())
    how = HowRead("by_position", {"sheet": sheet.name, "columns": columns})
    unknown = {position: "" for position in range(width) if position not in meaning}
    yield _rows(sheet, sheet.rows, meaning, unknown, how)


def _rows(
    sheet: Sheet,
    rows: list[tuple[int, list[str]]],
    meaning: dict[int, str],
    unknown: dict[int, str],
    how: HowRead,
) -> Table:
    """Cells under their codes; what has no code stands under `+` and its heading, in the order of the columns."""
    table = Table(sheet.name, tuple(meaning.values()), tuple(unknown.values()), [], how)
    for number, cells in rows:
        values = {code: cells[position] for position, code in meaning.items() if position < len(cells)}
        for position, heading in unknown.items():
            if position < len(cells) and cells[position]:
                values[f"+{heading or position + 1}"] = cells[position]
        table.rows.append(Row(number, values))
    return table
