"""Which column of a sheet is what, as somebody said it, as its headings say, or as its place lets guess; and what of that cannot be.

A column has a code of columns.toml, or MORE (it goes below the answer, under its heading), BELOW or IGNORED. What was said travels as
JSON, a layout: {"sheets": {name or "*" for each: {"heading", "columns": {position from 0: code}, "partly", "skip"}}, "remembered":
{fingerprint of a heading row: codes}, "elsewhere": [sheets that other files of the same import have]}, the last only where there are
other files. heading: "" is found by itself, "no", "yes" (the likeliest row), or the number of its row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from kmsvc.convert.columns import LISTS, by_position, code_of, codes, fingerprint, meaning_of, recognise
from kmsvc.convert.refusals import Refused
from kmsvc.convert.sheets import Sheet

MORE, IGNORED, BELOW = "more", "ignored", "category_below"
EXTRA = (MORE, BELOW, IGNORED)
"""What a column can be beside the codes of articles. BELOW: its category stands for empty cells below it, too, as in joined cells."""
SEVERAL = frozenset({*LISTS, MORE, IGNORED})
EVERY = "*"
# A heading row may stand below a title and a remark.
SEARCHED_ROWS = 10
LONGEST_HEADING = 20
_COLUMN = re.compile(r"[A-Z]{1,2}|\*")
_SAID = re.compile(r"(?P<place>(?:[^!]{1,100}!)?(?:[A-Za-z]{1,2}|\*))\s*[=:\uff1d\uff1a]\s*(?P<what>.{1,100})", re.DOTALL)
_BETWEEN = re.compile(r"[,\uff0c;\uff1b\n]")


@dataclass(frozen=True)
class Assigned:
    """What somebody said of one sheet. skip: it is left out; general: its heading is what was said of every sheet; partly: its other
    columns are guessed as if nothing had been said."""

    heading: str = ""
    columns: Mapping[int, str] = field(default_factory=dict)
    skip: bool = False
    general: bool = False
    partly: bool = False


@dataclass(frozen=True)
class Reading:
    """How a sheet is read. at: index of its heading row among the rows with content, -1 for none; headings and codes: one a column;
    numbered: position of a column that only counts the rows under a heading that could name an id, -1 for none."""

    at: int
    headings: Sequence[str]
    codes: Sequence[str]
    chosen: bool
    numbered: int = -1


def letter(position: int) -> str:
    """The name of a column as a sheet shows it: 0 is A, 26 is AA."""
    return (chr(64 + position // 26) if position >= 26 else "") + chr(65 + position % 26)


def position_of(name: str) -> int:
    """The other way round."""
    found = 0
    for one in name.upper():
        found = found * 26 + ord(one) - 64
    return found - 1


def meaning(word: str) -> str | None:
    """The code behind what a person calls a column: a code, a heading we know, further text, not used; None for another word."""
    word = word.strip()
    found = meaning_of("column", word)
    return found if found in (*EXTRA, *codes("articles")) else code_of(word, "articles")


def said(words: Iterable[str], heading: str = "") -> dict[str, Any]:
    """The layout behind words such as `B=answer`, `Prices!C=ignored`, `Notes!*=ignored` and a choice of heading row.

    Raises Refused: column_word, column_unknown, column_said_twice, heading_word.
    """
    pairs = []
    for word in filter(None, (one.strip() for said_once in words for one in _BETWEEN.split(said_once))):
        found = _SAID.fullmatch(word)
        if found is None:
            raise Refused("column_word", said=word[:60])
        pairs.append((found["place"], found["what"]))
    return said_of(pairs, heading)


def said_of(pairs: Iterable[tuple[str, str]], heading: str = "") -> dict[str, Any]:
    """The same behind pairs such as ("Prices!C", "ignored"); the sheet may have any name."""
    sheets: dict[str, dict[str, Any]] = {EVERY: {"heading": heading_said(heading)}}
    for where, what in pairs:
        sheet, _, column = where.rpartition("!")
        column = column.strip().upper()
        code, place = meaning(what), sheets.setdefault(sheet.strip() or EVERY, {})
        if not _COLUMN.fullmatch(column) or (column == "*" and code not in (IGNORED, None)):
            raise Refused("column_word", said=f"{where}={what}"[:60])
        if code is None:
            raise Refused("column_unknown", said=what[:60], known=", ".join((*codes("articles"), *EXTRA)))
        if column == "*":
            place["skip"] = True
        elif place.setdefault("columns", {}).setdefault(str(position_of(column)), code) != code:
            raise Refused("column_said_twice", column=column)
    return {"sheets": sheets}


def heading_said(word: str) -> str:
    """"" (found by itself), no, yes or the number of a row; Refused("heading_word") for anything else."""
    word = word.strip()
    if word.isascii() and word.isdigit() and len(word) <= 6:
        return str(int(word)) if int(word) else "no"
    plain = meaning_of("yes", word)
    if plain in ("", "yes", "no"):
        return plain
    raise Refused("heading_word", said=word[:60])


def assigned_to(layout: Mapping[str, Any], sheet: str) -> Assigned:
    """What a layout says of one sheet; its own words before those for every one."""
    sheets = layout.get("sheets", {})
    every, own = sheets.get(EVERY, {}), sheets.get(sheet, {})
    columns = {**every.get("columns", {}), **own.get("columns", {})}
    return Assigned(str(own.get("heading") or every.get("heading") or ""), {int(key): value for key, value in columns.items()},
                    bool(own.get("skip", every.get("skip", False))), not own.get("heading"),
                    bool(own.get("partly")))


def wrong_with(given: Sequence[str]) -> tuple[str, dict[str, Any]] | None:
    """Why columns cannot be this together: a code of texts.REFUSALS and its values."""
    first: dict[str, int] = {}
    for position, code in enumerate("category" if code == BELOW else code for code in given):
        if code in first and code not in SEVERAL:
            return "column_twice", {"first": letter(first[code]), "second": letter(position)}
        first.setdefault(code, position)
    return None if {"body", MORE} & set(given) else ("column_no_answer", {})


def has_row(sheet: Sheet, heading: str) -> bool:
    """Whether a heading row that was said by its number can be that of this sheet; every other word fits any."""
    return not heading.isdigit() or any(str(number) == heading for number, _ in sheet.rows[:SEARCHED_ROWS])


def resolve(sheet: Sheet, said_of: Assigned, remembered: Mapping[str, Sequence[str]]) -> Reading:
    """How this sheet of articles is read. Raises Refused where what was said does not fit it."""
    width = max(len(cells) for _, cells in sheet.rows)
    for position in said_of.columns:
        if position >= width:
            raise Refused("column_beyond", sheet=sheet.name, column=letter(position), last=letter(width - 1))
    at = _heading_at(sheet, said_of.heading, remembered, width)
    cells = sheet.rows[at][1] if at >= 0 else []
    headings = [*cells, *[""] * (width - len(cells))][:width]
    alone = not said_of.columns or said_of.partly
    kept = remembered.get(fingerprint(cells)) if at >= 0 and alone else None
    if kept is not None and len(kept) <= width:
        found = dict(enumerate(kept))
    else:
        found = _guessed(sheet, headings, at, alone=alone)
    numbered = next((position for position, code in found.items() if code == "external_id" and kept is None
                     and position not in said_of.columns and meaning_of("running", headings[position]) == "running"
                     and _counts(sheet, at, position, start=1)), -1)
    if numbered >= 0:  # as an id it would change whatever article another sheet gave the same number to
        found[numbered] = IGNORED
    taken = {code for code in said_of.columns.values() if code not in SEVERAL}
    found = {position: code for position, code in found.items() if code not in taken} | dict(said_of.columns)
    rest = IGNORED if "body" in found.values() or (not alone and at < 0) else MORE
    if at < 0 and alone:
        rest = MORE
    chosen = bool(said_of.columns or said_of.heading or kept)
    given = [found.get(position, rest if at < 0 or headings[position] else IGNORED) for position in range(width)]
    wrong = wrong_with(given) if said_of.columns else None
    if wrong is not None:
        raise Refused(wrong[0], **wrong[1], sheet=sheet.name)
    return Reading(at, headings, given, chosen, numbered)


def _guessed(sheet: Sheet, headings: Sequence[str], at: int, *, alone: bool) -> dict[int, str]:
    """By heading; where none says what is asked and what is answered, by the order of the columns that are left. A running number in
    front is neither."""
    width, counted = len(headings), alone and len(headings) > 2 and _counts(sheet, at)
    if at < 0:
        if not alone:
            return {}
        shelf = next((position for position in range(counted + 2, width) if _repeats(sheet, position)), None)
        rest = {position + counted: code for position, code in by_position(width - counted, "articles").items()}
        return rest | ({0: IGNORED} if counted else {}) | ({shelf: "category"} if shelf is not None else {})
    found = recognise(headings, "articles", whole=False)
    for position, heading in enumerate(headings):
        if position not in found and ((counted and position == 0) or (heading and meaning_of("column", heading) == IGNORED)):
            found[position] = IGNORED
    free = [position for position in range(width) if position not in found and headings[position]]
    known = {"body", "title", "aliases"} & set(found.values())
    if alone and not known and free:
        found |= {free[index]: code for index, code in by_position(len(free), "articles").items() if index < 2}
    elif alone and known == {"aliases"} and len(free) == 1:
        found[free[0]] = "body"
    return found


def _counts(sheet: Sheet, at: int, position: int = 0, start: int | None = None) -> bool:
    """Whether a column only counts its rows. start: from this number on, which is enough for a single row."""
    rows = sheet.rows[at + 1:at + 1 + SEARCHED_ROWS]
    first = [cells[position] for _, cells in rows if position < len(cells) and cells[position]]
    return len(first) > (start is None) and all(cell.isascii() and cell.isdigit() and len(cell) < 9 for cell in first) and all(
        int(later) == int(earlier) + 1 for earlier, later in pairwise(first)) and start in (None, int(first[0]))


def _repeats(sheet: Sheet, position: int) -> bool:
    """Whether a column says the same few short words again and again, as one of categories does."""
    said = [cells[position] for _, cells in sheet.rows if position < len(cells) and cells[position]]
    return len(said) > 3 and max(map(len, said)) <= LONGEST_HEADING and 2 * len(set(said)) <= len(said)


def _is_heading(cells: Sequence[str]) -> bool:
    """Whether a row names what every list has; one that names only the question does so beside another short heading."""
    return bool(recognise(cells, "articles")) or (
        "aliases" in recognise(cells, "articles", whole=False).values() and sum(map(bool, cells)) > 1
        and max(map(len, cells)) <= LONGEST_HEADING)


def _heading_at(sheet: Sheet, heading: str, remembered: Mapping[str, Sequence[str]], width: int) -> int:
    rows = sheet.rows[:SEARCHED_ROWS]
    if heading == "no":
        return -1
    if heading not in ("", "yes"):
        at = next((index for index, (number, _) in enumerate(rows) if str(number) == heading), None)
        if at is None:
            raise Refused("no_such_row", sheet=sheet.name, row=heading, limit=SEARCHED_ROWS)
        return at
    for index, (_, cells) in enumerate(rows):
        if _is_heading(cells) or fingerprint(cells) in remembered:
            return index
    if heading == "":
        return -1
    enough = max(2, width // 2) if width > 1 else 1
    return next((index for index, (_, cells) in enumerate(rows) if sum(map(bool, cells)) >= enough), 0)
