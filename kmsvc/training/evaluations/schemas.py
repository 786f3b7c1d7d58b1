"""Inputs and answers of evaluations, ratings, figures and adjustments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.offers import Offer
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.training.evaluations.queries import AdjustmentLine, EvaluationCard, EvaluationLine
from kmsvc.training.evaluations.rules import (
    LONGEST,
    AdjustmentState,
    EvaluationState,
    Factor,
    Level,
    Measured,
    Part,
    SubjectKind,
)

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
STATES = [one.value for one in EvaluationState]
KINDS = [one.value for one in SubjectKind]
MOST_FIGURE = 1_000_000_000.0


class EvaluationInput(InputSchema):
    """What is evaluated. subject_id: of a course, plan or session; title: of another training."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS), error_messages=NEEDED,
                         metadata={"label": N_("What is evaluated")})
    subject_id = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1), metadata={"label": N_("Course")})
    title = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["title"]),
                 metadata={"label": N_("Title of the training")})
    held_on = Day(load_default=None, allow_none=True, metadata={"label": N_("Held on")})


class RatingInput(InputSchema):
    """What one thinks. marks: factor -> 1 to 5; said: factor -> words."""

    marks = fields.Dict(keys=fields.String(validate=validate.OneOf([one.value for one in Factor])), required=True, error_messages=NEEDED,
                        metadata={"label": N_("Marks given")})
    said = fields.Dict(keys=fields.String(validate=validate.OneOf([one.value for one in Factor])),
                       values=Text(allow_none=True, validate=validate.Length(max=LONGEST["said"])), load_default=dict,
                       metadata={"label": N_("In own words")})


class Figure(fields.Float):
    """A figure that fits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_nan=False, load_default=None, allow_none=True,
                         validate=validate.Range(min=-MOST_FIGURE, max=MOST_FIGURE), **kwargs)


class MeasureInput(InputSchema):
    """A figure of a level by hand."""

    level = fields.String(required=True, validate=validate.OneOf([one.value for one in Level]), error_messages=NEEDED,
                          metadata={"label": N_("Level of the effect")})
    indicator = Line(required=True, validate=validate.Length(min=1, max=LONGEST["indicator"]), error_messages=NEEDED,
                     metadata={"label": N_("What is measured")})
    before = Figure(metadata={"label": N_("Before the training")})
    after = Figure(metadata={"label": N_("After the training")})
    unit = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["unit"]),
                metadata={"label": N_("Unit of measure")})
    cases = Whole(load_default=None, allow_none=True, validate=validate.Range(min=0, max=10_000_000), metadata={"label": N_("Cases")})
    source = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["source"]),
                  metadata={"label": N_("Where it is known from")})


class AdjustmentInput(InputSchema):
    """What is changed in a training, why, by when, by whom. One of evaluation_id, course_id, title."""

    evaluation_id = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1), metadata={"label": N_("Evaluation")})
    course_id = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1), metadata={"label": N_("Course")})
    title = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["title"]),
                 metadata={"label": N_("Title of the training")})
    part = fields.String(required=True, validate=validate.OneOf([one.value for one in Part]), error_messages=NEEDED,
                         metadata={"label": N_("What is adjusted")})
    what = Text(required=True, validate=validate.Length(min=1, max=LONGEST["text"]), error_messages=NEEDED,
                metadata={"label": N_("What is done otherwise")})
    why = Text(required=True, validate=validate.Length(min=1, max=LONGEST["text"]), error_messages=NEEDED,
               metadata={"label": N_("Why it is adjusted")})
    due_on = Day(required=True, error_messages=NEEDED, metadata={"label": N_("Due")})
    owner = Line(required=True, validate=validate.Length(max=100), error_messages=NEEDED,
                 metadata={"label": N_("Account of who adjusts it")})


class EvaluationFilters(InputSchema):
    """The filters of the list, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(STATES)
    kind = Choice(KINDS)
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = Choice(["csv", "xlsx"])


class EvaluationsQuery(PageQuery):
    """Filters of the list."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    state = Choice(STATES)
    kind = Choice(KINDS)


class AdjustmentFilters(InputSchema):
    """The filters of adjustments."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice([one.value for one in AdjustmentState])
    part = Choice([one.value for one in Part])
    course = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = Choice(["csv", "xlsx"])


class AdjustmentsQuery(PageQuery):
    """Filters of adjustments."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    state = Choice([one.value for one in AdjustmentState])
    part = Choice([one.value for one in Part])
    course = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))


def line_json(line: EvaluationLine) -> dict[str, Any]:
    """An evaluation in a list, as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "title": line.title, "kind": line.subject_kind,
            "state": line.state, "held_on": line.held_on, "people": line.people, "answers": line.answers, "made_by": line.made_by,
            "reported_at": line.reported_at, "url": line.url}


def measured_json(one: Measured) -> dict[str, Any]:
    """A figure of a level, as JSON. id: of one that was entered by hand."""
    return {"id": one.id, "indicator": one.indicator, "before": one.before, "after": one.after, "change": one.change, "unit": one.unit,
            "n": one.n, "note": one.note, "url": one.url or None}


def card_json(card: EvaluationCard, offers: Sequence[Offer]) -> dict[str, Any]:
    """An evaluation with its figures, the proof of its steps, and what this caller may do. A level without data is an empty list."""
    return line_json(card.line) | {
        "subject_id": card.subject_id, "levels": list(card.levels), "why": card.why, "strategy": card.strategy, "tools": card.tools,
        "factors": list(card.factors), "anonymous": card.anonymous, "due_on": card.due_on,
        "figures": [{"factor": one.factor, "n": one.n, "mean": one.mean, "spread": list(one.spread)} for one in card.figures]
        if card.figures is not None else None, "said": {name: list(its) for name, its in card.said.items()},
        "effects": {level.value: [measured_json(one) for one in its] for level, its in card.known.items()},
        "steps": [{"step": one.step, "verb": one.verb, "person": one.person or None, "at": one.at, "facts": dict(one.facts)}
                  for one in card.steps],
        "conclusion": card.conclusion, "told": {name: {"text": one["text"], "people": len(one["people"])} for name, one in
                                                card.told.items()},
        "reason": card.reason, "content_hash": card.content_hash, "whole": card.is_whole,
        "adjustments": [adjustment_json(one) for one in card.adjustments],
        "allowed": allowed_json(f"/api/v1/training/evaluations/{card.line.id}", offers)}


def adjustment_json(one: AdjustmentLine, offers: Sequence[Offer] | None = None) -> dict[str, Any]:
    """An adjustment, as JSON."""
    body: Mapping[str, Any] = {
        "id": one.id, "number": one.number, "version": one.version, "evaluation_id": one.evaluation_id, "course_id": one.course_id,
        "title": one.title, "part": one.part, "what": one.what, "why": one.why, "due_on": one.due_on, "owner": one.owner,
        "state": one.state, "done_on": one.done_on, "result": one.result, "url": one.url}
    base = f"/api/v1/training/evaluations/adjustments/{one.id}"
    return dict(body) if offers is None else {**body, "allowed": allowed_json(base, offers)}


def allowed_json(base: str, offers: Sequence[Offer]) -> list[dict[str, Any]]:
    """What may be done, with self-contained schemas."""
    return [{"verb": one.verb, "href": f"{base}/{one.verb}", "method": "POST", "forward": one.forward, "schema": one.schema}
            for one in offers]
