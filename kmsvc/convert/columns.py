"""What a column of a sheet means, by its heading in Chinese or English; the words stand in columns.toml."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from kmsvc.convert.values import day_in

_BRACKETS = re.compile(r"[(\[{\u3010].*?[)\]}\u3011]|[(\[{\u3010].*\Z", re.DOTALL)
_MARKS = re.compile(r"[\s_*:.\-/\u3000]+")
# A question may hold a comma, a tag may not.
_BETWEEN_TAGS = re.compile(r"[,\uff0c;\uff1b\u3001|\n]")
_BETWEEN_ALIASES = re.compile(r"[;\uff1b|\n]")
LISTS = {"tags": _BETWEEN_TAGS, "aliases": _BETWEEN_ALIASES,
         **dict.fromkeys(("product", "region", "channel", "customer"), _BETWEEN_TAGS)}


@functools.cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("columns.toml").read_text("utf-8"))


def codes(sort: str) -> tuple[str, ...]:
    """The columns that a sort of sheet (articles, accounts, vocabulary, searches, scopes) may have."""
    return tuple(_table()[sort])


def word_styles() -> dict[str, str]:
    """Paragraph style of Word -> the heading it stands for."""
    return dict(_table()["word_styles"])


def code_of(heading: str, sort: str) -> str | None:
    """The column that this heading names, or None."""
    return _names(sort).get(_bare(heading))


LEAST_DAYS, _FAR = 2, date(2200, 12, 31)


def recognise(headings: Sequence[str], sort: str, *, whole: bool = True) -> dict[int, str]:
    """Position of a column -> its code; the first of two equal ones counts. Empty when this is no heading row. Of sorts that may have a
    column a day, a person beside days is one too.

    whole: it must name what such a row needs; else whatever it names is given, for a row that was said to hold the headings.
    """
    found: dict[int, str] = {}
    for position, heading in enumerate(headings):
        code = code_of(heading, sort) if len(heading) <= 100 else None
        if code is not None and code not in found.values():
            found[position] = code
    if whole and set(_table()["by_day"].get(sort, ())) & set(found.values()) and sum(
            day_in(heading, _FAR) is not None for heading in headings) >= LEAST_DAYS:
        return found
    groups = _table()["required"][sort]
    return found if not whole or any(set(group) <= set(found.values()) for group in groups) else {}


def fingerprint(headings: Sequence[str]) -> str:
    """A heading row as it is compared with that of another file; "" for a row that says next to nothing."""
    plain = [_bare(heading)[:60] for heading in headings]
    return "\x1f".join(plain).rstrip("\x1f") if sum(map(bool, plain)) > 1 else ""


def by_position(width: int, sort: str) -> dict[int, str]:
    """The meaning of columns in a sheet without headings; empty when such a sheet makes no sense."""
    order = _table()["positions"].get(sort, [])
    if width == 1 and "body" in order:
        return {0: "body"}
    return dict(enumerate(order[:width])) if width <= len(order) else dict(enumerate(order[:2]))


def article_fields(values: Mapping[str, str]) -> dict[str, str | list[str]]:
    """Cells by heading or code -> fields by code, lists split and confidentiality as its code; unknown ones left out."""
    fields: dict[str, str | list[str]] = {}
    for heading, value in values.items():
        code = code_of(heading, "articles")
        value = value.strip()
        if code is None or not value:
            continue
        if code in LISTS:
            fields[code] = split_list(code, value)
        elif code == "confidentiality":
            fields[code] = _value("confidentiality", value)
        else:
            fields[code] = value
    return fields


def meaning_of(code: str, value: str) -> str:
    """The code behind a word of a column that holds codes; a word without meaning is given back."""
    return _value(code, value)


def split_list(code: str, value: str) -> list[str]:
    """The items of a cell that holds a list, once each."""
    return list(dict.fromkeys(item.strip() for item in LISTS[code].split(value) if item.strip()))


@functools.cache
def _names(sort: str) -> dict[str, str]:
    return {_bare(name): code for code, names in _table()[sort].items() for name in names}


def _value(code: str, value: str) -> str:
    for meaning, names in _table()["values"][code].items():
        if _bare(value) in {_bare(name) for name in names}:
            return str(meaning)
    return value


def _bare(heading: str) -> str:
    plain = unicodedata.normalize("NFKC", heading).lower()
    return _MARKS.sub("", _BRACKETS.sub("", plain))
