"""What the columns of uploaded sheets are taken for, as a person sees and changes it, and what is kept of it for the next file with the
same first row."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kmsvc.convert import sniff
from kmsvc.convert.refusals import Refused
from kmsvc.convert.service import sheets_file
from kmsvc.convert.sheets import Sheet
from kmsvc.training.questions.formats.choosing import CODES, Said, chosen, letter, said
from kmsvc.training.questions.formats.layout import Layout, layout_of

ROWS_SHOWN = 5
MOST_COLUMNS = 30
MOST_REMEMBERED = 60


@dataclass(frozen=True)
class SheetLook:
    """A sheet as the page shows it. codes: what each column is taken for, "" for nothing; heading: the row of the headings, 0 for
    none; name: what its fields begin with."""

    file: str
    sheet: str
    name: str
    letters: tuple[str, ...]
    codes: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    heading: int
    understood: bool
    fingerprint: str


def looks_at(files: Sequence[tuple[Path, str]], told: Said | None) -> list[SheetLook]:
    """Every sheet of these files with how its columns are read; files that are no sheets, or cannot be read, have none."""
    found: list[SheetLook] = []
    for path, name in files:
        if Path(name).suffix.lower() not in (".xlsx", ".xls", ".csv"):
            continue
        try:
            sheets = sheets_file(path, name, allowed=sniff.OLD_TABLES)
        except Refused:
            continue
        for sheet in sheets:
            if sheet.rows:
                found.append(_look(name, sheet, told, len(found)))
    return found


def _look(file: str, sheet: Sheet, told: Said | None, index: int) -> SheetLook:
    try:
        layout: Layout | None = chosen(told, sheet.name, sheet.rows, layout_of(sheet.rows))
    except Refused:
        layout = None
    width = min(max(len(row) for _, row in sheet.rows[:50]), MOST_COLUMNS)
    codes = ["" for _ in range(width)]
    if layout is not None:
        for at, code in layout.columns.items():
            if at < width:
                codes[at] = code
        for at in layout.options:
            if at < width:
                codes[at] = "option"
    heading = sheet.rows[layout.heading_row][0] if layout is not None and layout.heading_row is not None else 0
    shown = tuple((number, tuple((row + [""] * width)[:width])) for number, row in sheet.rows[:ROWS_SHOWN])
    return SheetLook(file, sheet.name, f"s{index}", tuple(letter(at) for at in range(width)), tuple(codes), shown, heading,
                     layout is not None, _fingerprint(sheet))


def _fingerprint(sheet: Sheet) -> str:
    return hashlib.sha256("\x1f".join(sheet.rows[0][1]).encode()).hexdigest()[:32]


def words_chosen(looks: Sequence[SheetLook], typed: Mapping[str, str]) -> list[str]:
    """What the selects of the page say, as `choosing.said` reads it; sheets that were left alone say nothing."""
    words: list[str] = []
    for look in looks:
        picked = [typed.get(f"{look.name}-{at}", look.codes[at] or "ignore") for at in range(len(look.codes))]
        if picked != [code or "ignore" for code in look.codes]:
            sheet = f"{look.sheet}!" if look.sheet else ""
            words += [f"{sheet}{look.letters[at]}={code}" for at, code in enumerate(picked) if code in CODES]
    return words


def remembered(place: Path, looks: Sequence[SheetLook]) -> list[str]:
    """What was said of sheets with the same first rows before; nothing where that cannot be read."""
    try:
        kept = json.loads(place.read_text("utf-8"))
        words = [word for look in looks for word in kept.get(look.fingerprint, []) if isinstance(word, str)]
        said(words)
    except (OSError, ValueError, AttributeError, TypeError, Refused):
        return []
    else:
        return list(dict.fromkeys(words))


def remember(place: Path, looks: Sequence[SheetLook], words: Sequence[str]) -> None:
    """Keep what was said, the latest last."""
    try:
        kept = json.loads(place.read_text("utf-8"))
    except (OSError, ValueError):
        kept = {}
    for look in looks:
        own = [word for word in words if "!" not in word or word.startswith(f"{look.sheet}!")]
        if own:
            kept.pop(look.fingerprint, None)
            kept[look.fingerprint] = own
    beside = place.with_suffix(f".{os.getpid()}.new")
    beside.write_text(json.dumps(dict(list(kept.items())[-MOST_REMEMBERED:]), ensure_ascii=False), "utf-8")
    beside.replace(place)
