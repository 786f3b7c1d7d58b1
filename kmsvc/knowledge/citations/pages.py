"""Pages of citations: what is to be looked at, one side by side with what it became, what its keeper found."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.access.guard import shown
from kmsvc.access.permissions import PRINT_SECRET
from kmsvc.access.rules import Place
from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import Refusal, Stale
from kmsvc.core.i18n import label, local, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    current_actor,
    form_data,
    go,
    load,
    look,
    query_data,
    settings,
)
from kmsvc.knowledge.citations import queries, showing, usecases
from kmsvc.knowledge.citations.citing import CITING
from kmsvc.knowledge.citations.permissions import KEEP_CITATIONS, SEE_CITATIONS
from kmsvc.knowledge.citations.rules import Change, CitationState, Verdict
from kmsvc.knowledge.citations.schemas import CitationFilters, LookInput

blueprint = Blueprint("knowledge_citations_pages", __name__, url_prefix="/knowledge/citations")

PAGE = 50


@blueprint.get("")
def index() -> str | Response:
    """Citations, those to be looked at unless others are asked for, with an export of what is shown."""
    require(current_actor(), SEE_CITATIONS)
    asked = query_data(CitationFilters)
    with look() as work:
        lines = queries.citation_lines(work.session, work.actor, **{name: asked[name] for name in ("q", "state", "kind", "view")})
        mine = len(queries.citation_lines(work.session, work.actor, view="mine"))
    if asked["format"]:
        rows = showing.export_rows(lines, lambda at: local(at, settings().timezone))
        return list_answer(asked["format"], N_("Citations"), showing.HEAD, rows, name="citations")
    start = asked["cursor"]
    return render_template(
        "knowledge/citations/index.html", asked=asked, lines=lines[start:start + PAGE], total=len(lines), mine=mine,
        next_cursor=start + PAGE if start + PAGE < len(lines) else None, show=showing, Change=Change, State=CitationState,
        states=[(one.value, label(one)) for one in CitationState if one != CitationState.MARKED] + [("all", sentence(N_("All")))],
        kinds=[(one.name, sentence(one.label)) for one in CITING.values()], may_keep=can(current_actor(), KEEP_CITATIONS))


@blueprint.get("/<int:citation_id>")
def show(citation_id: int) -> str:
    """One citation: what it said when it was true, what stands there now, and what its keeper may say of it."""
    return _side_by_side(citation_id)


def _side_by_side(citation_id: int, typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None,
                  why: str = "") -> str:
    with look() as work:
        card = queries.citation_card(work.session, work.actor, citation_id)
        secrets = [shown(one, Place.COMPARISON) for one in showing.secret_shown(work.session, work.actor, card)]
        return render_template(
            "knowledge/citations/show.html", card=card, line=card.line, rows=showing.painted(work.session, work.actor, card),
            show=showing, typed=typed or {}, errors=errors or {}, why=why, Change=Change, State=CitationState, Verdict=Verdict,
            secret=next(iter(secrets), None), now=work.now, may_print=can(work.actor, PRINT_SECRET))


@blueprint.post("/<int:citation_id>/look")
def look_at(citation_id: int) -> Response:
    """«Still right», «changed accordingly» or «cites it no longer», of the text that was shown; what was typed comes back."""
    try:
        data = load(LookInput, form_data())
        with begin() as work:
            usecases.look_at(work, citation_id, **data)
    except Stale:
        return make_response(_side_by_side(citation_id, form_data(), why=sentence(N_(
            "The text was published anew while you read. Please look once more at what stands here now."))), 409)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_side_by_side(citation_id, form_data(), told.errors, told.why), error.status)
    flash(sentence(N_("Noted.")), "ok")
    return go(request.form.get("then") or url_for(".index", view="mine"))
