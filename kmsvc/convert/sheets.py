"""Rows of cells out of XLSX and CSV files, as text: dates in ISO form, whole numbers without a point."""

from __future__ import annotations

import csv
import datetime
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kmsvc.convert import limits
from kmsvc.convert.encoding import decode
from kmsvc.convert.export import without_apostrophe
from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Notice
from kmsvc.markup.cleaning import scrub

_DELIMITERS = ",\t;|"


@dataclass
class Sheet:
    """One sheet: its name ("" for CSV), its rows with content as (number from 1, cells), and notices."""

    name: str
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def add(self, number: int, cells: list[str]) -> None:
        """Keep a row unless it is empty; refuse more than the limit."""
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            return
        if len(self.rows) >= limits.ROWS:
            raise Refused("too_many_rows", limit=limits.ROWS)
        self.rows.append((number, cells))


def read_sheets(path: Path, kind: str) -> Iterator[Sheet]:
    """Each visible sheet. kind: xlsx, csv or xls."""
    if kind == "csv":
        yield csv_sheet(path.read_bytes())
    elif kind == "xls":
        from kmsvc.convert.old_sheets import read_old_sheets

        yield from read_old_sheets(path)
    else:
        yield from _xlsx_sheets(path)


def csv_sheet(data: bytes) -> Sheet:
    """The rows of a CSV file. Raises Refused."""
    text, encoding = decode(data)
    sheet = Sheet("")
    if encoding == "gb18030":
        sheet.notices.append(Notice("guessed_encoding", {"encoding": "GB18030"}))
    text = scrub(text)
    declared = _declared(text)
    delimiter = declared or delimiter_of(text)
    csv.field_size_limit(limits.LINE_MB * limits.MB)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    start = 1
    try:
        for cells in reader:
            if start > 1 or not declared:
                sheet.add(start, [without_apostrophe(cell.strip()) for cell in cells[: limits.COLUMNS]])
            start = reader.line_num + 1
    except csv.Error:
        raise Refused("damaged") from None
    return sheet


def _declared(text: str) -> str:
    """The sign named by a first line like `sep=;`, as Excel writes it, or ""."""
    first = text.split("\n", 1)[0].strip()
    return first[4] if len(first) == 5 and first[:4].lower() == "sep=" and first[4] in _DELIMITERS else ""


def delimiter_of(text: str) -> str:
    """The sign that cuts most of the first lines into the same number of cells, and more than one."""
    lines = [line for line in text[:20_000].split("\n")[:30] if line.strip()]

    def steadiness(sign: str) -> tuple[int, int]:
        widths = Counter(map(len, csv.reader(lines, delimiter=sign)))
        width, count = max(
            widths.items(), key=lambda item: (item[1] if item[0] > 1 else 0, item[0]), default=(1, 0)
        )
        return (count, width) if width > 1 else (0, 0)

    try:
        return max(_DELIMITERS, key=steadiness)
    except csv.Error:
        return ","


def _xlsx_sheets(path: Path) -> Iterator[Sheet]:
    import openpyxl

    if not openpyxl.DEFUSEDXML:  # without it a workbook's XML could grow without bound
        raise RuntimeError("defusedxml is missing")
    # A file object, because openpyxl judges a path by its ending and a stored file has none.
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        yield from _worksheets(book)


def _worksheets(book: Any) -> Iterator[Sheet]:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    total = 0
    for worksheet in book.worksheets:
        if not isinstance(worksheet, ReadOnlyWorksheet):
            continue
        if worksheet.sheet_state != "visible":
            yield Sheet(
                scrub(worksheet.title), notices=[Notice("sheet_hidden", {"sheet": scrub(worksheet.title)})]
            )
            continue
        sheet = Sheet(scrub(worksheet.title))
        worksheet.reset_dimensions()  # what a file says about its own size is not believed
        number = 0
        for cells in worksheet.iter_rows(max_col=limits.COLUMNS):
            number += 1
            if cells and any(cell.value is not None for cell in cells):
                sheet.add(number, [_text(cell) for cell in cells])
        total += len(sheet.rows)
        if total > limits.ROWS:
            raise Refused("too_many_rows", limit=limits.ROWS)
        yield sheet


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return scrub(value).strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime):
        return (
            value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "minutes")
        )
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, float | int):
        if "%" in str(cell.number_format or ""):
            return f"{value * 100:.10g}%"
        return str(int(value)) if value == int(value) else f"{value:.15g}"
    return scrub(str(value))
