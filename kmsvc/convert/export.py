"""Tables to take away, as CSV and XLSX, in which no cell of text can be a formula for the program that opens it."""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal

# What a spreadsheet program takes for the beginning of a formula; the full-width signs count in Chinese Excel.
_FORMULA = re.compile("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WRITTEN = re.compile(rb"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
LONGEST_CELL = 32_767
WIDEST_COLUMN = 60

Cell = str | int | float | Decimal | bool | datetime.date | datetime.datetime | None


def csv_bytes(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """CSV in UTF-8 with its mark, so that Excel reads Chinese. Text that looks like a formula gets an apostrophe.

    Instants must be in the zone of the reader already; they are written without one.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in (headers, *rows):
        writer.writerow([_csv_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig", "replace")


def xlsx_bytes(
    title: str, headers: Sequence[str], rows: Iterable[Sequence[Cell]], header_note: str | None = None
) -> bytes:
    """One sheet with bold headings that stay in view. Text is typed as text, dates are dates, numbers are numbers.

    header_note: a line above the headings, for example who exported what and when.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    body = [list(row) for row in rows]
    book = Workbook(write_only=True)
    sheet = book.create_sheet((_NOT_IN_SHEET_NAME.sub(" ", _printable(title)).strip("' ") or "1")[:31])
    for column, width in enumerate(_widths(headers, body), start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = f"A{3 if header_note else 2}"

    def cell(value: Cell, font: Font | None = None) -> WriteOnlyCell:
        made = WriteOnlyCell(sheet)
        text = _printable(value) if isinstance(value, str) else ""
        if text:
            made.value = text
            made.data_type = "s"  # openpyxl would make a formula of "=…"
            made.quotePrefix = bool(_FORMULA.match(text))  # and Excel, when somebody edits the cell
        elif isinstance(value, datetime.datetime):
            made.value = value.replace(tzinfo=None)
            made.number_format = "yyyy-mm-dd hh:mm"
        elif isinstance(value, datetime.date):
            made.value = value
            made.number_format = "yyyy-mm-dd"
        elif not isinstance(value, str):
            made.value = value
        if font is not None:
            made.font = font
        return made

    if header_note:
        sheet.append([cell(header_note, Font(italic=True))])
    sheet.append([cell(header, Font(bold=True)) for header in headers])
    for row in body:
        sheet.append([cell(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def still(xlsx: bytes) -> bytes:
    """The same workbook without a trace of when it was written: the same rows give the same bytes, on every machine, in every year."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for name in sorted(old.namelist(), key=lambda one: (one != "[Content_Types].xml", one)):
            body = old.read(name)
            if name == "docProps/core.xml":
                body = _WRITTEN.sub(b"2000-01-01T00:00:00Z", body)
            new.writestr(zip_entry(name), body)
    return out.getvalue()


def zip_entry(name: str) -> zipfile.ZipInfo:
    """A member of an archive that tells nothing of when, where and by whom it was made."""
    found = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    found.create_system, found.external_attr = 3, 0o644 << 16
    return found


def safe_text(text: str) -> str:
    """Text for a CSV cell: an apostrophe before what a spreadsheet program would take for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def without_apostrophe(cell: str) -> str:
    """The text of a CSV cell again, without the apostrophe that safe_text, or a person for the same reason, put before it."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell


def _csv_cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return safe_text(value.replace("\x00", ""))
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None).isoformat(" ", "minutes")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


def _printable(text: str) -> str:
    return _NOT_IN_XML.sub("", text)[:LONGEST_CELL]


def _widths(headers: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[float]:
    """Column widths from the headings and the first rows; a Chinese character is two wide."""
    widths = [float(_width(header)) for header in headers]
    for row in rows[:200]:
        for index, value in enumerate(row[: len(widths)]):
            widths[index] = max(widths[index], _width(str(value)) if value is not None else 0)
    return [min(width + 2, WIDEST_COLUMN) for width in widths]


def _width(text: str) -> int:
    line = text.split("\n", 1)[0][:100]
    return sum(2 if ord(char) > 0x2E7F else 1 for char in line)
