"""Pages of figures: a period with what stood before it and its weeks, and the list behind each number."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from kmsvc.convert.sending import ended, table_answer
from kmsvc.core.i18n import label, local, sentence
from kmsvc.core.options import value
from kmsvc.core.permissions import require
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, look, query_data, settings, today
from kmsvc.core.work import Work
from kmsvc.knowledge.figures import queries, rows, scope, showing
from kmsvc.knowledge.figures.permissions import SEE_FIGURES
from kmsvc.knowledge.figures.rules import BY_WEEK, SHAPES, UNIT_OF, Measure, Part, Shape, Span
from kmsvc.knowledge.figures.schemas import FiguresFilters, RowsFilters, asked_in, period_in
from kmsvc.search.noting import EVENT_DAYS

blueprint = Blueprint("knowledge_figures_pages", __name__, url_prefix="/knowledge/figures")

PAGE = 50
MOST_EXPORTED = 20_000


@blueprint.get("")
def index() -> str | Response:
    """The figures of a period and of those before it; each opens its list."""
    require(current_actor(), SEE_FIGURES)
    asked = query_data(FiguresFilters)
    period = period_in(asked, today())
    with look() as work:
        found = queries.board(work.session, _scope(work, asked), period)
        if asked["format"]:
            return table_answer(asked["format"], sentence(N_("Figures")), [sentence(one) for one in showing.HEAD],
                                showing.table_rows(found), name=f"figures-{period.days.first}-{period.days.last}")
        units, mine = _choices(work)
        waits, until = queries.not_counted(work.session), queries.counted_until(work.session, work.now)
    root = request.script_root
    return render_template(
        "knowledge/figures/index.html", asked=asked, found=found, period=period, spans=list(Span), Span=Span, units=units, waits=waits,
        mine=mine, whose=showing.whose(found.whole, found.of),
        until=until if period.days.last >= local(until, settings().timezone).date() else None,
        groups=list(showing.groups_of(found, root, asked["unit"])) if not found.too_few else [],
        weeks=showing.weeks_of(found, root, asked["unit"]), by_week=[label(one) for one in BY_WEEK])


def _scope(work: Work, asked: dict[str, Any]) -> scope.Scope:
    return scope.scope_of(work.session, work.actor, asked["unit"], settings().timezone, today())


def _choices(work: Work) -> tuple[list[tuple[int, str]], str]:
    """The units to choose from, and what is shown where none is chosen."""
    widest = scope.scope_of(work.session, work.actor, None, settings().timezone, today())
    return scope.units_to_choose(work.session, work.actor), showing.whose(widest.whole, widest.of)


@blueprint.get("/rows")
def listing() -> str | Response:
    """The rows that a figure counts."""
    require(current_actor(), SEE_FIGURES)
    given = query_data(RowsFilters)
    asked, zone = asked_in(given, today()), settings().timezone
    with look() as work:
        whose = _scope(work, given)
        if given["format"]:
            found = rows.figure_rows(work.session, work.actor, asked, whose, limit=MOST_EXPORTED + 1)
            lines = showing.export_rows(asked, found[:MOST_EXPORTED], lambda at: local(at, zone))
            return table_answer(given["format"], label(asked.measure), showing.head_of(asked),
                                ended(lines, MOST_EXPORTED, more=len(found) > MOST_EXPORTED),
                                name=f"{asked.measure}-{asked.days.first}-{asked.days.last}")
        total = rows.count_rows(work.session, work.actor, asked, whose)
        found = rows.figure_rows(work.session, work.actor, asked, whose, start=given["cursor"], limit=PAGE)
        units, mine = _choices(work)
        told = queries.counted_searches(work.session, asked, whose) if asked.measure in scope.OF_SEARCHES else None
        forgotten_after, until = value(work.session, EVENT_DAYS), queries.counted_until(work.session, work.now)
        of_searches = asked.measure in scope.OF_SEARCHES and asked.days.last >= local(until, zone).date()
    following = given["cursor"] + PAGE
    return render_template(
        "knowledge/figures/rows.html", given=given, asked=asked, found=found, total=total, too_few=whose.too_few, units=units,
        forgotten_after=forgotten_after, until=until if of_searches else None, mine=mine, whose=showing.whose(whose.whole, whose.of),
        unit_of=label(UNIT_OF[asked.measure]),
        told=told if told is not None and not asked.q and told != total else None, measures=list(Measure), names=showing.names_of(asked),
        head=showing.head_of(asked), next_cursor=following if following < total else None, parts=list(Part),
        has_parts=SHAPES[asked.measure] is Shape.SHARE)
