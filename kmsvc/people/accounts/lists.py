"""People out of a list as somebody keeps it: a sheet or pasted lines, one person a row, and whom each row means."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from kmsvc.convert.service import sheets_file
from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, compared
from kmsvc.people.accounts.directory import Entry
from kmsvc.people.accounts.naming import one_called

HEADS = frozenset(compared(one) for one in tomllib.loads((Path(__file__).parent / "list_words.toml").read_text("utf-8"))["person"])
MOST_ROWS = 5_000
TWICE = N_("This person stands on the list twice.")


@dataclass(frozen=True)
class Listed:
    """A row of a list of people. state: `new`, `there` (nothing is to be done for them) or `refused`; said: why it is refused."""

    row: int
    words: str
    state: str
    said: Any = ""
    person: Entry | None = None


def read_people(path: Path | str, name: str) -> list[tuple[int, str]]:
    """(row, words naming a person) of a csv or xlsx file; a heading is found by its words and left out. Raises Refused."""
    found: list[tuple[int, str]] = []
    for sheet in sheets_file(path, name):
        at = 0
        for place, (number, cells) in enumerate(sheet.rows):
            heads = [at for at, cell in enumerate(cells) if compared(cell) in HEADS]
            if place == 0 and heads:
                at = heads[0]
                continue
            words = cells[at].strip() if at < len(cells) else ""
            if words:
                found.append((number, words[:200]))
    return found


def people_of_text(text: str) -> list[tuple[int, str]]:
    """The same out of a text: one person a line, or with commas between."""
    lines = [part.strip() for line in text.splitlines() for part in line.replace("\uff0c", ",").replace("\u3001", ",").split(",")]
    return [(number, one[:200]) for number, one in enumerate(filter(None, lines), 1)]


def looked_up(session: Session, rows: Sequence[tuple[int, str]], there: Collection[int] = ()) -> list[Listed]:
    """Whom each row means, among active people; there: those for whom nothing is to be done. InvalidInput: too many rows."""
    if len(rows) > MOST_ROWS:
        raise InvalidInput({"people": [N_("That are too many rows at once.")]})
    found, seen = [], set[int]()
    for number, words in rows:
        try:
            one = one_called(session, words, field="people")
        except InvalidInput as error:
            found.append(Listed(number, words, "refused", error.fields["people"][0]))
            continue
        if one.id in seen:
            found.append(Listed(number, words, "refused", TWICE, one))
            continue
        seen.add(one.id)
        found.append(Listed(number, words, "there" if one.id in there else "new", "", one))
    return found
