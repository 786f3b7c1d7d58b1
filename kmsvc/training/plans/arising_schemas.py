"""Inputs and answers of rules that plans arise by."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.offers import Offer
from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Whole
from kmsvc.core.texts import N_
from kmsvc.process.definitions.rules import ProcessClass, ProcessGroup
from kmsvc.training.plans.arising import Arises, Happening, RuleText
from kmsvc.training.plans.arising_queries import CatchLine, RuleFilters, RuleLine
from kmsvc.training.plans.schemas import NEEDED, allowed_json

_ID = validate.Range(min=1)
STANDS = ("on", "off")
FIELDS = ("name", "event", "hours", "days", "group", "klass", "words", "unit", "post", "course", "plan")


class RuleInput(InputSchema):
    """A rule. unit, post: ids; course, plan: numbers; days: until when everybody is trained after the event."""

    name = Line(required=True, validate=validate.Length(max=200), error_messages=NEEDED, metadata={"label": N_("Name of the rule")})
    event = fields.String(required=True, validate=validate.OneOf([one.value for one in Arises]), error_messages=NEEDED,
                          metadata={"label": N_("What sets it off")})
    group = Choice([one.value for one in ProcessGroup], metadata={"label": N_("Group of the process")})
    klass = Choice([one.value for one in ProcessClass], metadata={"label": N_("Class of the process")})
    words = Line(load_default=None, allow_none=True, validate=validate.Length(max=200), metadata={"label": N_("Only what names")})
    unit = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Unit")})
    post = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Post")})
    course = Line(load_default=None, allow_none=True, validate=validate.Length(max=40), metadata={"label": N_("Course")})
    plan = Line(load_default=None, allow_none=True, validate=validate.Length(max=40), metadata={"label": N_("Running plan")})
    hours = Whole(load_default=1, validate=validate.Range(min=1, max=2000), metadata={"label": N_("Hours a head")})
    days = Whole(load_default=30, validate=validate.Range(min=0, max=730), metadata={"label": N_("Trained within days")})


class RulesNarrowed(InputSchema):
    """What the list is narrowed to."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    event = Choice([one.value for one in Arises], metadata={"label": N_("What sets it off")})
    stand = Choice(STANDS)


class RulesAsked(RulesNarrowed):
    """The filters of the page, all in the address."""

    cursor = Whole(load_default=None, allow_none=True, validate=_ID)
    format = Choice(["csv", "xlsx"])


class RulesQuery(PageQuery, RulesNarrowed):
    """Filters of the list."""


def filters_of(asked: Mapping[str, Any]) -> RuleFilters:
    """The filters in a loaded query."""
    return RuleFilters(asked["q"], asked["event"], asked["stand"])


def text_of(data: Mapping[str, Any]) -> RuleText:
    """What a loaded input says."""
    return RuleText(**{name: data[name] for name in FIELDS})


def line_json(one: RuleLine) -> dict[str, Any]:
    """A rule in a list, as JSON."""
    return {"id": one.id, "number": one.number, "version": one.version, "name": one.name, "event": one.event, "group": one.group,
            "klass": one.klass, "words": one.words, "unit": one.unit_id, "post": one.post_id, "course": one.course, "plan": one.plan,
            "hours": one.hours, "days": one.days, "on_since": one.on_since, "made_by": one.made_by, "caught": one.caught,
            "last_at": one.last_at, "url": one.url}


def catch_json(one: CatchLine) -> dict[str, Any]:
    """An event that was caught, as JSON."""
    return {"id": one.id, "title": one.title, "url": one.url, "plan": one.plan, "made": one.made, "people": one.people, "at": one.at,
            "taken_back_at": one.taken_back_at, "reason": one.reason}


def seen_json(found: Sequence[tuple[Happening, Collection[int]]]) -> list[dict[str, Any]]:
    """What a rule would have caught, as JSON."""
    return [{"title": it.title, "url": it.url, "at": it.at, "people": len(people)} for it, people in found]


def card_json(line: RuleLine, catches: Sequence[CatchLine], found: Sequence[tuple[Happening, Collection[int]]],
              offers: Sequence[Offer]) -> dict[str, Any]:
    """A rule with what it has caught, what it would have caught, and what this caller may do."""
    return line_json(line) | {"catches": [catch_json(one) for one in catches], "would_catch": seen_json(found),
                              "allowed": allowed_json(f"/api/v1/training/plans/rules/{line.id}", offers)}
