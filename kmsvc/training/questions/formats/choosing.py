"""What somebody says the columns of sheets are, where that cannot be seen: `C=stem` for every sheet, `Sheet1!C=stem` for one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kmsvc.convert.refusals import Refused
from kmsvc.core.texts import N_
from kmsvc.training.questions.formats.layout import Layout

CODES = {
    "stem": N_("Stem"), "key": N_("Right answer"), "option": N_("One option"), "options": N_("All options"), "kind": N_("Kind"),
    "number": N_("Outside number"), "topic": N_("Topic"), "difficulty": N_("Difficulty"), "points": N_("Points"),
    "explanation": N_("Explanation"), "tolerance": N_("Tolerance"), "unit": N_("Unit of the number"),
    "credit": N_("How points are given"),
    "rubric": N_("Rubric"), "tags": N_("Tags"), "ignore": N_("Not used"),
}
"""what a column can be; several may be an option, every other one stands once"""
EVERY = ""
NO_HEADING = "no"
_WORD = re.compile(r"(?:(?P<sheet>[^!]+)!)?(?P<column>[A-Za-z]{1,2})\s*=\s*(?P<code>[a-z_]+)")


@dataclass(frozen=True)
class SaidOfSheet:
    """columns: position -> code; heading: the row of the headings, `no` for none, None where they are looked for."""

    columns: Mapping[int, str] = field(default_factory=dict)
    heading: str | None = None


Said = Mapping[str, SaidOfSheet]
"""sheet, EVERY for all -> what is said of it"""


def said(columns: Sequence[str], heading: str = "") -> Said:
    """What options of a command or fields of a form say. Raises Refused with a code of `convert`."""
    found: dict[str, dict[int, str]] = {}
    for word in (part.strip() for one in columns for part in one.split(",") if part.strip()):
        match = _WORD.fullmatch(word)
        if match is None:
            raise Refused("column_word", said=word[:60])
        if match["code"] not in CODES:
            raise Refused("column_unknown", said=match["code"][:40], known=", ".join(CODES))
        place = found.setdefault(match["sheet"] or EVERY, {})
        at = position(match["column"])
        if at in place:
            raise Refused("column_said_twice", column=match["column"].upper())
        if match["code"] not in ("option", "ignore") and match["code"] in place.values():
            raise Refused("column_twice", first=letter(next(one for one, code in place.items() if code == match["code"])),
                          second=match["column"].upper())
        place[at] = match["code"]
    if heading and heading != NO_HEADING and not heading.isdecimal():
        raise Refused("heading_word", said=heading[:40])
    made = {sheet: SaidOfSheet(its, heading or None) for sheet, its in found.items()}
    if heading and not made:
        made[EVERY] = SaidOfSheet({}, heading)
    return made


def chosen(said: Said | None, sheet: str, rows: Sequence[tuple[int, list[str]]], recognised: Layout | None) -> Layout | None:
    """The layout of a sheet after what was said of it; the recognised one where nothing was."""
    own = (said or {}).get(sheet) or (said or {}).get(EVERY)
    if own is None:
        return recognised
    heading = recognised.heading_row if recognised is not None else None
    if own.heading == NO_HEADING:
        heading = None
    elif own.heading is not None:
        heading = next((index for index, (number, _) in enumerate(rows) if number == int(own.heading)), None)
        if heading is None:
            raise Refused("no_such_row", row=own.heading, sheet=sheet, limit=len(rows))
    columns = dict(recognised.columns) if recognised is not None and own.heading is None else {}
    options = set(recognised.options) if recognised is not None and own.heading is None else set()
    for position, code in own.columns.items():
        columns.pop(position, None)
        options.discard(position)
        if code == "option":
            options.add(position)
        elif code != "ignore":
            columns = {at: held for at, held in columns.items() if held != code}
            columns[position] = code
    if "stem" not in columns.values():
        return None
    return Layout(columns, tuple(sorted(options)), 0 if heading is None else heading + 1, heading,
                  recognised.markdown if recognised is not None else False)


def letter(position: int) -> str:
    """Column A for 0, AA for 26."""
    return (chr(ord("A") + position // 26 - 1) if position >= 26 else "") + chr(ord("A") + position % 26)


def position(column: str) -> int:
    """0 for column A."""
    at = 0
    for one in column.upper():
        at = at * 26 + ord(one) - ord("A") + 1
    return at - 1


def words_of(said: Said) -> Iterable[str]:
    """What was said, as `said` reads it."""
    for sheet, its in said.items():
        for at, code in sorted(its.columns.items()):
            yield f"{f'{sheet}!' if sheet else ''}{letter(at)}={code}"
