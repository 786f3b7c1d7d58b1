"""Pages of the bench: how the saved searches stand, one search, saving, taking away, running, import."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request

from kmsvc.convert.sending import ended, table_answer
from kmsvc.core import cards
from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.i18n import label, local, sentence
from kmsvc.core.telling import said_at
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    current_actor,
    database,
    form_data,
    go,
    load,
    look,
    query_data,
    safe_target,
    settings,
    today,
    told_fields,
)
from kmsvc.knowledge.articles.lists import shelves
from kmsvc.knowledge.bench import queries, usecases
from kmsvc.knowledge.bench.permissions import KEEP_BENCH
from kmsvc.knowledge.bench.rows import HEAD, SEARCHES, export_row
from kmsvc.knowledge.bench.rules import MOST_SEARCHES, Cause, Standing
from kmsvc.knowledge.bench.running import run_bench
from kmsvc.knowledge.bench.schemas import SearchesList, SearchInput
from kmsvc.knowledge.tables import doors
from kmsvc.knowledge.tables.schemas import Removal
from kmsvc.search.api import engine
from kmsvc.search.showing import category_label, kind_label

blueprint = Blueprint("knowledge_bench_pages", __name__, url_prefix="/knowledge/bench")

PAGE = 50
RUNS = 12
MARKS = {Standing.FOUND: "ok", Standing.BROKEN: "bad", Standing.MISSING: "warn", Standing.NEW: "idle"}
AFTER = {"knowledge.article.published": N_("published"), "knowledge.article.retired": N_("retired"),
         "knowledge.article.changed": N_("edited"), "knowledge.article.imported": N_("imported"),
         "knowledge.vocabulary.changed": N_("vocabulary")}


@blueprint.get("")
def index() -> str | Response:
    """How the saved searches stand, and the last runs."""
    asked = query_data(SearchesList)
    chosen = {"q": asked["q"], "state": asked["state"]}
    with look() as work:
        work.permit(KEEP_BENCH)
        found, following = queries.search_page(
            work.session, work.actor, **chosen, before=None if asked["format"] else asked["cursor"],
            limit=MOST_SEARCHES if asked["format"] else PAGE)
        total, counts = queries.count_searches(work.session, **chosen), queries.counts(work.session)
        runs = queries.run_lines(work.session, RUNS)
    if asked["format"]:
        rows = [export_row(card, label, lambda at: local(at, settings().timezone)) for card in found]
        return table_answer(asked["format"], sentence(SEARCHES.title), [sentence(one) for one in HEAD],
                            ended(rows, len(rows), more=following is not None), name=f"searches-{today().isoformat()}")
    return render_template("knowledge/bench/index.html", asked=asked, found=found, next_cursor=following, total=total,
                           standing=counts, runs=runs, states=[(one.value, f"{label(one)} {counts[one]}") for one in Standing],
                           **_words())


def _words() -> dict[str, Any]:
    return {"marks": MARKS, "Standing": Standing, "Cause": Cause, "after": _after, "kind_label": kind_label,
            "category_label": category_label}


def _after(kind: str, what: str) -> str:
    return f"{what} {sentence(AFTER.get(kind, kind))}".strip()


@blueprint.get("/new")
def new() -> str:
    """The form, filled from the search page: the query, the article, the filters that were on."""
    typed = {name: request.args.get(name, "")[:200] for name in ("query", "article", "kind", "category")}
    return _form(typed, {})


def _form(typed: Any, errors: dict[str, Any]) -> str:
    with look() as work:
        work.permit(KEEP_BENCH)
        names = [(name, category_label(name)) for name, _ in shelves(work.session, work.actor)]
    kinds = [(name, kind_label(name)) for name, one in cards.KINDS.items() if one.documents]
    return render_template("knowledge/bench/new.html", typed=typed, errors=errors, kinds=kinds, categories=names)


@blueprint.post("")
def create() -> Response | str:
    """Save the search."""
    typed = form_data()
    try:
        data = load(SearchInput, typed)
        with begin() as work:
            usecases.add_search(work, **{**data, "note": data["note"] or ""})
    except (InvalidInput, RuleBroken) as error:
        return make_response(_form(typed, said_at(error, "query")), error.status)
    flash(sentence(N_("Saved. It is asked with every run from now on.")), "ok")
    return go(safe_target(request.form.get("then"), "/knowledge/bench"))


@blueprint.post("/run")
def run() -> Response:
    """Ask all saved searches now."""
    try:
        made = run_bench(database(), engine(), current_actor(), Cause.BUTTON, settings().timezone)
    except (RuleBroken, NotFound) as error:
        flash(sentence(error.sentence, error.params), "warn")
        return go("/knowledge/bench")
    flash(sentence(N_("%(hit5)s of %(searches)s found their article among the first five."),
                   {"hit5": made.hit5, "searches": made.searches}), "ok" if not made.broken else "warn")
    return go("/knowledge/bench")


@blueprint.get("/<int:search_id>")
def show(search_id: int) -> str:
    """One saved search and where its article stood, run by run."""
    return _show(search_id, {})


def _show(search_id: int, errors: dict[str, Any]) -> str:
    with look() as work:
        work.permit(KEEP_BENCH)
        card = queries.search_card(work.session, work.actor, search_id)
        places = queries.places_of(work.session, search_id)
    return render_template("knowledge/bench/show.html", card=card, places=places, errors=errors, typed=request.form, **_words())


@blueprint.post("/<int:search_id>/remove")
def remove(search_id: int) -> Response | str:
    """Take the search away, with a reason."""
    try:
        data = load(Removal)
        with begin() as work:
            usecases.remove_search(work, search_id, reason=data["reason"])
    except InvalidInput as error:
        return make_response(_show(search_id, told_fields(error)), error.status)
    flash(sentence(N_("Taken away.")), "ok")
    return go("/knowledge/bench")


doors.add_doors(blueprint, SEARCHES)
