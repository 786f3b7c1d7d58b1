"""Inputs and answers of the annual plan, of entries and of suggestions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate

from kmsvc.core.offers import Offer
from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Text, Whole, Words
from kmsvc.core.texts import N_
from kmsvc.training.needs.plan_queries import EntryLine, LineFilters, PlanLineCard, SuggestionLine
from kmsvc.training.needs.planning import LineText
from kmsvc.training.needs.realising import SoFar
from kmsvc.training.needs.rules import (
    LONGEST,
    EvaluationMethod,
    LineState,
    Ranked,
    SourceKind,
    SuggestionState,
    Sums,
)
from kmsvc.training.needs.schemas import NEEDED, allowed_json

_YEAR: dict[str, Any] = {"validate": validate.Range(min=2000, max=2200)}


class Amount(fields.Decimal):
    """An amount with at most two places, from 0 on."""

    def __init__(self, most: int, **kwargs: Any) -> None:
        super().__init__(allow_nan=False, validate=validate.Range(min=Decimal(0), max=Decimal(most)), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool) or len(str(value)) > 20:
            raise ValidationError(N_("This is not a number."))
        found = super()._deserialize(str(value), attr, data, **kwargs)
        if found is not None and found != found.quantize(Decimal("0.01"), ROUND_HALF_UP):
            raise ValidationError(N_("At most two places after the dot."))
        return found


class LineInput(InputSchema):
    """A line of the annual plan. hours: a head; cost: all of it, yuan; owner: an account."""

    subject = Line(required=True, validate=validate.Length(min=1, max=LONGEST["subject"]), error_messages=NEEDED,
                   metadata={"label": N_("Subject of the training")})
    audience = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["audience"]),
                    metadata={"label": N_("Who is trained")})
    unit = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1), metadata={"label": N_("Unit")})
    heads = Whole(required=True, validate=validate.Range(min=0, max=100_000), error_messages=NEEDED,
                  metadata={"label": N_("Number of people")})
    hours = Amount(2000, required=True, error_messages=NEEDED, metadata={"label": N_("Hours a head")})
    cost = Amount(10_000_000, required=True, error_messages=NEEDED, metadata={"label": N_("Cost in yuan, all together")})
    quarter = Whole(required=True, validate=validate.OneOf([1, 2, 3, 4]), error_messages=NEEDED, metadata={"label": N_("Quarter")})
    target = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["target"]),
                  metadata={"label": N_("Target of the training")})
    evaluation = fields.String(load_default=EvaluationMethod.LEARNING.value,
                               validate=validate.OneOf([one.value for one in EvaluationMethod]),
                               metadata={"label": N_("How it is evaluated")})
    owner = Line(load_default=None, allow_none=True, validate=validate.Length(max=100),
                 metadata={"label": N_("Account of who answers for it")})


class NewLineInput(LineInput):
    """A line with its year."""

    year = Whole(required=True, error_messages=NEEDED, metadata={"label": N_("Year")}, **_YEAR)


class TakeUpInput(InputSchema):
    """Which subjects of the list become lines. of_year: of the list; year: of the plan."""

    of_year = Whole(required=True, error_messages=NEEDED, metadata={"label": N_("Year of the list")}, **_YEAR)
    year = Whole(required=True, error_messages=NEEDED, metadata={"label": N_("Year of the plan")}, **_YEAR)
    keys = fields.List(fields.String(validate=validate.Length(max=200)), required=True, error_messages=NEEDED,
                       validate=validate.Length(max=200), metadata={"label": N_("Subjects")})


class EntryInput(InputSchema):
    """What hurts, by hand."""

    year = Whole(required=True, error_messages=NEEDED, metadata={"label": N_("Year")}, **_YEAR)
    source = fields.String(required=True, validate=validate.OneOf([one.value for one in SourceKind]), error_messages=NEEDED,
                           metadata={"label": N_("Source of the need")})
    subject = Line(required=True, validate=validate.Length(min=1, max=LONGEST["subject"]), error_messages=NEEDED,
                   metadata={"label": N_("What hurts")})
    count = Whole(required=True, validate=validate.Range(min=1, max=1_000_000), error_messages=NEEDED,
                  metadata={"label": N_("How often")})
    note = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["purpose"]),
                metadata={"label": N_("Where it is known from")})


class SuggestionInput(InputSchema):
    """A training suggestion. place: the page it is sent from."""

    subject = Line(required=True, validate=validate.Length(min=1, max=LONGEST["subject"]), error_messages=NEEDED,
                   metadata={"label": N_("Training you suggest")})
    text = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["text"]),
                metadata={"label": N_("Why, and how")})
    place = Line(load_default=None, allow_none=True, validate=validate.Length(max=300), metadata={"label": N_("Sent from the page")})


class LinesFilters(InputSchema):
    """The filters of the annual plan, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    year = Whole(load_default=None, allow_none=True, **_YEAR)
    quarter = Whole(load_default=None, allow_none=True, validate=validate.OneOf([1, 2, 3, 4]))
    state = Choice([one.value for one in LineState])
    cursor = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0, max=100_000))
    format = Choice(["csv", "xlsx"])


