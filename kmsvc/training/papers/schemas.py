"""Inputs and answers of papers. A form names the fields of its grid `c-TOPIC-KIND` and the points of a kind `p-KIND`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import ValidationError, fields, validate

from kmsvc.core.errors import InvalidInput
from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Text, Whole, Words
from kmsvc.core.texts import N_
from kmsvc.training.papers import rules
from kmsvc.training.papers.blueprint import MOST_CELLS, SAID, Blueprint, Cell, Feasibility
from kmsvc.training.papers.pool import BANDS
from kmsvc.training.papers.queries import Asked, Check, PaperLine, Preview
from kmsvc.training.papers.rules import PaperState, PaperWay
from kmsvc.training.papers.usecases import Draft
from kmsvc.training.questions.kinds import Kind

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
KINDS = [one.value for one in Kind]
_FIELD = re.compile(r"c-(?P<topic>any|[0-9]{1,9})-(?P<kind>[a-z_]{1,20})\Z")


class Number(fields.Field[Any]):
    """Points: a number, or one as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        try:
            found = Decimal(str(value).strip()) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
        except InvalidOperation:
            found = None
        if found is None or not found.is_finite() or abs(found) > 1_000_000 or found * 100 % 1:
            raise ValidationError(N_("A number with two places after the point at most is needed here."))
        return found


class CellInput(InputSchema):
    """So many questions of a topic, kind and difficulty at so many points each; left out: any."""

    topic = Line(load_default=None, allow_none=True, validate=validate.Length(max=20),
                 metadata={"label": N_("Topic"), "description": "id of a topic, as text"})
    kind = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(KINDS), metadata={"label": N_("Type of question")})
    count = Whole(required=True, error_messages=NEEDED, metadata={"label": N_("How many")})
    points = Number(required=True, error_messages=NEEDED, metadata={"label": N_("Points"), "type": ["number", "string"]})
    band = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(BANDS), metadata={"label": N_("Difficulty")})


class PaperInput(InputSchema):
    """A paper: its name, the way its questions come in and, unless they are picked by hand, its blueprint."""

    title = Line(required=True, validate=validate.Length(min=1, max=200), error_messages=NEEDED, metadata={"label": N_("Title")})
    about = Text(load_default="", allow_none=True, validate=validate.Length(max=2000), metadata={"label": N_("What it is for")})
    way = fields.String(required=True, validate=validate.OneOf([one.value for one in PaperWay]), error_messages=NEEDED,
                        metadata={"label": N_("How questions come in")})
    banks = Words(metadata={"label": N_("Question banks"), "description": "ids of banks; none: all"})
    cells = fields.List(fields.Nested(CellInput), load_default=None, allow_none=True, validate=validate.Length(max=MOST_CELLS),
                        metadata={"label": N_("Blueprint")})
    shares = fields.List(Whole(), load_default=None, allow_none=True, validate=validate.Length(equal=3),
                         metadata={"label": N_("Shares of difficulty"), "description": "per cent easy, middle, hard; none: free"})
    points_wanted = Number(load_default=None, allow_none=True, metadata={
        "label": N_("Total of points"), "type": ["number", "string", "null"]})
    pass_percent = Whole(load_default=60, validate=validate.Range(min=1, max=100), metadata={"label": N_("Pass mark in per cent")})
    seed = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={"label": N_("Seed")})
    tolerance = Whole(load_default=None, allow_none=True, validate=validate.Range(min=0, max=500), metadata={
        "label": N_("Tolerance of difficulty"), "description": "thousandths two papers may lie apart"})


class CheckInput(InputSchema):
    """A blueprint to be checked against the banks before it is kept."""

    banks = Words(metadata={"label": N_("Question banks"), "description": "ids of banks; none: all"})
    cells = fields.List(fields.Nested(CellInput), load_default=list, validate=validate.Length(max=MOST_CELLS),
                        metadata={"label": N_("Blueprint")})
    shares = fields.List(Whole(), load_default=None, allow_none=True, validate=validate.Length(equal=3),
                         metadata={"label": N_("Shares of difficulty")})
    points_wanted = Number(load_default=None, allow_none=True, metadata={
        "label": N_("Total of points"), "type": ["number", "string", "null"]})
    pass_percent = Whole(load_default=60, metadata={"label": N_("Pass mark in per cent")})


class PickedInput(InputSchema):
    """A question to be asked, with its points; left out: what the question says."""

    question_id = Whole(required=True, error_messages=NEEDED, metadata={"label": N_("Question")})
    points = Number(load_default=None, allow_none=True, metadata={"label": N_("Points"), "type": ["number", "string", "null"]})


class PickInput(InputSchema):
    """All questions of a paper picked by hand, in their order."""

    questions = fields.List(fields.Nested(PickedInput), required=True, validate=validate.Length(max=rules.MOST_PICKED),
                            error_messages=NEEDED, metadata={"label": N_("Questions")})


class SeedInput(InputSchema):
    """The seed to compose by; left out: the one that stands."""

    seed = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={"label": N_("Seed")})


