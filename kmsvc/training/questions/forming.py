"""A question as the fields of a form and back, so that nothing typed is lost: `options-2` is the field of `options/2`, `parts-3-stem` of
the stem of the third part. Rows are added, moved and taken away by plain buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from kmsvc.core.texts import N_
from kmsvc.training.questions.kinds import (
    BLANK_MARK,
    OPTION_ID,
    Blank,
    Body,
    Case,
    Choice,
    Credit,
    Criterion,
    FileAnswer,
    FillIn,
    Folding,
    Kind,
    Matching,
    Numeric,
    Option,
    OrderCredit,
    Ordering,
    Part,
    Question,
    ShortAnswer,
    TrueFalse,
    fresh_ids,
)

Typed = dict[str, str]
ROWS = {Kind.SINGLE: ("options",), Kind.MULTIPLE: ("options",), Kind.ORDERING: ("items",), Kind.MATCHING: ("pairs",),
        Kind.SHORT_ANSWER: ("rubric",), Kind.FILE: ("rubric",), Kind.CASE: ("parts",), Kind.FILL_IN: ("blanks",)}
FIRST = {"options": 4, "items": 3, "pairs": 3, "rubric": 2, "parts": 1, "blanks": 1}
"""rows of a new question"""
MOST_ROWS = 40
_ACT = re.compile(r"(?P<verb>add|remove|up|down):(?P<prefix>(?:parts-\d{1,2}-)?)(?P<name>[a-z]+)(?:-(?P<row>\d{1,2}))?"
                  r"(?::(?P<kind>[a-z_]+))?")


@dataclass
class Formed:
    """What a form says. wrong: field -> what cannot be read as what it should be."""

    question: Question
    wrong: dict[str, list[str]] = field(default_factory=dict)


def field_of(where: str) -> str:
    """The field of a place of `problems`: `options/2` -> `options-2`; a side of a matching stands in its row of pairs."""
    return where.replace("/", "-")


def blank_form(kind: str) -> Typed:
    """A new question of a kind, with its first rows."""
    typed = {"kind": kind, "points": "2"}
    for name in ROWS.get(Kind(kind), ()):
        for place in range(1, FIRST[name] + 1):
            typed[f"{name}-{place}" if name not in ("pairs", "parts") else f"{name}-{place}-is"] = "" if name not in (
                "pairs", "parts") else "1"
    if kind == Kind.CASE:
        typed |= {f"parts-1-{name}": value for name, value in blank_form(Kind.SINGLE).items()}
    if kind in (Kind.SINGLE, Kind.MULTIPLE):
        typed["shuffled"] = "1"
    if kind == Kind.FILL_IN:
        typed |= {"blanks-1-id": "1", "fold-case": "1", "fold-width": "1", "fold-spaces": "1"}
    return typed


def typed_of(question: Question, prefix: str = "") -> Typed:
    """A question as what its form holds."""
    body = question.body
    typed: Typed = {"kind": question.kind.value, "stem": question.stem, "explanation": question.explanation,
                    "points": f"{question.points.normalize():f}"}
    if isinstance(body, Choice):
        typed |= _options("options", body.options) | ({"shuffled": "1"} if body.shuffled else {}) | {"credit": body.credit.value}
        for place, one in enumerate(body.options, 1):
            if one.id in body.keys:
                typed |= {f"options-{place}-right": "1"} if body.several else {"right": str(place)}
    elif isinstance(body, TrueFalse):
        typed["key"] = {True: "true", False: "false"}.get(body.key, "") if body.key is not None else ""
    elif isinstance(body, FillIn):
        for place, blank in enumerate(body.blanks, 1):
            typed |= {f"blanks-{place}": "\n".join(blank.accepted), f"blanks-{place}-id": blank.id,
                      f"blanks-{place}-weight": str(blank.weight)}
        typed |= {f"fold-{name}": "1" for name in ("case", "width", "spaces", "script") if getattr(body.folding, name)}
    elif isinstance(body, Numeric):
        tolerance = body.tolerance * 100 if body.relative else body.tolerance
        typed |= {"value": f"{body.value:f}" if body.value is not None else "", "tolerance": f"{tolerance.normalize():f}",
                  "unit": body.unit} | ({"relative": "1"} if body.relative else {})
    elif isinstance(body, Ordering):
        typed |= _options("items", body.items) | {"credit": body.credit.value}
    elif isinstance(body, Matching):
        typed |= _pairs(body)
    elif isinstance(body, ShortAnswer | FileAnswer):
        typed["model_answer"] = body.model_answer
        for place, line in enumerate(body.rubric, 1):
            typed |= {f"rubric-{place}": line.text, f"rubric-{place}-id": line.id,
                      f"rubric-{place}-points": f"{line.points.normalize():f}"}
        typed |= {"longest": str(body.longest or "")} if isinstance(body, ShortAnswer) else {"types": ", ".join(body.types)}
    elif isinstance(body, Case):
        for place, part in enumerate(body.parts, 1):
            typed |= {f"parts-{place}-is": "1", f"parts-{place}-id": part.id} | typed_of(part.question, f"parts-{place}-")
    return {f"{prefix}{name}": value for name, value in typed.items()}


def _options(name: str, options: tuple[Option, ...]) -> Typed:
    typed: Typed = {}
    for place, one in enumerate(options, 1):
        typed |= {f"{name}-{place}": one.text, f"{name}-{place}-id": one.id} | ({f"{name}-{place}-pinned": "1"} if one.pinned else {})
    return typed


def _pairs(body: Matching) -> Typed:
    rights, key = {one.id: one for one in body.rights}, dict(body.key)
    rows = [(one, rights.get(key.get(one.id, ""))) for one in body.lefts]
    used = {one.id for _, one in rows if one is not None}
    typed: Typed = {}
    for place, (left, right) in enumerate([*rows, *((None, one) for one in body.rights if one.id not in used)], 1):
        typed[f"pairs-{place}-is"] = "1"
        for name, one in (("lefts", left), ("rights", right)):
            typed |= {f"{name}-{place}": one.text, f"{name}-{place}-id": one.id} if one is not None else {f"{name}-{place}": ""}
    return typed


def rows_of(typed: Mapping[str, str], name: str, prefix: str = "") -> list[int]:
    """The places of the rows of this name, rising."""
    ending = "-is" if name in ("pairs", "parts") else ""
    found = re.compile(rf"{re.escape(prefix)}{name}-(\d{{1,2}}){ending}\Z")
    return sorted(int(match[1]) for one in typed if (match := found.match(one)))


def question_of(typed: Mapping[str, str], prefix: str = "", wrong: dict[str, list[str]] | None = None) -> Formed:
    """What a form says; empty rows are left out. A part of a case is a question with its own fields."""
    wrong = {} if wrong is None else wrong
    at = _Fields(typed, prefix, wrong)
    kind = typed.get(f"{prefix}kind", "")
    body = _body(at, Kind(kind) if kind in set(Kind) else Kind.SINGLE)
    return Formed(Question(at.text("stem"), body, at.text("explanation"), at.number("points", Decimal(1))), wrong)


@dataclass
class _Fields:
    """The fields of one question."""

    typed: Mapping[str, str]
    prefix: str
    wrong: dict[str, list[str]]

    def text(self, name: str) -> str:
        return self.typed.get(f"{self.prefix}{name}", "").replace("\r\n", "\n").strip()

    def on(self, name: str) -> bool:
        return self.text(name) not in ("", "0", "off", "false")

    def number(self, name: str, empty: Decimal) -> Decimal:
        said = self.text(name).replace("\uff0e", ".").replace("\uff0c", "").replace(",", "")
        if not said:
            return empty
        try:
            found = Decimal(said)
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite():
            self.wrong.setdefault(f"{self.prefix}{name}", []).append(N_("A number is needed here."))
            return empty
        return found

    def rows(self, name: str) -> Iterator[int]:
        yield from rows_of(self.typed, name, self.prefix)

    def filled(self, name: str) -> list[int]:
        return [place for place in self.rows(name) if self.text(f"{name}-{place}")]

    def options(self, name: str, places: list[int]) -> dict[int, Option]:
        """place -> option; each keeps its id, new ones get one that follows from their words."""
        held: dict[int, str] = {}
        for place in places:
            one = self.text(f"{name}-{place}-id")
            if OPTION_ID.fullmatch(one) and one not in held.values():
                held[place] = one
        fresh = dict(zip(places, fresh_ids(self.text(f"{name}-{place}") for place in places), strict=True))
        taken = set(held.values())
        found: dict[int, Option] = {}
        for place in places:
            ident = held.get(place) or fresh[place]
            while place not in held and ident in taken:
                ident = fresh_ids([f"{ident}{place}"])[0]
            taken.add(ident)
            found[place] = Option(ident, self.text(f"{name}-{place}"), self.on(f"{name}-{place}-pinned"))
        return found


def _body(at: _Fields, kind: Kind) -> Body:
    if kind in (Kind.SINGLE, Kind.MULTIPLE):
        options = at.options("options", at.filled("options"))
        several = kind is Kind.MULTIPLE
        keys = tuple(one.id for place, one in options.items() if (
            at.on(f"options-{place}-right") if several else at.text("right") == str(place)))
        said = at.text("credit")
        credit = Credit(said) if several and said in set(Credit) else Credit.IF_NONE_WRONG
        return Choice(tuple(options.values()), keys, several, credit, at.on("shuffled"))
    if kind is Kind.TRUE_FALSE:
        return TrueFalse({"true": True, "false": False}.get(at.text("key")))
    if kind is Kind.FILL_IN:
        return _fill_in(at)
    if kind is Kind.NUMERIC:
        tolerance = at.number("tolerance", Decimal(0))
        return Numeric(at.number("value", Decimal(0)) if at.text("value") else None, tolerance / 100 if at.on("relative") else tolerance,
                       at.on("relative"), at.text("unit"))
    if kind is Kind.ORDERING:
        said = at.text("credit")
        return Ordering(tuple(at.options("items", at.filled("items")).values()),
                        OrderCredit(said) if said in set(OrderCredit) else OrderCredit.EXACT)
    if kind is Kind.MATCHING:
        return _matching(at)
    if kind is Kind.CASE:
        return Case(tuple(Part(at.text(f"parts-{place}-id") or str(place), question_of(
            at.typed, f"{at.prefix}parts-{place}-", at.wrong).question) for place in at.rows("parts")))
    rubric = tuple(Criterion(at.text(f"rubric-{place}-id") or str(place), at.text(f"rubric-{place}"),
                             at.number(f"rubric-{place}-points", Decimal(0))) for place in at.filled("rubric"))
    if kind is Kind.SHORT_ANSWER:
        longest = at.number("longest", Decimal(0))
        return ShortAnswer(rubric, at.text("model_answer"), int(longest) if abs(longest) < 10**6 else -1)
    types = tuple(one.strip().lstrip(".").lower() for one in re.split(r"[,\s\u3001\uff0c]+", at.text("types")) if one.strip())
    return FileAnswer(rubric, at.text("model_answer"), types)


def _fill_in(at: _Fields) -> FillIn:
    blanks = []
    for place in at.rows("blanks"):
        accepted = tuple(dict.fromkeys(one.strip() for one in at.text(f"blanks-{place}").split("\n") if one.strip()))
        weight = at.number(f"blanks-{place}-weight", Decimal(1))
        if accepted or at.text(f"blanks-{place}-id") in BLANK_MARK.findall(at.text("stem")):
            blanks.append(Blank(at.text(f"blanks-{place}-id") or str(place), accepted, int(weight) if weight == int(weight) else 0))
    known = {one.id for one in blanks}
    blanks += [Blank(mark, ()) for mark in dict.fromkeys(BLANK_MARK.findall(at.text("stem"))) if mark not in known]
    return FillIn(tuple(blanks), Folding(at.on("fold-case"), at.on("fold-width"), at.on("fold-spaces"), at.on("fold-script")))


def _matching(at: _Fields) -> Matching:
    rows = [place for place in at.rows("pairs") if at.text(f"lefts-{place}") or at.text(f"rights-{place}")]
    lefts = at.options("lefts", [place for place in rows if at.text(f"lefts-{place}")])
    first: dict[str, int] = {}
    for place in rows:
        first.setdefault(at.text(f"rights-{place}"), place)
    rights = at.options("rights", [place for words, place in first.items() if words])
    key = tuple((one.id, rights[first[at.text(f"rights-{place}")]].id) for place, one in lefts.items() if at.text(f"rights-{place}"))
    return Matching(tuple(lefts.values()), tuple(rights.values()), key)


def acted(typed: Mapping[str, str], act: str) -> Typed | None:
    """The form after one of its buttons: `add:options`, `up:options-3`, `remove:parts-2-rubric-1`, `add:parts:single`; None for a
    button that is none."""
    said = _ACT.fullmatch(act)
    if said is None:
        return None
    prefix, name, held = said["prefix"], said["name"], dict(typed)
    rows = rows_of(held, name, prefix)
    if said["verb"] == "add":
        if len(rows) < MOST_ROWS and name in FIRST:
            _add(held, prefix, name, max(rows, default=0) + 1, said["kind"] or Kind.SINGLE)
        return held
    row = int(said["row"] or 0)
    if row not in rows:
        return None
    if said["verb"] == "remove":
        return {one: value for one, value in held.items() if not _in_row(one, prefix, name, row)}
    at = rows.index(row) + (-1 if said["verb"] == "up" else 1)
    return _swapped(held, prefix, name, row, rows[at]) if 0 <= at < len(rows) else held


def _add(held: Typed, prefix: str, name: str, row: int, kind: str) -> None:
    if name == "parts":
        begun = blank_form(kind if kind in set(Kind) and kind != Kind.CASE else Kind.SINGLE)
        held |= {f"{prefix}parts-{row}-is": "1"} | {f"{prefix}parts-{row}-{one}": value for one, value in begun.items()}
    else:
        held[f"{prefix}{name}-{row}{'-is' if name == 'pairs' else ''}"] = "1" if name == "pairs" else ""
        if name == "blanks":
            used = {value for one, value in held.items() if one.startswith(f"{prefix}blanks-") and one.endswith("-id")}
            held[f"{prefix}blanks-{row}-id"] = next(str(number) for number in range(1, 100) if str(number) not in used)


def _names(name: str) -> tuple[str, ...]:
    return ("pairs", "lefts", "rights") if name == "pairs" else (name,)


def _in_row(one: str, prefix: str, name: str, row: int) -> bool:
    return any(one == f"{prefix}{each}-{row}" or one.startswith(f"{prefix}{each}-{row}-") for each in _names(name))


def _swapped(held: Typed, prefix: str, name: str, row: int, other: int) -> Typed:
    found: Typed = {}
    for one, value in held.items():
        new = one
        for each in _names(name):
            for here, there in ((row, other), (other, row)):
                start = f"{prefix}{each}-{here}"
                if one == start or one.startswith(f"{start}-"):
                    new = f"{prefix}{each}-{there}{one[len(start):]}"
        found[new] = value
    if name == "options" and held.get(f"{prefix}right") in (str(row), str(other)):
        found[f"{prefix}right"] = str(other if held[f"{prefix}right"] == str(row) else row)
    return found


def errors_at(question: Question, typed: Mapping[str, str], fields: Mapping[str, Any]) -> dict[str, Any]:
    """What is wrong by places of the question, at the fields of the form: empty rows were left out, so places are counted anew."""
    found: dict[str, Any] = {}
    for where, said in fields.items():
        prefix, rest = "", where
        part = re.match(r"parts/(\d+)/", where)
        if part:
            places = rows_of(typed, "parts")
            number = int(part[1])
            prefix, rest = f"parts-{places[number - 1] if number <= len(places) else number}-", where[part.end():]
        found[prefix + _field(rest, prefix, typed)] = said
    return found


def _field(rest: str, prefix: str, typed: Mapping[str, str]) -> str:
    name, _, place = rest.partition("/")
    number = place.partition("/")[0]
    if not number.isdecimal():
        return {"keys": "right", "pairs": "lefts"}.get(name, name)
    at = _Fields(typed, prefix, {})
    if name in ("lefts", "rights"):
        seen: set[str] = set()
        places = []
        for row in at.rows("pairs"):
            words = at.text(f"{name}-{row}")
            if words and (name == "lefts" or words not in seen):
                places.append(row)
            seen.add(words)
    elif name == "blanks":
        places = list(at.rows("blanks"))
    elif name == "parts":
        places = list(at.rows("parts"))
    elif name in ("keys", "key"):
        return "right"
    else:
        places = at.filled(name)
    row = places[int(number) - 1] if int(number) <= len(places) else int(number)
    return f"{name}-{row}"