class LinesQuery(PageQuery):
    """Filters of the annual plan."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    year = Whole(load_default=None, allow_none=True, **_YEAR)
    quarter = Whole(load_default=None, allow_none=True, validate=validate.OneOf([1, 2, 3, 4]))
    state = Choice([one.value for one in LineState])


class EntriesFilters(InputSchema):
    """The filters of entries."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    year = Whole(load_default=None, allow_none=True, **_YEAR)
    source = Choice([one.value for one in SourceKind])
    removed = Choice(["1"])
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = Choice(["csv", "xlsx"])


class EntriesQuery(PageQuery):
    """Filters of entries."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    year = Whole(load_default=None, allow_none=True, **_YEAR)
    source = Choice([one.value for one in SourceKind])
    removed = Choice(["1"])


class SuggestionsFilters(InputSchema):
    """The filters of suggestions; `place` fills the form."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice([one.value for one in SuggestionState])
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = Choice(["csv", "xlsx"])


class SuggestionsQuery(PageQuery):
    """Filters of suggestions."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    state = Choice([one.value for one in SuggestionState])


class KeysInput(InputSchema):
    """Ticked subjects of the page."""

    keys = Words(most=200)


def line_text(data: Mapping[str, Any]) -> LineText:
    """The line in a loaded input."""
    return LineText(data["subject"], data["heads"], int((data["hours"] * 60).to_integral_value(ROUND_HALF_UP)), int(data["cost"] * 100),
                    data["quarter"], data["evaluation"], data["audience"], data["unit"], data["target"], data["owner"])


def filters_of(asked: Mapping[str, Any]) -> LineFilters:
    """The filters in a loaded query."""
    return LineFilters(asked["q"], asked["year"], asked["quarter"], asked["state"])


def plan_line_json(line: PlanLineCard, offers: Sequence[Offer] | None = None) -> dict[str, Any]:
    """A line of the annual plan, as JSON."""
    body = {"id": line.id, "number": line.number, "version": line.version, "year": line.year, "state": line.state,
            "subject": line.subject, "audience": line.audience, "unit": line.unit or None, "heads": line.heads, "hours": line.hours,
            "cost": line.yuan, "target": line.target, "evaluation": line.evaluation, "quarter": line.quarter,
            "owner": line.owner_login or None, "reasons": [dict(one) for one in line.reasons], "plan_id": line.plan_id,
            "reason": line.reason, "url": line.url,
            "delivery": [{"step": one.step, "done_on": one.done_on, "note": one.note, "person": one.person or None}
                         for one in line.delivery]}
    return body if offers is None else body | {"allowed": allowed_json(f"/api/v1/training/needs/lines/{line.id}", offers)}


def plan_so_far_json(one: SoFar | None) -> dict[str, Any] | None:
    """How far the training plan of a line is, as JSON."""
    return None if one is None else {
        "id": one.plan_id, "number": one.number, "title": one.title, "state": one.state, "url": one.url, "people": one.people,
        "present": one.present, "sessions": one.sessions, "held": one.held, "minutes": one.minutes, "cost": one.cost,
        "spent": one.spent}


def sums_json(sums: Sums) -> dict[str, Any]:
    """Totals, as JSON."""
    return {"lines": sums.lines, "hours": round(sums.minutes / 60, 2), "cost": sums.fen / 100, "employees": sums.employees,
            "hours_each": sums.hours_each, "yuan_each": sums.yuan_each, "hours_limit": sums.hours_limit, "yuan_limit": sums.yuan_limit}


def ranked_json(one: Ranked) -> dict[str, Any]:
    """A subject of what hurts, as JSON."""
    return {"key": one.key, "subject": one.subject, "score": one.score,
            "parts": [{"source": str(part.source), "count": part.count, "points": points, "note": part.note, "url": part.url}
                      for part, points in one.parts]}


def entry_json(one: EntryLine) -> dict[str, Any]:
    """An entry, as JSON."""
    return {"id": one.id, "version": one.version, "year": one.year, "source": one.source, "subject": one.subject, "count": one.count,
            "note": one.note, "entered_by": one.entered_by or None, "entered_at": one.entered_at, "removed": one.removed}


def suggestion_json(one: SuggestionLine, offers: Sequence[Offer] | None = None) -> dict[str, Any]:
    """A suggestion, as JSON."""
    body = {"id": one.id, "number": one.number, "version": one.version, "person": one.person, "subject": one.subject, "text": one.text,
            "place": one.place, "sent_at": one.sent_at, "state": one.state, "answer": one.answer, "answered_by": one.answered_by or None,
            "answered_at": one.answered_at, "url": one.url}
    return body if offers is None else body | {"allowed": allowed_json(f"/api/v1/training/needs/suggestions/{one.id}", offers)}