class PaperFilters(InputSchema):
    """The filters of the list, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice([one.value for one in PaperState])
    way = Choice([one.value for one in PaperWay])
    cursor = Whole(load_default=0, validate=validate.Range(min=0))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class PapersQuery(PageQuery):
    """The same for programs."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    state = Choice([one.value for one in PaperState])
    way = Choice([one.value for one in PaperWay])


class PickFilters(InputSchema):
    """What is looked for among the questions that can be picked."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    topic = Whole(load_default=None, allow_none=True)
    kind = Choice(KINDS)
    band = Choice(BANDS)
    cursor = Whole(load_default=0, validate=validate.Range(min=0))


class PreviewQuery(InputSchema):
    """By which seed."""

    seed = Line(load_default=None, allow_none=True, validate=validate.Length(max=64))
    key = fields.Boolean(load_default=False)


def bank_ids(words: list[str] | None) -> list[int]:
    """The banks that are named; InvalidInput for what is no id."""
    if any(not one.isdecimal() or len(one) > 9 for one in words or []):
        raise InvalidInput({"banks": [N_("There is no such question bank.")]})
    return [int(one) for one in words or []]


def blueprint_in(data: Mapping[str, Any]) -> Blueprint:
    """The blueprint an input asks for, flaws and all."""
    cells = tuple(Cell(one["topic"], one["kind"], one["count"], one["points"], one["band"]) for one in data.get("cells") or ())
    shares = data.get("shares")
    return Blueprint(cells, data["pass_percent"], data.get("points_wanted"), None if shares is None else tuple(shares))


def draft_of(data: Mapping[str, Any]) -> Draft:
    """What the input asks for."""
    picked = data["way"] == PaperWay.PICKED
    return Draft(data["title"], data["way"], data["about"] or "", None if picked else blueprint_in(data), data["pass_percent"],
                 bank_ids(data["banks"]), data["seed"], data["tolerance"])


def from_form(form: Mapping[str, Any], banks: list[str]) -> dict[str, Any]:
    """A form of the grid as the input it stands for; what was typed stays as text, so that the input itself says what is wrong."""
    cells = []
    for name, value in form.items():
        found = _FIELD.match(name)
        if found is not None and str(value).strip() not in ("", "0"):
            kind = found["kind"]
            cells.append({"topic": None if found["topic"] == "any" else found["topic"], "kind": kind, "count": str(value).strip(),
                          "points": form.get(f"p-{kind}") or "1"})
    made = {name: value for name, value in form.items() if not name.startswith(("c-", "p-", "share-")) and name != "banks"}
    shares = [str(form.get(f"share-{band}") or "").strip() for band in BANDS]
    return made | {"banks": banks, "cells": cells, "shares": [one or "0" for one in shares] if any(shares) else None}


def said_flaws(found: Check) -> list[tuple[str, Mapping[str, Any]]]:
    """(source, places) of everything that contradicts itself, each once."""
    seen: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for one in found.flaws:
        seen.setdefault(one.code, (SAID[one.code], one.params))
    return list(seen.values())


def line_json(line: PaperLine) -> dict[str, Any]:
    """A paper in a list, as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "title": line.title, "about": line.about or None,
            "way": line.way, "state": line.state, "questions": line.questions, "total": str(line.total),
            "pass_percent": line.pass_percent, "minutes": line.minutes, "keeper": line.keeper or None, "exams": line.exams,
            "changed_at": line.changed_at, "url": line.url}


def asked_json(one: Asked) -> dict[str, Any]:
    """A question of a paper, as JSON; never its key."""
    return {"place": one.place, "question_id": one.id, "version_id": one.version_id, "number": one.number, "head": one.head,
            "kind": one.kind, "band": one.band, "topic": one.topic or None, "points": str(one.points), "stale": one.stale}


def feasibility_json(found: Feasibility, blueprint: Blueprint) -> dict[str, Any]:
    """What a bank can give and exactly lacks, as JSON."""
    def cell(place: int) -> dict[str, Any]:
        one = blueprint.cells[place]
        return {"cell": place, "topic": one.topic, "kind": one.kind}
    return {"feasible": not found.missing, "missing": found.missing, "available": list(found.available),
            "shortages": [{"needed": one.needed, "missing": one.missing,
                           "cells": [cell(place) | {"bands": list(bands)} for place, bands in one.helps]} for one in found.shortages],
            "orders": [cell(one.cell) | {"band": one.band, "count": one.count} for one in found.orders]}


def check_json(found: Check, sentences: list[str]) -> dict[str, Any]:
    """A check, as JSON; sentences: what is wrong or short, in the reader's language."""
    it = found.blueprint
    return {"questions": it.count, "total": str(it.points), "pass_points": str(it.pass_points), "minutes": found.minutes,
            "pool": found.pool, "bands": [{"band": band, "asked": asked, "there": there} for band, asked, there in found.bands],
            "feasible": found.found is not None and not found.found.missing, "sentences": sentences,
            "feasibility": None if found.found is None else feasibility_json(found.found, it)}


def preview_json(found: Preview) -> dict[str, Any]:
    """Papers side by side, as JSON."""
    return {"seed": found.seed, "even": found.even, "all_differ": found.differ, "papers": [
        {"difficulty": round(hard, 1), "questions": [asked_json(one) for one in its]}
        for its, hard in zip(found.papers, found.difficulty, strict=True)]}
