"""What a cell of a sheet says as people write it: days, and results as points or percent; full-width signs count as plain ones. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_DAY = re.compile(r"(\d{4})\s*[-/.\u5e74]\s*(\d{1,2})\s*[-/.\u6708]\s*(\d{1,2})(?:\s*[\u65e5\u53f7])?")
_JOINED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SHORT = re.compile(r"(\d{1,2})\s*[-/\u6708]\s*(\d{1,2})(?:\s*[\u65e5\u53f7])?")
_REST = re.compile(r"(\s*\(.*\)|\s*\u661f\u671f.|\s*\u5468.|(T|\s+)\d.*)?")
_SERIAL_FROM, _SERIALS = date(1899, 12, 30), range(36_526, 73_051)
"""days as spreadsheets count them, of this century"""
_AMOUNT = re.compile(r"(\d{1,6}(?:\.\d{1,12})?|\.\d{1,12})\s*(?:(%)|([/\u5171])\s*(\d{1,6}(?:\.\d{1,2})?))?\s*\u5206?")
_UNIT, _POINTS = re.compile(r"[\u5206%]+$"), re.compile(r"\u5206$")
HUNDRED = Decimal(100)


def plain(cell: str) -> str:
    """A cell with full-width signs as plain ones, without spaces around."""
    return unicodedata.normalize("NFKC", cell).strip()


def day_in(cell: str, near: date) -> date | None:
    """The day a cell names: 2026-03-05, 2026/3/5, 20260305, with year, month and day written out, with a time behind it, or as a
    spreadsheet counts days; without a year the last such day not after `near`. None where it names none."""
    words = plain(cell)
    for form in (_DAY, _JOINED):
        found = form.match(words)
        if found and _REST.fullmatch(words[found.end():]):
            return _day(*map(int, found.groups()))
    if re.fullmatch(r"\d{5}(\.\d+)?", words) and int(float(words)) in _SERIALS:
        return _SERIAL_FROM + timedelta(days=int(float(words)))
    short = _SHORT.match(words)
    if short and _REST.fullmatch(words[short.end():]):
        month, day = map(int, short.groups())
        return next((one for year in range(near.year, near.year - 5, -1) if (one := _day(year, month, day)) and one <= near), None)
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1900 <= year <= 2200 else None
    except ValueError:
        return None


def of_hundred(cell: str, full: str = "") -> Decimal | None:
    """A result as points of a hundred: 92, 92.5 points, 92 %, 0.92 as a spreadsheet keeps percent, 46/50, or 46 with full marks 50 in
    another cell; two places. None for what is none of these, lies outside 0 to 100, or is 1, which may be a point or all of them."""
    found = _AMOUNT.fullmatch(plain(cell))
    if found is None:
        return None
    value, percent, _, out_of = found.groups()
    try:
        amount, whole = Decimal(value), Decimal(out_of or _UNIT.sub("", plain(full)) or 100)
    except InvalidOperation:
        return None
    if whole <= 0 or not whole.is_finite():
        return None
    bare = not percent and not out_of and not _POINTS.search(plain(cell))
    if whole != HUNDRED and not percent:
        amount = amount * HUNDRED / whole
    elif bare and amount == 1:
        return None
    elif bare and 0 < amount < 1:
        amount *= HUNDRED
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP) if amount <= HUNDRED else None
