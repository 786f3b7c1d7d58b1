"""Inputs and answers of the files of trainers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from marshmallow import validate

from kmsvc.core.offers import Offer
from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.training.trainers.queries import TrainerCard, TrainerLine
from kmsvc.training.trainers.rules import LONGEST

STANDS = ("authorised", "ending", "none")
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class TrainerInput(InputSchema):
    """Whose file is opened."""

    login = Line(required=True, validate=validate.Length(min=1, max=100), error_messages=NEEDED, metadata={"label": N_("Account")})
    qualification = Text(required=True, validate=validate.Length(min=1, max=LONGEST["text"]), error_messages=NEEDED,
                         metadata={"label": N_("Qualification")})


class TrainersQuery(PageQuery):
    """Filters of the list."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    stand = Choice(STANDS)


class TrainerFilters(InputSchema):
    """The same for the page, with the export."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    stand = Choice(STANDS)
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = Choice(["csv", "xlsx"])


def line_json(one: TrainerLine) -> dict[str, Any]:
    """A trainer in a list, as JSON."""
    return {**asdict(one), "url": one.url}


def card_json(card: TrainerCard, offers: Iterable[Offer] = ()) -> dict[str, Any]:
    """One file, as JSON."""
    return {**line_json(card.line), "authorisations": [asdict(one) for one in card.authorisations],
            "observations": [asdict(one) for one in card.observations], "figures": [asdict(one) for one in card.figures],
            "allowed": [{"verb": one.verb, "href": f"/api/v1/training/trainers/{card.line.id}/{one.verb}", "method": "POST",
                         "forward": one.forward, "schema": one.schema} for one in offers]}
