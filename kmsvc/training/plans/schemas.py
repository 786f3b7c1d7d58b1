"""Inputs and answers of plans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.offers import Offer
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Text, Whole, Words
from kmsvc.core.texts import N_
from kmsvc.people.roles import Role
from kmsvc.training.plans.queries import Member, PlanCard, PlanFilters, PlanLine
from kmsvc.training.plans.rules import LONGEST, PlanState, Purpose

STATES = [*(one.value for one in PlanState), "live"]
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
_ID = validate.Range(min=1)


class PeopleFields(InputSchema):
    """Who is meant: accounts or names, a role, a unit with those below it, a post, those who must take a course (its number)."""

    people = Words(most=500, metadata={"label": N_("People")})
    role = Choice([one.value for one in Role], metadata={"label": N_("Role")})
    unit = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Unit")})
    post = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Post")})
    people_course = Line(load_default=None, allow_none=True, validate=validate.Length(max=40),
                         metadata={"label": N_("Those who must take a course")})


class PlanFields(InputSchema):
    """What a plan says. hours: per head; cost: yuan for everybody; course: its number."""

    title = Line(required=True, validate=validate.Length(max=LONGEST["title"]), error_messages=NEEDED,
                 metadata={"label": N_("Title of the training")})
    year = Whole(required=True, validate=validate.Range(min=2000, max=2200), error_messages=NEEDED, metadata={"label": N_("Year")})
    purpose = fields.String(load_default=Purpose.OTHER.value, validate=validate.OneOf([one.value for one in Purpose]),
                            metadata={"label": N_("Counts as")})
    course = Line(load_default=None, allow_none=True, validate=validate.Length(max=40), metadata={"label": N_("Course")})
    hours = Whole(required=True, validate=validate.Range(min=1, max=2000), error_messages=NEEDED,
                  metadata={"label": N_("Hours a head")})
    cost = Whole(load_default=0, validate=validate.Range(min=0, max=100_000_000), metadata={"label": N_("Cost in yuan")})
    target = Text(required=True, validate=validate.Length(max=LONGEST["text"]), error_messages=NEEDED,
                  metadata={"label": N_("Target of the training")})
    evaluation = Text(required=True, validate=validate.Length(max=LONGEST["text"]), error_messages=NEEDED,
                      metadata={"label": N_("How it is evaluated")})
    due_on = Day(load_default=None, allow_none=True, metadata={"label": N_("Everybody trained by")})


class PlanInput(PlanFields, PeopleFields):
    """A new plan with the people it begins with, if any."""


class PlanChange(PlanFields):
    """A plan as it shall be. reason: needed once it is approved."""

    reason = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["reason"]), metadata={"label": N_("Reason")})


def some_people(most: int) -> fields.List:
    """Ids of persons, at least one."""
    return fields.List(Whole(validate=_ID), required=True, metadata={"label": N_("People")},
                       error_messages={"required": N_("Choose at least one person.")},
                       validate=[validate.Length(min=1, error=N_("Choose at least one person.")), validate.Length(max=most)])


class RemoveInput(InputSchema):
    """Who is taken off: ids of persons."""

    person = some_people(500)
    reason = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["reason"]), metadata={"label": N_("Reason")})


class PutBackInput(InputSchema):
    """Who comes back onto the plan: ids of persons."""

    person = some_people(500)


class TakeListedInput(InputSchema):
    """Who was found by a list: ids of persons; name: what the list is called."""

    person = some_people(5_000)
    name = Line(load_default=None, allow_none=True, validate=validate.Length(max=190), metadata={"label": N_("Name of the list")})


class ListedInput(InputSchema):
    """People of a list: accounts or names. dry_run: say what would happen, change nothing."""

    people = Words(most=5_000, metadata={"label": N_("People")})
    name = Line(load_default=None, allow_none=True, validate=validate.Length(max=100), metadata={"label": N_("Name of the list")})
    dry_run = fields.Boolean(load_default=False, metadata={"label": N_("Only look what would happen")})


class PlansNarrowed(InputSchema):
    """What a list is narrowed to. state: one of them, or `live`; course: its id; unit: its id, with those below it."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    year = Whole(load_default=None, allow_none=True, validate=validate.Range(min=2000, max=2200))
    state = Choice(STATES)
    purpose = Choice([one.value for one in Purpose])
    course = Whole(load_default=None, allow_none=True, validate=_ID)
    unit = Whole(load_default=None, allow_none=True, validate=_ID)


class PlansAsked(PlansNarrowed):
    """The filters of the page, all in the address."""

    cursor = Whole(load_default=None, allow_none=True, validate=_ID)
    format = Choice(["csv", "xlsx"])


class PlansQuery(PageQuery, PlansNarrowed):
    """Filters of the list."""


FIELDS = ("title", "year", "purpose", "course", "hours", "cost", "target", "evaluation", "due_on")


def filters_of(asked: dict[str, Any]) -> PlanFilters:
    """The filters in a loaded query."""
    return PlanFilters(*(asked[name] for name in ("q", "year", "state", "purpose", "course", "unit")))


def meant_of(data: dict[str, Any]) -> dict[str, Any]:
    """Who is meant by a loaded input, as `add_people` takes it; empty where nobody is named."""
    held = {"logins": data["people"] or [], "role": data["role"], "unit": data["unit"], "post": data["post"],
            "course": data["people_course"]}
    return held if any(held.values()) else {}


def line_json(line: PlanLine) -> dict[str, Any]:
    """A plan in a list, as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "title": line.title, "year": line.year,
            "purpose": line.purpose, "state": line.state, "course": line.course, "course_title": line.course_title,
            "people": line.people, "sessions": line.sessions, "held": line.held, "present": line.present,
            "next_at": line.next_at, "minutes": line.minutes,
            "cost": line.cost, "spent": line.spent, "due_on": line.due_on, "because": line.because, "url": line.url}


def member_json(one: Member) -> dict[str, Any]:
    """Somebody on a plan, as JSON."""
    return {"person_id": one.person_id, "name": one.name, "login": one.login, "unit": one.unit, "post": one.post, "because": one.because,
            "added_at": one.added_at, "seats": list(one.seats), "waits": list(one.waits), "present": list(one.present)}


def card_json(card: PlanCard, offers: Sequence[Offer]) -> dict[str, Any]:
    """A plan with what this caller may do."""
    return line_json(card.line) | {
        "target": card.target, "evaluation": card.evaluation, "reason": card.reason, "made_at": card.made_at, "made_by": card.made_by,
        "approved_by": card.approved_by or None, "allowed": allowed_json(f"/api/v1/training/plans/{card.line.id}", offers)}


def allowed_json(base: str, offers: Sequence[Offer]) -> list[dict[str, Any]]:
    """What may be done, with self-contained schemas."""
    return [{"verb": one.verb, "href": f"{base}/{one.verb}", "method": "POST", "forward": one.forward, "schema": one.schema}
            for one in offers]
