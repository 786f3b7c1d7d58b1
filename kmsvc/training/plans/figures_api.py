"""Figures of training as JSON."""

from __future__ import annotations

from flask import Blueprint, Response
from marshmallow import validate

from kmsvc.core.api import part_of, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.schemas import InputSchema, PageQuery, Whole
from kmsvc.core.web import current_actor, look, query_data, settings, today
from kmsvc.training.plans.figures import counted, counted_json, figures_json, year_figures
from kmsvc.training.plans.figures_pages import CountedFilters
from kmsvc.training.plans.permissions import SEE_PLANS

blueprint = Blueprint("training_figures_api", __name__, url_prefix="/api/v1/training/plans/figures")


class FiguresQuery(InputSchema):
    """A year; this one when left out."""

    year = Whole(load_default=None, allow_none=True, validate=validate.Range(min=2000, max=2200))


class CountedQuery(PageQuery, CountedFilters):
    """What is counted."""


@blueprint.get("")
@says(query=FiguresQuery)
def show() -> Response:
    """Hours and yuan a head of a year, of all and by unit, with their targets."""
    require(current_actor(), SEE_PLANS)
    year = query_data(FiguresQuery)["year"] or today().year
    with look() as work:
        held = year_figures(work.session, work.actor, year, settings().timezone, today())
    return reply({"year": year, "hours_target": held.hours_goal, "yuan_target": held.yuan_goal, "whole": figures_json(held.whole),
                  "units": [figures_json(one) for one in held.units]})


@blueprint.get("/rows")
@says(query=CountedQuery)
def list_rows() -> Response:
    """What the figures count, by unit and person."""
    require(current_actor(), SEE_PLANS)
    asked = query_data(CountedQuery)
    with look() as work:
        found = counted(work.session, work.actor, asked["year"] or today().year, settings().timezone, today=today(),
                        stage=asked["stage"], purpose=asked["purpose"], unit_id=asked["unit"], q=asked["q"] or "")
    return reply(part_of(found, asked, counted_json))
