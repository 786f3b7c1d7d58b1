"""Inputs and answers of quality results of newcomers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from marshmallow import validate

from kmsvc.convert.values import of_hundred
from kmsvc.core.errors import InvalidInput
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.training.onboarding.results import LONGEST, Result
from kmsvc.training.onboarding.results_queries import ImportLine, ResultLine

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class _Amount(Line):
    """Text as people write a result; a number of a program too."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        plain = isinstance(value, int | float) and not isinstance(value, bool)
        return super()._deserialize(str(value) if plain else value, attr, data, **kwargs)


class ResultInput(InputSchema):
    """One quality result by hand."""

    person = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=100), metadata={"label": N_("Newcomer (account)")})
    on = Day(load_default=None, allow_none=True, metadata={"label": N_("Day"), "description": "today when left out"})
    score = _Amount(required=True, error_messages=NEEDED, validate=validate.Length(max=40), metadata={
        "label": N_("Points of a hundred"), "description": "92, 92.5, 92% or 46/50"})
    reference = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["reference"]),
                     metadata={"label": N_("Number of the inspection")})
    note = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["note"]),
                metadata={"label": N_("What was noted")})


class WhyInput(InputSchema):
    """Why something is taken out or back."""

    reason = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=LONGEST["reason"]),
                  metadata={"label": N_("Reason")})


class _Filters(InputSchema):
    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    class_id = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    trainee_id = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    import_id = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    stand = Choice(["below", "meets"])
    since = Day(load_default=None, allow_none=True)
    until = Day(load_default=None, allow_none=True)


class ResultsFilters(_Filters):
    """Filters of the page; person, on, score, reference, note fill the form."""

    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = Choice(["csv", "xlsx"])
    person = Line(load_default=None, allow_none=True, validate=validate.Length(max=100))
    on = Line(load_default=None, allow_none=True, validate=validate.Length(max=40))
    score = Line(load_default=None, allow_none=True, validate=validate.Length(max=40))
    reference = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["reference"]))
    note = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["note"]))


class ResultsQuery(_Filters, PageQuery):
    """Filters of results."""


class ImportsFilters(InputSchema):
    """The page of files."""

    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))


FILTERS = ("q", "class_id", "trainee_id", "import_id", "stand", "since", "until")


def chosen(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The filters of a query."""
    return {name: asked.get(name) for name in FILTERS}


def result_of(data: Mapping[str, Any], today: date) -> Result:
    """A loaded input as a result. InvalidInput: points that are none."""
    words = str(data["score"])
    score = of_hundred(f"{words}/100" if words.strip() in ("1", "1.0") else words)
    if score is None:
        raise InvalidInput({"score": [N_("A number from 0 to 100 with two places at most.")]})
    return Result(data["on"] or today, score, " ".join((data["reference"] or "").split()) or None, data["note"])


def result_json(one: ResultLine) -> dict[str, Any]:
    """A result, as JSON."""
    return asdict(one) | {"score": str(one.score)}


def import_json(one: ImportLine) -> dict[str, Any]:
    """A file that was taken in, as JSON."""
    return asdict(one)
