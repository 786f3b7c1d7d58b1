"""What hurts, the annual plan, entries and suggestions as JSON."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, part_read, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import current_actor, load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.tables.doors import run_for_program
from kmsvc.knowledge.tables.schemas import TableImport
from kmsvc.training.needs import plan_queries, planning, queries, usecases, verbs
from kmsvc.training.needs.models import AnnualLine, Suggestion
from kmsvc.training.needs.permissions import PLAN_YEAR, SEE_NEEDS, SUGGEST
from kmsvc.training.needs.plan_schemas import (
    EntriesQuery,
    EntryInput,
    LineInput,
    LinesQuery,
    NewLineInput,
    SuggestionInput,
    SuggestionsQuery,
    TakeUpInput,
    entry_json,
    filters_of,
    line_text,
    plan_line_json,
    plan_so_far_json,
    ranked_json,
    suggestion_json,
    sums_json,
)
from kmsvc.training.needs.realising import so_far
from kmsvc.training.needs.rows import ENTRIES
from kmsvc.training.needs.schemas import HurtsQuery
from kmsvc.training.needs.sources import silent, what_hurts

blueprint = Blueprint("training_needs_plan_api", __name__, url_prefix="/api/v1/training/needs")


@blueprint.get("/hurts")
@says(query=HurtsQuery)
def hurts() -> Response:
    """What hurts in a year, the worst first, with the sources that say nothing yet."""
    require(current_actor(), SEE_NEEDS)
    asked = query_data(HurtsQuery)
    year = asked["year"] or today().year
    with look() as work:
        ranking = what_hurts(work.session, work.actor, year, today(), asked["source"] or ())
        return reply(page([ranked_json(one) for one in ranking], year=year,
                          silent=[str(one) for one in silent(work.session, work.actor, year, today())]))


@blueprint.post("/lines/from_hurts")
@says(body=TakeUpInput)
def take_up() -> Response:
    """Make lines of the annual plan of subjects of what hurts."""
    data = load(TakeUpInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        made = planning.take_up(work, data["of_year"], data["keys"], year=data["year"], today=today())
        work.session.flush()
        return page([_line(work, one.id) for one in made]), 200, None
    return posting(effect)


@blueprint.get("/lines")
@says(query=LinesQuery)
def list_lines() -> Response:
    """Lines of the annual plan, by year and quarter; with a year its sums."""
    require(current_actor(), SEE_NEEDS)
    asked = query_data(LinesQuery)
    with look() as work:
        body = part_read(lambda start, limit: plan_queries.plan_lines(work.session, work.actor, filters_of(asked), start=start,
                                                                      limit=limit)[0], asked, plan_line_json)
        sums = sums_json(plan_queries.sums_of(work.session, work.actor, asked["year"])) if asked["year"] else None
        return reply(body | {"sums": sums})


def _line(work: Work, line_id: int) -> dict[str, Any]:
    work.session.flush()
    card = plan_queries.line_card(work.session, work.actor, line_id)
    return plan_line_json(card, verbs.line_offers(work.actor, card, today())) | {
        "plan": plan_so_far_json(so_far(work.session, card, work.now))}


@blueprint.post("/lines")
@says(body=NewLineInput, status=201)
def create_line() -> Response:
    """Add a line by hand."""
    data = load(NewLineInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = planning.add_line(work, data["year"], line_text(data))
        return _line(work, row.id), 201, row.version
    return posting(effect)


@blueprint.get("/lines/<int:line_id>")
def show_line(line_id: int) -> Response:
    """One line with its delivery and what this caller may do."""
    with look() as work:
        body = _line(work, line_id)
        return reply(body, version=body["version"])


@blueprint.post("/lines/<int:line_id>")
@says(body=LineInput)
def change_line(line_id: int) -> Response:
    """Put a line as given."""
    data, version = load(LineInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        planning.change_line(work, line_id, line_text(data), version=version)
        body = _line(work, line_id)
        return body, 200, body["version"]
    return posting(effect, theirs=lambda work: _line(work, line_id))


@blueprint.get("/entries")
@says(query=EntriesQuery)
def list_entries() -> Response:
    """What was entered as hurting."""
    require(current_actor(), SEE_NEEDS)
    asked = query_data(EntriesQuery)
    with look() as work:
        found, following = plan_queries.entry_lines(work.session, work.actor, q=asked["q"], year=asked["year"], source=asked["source"],
                                                    removed=bool(asked["removed"]), before=cursor_id(asked["cursor"]),
                                                    limit=asked["limit"])
    return reply(page([entry_json(one) for one in found], following))


@blueprint.post("/entries")
@says(body=EntryInput, status=201)
def add_entry() -> Response:
    """Enter what hurts; the same subject of a source and year is put as said."""
    data = load(EntryInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = planning.add_entry(work, **data)
        return entry_json(plan_queries.entry_line(work.session, work.actor, row.id)), 201, row.version
    return posting(effect)


@blueprint.get("/entries/<int:entry_id>")
def show_entry(entry_id: int) -> Response:
    """One entry."""
    with look() as work:
        work.permit(SEE_NEEDS)
        one = plan_queries.entry_line(work.session, work.actor, entry_id)
        return reply(entry_json(one), version=one.version)


def _entry_verb(name: str, run: Any, summary: str) -> Any:
    @says(summary=summary)
    def view(entry_id: int) -> Response:
        version = wanted_version()

        def effect(work: Work) -> tuple[Any, int, int | None]:
            run(work, entry_id, version=version)
            work.session.flush()
            one = plan_queries.entry_line(work.session, work.actor, entry_id)
            return entry_json(one), 200, one.version
        return posting(effect)
    view.__name__ = f"{name}_entry"
    return view


for _name, _run, _summary in (("remove", planning.remove_entry, "Take an entry away."),
                              ("restore", planning.restore_entry, "Put it back.")):
    blueprint.add_url_rule(f"/entries/<int:entry_id>/{_name}", endpoint=f"{_name}_entry", view_func=_entry_verb(_name, _run, _summary),
                           methods=["POST"])


@blueprint.post("/entries/import")
@says(form=TableImport)
def import_entries() -> Response:
    """A csv or xlsx of what hurts; every row counted, every refused one named."""
    require(current_actor(), PLAN_YEAR)
    return run_for_program(ENTRIES)


@blueprint.get("/suggestions")
@says(query=SuggestionsQuery)
def list_suggestions() -> Response:
    """The own suggestions, or all for whoever sees needs."""
    require(current_actor(), SUGGEST)
    asked = query_data(SuggestionsQuery)
    with look() as work:
        found, following = plan_queries.suggestion_lines(work.session, work.actor, q=asked["q"], state=asked["state"],
                                                         before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([suggestion_json(one) for one in found], following))


def _suggestion(work: Work, suggestion_id: int) -> dict[str, Any]:
    work.session.flush()
    return suggestion_json(plan_queries.suggestion_line(work.session, work.actor, suggestion_id), verbs.suggestion_offers(
        work.actor, today()))


@blueprint.post("/suggestions")
@says(body=SuggestionInput, status=201)
def suggest() -> Response:
    """Suggest a training."""
    data = load(SuggestionInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = planning.suggest(work, **data)
        return _suggestion(work, row.id), 201, row.version
    return posting(effect)


@blueprint.get("/suggestions/<int:suggestion_id>")
def show_suggestion(suggestion_id: int) -> Response:
    """One suggestion with its answer."""
    with look() as work:
        body = _suggestion(work, suggestion_id)
        return reply(body, version=body["version"])


@blueprint.get("/<int:campaign_id>/report")
def report(campaign_id: int) -> Response:
    """The needs report: as it was signed, or as it would be signed now."""
    with look() as work:
        card = queries.campaign_card(work, campaign_id)
        record = card.record or usecases.report_of(work, queries.visible(work.session, work.actor, campaign_id), today())
        return reply({"id": card.line.id, "number": card.line.number, "year": card.line.year, "signed_at": card.line.signed_at,
                      "signed_by": card.line.signed_by or None, "conclusion": card.conclusion, "met_on": card.met_on,
                      "minutes": card.minutes, "decisions": card.decisions, "attendees": list(card.attendees),
                      "content_hash": card.content_hash, "whole": card.is_whole, **record})


def _view_of(table: dict[str, verbs.Verb], model: Any, name: str, show: Any, argument: str) -> Any:
    schema = table[name].schema()

    @says(body=schema, summary=table[name].label)
    def view(**place: int) -> Response:
        one, data, version = place[argument], load(schema), wanted_version()

        def effect(work: Work) -> tuple[Any, int, int | None]:
            verbs.act(work, table, model, one, name, data, today(), version)
            body = show(work, one)
            return body, 200, body["version"]
        return posting(effect, theirs=lambda work: show(work, one))
    return view


for _name in verbs.LINE_VERBS:
    blueprint.add_url_rule(f"/lines/<int:line_id>/{_name}", endpoint=f"do_line_{_name}", methods=["POST"],
                           view_func=_view_of(verbs.LINE_VERBS, AnnualLine, _name, _line, "line_id"))
blueprint.add_url_rule("/suggestions/<int:suggestion_id>/answer", endpoint="do_suggestion_answer", methods=["POST"],
                       view_func=_view_of(verbs.SUGGESTION_VERBS, Suggestion, "answer", _suggestion, "suggestion_id"))
