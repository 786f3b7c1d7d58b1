"""Marks out of a file, and the result of them as scripts read it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Filled
from kmsvc.standards.assessments.rules import (
    MARKS,
    Item,
    Key,
    Level,
    Marked,
    Scored,
    items_of,
    name_of,
    score,
    weighted,
)
from kmsvc.standards.models.models import StandardModel
from kmsvc.standards.models.queries import clauses_of

MOST_TOLD, LONGEST_CELL = 20, 4_000
MOST_DIGITS = 20
HEAD = ("no", "sub", "c", "f")
WORDS = ("reason", "strengths", "gaps")
"""columns of words that a file of marks may have beside them"""


def levels_of(model: StandardModel) -> list[Level]:
    """What each level of a model asks for; shares are exact."""
    def share(value: float | None) -> Fraction | None:
        return None if value is None else Fraction(str(value))
    return [Level(one["level"], share(one["c_min"]), share(one["f_min"]), share(one["c_min_5"]), share(one["f_min_5"]), one["total_min"],
                  one["years_min"]) for one in model.frame.get("levels", [])]


def items_in(session: Session, model: StandardModel, basis: str) -> list[Item]:
    """What is scored on a basis of a model."""
    last = model.frame.get("last_chapter")
    return items_of([(one.no, one.sub, one.section.partition(".")[0] == last) for one in clauses_of(session, model.id)], basis)


def basis_of(model: StandardModel, basis: str | None) -> str:
    """The basis that is meant; InvalidInput names those there are."""
    bases = model.frame.get("bases", {})
    name = basis or model.frame.get("default_basis")
    if name not in bases:
        raise InvalidInput({"basis": [Filled(N_("There is no such basis; there are: %(names)s."), names=", ".join(bases) or "\u2013")]})
    return str(name)


def _cells(text: str) -> list[list[str]]:
    """The rows of a csv, with or without a byte order mark; InvalidInput where it cannot be read as one."""
    try:
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    except csv.Error as error:
        raise InvalidInput({"file": [N_("This file cannot be read as csv.")]}) from error
    if any(len(cell) > LONGEST_CELL for row in rows for cell in row):  # how much csv itself takes depends on who else reads here
        raise InvalidInput({"file": [N_("This file cannot be read as csv.")]})
    return rows


def _number(text: str) -> Fraction:
    """A decimal as people write one; ValueError for all else, so that no exponent makes a number without end."""
    if len(text) > MOST_DIGITS or set(text.strip().lower()) & {"e", "_"}:
        raise ValueError(text)
    return Fraction(Decimal(text.strip()))


def read_marks(text: str, known: Mapping[Key, Any]) -> dict[Key, Marked]:
    """Marks from csv with the heading no,sub,c,f. InvalidInput names every row that is wrong, the first twenty of them."""
    return {key: Marked(said["c"], said["f"]) for key, said in read_answers(text, known, bare=False).items()}


def read_answers(text: str, known: Mapping[Key, Any], *, bare: bool = True) -> dict[Key, dict[str, Any]]:
    """Marks with the words beside them, where the csv has columns of these names (`WORDS`); an empty cell says nothing. bare: a row
    may leave both marks empty."""
    rows = _cells(text)
    head = [one.strip().lower() for one in rows[0]] if rows else []
    if not set(HEAD) <= set(head):
        raise InvalidInput({"file": [N_("The first row must be the heading no,sub,c,f.")]})
    at = {name: head.index(name) for name in (*HEAD, *WORDS) if name in head}
    marks: dict[Key, Marked] = {}
    found: dict[Key, dict[str, Any]] = {}
    wrong: list[Any] = []
    for number, row in enumerate(rows[1:], 2):
        cells = {name: row[place].strip() if place < len(row) else "" for name, place in at.items()}
        if not any(cells.values()):
            continue
        unmarked = bare and not cells["c"] and not cells["f"]
        said = _row(cells | {"c": "0", "f": "0"} if unmarked else cells, known, marks)
        if said is not None:
            wrong.append(Filled(N_("Row %(row)s: %(why)s"), row=number, why=said))
            continue
        key, mark = next(reversed(marks.items()))
        words = {name: cells.get(name) or None for name in WORDS}
        found[key] = {"c": None if unmarked else mark.c, "f": None if unmarked else mark.f, **words}
    if wrong:
        raise InvalidInput({"file": wrong[:MOST_TOLD] + ([Filled(N_("%(count)s more rows are wrong."), count=len(wrong) - MOST_TOLD)]
                                                         if len(wrong) > MOST_TOLD else [])})
    return found


def _row(cells: Mapping[str, str], known: Mapping[Key, Any], found: dict[Key, Marked]) -> Any:
    """Keep the marks of a row, or say what is wrong with it."""
    no, sub = cells["no"], cells["sub"]
    if not (no.isascii() and no.isdecimal()) or (sub and not (sub.isascii() and sub.isdecimal())) or len(no) > 6 or len(sub) > 6:
        return N_("no and sub are whole numbers; sub may be empty.")
    key = (int(no), int(sub) if sub else None)
    if key not in known:
        return Filled(N_("There is no clause %(name)s."), name=name_of(Item(*key, False)))
    if key in found:
        return Filled(N_("Clause %(no)s stands twice."), no=name_of(Item(*key, False)))
    marks = [{"10": 10, "5": 5, "0": 0}.get(cells[side]) for side in ("c", "f")]
    if None in marks:
        return Filled(N_("Marks are %(marks)s; here stand c %(c)s and f %(f)s."), marks=", ".join(map(str, MARKS)),
                      c=cells["c"][:20] or "\u2013", f=cells["f"][:20] or "\u2013")
    found[key] = Marked(int(marks[0] or 0), int(marks[1] or 0))
    return None


def score_file(session: Session, model: StandardModel, text: str, basis: str | None) -> Scored:
    """Marks of a csv scored on a basis of a model."""
    name = basis_of(model, basis)
    known = {(one.no, one.sub): one for one in clauses_of(session, model.id)}
    return score(items_in(session, model, name), read_marks(text, known), levels_of(model), name)


def scored_json(scored: Scored, said: Sequence[str]) -> dict[str, Any]:
    """A result as scripts read it; rates from 0 to 1, None where a part has no item. said: the warnings in words."""
    def number(value: Fraction | None) -> float | None:
        return None if value is None else round(float(value), 6)
    rates = scored.rates
    return {"basis": scored.basis, "total": scored.total, "max_total": scored.max_total, "level": scored.level, "checks": [
        {"level": one.level.level, "c_rate": number(rates.c), "f_rate": number(rates.f), "c_rate_5": number(rates.c_5),
         "f_rate_5": number(rates.f_5), "total": scored.total, "passed": one.passed, "failed": list(one.failed)}
        for one in scored.checks], "warnings": list(said)}


def score_dimensions(model: StandardModel, text: str) -> dict[str, Any]:
    """Marks of dimensions (csv dimension,mark[,weight]) as one weighted total; weights of the file go before those of the model."""
    head, *lines = _cells(text) or [[]]
    rows = [(number, dict(zip([one.strip().lower() for one in head], line, strict=False)))
            for number, line in enumerate(lines, 2) if any(map(str.strip, line))]
    named = {one["code"]: one for one in model.frame.get("dimensions", [])}
    wrong: list[Any] = []
    marks: dict[str, Fraction] = {}
    weights = {name: Fraction(str(one.get("weight") or 0)) for name, one in named.items()}
    for number, row in rows:
        name = row.get("dimension", "").strip()
        try:
            if name not in named or name in marks:
                raise ValueError
            marks[name] = _number(row.get("mark", ""))
            if row.get("weight", "").strip():
                weights[name] = _number(row["weight"])
            if not 0 <= marks[name] <= 100 or weights[name] < 0:
                raise ValueError
        except (ArithmeticError, ValueError):
            wrong.append(Filled(N_("Row %(row)s: %(why)s"), row=number, why=Filled(N_(
                "a dimension of %(names)s, once, with a mark from 0 to 100 and, if any, a weight of 0 or more."),
                names=", ".join(named))))
    if not wrong and (not rows or set(marks) != set(named)):
        wrong.append(Filled(N_("Every dimension needs a mark: %(names)s."), names=", ".join(sorted(set(named) - set(marks)) or named)))
    whole = sum(weights.values(), Fraction(0))
    if not wrong and whole == 0:
        wrong.append(N_("At least one weight must be more than 0."))
    if wrong:
        raise InvalidInput({"file": wrong[:MOST_TOLD]})
    total = weighted(marks, weights)
    return {"basis": "dimensions", "total": round(float(total), 4), "max_total": 100, "level": None, "checks": [], "warnings": [],
            "dimensions": [{"dimension": name, "mark": float(marks[name]), "weight": round(float(weights[name] / whole), 6)}
                           for name in named]}
