"""Candidates out of a sheet: one person a row by login or name; every row is counted, every refused one named with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.lists import MOST_ROWS, TWICE
from kmsvc.people.accounts.naming import Among, called
from kmsvc.training.exams.people import add_candidates


@dataclass(frozen=True)
class RowTold:
    """What became of a row. state: added, there or refused; said: English source of the reason, with places."""

    row: int
    words: str
    state: str
    said: str = ""
    person_id: int | None = None


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
            told.append(RowTold(number, words, "refused", TWICE, found[0]))
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


