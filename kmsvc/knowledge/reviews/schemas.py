"""Inputs and answers of reviews."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate

from kmsvc.core.offers import Offer
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.reviews.checklist import Kept
from kmsvc.knowledge.reviews.queries import ItemLine, ReviewCard, ReviewLine
from kmsvc.knowledge.reviews.rules import LONGEST, MOST_EACH, FollowUp, ReviewResult, ReviewState
from kmsvc.knowledge.reviews.usecases import Plan

STATES = [one.value for one in ReviewState]
RESULTS = [one.value for one in ReviewResult]
FOLLOW_UPS = [one.value for one in FollowUp]
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
_ITEM = Line()  # one of a list, cleaned as every line is


class Names(fields.Field[Any]):
    """Names of things: a list, or a text with a line for each."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        parts = value.split("\n") if isinstance(value, str) else value
        if not isinstance(parts, list) or len(parts) > 500 or not all(isinstance(one, str) and len(one) <= 200 for one in parts):
            raise ValidationError(N_("A list of names is needed here."))
        return [one for one in map(_ITEM.deserialize, parts) if one]


_NAMES = {"type": ["array", "string"], "items": {"type": "string"}}


class PlanInput(InputSchema):
    """What is to be reviewed, by whom, until when, how many of each category."""

    year = Whole(required=True, validate=validate.Range(min=2000, max=2200), error_messages=NEEDED, metadata={"label": N_("Year")})
    begins_on = Day(load_default=None, allow_none=True, metadata={"label": N_("From this day"), "description": "left out: 1 January"})
    ends_on = Day(load_default=None, allow_none=True, metadata={"label": N_("To this day"), "description": "left out: 31 December"})
    due_on = Day(load_default=None, allow_none=True, metadata={"label": N_("Due"), "description": "left out: 31 December"})
    size = Whole(load_default=3, allow_none=False, validate=validate.Range(min=1, max=MOST_EACH),
                 metadata={"label": N_("Articles of each category")})
    reviewers = Names(required=True, error_messages=NEEDED, metadata={
        "label": N_("Who judges"), "description": "logins of persons who may judge"} | _NAMES)
    categories = Names(load_default=list, allow_none=True, metadata={
        "label": N_("Categories"), "description": "names; none: all of them"} | _NAMES)
    seed = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["seed"]), metadata={
        "label": N_("Seed of the draw"), "description": "left out: drawn by the service"})
    purpose = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["purpose"]),
                   metadata={"label": N_("What to look at most")})


class ChecklistInput(InputSchema):
    """The checklist of good content, a point a line."""

    zh = Names(load_default=list, allow_none=True, metadata={"label": N_("In Chinese")} | _NAMES)
    en = Names(load_default=list, allow_none=True, metadata={"label": N_("In English")} | _NAMES)


class ReviewFilters(InputSchema):
    """The filters of the list, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    year = Whole(load_default=None, allow_none=True, validate=validate.Range(min=2000, max=2200))
    state = Choice(STATES)
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class ReviewsQuery(PageQuery):
    """Filters of the list."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    year = Whole(load_default=None, allow_none=True, validate=validate.Range(min=2000, max=2200))
    state = Choice(STATES)


class ItemFilters(InputSchema):
    """The filters of the sample, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    result = Choice([*RESULTS, "waiting"])
    follow_up = Choice(FOLLOW_UPS)
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class ItemsQuery(PageQuery):
    """Filters of the sample."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    result = Choice([*RESULTS, "waiting"])
    follow_up = Choice(FOLLOW_UPS)


def plan_of(data: dict[str, Any]) -> Plan:
    """The plan in a loaded input: what is left out is the whole year."""
    year = data["year"]
    return Plan(year=year, begins_on=data["begins_on"] or date(year, 1, 1), ends_on=data["ends_on"] or date(year, 12, 31),
                due_on=data["due_on"] or date(year, 12, 31), size=data["size"], reviewers=data["reviewers"],
                categories=data["categories"] or (), seed=data["seed"], purpose=data["purpose"])


def chosen(items: Sequence[ItemLine], asked: dict[str, Any]) -> list[ItemLine]:
    """The articles of a sample that fit the filters."""
    words = (asked["q"] or "").lower()
    return [one for one in items
            if (not words or words in f"{one.facts['number']} {one.facts['title']} {one.category} {one.findings or ''}".lower())
            and asked["result"] in (None, one.result or "waiting") and asked["follow_up"] in (None, one.follow_up)]


def line_json(line: ReviewLine) -> dict[str, Any]:
    """A review in a list, as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "year": line.year, "state": line.state,
            "begins_on": line.begins_on, "ends_on": line.ends_on, "due_on": line.due_on, "categories": list(line.categories),
            "drawn": line.drawn, "judged": line.judged, "reviewers": list(line.reviewers), "planned_by": line.planned_by or None,
            "signed_by": line.signed_by or None, "signed_at": line.signed_at, "complete": line.complete, "fit": line.fit,
            "url": line.url}


def item_json(item: ItemLine) -> dict[str, Any]:
    """An article of the sample, as JSON."""
    return {"id": item.id, "version": item.version, "place": item.place, "category": item.category or None,
            "article_id": item.article_id, "version_id": item.version_id, "facts": dict(item.facts), "reviewer": item.reviewer,
            **item.answers, "findings": item.findings, "result": item.result, "due_on": item.due_on,
            "judged_by": item.judged_by or None, "judged_at": item.judged_at, "follow_up": item.follow_up, "url": item.url}


def checklist_json(kept: Kept) -> dict[str, Any]:
    """The checklist of good content, as JSON."""
    return {"id": "checklist", "version": kept.version, "zh": list(kept.zh), "en": list(kept.en), "author": kept.author or None,
            "recorded_at": kept.recorded_at}


def card_json(card: ReviewCard, offers: Sequence[Offer]) -> dict[str, Any]:
    """One review as JSON, with `allowed` for this caller; its sample has an address of its own."""
    return line_json(card.line) | {
        "purpose": card.purpose, "size": card.size, "seed": card.seed, "planned_at": card.planned_at, "drawn_at": card.drawn_at,
        "cancelled_at": card.cancelled_at, "reason": card.reason, "population": dict(card.population), "record": card.record,
        "results": dict(card.results), "conclusion": card.conclusion, "actions": card.actions, "content_hash": card.content_hash,
        "whole": card.is_whole, "sample_repeats": card.repeats, "allowed": allowed_json(
            f"/api/v1/knowledge/reviews/{card.line.id}", offers)}


def allowed_json(base: str, offers: Sequence[Offer]) -> list[dict[str, Any]]:
    """What may be done, with self-contained schemas."""
    return [{"verb": one.verb, "href": f"{base}/{one.verb}", "method": "POST", "forward": one.forward, "schema": one.schema}
            for one in offers]
