"""Inputs and answers of links to contacts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.i18n import label
from kmsvc.core.offers import Offer
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.contacts.queries import Filters, LinkLine
from kmsvc.knowledge.contacts.rules import LONGEST, Accuracy, LinkedKind, LinkView

KINDS = [one.value for one in LinkedKind]
ACCURACIES = [one.value for one in Accuracy]
VIEWS = [one.value for one in LinkView]
NUMBER = {"label": N_("Contact number"), "description": "left out: it is linked without a number"}
HEAD = (N_("When"), N_("Contact number"), N_("Used"), N_("Number"), N_("Title"), N_("Searched for"), N_("Who"), N_("Unit"),
        N_("Accurate?"), N_("Remark"))


class LinkInput(InputSchema):
    """What was used, for which contact, and what was searched for."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS), metadata={"label": N_("Used")})
    id = Whole(required=True, validate=validate.Range(min=1), metadata={"label": N_("Which"), "description": "id of the thing"})
    contact = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["contact"]), metadata=NUMBER)
    query = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["query"]), metadata={
        "description": "what was searched for; left out: the search from which it was opened is found"})


class NowInput(InputSchema):
    """The contact somebody deals with now; nothing: a new one begins."""

    contact = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["contact"]), metadata=NUMBER)


class LinkFilters(InputSchema):
    """The filters of the list, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    kind = Choice(KINDS)
    article = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    unit = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    person = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    accuracy = Choice(ACCURACIES)
    view = Choice(VIEWS)
    since = Day(load_default=None, allow_none=True)
    until = Day(load_default=None, allow_none=True)
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class LinksQuery(PageQuery):
    """Filters of the list. view: `mine` or `all` that may be seen."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    kind = Choice(KINDS)
    article = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    unit = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    person = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    accuracy = Choice(ACCURACIES)
    view = Choice(VIEWS)
    since = Day(load_default=None, allow_none=True)
    until = Day(load_default=None, allow_none=True)


def filters_of(asked: dict[str, Any]) -> Filters:
    """The filters in a loaded query."""
    return Filters(q=asked["q"], kind=asked["kind"], article_id=asked["article"], unit_id=asked["unit"], person_id=asked["person"],
                   accuracy=asked["accuracy"], view=asked["view"], since=asked["since"], until=asked["until"])


def line_json(line: LinkLine) -> dict[str, Any]:
    """A link as JSON, masked for this caller already."""
    return {"id": line.id, "contact_id": line.contact_id, "contact": line.number or None, "at": line.at, "kind": line.kind,
            "thing_id": line.ref_id, "number": line.thing_number or None, "title": line.title or None, "url": line.url or None,
            "person": line.person or None, "unit": line.unit or None, "query": line.query or None, "searched_at": line.searched_at,
            "accuracy": line.accuracy, "check_note": line.check_note or None, "withdrawn_at": line.withdrawn_at, "mine": line.mine}


def card_json(line: LinkLine, offers: Sequence[Offer]) -> dict[str, Any]:
    """One link as JSON, with `allowed` for this caller."""
    return line_json(line) | {"allowed": [
        {"verb": one.verb, "href": f"/api/v1/knowledge/contacts/{line.id}/{one.verb}", "method": "POST", "forward": one.forward,
         "schema": one.schema} for one in offers]}


def export_rows(lines: Sequence[LinkLine], local: Callable[[datetime], datetime],
                word: Callable[..., str] = label) -> list[list[Any]]:
    """The list as a table to take away."""
    return [[local(line.at), line.number, word(LinkedKind(line.kind)), line.thing_number, line.title, line.query, line.person,
             line.unit, word(line.accuracy), line.check_note] for line in lines]
