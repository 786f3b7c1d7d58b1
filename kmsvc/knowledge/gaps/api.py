"""Gaps as JSON: report one, the list, one with what may be done, every act."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.web import current_actor, database, load, look, query_data, settings, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.gaps import queries, verbs
from kmsvc.knowledge.gaps.models import Gap
from kmsvc.knowledge.gaps.permissions import SEE_GAPS
from kmsvc.knowledge.gaps.replaying import ask_gap
from kmsvc.knowledge.gaps.reporting import report
from kmsvc.knowledge.gaps.schemas import GapsQuery, ReportGap, card_json, line_json, reported_json
from kmsvc.search.api import engine

blueprint = Blueprint("knowledge_gaps_api", __name__, url_prefix="/api/v1/knowledge/gaps")


@blueprint.get("")
@says(query=GapsQuery)
def list_gaps() -> Response:
    """What is searched and not found, heaviest first."""
    asked = query_data(GapsQuery)
    with look() as work:
        work.permit(SEE_GAPS)
        lines, following = queries.gap_lines(
            work.session, work.actor, today(), q=asked["q"], state=asked["state"], kind=asked["kind"], days=asked["days"],
            view=asked["view"], after=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([line_json(line) for line in lines], following))


@blueprint.post("/report")
@says(body=ReportGap)
def send() -> Response:
    """Report a search that finds no answer; where a filter was on and there is something without it, nothing is kept."""
    data = load(ReportGap)
    filters = {name: data[name] for name in ("kind", "category", "scopes") if data[name]}
    done = report(database(), engine(), current_actor(), data["q"], settings().timezone, filters)
    return reply(reported_json(done.number, done.others, before=done.before, unfiltered=done.unfiltered))


@blueprint.get("/<int:gap_id>")
def show(gap_id: int) -> Response:
    """One gap: its searches by day, what a replay found, and what this caller may do with it now."""
    with look() as work:
        work.permit(SEE_GAPS)
        return reply(_whole(work, work.get(Gap, gap_id)), version=work.get(Gap, gap_id).version)


def _whole(work: Work, row: Gap) -> dict[str, Any]:
    work.session.flush()
    return card_json(queries.gap_card(work.session, work.actor, row.id, today()),
                     verbs.offers_for(work.session, work.actor, row, today()))


def _view_of(name: str) -> Any:
    schema = verbs.VERBS[name].schema()

    @says(body=schema, summary=verbs.VERBS[name].label)
    def view(gap_id: int) -> Response:
        asked = ask_gap(database(), engine(), current_actor(), gap_id, settings().timezone) if name == "replay" else None
        data, around = load(schema), verbs.Around(today(), wanted_version(), asked)

        def effect(work: Work) -> tuple[Any, int, int | None]:
            row = verbs.act(work, gap_id, name, data, around)
            return _whole(work, row), 200, row.version

        return posting(effect, theirs=lambda work: _whole(work, work.get(Gap, gap_id)))
    return view


for _name in verbs.VERBS:
    blueprint.add_url_rule(f"/<int:gap_id>/{_name}", endpoint=f"do_{_name}", view_func=_view_of(_name), methods=["POST"])
