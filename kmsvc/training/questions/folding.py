"""Texts and numbers as candidates type them, in the form in which they are compared."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from kmsvc.training.questions.kinds import Folding

if TYPE_CHECKING:
    from opencc import OpenCC

_GAPS = re.compile(r"\s+")
_MINUS = str.maketrans("\u2212\u2013\u2010\u2011", "----")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d*)?")
_NUMBER = re.compile(r"(?P<number>[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?)(?P<unit>.*)", re.DOTALL)


def folded(text: str, how: Folding) -> str:
    """The text without the differences that do not count. Spaces at its ends never count."""
    text = unicodedata.normalize("NFC", text)
    if how.width:
        text = "".join(_narrow(one) for one in text)
    if how.script:
        text = _simplifier().convert(text)
    if how.case:
        text = text.casefold()
    return _GAPS.sub("", text) if how.spaces else text.strip()


def number_in(text: str, unit: str = "") -> Decimal | None:
    """The number of an answer, with or without its unit on either side; None when it is none, or has another unit.

    Full-width digits, a typographic minus and thousands parted by commas are understood; the exponent has three digits at most."""
    plain = unicodedata.normalize("NFKC", text).translate(_MINUS).strip()
    wanted = _as_unit(unit)
    if wanted and plain.casefold().startswith(wanted):
        plain = plain[len(wanted):].lstrip()
    grouped = _GROUPED.match(plain)
    if grouped is not None:
        plain = grouped[0].replace(",", "") + plain[grouped.end():]
    found = _NUMBER.fullmatch(plain)
    if found is None or not found["number"].isascii():
        return None
    return Decimal(found["number"]) if _as_unit(found["unit"]) in ("", wanted) else None


def _as_unit(text: str) -> str:
    return _GAPS.sub("", unicodedata.normalize("NFKC", text).casefold())


def _narrow(one: str) -> str:
    """A full-width letter, digit or mark as its half-width one, and half-width kana as full; nothing else is touched."""
    return unicodedata.normalize("NFKC", one) if unicodedata.east_asian_width(one) in "FH" else one


@cache
def _simplifier() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")
