"""What becomes of each row of an import, as a person looks at it before anything is taken over: kept line by line in a file beside
the uploaded ones, so that the first rows can be read while the last ones are not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kmsvc.convert.export import LONGEST_CELL, csv_bytes, xlsx_bytes
from kmsvc.convert.result import Section
from kmsvc.convert.texts import DOUBTS
from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Filled
from kmsvc.knowledge.exports.rules import COLUMNS, HEADINGS
from kmsvc.markup.render import plain_text

Words = Callable[[str, Mapping[str, Any]], str]
BEGINS, SHOWN_TITLE, SHOWN_QUESTIONS = 160, 200, 20
REFUSED_HEAD = (N_("File"), N_("Sheet"), N_("Row"), N_("Why"))


TAKEN, REFUSED, UNCLEAR = "taken", "refused", "unclear"
LOOKED_FOR = {TAKEN: N_("To be taken"), REFUSED: N_("Refused"), UNCLEAR: N_("Doubtful")}
"""What somebody looks for among the rows; a doubtful one is taken, too."""


@dataclass(frozen=True)
class RowTold:
    """One row, or one document. outcome: created, updated, unchanged, rejected; why: the reason of a refusal; doubts: sentences on a row
    that is taken all the same; cells: what a refused one said, by column, to be corrected."""

    file: str
    sheet: str
    row: int | None
    outcome: str
    title: str = ""
    category: str = ""
    questions: list[str] = field(default_factory=list)
    begins: str = ""
    why: str = ""
    doubts: list[str] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)


def told_of(file: str, row: int | None, section: Section, outcome: str, *, category: str = "", why: str = "",
            doubts: Iterable[str] = (), identity: str = "") -> RowTold:
    """What became of this section. identity: by which the corrected row is known again."""
    asked = [str(one) for one in section.fields.get("aliases", [])]
    shown = " ".join(plain_text(section.body_markdown[:BEGINS * 8]).split())
    return RowTold(file, section.sheet, row, outcome, section.title[:SHOWN_TITLE], str(section.fields.get("category") or category),
                   [one[:SHOWN_TITLE] for one in asked[:SHOWN_QUESTIONS]], shown[:BEGINS] + ("\u2026" if len(shown) > BEGINS else ""),
                   why, list(doubts), cells_of(section, identity) if outcome == "rejected" else {})


def cells_of(section: Section, identity: str) -> dict[str, str]:
    """What a section says, as cells of a sheet that the import reads."""
    found = {"title": section.title, "body": section.body_markdown, **({"external_id": identity} if identity else {})}
    for name, value in section.fields.items():
        found[name] = ("\n" if name == "aliases" else ", ").join(map(str, value)) if isinstance(value, list) else str(value)
    return found


def where(words: Words, file: str, sheet: str, row: int | None) -> str:
    """A place as a report names it, such as faq.xlsx, “Prices” row 7."""
    if row is None:
        return file
    said = N_("%(file)s, “%(sheet)s” row %(row)s") if sheet else N_("%(file)s, row %(row)s")
    return words(said, {"file": file, "sheet": sheet, "row": row})


def sentences(doubts: Sequence[Sequence[Any]], words: Words) -> list[str]:
    """The doubts of a section in words."""
    return [words(DOUBTS[code], params) for code, params in doubts]


def reason_of(error: InvalidInput, words: Words) -> str:
    """Why a row does not fit, each column called as people call it."""
    return "; ".join(f"{words(HEADINGS[name], {}) if name in HEADINGS else name}: {' '.join(_said(text, words) for text in said)}"
                     for name, said in error.fields.items())


def _said(text: Any, words: Words) -> str:
    return words(text.source, text.params) if isinstance(text, Filled) else words(str(text), {})


_WANTED = {TAKEN: "tu", REFUSED: "r", UNCLEAR: "u"}
"""Letters of the lines."""


class RowFile:
    """The rows of one reading of a batch, in their order; written by one thread, read by any page."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, rows: Sequence[RowTold]) -> None:
        """Write rows down. The first letter of a line is what it is looked for by, so that a page reads only what it shows."""
        with self.path.open("a", encoding="utf-8") as out:
            out.writelines(f"{_letter(one)}{json.dumps(asdict(one), ensure_ascii=False)}\n" for one in rows)

    def counts(self) -> dict[str, int]:
        """How many rows there are of each kind, and of all under ""."""
        letters = [line[:1] for line in self._lines()]
        return {"": len(letters), TAKEN: len(letters) - letters.count("r"), REFUSED: letters.count("r"),
                UNCLEAR: letters.count("u")}

    def part(self, kind: str, start: int, limit: int) -> tuple[list[RowTold], int | None]:
        """(rows of a kind from the start-th on, where the next ones start or None)."""
        wanted = _WANTED.get(kind, "tru")
        found: list[RowTold] = []
        passed = 0
        for line in self._lines():
            if line[:1] not in wanted:
                continue
            passed += 1
            if passed <= start:
                continue
            if len(found) == limit:
                return found, start + limit
            found.append(RowTold(**json.loads(line[1:])))
        return found, None

    def refused(self) -> list[RowTold]:
        """Every refused row."""
        return self.part(REFUSED, 0, 10**9)[0]

    def _lines(self) -> Iterator[str]:
        try:
            with self.path.open(encoding="utf-8") as lines:
                yield from (line for line in lines if line.endswith("\n"))
        except FileNotFoundError:
            return


def _letter(one: RowTold) -> str:
    return "r" if one.outcome == "rejected" else "u" if one.doubts else "t"


def refused_table(rows: Iterable[RowTold], words: Words) -> tuple[list[str], list[list[Any]]]:
    """(headings, rows) of the list in which refused rows are corrected: the columns the import reads, then file, row and reason."""
    return ([words(one, {}) for one in (*(HEADINGS[name] for name in COLUMNS), *REFUSED_HEAD)],
            [[*(one.cells.get(name, "") for name in COLUMNS), one.file, one.sheet, one.row, one.why] for one in rows])


def too_long_for_a_cell(rows: Iterable[RowTold]) -> list[RowTold]:
    """Those a workbook cannot hold whole: cut, they would come back without their end."""
    return [one for one in rows if any(len(cell) > LONGEST_CELL for cell in one.cells.values())]


def write_refused(rows: Iterable[RowTold], ending: str, say: Callable[[str], str]) -> bytes:
    """The same as a file. ending: .csv or .xlsx."""
    head, lines = refused_table(rows, lambda text, params: say(text))
    return xlsx_bytes(say(N_("Refused")), head, lines) if ending == ".xlsx" else csv_bytes(head, lines)
