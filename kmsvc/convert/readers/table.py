"""Sheets of articles: one row, one article, with a look at each sheet for whoever says what its columns are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kmsvc.convert.assigning import (
    BELOW,
    EVERY,
    IGNORED,
    LONGEST_HEADING,
    MORE,
    SEARCHED_ROWS,
    Reading,
    assigned_to,
    has_row,
    letter,
    resolve,
)
from kmsvc.convert.columns import article_fields, fingerprint, meaning_of
from kmsvc.convert.escape import escape_inline
from kmsvc.convert.questions import questions_in
from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import HowRead, Notice, RowError, Section, SheetLook
from kmsvc.convert.sheets import Sheet, read_sheets
from kmsvc.convert.titles import LONGEST
from kmsvc.markup.cleaning import clean_line
from kmsvc.markup.render import plain_text

SAMPLES, SAMPLE = 3, 60
MOST_NAMED = 10
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!)")
_NO_HEADING = re.compile("[0-9\uff10-\uff19\u3002\uff01\uff1f!?]|[.]$")

Found = Section | RowError | Notice | SheetLook


def read_xlsx(path: Path, name: str, layout: Mapping[str, Any] | None = None) -> Iterator[Found]:
    """A section for each row of each visible sheet. layout: what was said of the columns (assigning.py)."""
    yield from _read(path, "xlsx", layout or {})


def read_csv(path: Path, name: str, layout: Mapping[str, Any] | None = None) -> Iterator[Found]:
    """A section for each row."""
    yield from _read(path, "csv", layout or {})


def _read(path: Path, kind: str, layout: Mapping[str, Any]) -> Iterator[Found]:
    sheets = list(read_sheets(path, kind))
    seen = [sheet.name for sheet in sheets]
    for name in layout.get("sheets", {}):
        if name in (EVERY, *seen):
            continue
        if name not in layout.get("elsewhere", ()):
            raise Refused("no_such_sheet", sheet=name, known=", ".join(filter(None, seen)) or "\u2014", lists={
                "known": list(filter(None, seen)) or ["\u2014"]})
        yield Notice("sheet_elsewhere", {"sheet": name})
    # a row said of every sheet may be missing in some of them
    several = "elsewhere" in layout or any(
        has_row(sheet, assigned_to(layout, sheet.name).heading) for sheet in sheets if sheet.rows)
    for sheet in sheets:
        yield from sheet.notices
        if sheet.rows:
            yield from _sheet(sheet, layout, several=several)
        elif not sheet.notices:
            yield Notice("sheet_empty", {"sheet": sheet.name})
    if not any(sheet.rows for sheet in sheets):
        raise Refused("empty")


def _sheet(sheet: Sheet, layout: Mapping[str, Any], *, several: bool) -> Iterator[Found]:
    said = assigned_to(layout, sheet.name)
    if said.general and several and not said.skip and not has_row(sheet, said.heading):
        yield Notice("no_such_row_here", {"sheet": sheet.name, "row": said.heading})
        said = replace(said, heading="")
    if said.skip:  # its columns are shown as they would be read by themselves, should it come back
        yield _look(sheet, resolve(sheet, assigned_to({}, sheet.name), {}), skip=True)
        yield Notice("sheet_left_out", {"sheet": sheet.name})
        return
    reading = resolve(sheet, said, layout.get("remembered", {}))
    yield _look(sheet, reading)
    yield _how(sheet, reading)
    if reading.at > 0:
        yield Notice("lines_above_heading", {"count": reading.at})
    ignored = [heading for heading, code in zip(reading.headings, reading.codes, strict=True) if code == IGNORED and heading]
    if ignored:
        yield Notice("columns_ignored", {"columns": ", ".join(ignored), "lists": {"columns": ignored}})
    if reading.numbered >= 0:
        yield Notice("only_numbers", {"column": reading.headings[reading.numbered]})
    blank: list[str] = []
    above = ""
    heads = reading.at < 0 and not said.heading and _may_be_heading([cells for _, cells in sheet.rows])
    for number, cells in sheet.rows[reading.at + 1:]:
        values = _values(cells, reading)
        above = values.pop(BELOW, "") or above
        carried = {"category": above} if above else {}
        if any(value for code, value in values.items() if code != "external_id"):
            yield _section(sheet.name, number, cells, values | carried, reading, heads=heads and number == sheet.rows[0][0])
        else:
            blank.append(str(number))
    if blank:
        named = [*blank[:MOST_NAMED], *(["\u2026"] if len(blank) > MOST_NAMED else [])]
        yield Notice("rows_blank", {"count": len(blank), "rows": ", ".join(named), "lists": {"rows": named}})


def _look(sheet: Sheet, reading: Reading, *, skip: bool = False) -> SheetLook:
    below = sheet.rows[reading.at + 1:]
    columns = []
    for position, (heading, code) in enumerate(zip(reading.headings, reading.codes, strict=True)):
        filled = (cells[position] for _, cells in below if position < len(cells) and cells[position])
        samples = [_short(value, SAMPLE) for _, value in zip(range(SAMPLES), filled, strict=False)]
        columns.append({"heading": _short(heading, SAMPLE), "samples": samples, "code": code})
    first = [[number, _short(" \u00b7 ".join(filter(None, cells)), SAMPLE)] for number, cells in sheet.rows[:SEARCHED_ROWS]]
    return SheetLook(sheet.name, sheet.rows[reading.at][0] if reading.at >= 0 else 0, first, columns, skip, reading.chosen,
                     fingerprint(reading.headings))


def _how(sheet: Sheet, reading: Reading) -> HowRead:
    """`pairs` beside the columns in words: (column, code) each, for whoever says them in another language."""
    headed = reading.at >= 0 and not reading.chosen
    pairs = [[reading.headings[at] if headed and reading.headings[at] else letter(at), code]
             for at, code in enumerate(reading.codes) if code not in (IGNORED, MORE)]
    params = {"sheet": sheet.name, "columns": ", ".join(f"{name} = {code}" for name, code in pairs), "pairs": pairs}
    if headed:
        return HowRead("heading_row", {**params, "row": sheet.rows[reading.at][0]})
    return HowRead("as_chosen" if reading.chosen else "by_position", params)


def _values(cells: Sequence[str], reading: Reading) -> dict[str, str]:
    """Cells under their codes, several of one list together; what goes below the answer under `+`, its place and its heading."""
    values: dict[str, str] = {}
    for position, (code, cell) in enumerate(zip(reading.codes, cells, strict=False)):
        if code == MORE and cell:
            values[f"+{position}:{reading.headings[position]}"] = cell
        elif code not in (MORE, IGNORED):
            values[code] = "\n".join(filter(None, [values.get(code, ""), cell]))
    return values


def _section(sheet: str, number: int, cells: Sequence[str], values: dict[str, str], reading: Reading, *,
             heads: bool) -> Section | RowError:
    fields = article_fields({code: value for code, value in values.items() if code[0] != "+"})
    title, body = clean_line(str(fields.pop("title", ""))), str(fields.pop("body", ""))
    more = [(code.partition(":")[2], value) for code, value in values.items() if code[0] == "+"]
    below = (f"**{escape_inline(heading)}**\n{value}" if heading else value for heading, value in more)
    body = "\n\n".join(filter(None, [body, *below]))
    doubts = _doubts(cells, values, body, reading, heads=heads)
    asked = [one for one in fields.get("aliases", []) if isinstance(one, str)]
    named = title or (clean_line(asked[0]) if asked else "")
    asked = list(dict.fromkeys(one for cell in asked for one in questions_in(cell)))
    if len([one for line in values.get("title", "").splitlines() for one in questions_in(line)]) > 1:
        doubts.append(["title_asks", {}])
    shown = title or (clean_line(asked[0]) if asked else "")
    if not shown and not {"title", "aliases"} & set(reading.codes):
        shown = clean_line(_first_line(body))
        doubts.append(["title_from_text", {}])
    if len(shown) > LONGEST:
        doubts.append(["title_cut", {"limit": LONGEST}])
    if not body or not shown:
        return RowError("no_title" if body else "no_body", row=number, sheet=sheet, cells=_cells(values, body))
    others = [one for one in asked if one != (title or asked[0])]
    fields = {code: value for code, value in fields.items() if code != "aliases"} | ({"aliases": others} if others else {})
    return Section(shown[:LONGEST], body, sheet, number, fields, named[:LONGEST] if named and named != shown else "", doubts)


def _cells(values: Mapping[str, str], body: str) -> dict[str, str]:
    """What the row says by code, for a list in which it can be corrected."""
    return {**{code: value for code, value in values.items() if code[0] != "+" and value}, **({"body": body} if body else {})}


def _doubts(cells: Sequence[str], values: Mapping[str, str], body: str, reading: Reading, *,
            heads: bool) -> list[list[Any]]:
    """What somebody should look at before this row is taken."""
    found: list[list[Any]] = []
    if heads:
        found.append(["may_be_heading", {}])
    if body and meaning_of("nothing", body) == "nothing":
        found.append(["says_nothing", {"said": body[:20]}])
    if "body" in reading.codes and body and not values.get("body"):
        found.append(["answer_apart", {}])
    wrong = next((cell for code, cell in values.items() if _ERROR.fullmatch(cell)), None)
    if wrong:
        found.append(["cell_error", {"said": wrong}])
    unnamed = [cell for position, cell in enumerate(cells) if cell and reading.at >= 0 and not reading.chosen
               and reading.codes[position] == IGNORED and not reading.headings[position]]
    if unnamed:
        found.append(["cells_beyond", {"said": _short(" \u00b7 ".join(unnamed), SAMPLE)}])
    return found


def _may_be_heading(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names columns: short words in each cell, where the rows below it say much more."""
    first, below = rows[0], [max(map(len, cells)) for cells in rows[1:11]]
    return bool(below) and len(first) > 1 and all(
        0 < len(cell) <= LONGEST_HEADING and not _NO_HEADING.search(cell) for cell in first) and (
        2 * max(map(len, first)) <= sum(below) / len(below))


def _first_line(body: str) -> str:
    words = plain_text(body).strip()
    return words.split("\n")[0][:60] if words else ""


def _short(text: str, limit: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[:limit - 1]}\u2026"
