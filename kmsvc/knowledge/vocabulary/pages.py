"""Pages of the vocabulary: the list, one term, adding, editing, taking away, import."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import InvalidInput, Refusal, RuleBroken, Stale
from kmsvc.core.i18n import label, local, sentence
from kmsvc.core.telling import said_at
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    form_data,
    go,
    load,
    look,
    query_data,
    settings,
    told_fields,
    wanted_version,
)
from kmsvc.knowledge.tables import doors
from kmsvc.knowledge.tables.schemas import Removal
from kmsvc.knowledge.vocabulary import usecases
from kmsvc.knowledge.vocabulary.permissions import KEEP_WORDS
from kmsvc.knowledge.vocabulary.queries import TermCard, count_terms, term_card, term_page
from kmsvc.knowledge.vocabulary.rows import HEAD, WORDS, export_row
from kmsvc.knowledge.vocabulary.rules import AboutTerm, Direction
from kmsvc.knowledge.vocabulary.schemas import TermInput, TermList

blueprint = Blueprint("knowledge_vocabulary_pages", __name__, url_prefix="/knowledge/vocabulary")

PAGE = 50
MOST_EXPORTED = 20_000
REFUSED = (InvalidInput, RuleBroken)


@blueprint.get("")
def index() -> str | Response:
    """Terms, newest first."""
    asked = query_data(TermList)
    chosen = {"q": asked["q"], "direction": asked["direction"]}
    with look() as work:
        work.permit(KEEP_WORDS)
        limit = MOST_EXPORTED if asked["format"] else PAGE
        cards, following = term_page(work.session, **chosen, before=None if asked["format"] else asked["cursor"], limit=limit)
        total = count_terms(work.session, **chosen)
    if asked["format"]:
        return _export(asked["format"], cards, more=following is not None)
    return render_template("knowledge/vocabulary/index.html", asked=asked, cards=cards, next_cursor=following, total=total,
                           directions=_directions(), Direction=Direction)


def _export(form: str, cards: list[TermCard], *, more: bool) -> Response:
    rows = [export_row(card, lambda code: label(code, Direction), lambda at: local(at, settings().timezone)) for card in cards]
    return list_answer(form, WORDS.title, HEAD, rows, name="vocabulary", more=more)


def _directions() -> list[tuple[str, str]]:
    return [(one.value, label(one)) for one in Direction]


@blueprint.get("/new")
def new() -> str:
    """The form for a term; `say` is what a customer said that found nothing."""
    typed = {"direction": Direction.BOTH.value, "sayings": request.args.get("say", "")[:200]}
    return _form(None, typed, {})


def _form(card: TermCard | None, typed: Any, errors: dict[str, Any], *, version: int | None = None, late: bool = False,
          opened: str = "") -> str:
    with look() as work:
        work.permit(KEEP_WORDS)
    return render_template("knowledge/vocabulary/edit.html", card=card, typed=typed, errors=errors, version=version, late=late,
                           opened=opened, directions=_directions())


def _said(error: Refusal) -> dict[str, Any]:
    return said_at(error, "term" if isinstance(error, AboutTerm) else "sayings")


@blueprint.post("")
def create() -> Response | str:
    """Add the term."""
    try:
        data = load(TermInput)
        with begin() as work:
            usecases.add_term(work, **{**data, "note": data["note"] or ""})
    except REFUSED as error:
        return make_response(_form(None, form_data(), _said(error)), error.status)
    flash(sentence(N_("“%(term)s” was added. The next search goes by it."), {"term": data["term"]}), "ok")
    return go("/knowledge/vocabulary")


@blueprint.get("/<int:term_id>")
def show(term_id: int) -> str:
    """One term, in its form."""
    card = _card(term_id)
    return _form(card, _typed(card), {}, version=card.version)


def _card(term_id: int) -> TermCard:
    with look() as work:
        work.permit(KEEP_WORDS)
        return term_card(work.session, term_id)


def _typed(card: TermCard) -> dict[str, Any]:
    return {"term": card.term, "sayings": "\n".join(card.sayings), "direction": card.direction, "note": card.note}


@blueprint.post("/<int:term_id>/edit")
def edit(term_id: int) -> Response | str:
    """Save what was changed; somebody else's newer words are a conflict, never overwritten."""
    version = wanted_version()
    try:
        data = load(TermInput)
        with begin() as work:
            usecases.change_term(work, term_id, version=version, **{**data, "note": data["note"] or ""})
    except REFUSED as error:
        return make_response(_form(_card(term_id), form_data(), _said(error), version=version), error.status)
    except Stale:
        card = _card(term_id)
        return make_response(_form(card, form_data(), {}, version=card.version, late=True), 409)
    flash(sentence(N_("Saved. The next search goes by it.")), "ok")
    return go("/knowledge/vocabulary")


@blueprint.post("/<int:term_id>/remove")
def remove(term_id: int) -> Response | str:
    """Take the term away, with a reason."""
    try:
        data = load(Removal)
        with begin() as work:
            usecases.remove_term(work, term_id, reason=data["reason"], version=wanted_version())
    except InvalidInput as error:
        card = _card(term_id)
        return make_response(_form(card, _typed(card) | form_data(), told_fields(error), version=card.version,
                                   opened="remove"), error.status)
    flash(sentence(N_("Taken away.")), "ok")
    return go("/knowledge/vocabulary")


doors.add_doors(blueprint, WORDS)
