"""Rows of cells out of XLS files, the Excel format from before 2007, as text like those of `sheets.py`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kmsvc.convert import limits
from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Notice
from kmsvc.convert.sheets import Sheet
from kmsvc.markup.cleaning import scrub


def read_old_sheets(path: Path) -> Iterator[Sheet]:
    """Each visible sheet. Raises Refused: encrypted, damaged, too_many_rows."""
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=path.read_bytes(), logfile=io.StringIO(), on_demand=True, ragged_rows=True)
    except xlrd.XLRDError as error:
        raise Refused("encrypted" if "encrypt" in str(error).lower() else "damaged") from None
    total = 0
    for index in range(book.nsheets):
        worksheet = book.sheet_by_index(index)
        name = scrub(worksheet.name)
        if worksheet.visibility:
            yield Sheet(name, notices=[Notice("sheet_hidden", {"sheet": name})])
            continue
        sheet = Sheet(name)
        for number in range(worksheet.nrows):
            sheet.add(number + 1, [_text(cell, book.datemode) for cell in worksheet.row(number)[: limits.COLUMNS]])
        total += len(sheet.rows)
        if total > limits.ROWS:
            raise Refused("too_many_rows", limit=limits.ROWS)
        book.unload_sheet(index)
        yield sheet


def _text(cell: Any, datemode: int) -> str:
    import xlrd

    value = cell.value
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return scrub(value).strip()
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            moment = xlrd.xldate_as_datetime(value, datemode)
        except (ValueError, OverflowError):
            return f"{value:.15g}"
        return moment.date().isoformat() if not value % 1 else moment.isoformat(" ", "minutes")
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return str(int(value)) if value == int(value) else f"{value:.15g}"
    return ""
