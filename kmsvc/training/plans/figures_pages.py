"""Pages of the figures of training: hours and cost a head against their targets, and the rows each figure counts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, url_for
from marshmallow import validate

from kmsvc.convert.sending import list_answer
from kmsvc.core.i18n import label, sentence
from kmsvc.core.permissions import require
from kmsvc.core.schemas import Choice, InputSchema, Line, Whole
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, look, query_data, settings, today
from kmsvc.training.plans.figures import HELD, PLANNED, TIMETABLE, Counted, UnitFigures, counted, year_figures
from kmsvc.training.plans.permissions import SEE_PLANS
from kmsvc.training.plans.rules import Purpose

blueprint = Blueprint("training_figures_pages", __name__, url_prefix="/training/plans/figures")
PAGE = 100
STAGES = {PLANNED: N_("As planned"), HELD: N_("As held")}
HEAD = (N_("Unit"), N_("People who work there"), N_("Hours a head, planned"), N_("of it onboarding"), N_("Hours a head, held"),
        N_("of it onboarding"), N_("Yuan a head, planned"), N_("Yuan a head, spent"))
ROW_HEAD = (N_("Planned or held"), N_("Counts as"), N_("Unit"), N_("Full name"), N_("Number"), N_("Title"), N_("Day"), N_("Hours"),
            N_("Yuan"))


class FiguresAsked(InputSchema):
    """A year."""

    year = Whole(load_default=None, allow_none=True, validate=validate.Range(min=2000, max=2200))
    format = Choice(["csv", "xlsx"])


class CountedFilters(InputSchema):
    """What is counted. stage: planned or held."""

    year = Whole(load_default=None, allow_none=True, validate=validate.Range(min=2000, max=2200))
    stage = Choice([PLANNED, HELD])
    purpose = Choice([one.value for one in Purpose])
    unit = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))


class CountedAsked(CountedFilters):
    """The page of what is counted."""

    cursor = Whole(load_default=0, validate=validate.Range(min=0))
    format = Choice(["csv", "xlsx"])


@blueprint.get("")
def index() -> str | Response:
    """The figures of a year."""
    require(current_actor(), SEE_PLANS)
    asked = query_data(FiguresAsked)
    year = asked["year"] or today().year
    with look() as work:
        held = year_figures(work.session, work.actor, year, settings().timezone, today())
    if asked["format"]:
        return list_answer(asked["format"], N_("Hours and cost a head"), HEAD, [_row(one) for one in (held.whole, *held.units)],
                           name=f"training-figures-{year}")
    return render_template("training/plans/figures.html", held=held, year=year, this_year=today().year, purposes=list(Purpose),
                           word=lambda code: label(code, Purpose), stages={one: sentence(two) for one, two in STAGES.items()},
                           at=lambda **more: url_for(".rows", year=year, **{key: it for key, it in more.items() if it}))


def _row(one: UnitFigures) -> list[Any]:
    numbers = (one.hours(PLANNED), one.hours(PLANNED, Purpose.ONBOARDING), one.hours(HELD), one.hours(HELD, Purpose.ONBOARDING),
               one.yuan(PLANNED), one.yuan(HELD))
    return [one.unit or sentence(N_("The whole centre")), one.heads, *(None if it is None else round(it, 2) for it in numbers)]


def title_of(one: Counted) -> str:
    """The title of what is counted; a timetable has none of its own."""
    return one.title if one.number else sentence(TIMETABLE)


@blueprint.get("/rows")
def rows() -> str | Response:
    """What a figure counts."""
    require(current_actor(), SEE_PLANS)
    asked = query_data(CountedAsked)
    year, start = asked["year"] or today().year, asked["cursor"]
    with look() as work:
        every = counted(work.session, work.actor, year, settings().timezone, today=today())
        found = counted(work.session, work.actor, year, settings().timezone, today=today(), stage=asked["stage"],
                        purpose=asked["purpose"], unit_id=asked["unit"], q=asked["q"] or "")
    if asked["format"]:
        return list_answer(asked["format"], N_("What is counted"), ROW_HEAD, [
            [sentence(STAGES[one.stage]), label(one.purpose, Purpose), one.unit, one.person, one.number, title_of(one), one.on,
             round(one.minutes / 60, 2), round(one.fen / 100, 2)] for one in found], name=f"training-counted-{year}")
    return render_template(
        "training/plans/counted.html", asked=asked, year=year, lines=found[start:start + PAGE], total=len(found),
        next_cursor=start + PAGE if start + PAGE < len(found) else None, word=lambda code: label(code, Purpose),
        stages=[(one, sentence(two)) for one, two in STAGES.items()], purposes=[(one.value, label(one)) for one in Purpose],
        units=sorted({(one.unit_id, one.unit) for one in every}, key=lambda one: one[1]),
        title_of=title_of, hours=sum(one.minutes for one in found) / 60, yuan=sum(one.fen for one in found) / 100)
