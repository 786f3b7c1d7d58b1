"""Candidates out of a sheet: one person a row by login or name; every row is counted, every refused one named with its reason."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kmsvc.convert.service import sheets_file
from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, compared
from kmsvc.core.work import Work
from kmsvc.people.accounts.naming import Among, called
from kmsvc.training.exams.people import add_candidates

HEADS = frozenset(compared(one) for one in tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))["person"])
MOST_ROWS = 5_000


@dataclass(frozen=True)
class RowTold:
    """What became of a row. state: added, there or refused; said: English source of the reason, with places."""

    row: int
    words: str
    state: str
    said: str = ""
    person_id: int | None = None


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


def add_listed(work: Work, exam_id: int, rows: Sequence[tuple[int, str]], *, because: str) -> list[RowTold]:
    """Let the named people sit an exam. Names are logins, or names that only one person bears."""
    if len(rows) > MOST_ROWS:
        raise InvalidInput({"people": [N_("That are too many rows at once.")]})
    told: list[RowTold] = []
    wanted: dict[int, list[tuple[int, str]]] = {}
    for number, words in rows:
        found = [one.id for one in called(work.session, words, Among.ACCOUNTS)]
        if len(found) != 1:
            said = N_("Nobody here has this name or login.") if not found else N_("Several people have this name; name the login.")
            told.append(RowTold(number, words, "refused", said))
        elif found[0] in wanted:
            told.append(RowTold(number, words, "refused", N_("This person stands on the list twice."), found[0]))
        else:
            wanted[found[0]] = [(number, words)]
    done = add_candidates(work, exam_id, list(wanted), because=because)
    for person, its in wanted.items():
        state = "refused" if person in done.refused else "there" if person in done.there else "added"
        told += [RowTold(number, words, state, done.refused.get(person, ""), person) for number, words in its]
    return sorted(told, key=lambda one: one.row)


def told_json(rows: Sequence[RowTold]) -> dict[str, Any]:
    """A report, as JSON."""
    return {"rows": len(rows), "added": sum(one.state == "added" for one in rows), "there": sum(one.state == "there" for one in rows),
            "refused": [{"row": one.row, "words": one.words, "said": one.said} for one in rows if one.state == "refused"]}


