"""The bench as JSON: list, read, save, take away, import, run, the runs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.schemas import PageQuery
from kmsvc.core.web import current_actor, database, load, look, query_data, settings
from kmsvc.core.work import Work
from kmsvc.knowledge.bench import usecases
from kmsvc.knowledge.bench.permissions import KEEP_BENCH
from kmsvc.knowledge.bench.queries import lines_of, places_of, run_lines, search_card, search_page
from kmsvc.knowledge.bench.rows import SEARCHES
from kmsvc.knowledge.bench.rules import Cause
from kmsvc.knowledge.bench.running import run_bench
from kmsvc.knowledge.bench.schemas import SearchesQuery, SearchInput, run_json, search_json
from kmsvc.knowledge.tables.doors import run_for_program
from kmsvc.knowledge.tables.schemas import Removal, TableImport
from kmsvc.search.api import engine

blueprint = Blueprint("knowledge_bench_api", __name__, url_prefix="/api/v1/knowledge/bench")


@blueprint.get("")
@says(query=SearchesQuery)
def list_searches() -> Response:
    """Saved searches and how they stand, newest first."""
    asked = query_data(SearchesQuery)
    with look() as work:
        work.permit(KEEP_BENCH)
        found, following = search_page(work.session, work.actor, q=asked["q"], state=asked["state"],
                                       before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([search_json(card) for card in found], following))


@blueprint.post("")
@says(body=SearchInput, status=201)
def add() -> Response:
    """Save a search with the article it must find."""
    data = load(SearchInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.add_search(work, **{**data, "note": data["note"] or ""})
        return search_json(search_card(work.session, work.actor, row.id)), 201, None
    return posting(effect)


@blueprint.get("/runs")
@says(query=PageQuery)
def runs() -> Response:
    """Runs, newest first: how many searches found their article first, and among the first five."""
    asked = query_data(PageQuery)
    with look() as work:
        work.permit(KEEP_BENCH)
        lines = run_lines(work.session, asked["limit"] + 1, cursor_id(asked["cursor"]))
    shown = lines[:asked["limit"]]
    return reply(page([run_json(line) for line in shown], shown[-1].id if len(lines) > len(shown) else None))


@blueprint.post("/run")
@says()
def run() -> Response:
    """Ask all saved searches now."""
    made = run_bench(database(), engine(), current_actor(), Cause.BUTTON, settings().timezone)
    with look() as work:
        return reply(run_json(lines_of(work.session, [made])[0]))


@blueprint.get("/<int:search_id>")
def show(search_id: int) -> Response:
    """One saved search and where its article stood, run by run."""
    with look() as work:
        work.permit(KEEP_BENCH)
        return reply(search_json(search_card(work.session, work.actor, search_id), places_of(work.session, search_id)))


@blueprint.post("/<int:search_id>/remove")
@says(body=Removal)
def remove(search_id: int) -> Response:
    """Take a saved search away, with a reason."""
    data = load(Removal)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.remove_search(work, search_id, reason=data["reason"])
        return {"removed": search_id}, 200, None
    return posting(effect)


@blueprint.post("/import")
@says(form=TableImport)
def import_run() -> Response:
    """Import saved searches from a csv or xlsx file: one part named `file`. Twice is once."""
    return run_for_program(SEARCHES)
