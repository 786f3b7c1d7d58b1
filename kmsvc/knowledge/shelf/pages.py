"""Pages of what is at hand: my lists, one key that makes or removes a favourite, and the pins for those who keep them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer, table_answer
from kmsvc.core.callers import is_fragment
from kmsvc.core.errors import InvalidInput, Refusal
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
    safe_target,
    settings,
    today,
)
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.lists import article_numbered
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE, READ_ARTICLE
from kmsvc.knowledge.relations.choosing import choices
from kmsvc.knowledge.shelf import queries, showing, usecases
from kmsvc.knowledge.shelf.lists import favourites_of
from kmsvc.knowledge.shelf.pinning import pin_given
from kmsvc.knowledge.shelf.rules import LONGEST_PIN, PinState, View
from kmsvc.knowledge.shelf.schemas import KeepInput, PinChoices, PinFilters, PinForm, ShelfFilters, UnpinInput
from kmsvc.people.units.queries import open_units
from kmsvc.search.api import engine

blueprint = Blueprint("knowledge_shelf_pages", __name__, url_prefix="/knowledge/shelf")

PAGE = 50


@blueprint.get("")
def index() -> str | Response:
    """One of my lists: favourites, pinned for me, opened last, most used today in my unit."""
    require(current_actor(), READ_ARTICLE)
    asked = query_data(ShelfFilters)
    view = View(asked["view"] or View.FAVOURITES)
    with look() as work:
        lines = showing.shelf_lines(work.session, work.actor, today(), settings().timezone, view, asked["q"])
        moves = showing.moves(lines, favourites_of(work.session, work.actor.person_id)) if view == View.FAVOURITES else {}
    if asked["format"]:
        return table_answer(asked["format"], label(view), [sentence(one) for one in showing.HEAD],
                            showing.export_rows(lines, lambda at: local(at, settings().timezone)),
                            name=f"{view}-{today().isoformat()}")
    start = asked["cursor"]
    return render_template("knowledge/shelf/index.html", asked=asked, view=view, views=list(View), lines=lines[start:start + PAGE],
                           moves=moves, total=len(lines), next_cursor=start + PAGE if start + PAGE < len(lines) else None, show=showing,
                           may_pin=can(current_actor(), EDIT_ARTICLE))


@blueprint.post("/favourites/<int:article_id>")
def keep(article_id: int) -> Response:
    """Make an article a favourite, let it go, or move it; a script gets the button as it stands now."""
    data = load(KeepInput)
    with begin() as work:
        kept = usecases.keep(work, article_id, **data) is not None
    if is_fragment() and data["place"] is None:
        return make_response(render_template("knowledge/shelf/_star.html", is_kept=kept, said=True,
                                             keep_url=url_for(".keep", article_id=article_id)))
    if data["place"] is None:
        flash(sentence(N_("It is among your favourites now.") if kept else N_("It is no favourite of yours any more.")), "ok")
    return go(safe_target(request.form.get("then"), url_for(".index")))


@blueprint.get("/pins")
def pins() -> str | Response:
    """Pins with their unit, end and reason; those that stand unless others are asked for."""
    return _pins({}, {})


def _pins(typed: dict[str, Any], errors: dict[str, Any], why: str = "") -> str | Response:
    require(current_actor(), EDIT_ARTICLE)
    asked = query_data(PinFilters)
    start, some = (0, queries.MOST) if asked["format"] else (asked["cursor"], PAGE)
    wanted = {name: asked[name] for name in ("q", "state", "unit")}
    with look() as work:
        lines = queries.pin_lines(work.session, work.actor, today(), **wanted, start=start, limit=some)
        total = len(lines) if asked["format"] else queries.count_pins(work.session, work.actor, today(), **wanted)
        units = open_units(work.session)
        asked_for = str(typed.get("article", ""))[:200] if "article" in errors else ""
        meant = choices(work.session, engine(), work.actor, 0, asked_for, today())
    if asked["format"]:
        rows = showing.pin_rows(lines, lambda at: local(at, settings().timezone))
        return list_answer(asked["format"], N_("Pins"), showing.PIN_HEAD, rows, name="pins")
    return render_template("knowledge/shelf/pins.html", asked=asked, lines=lines, total=total,
                           next_cursor=start + PAGE if start + PAGE < total else None, units=units, states=list(PinState),
                           State=PinState, show=showing, typed=typed or {"article": request.args.get("article", "")[:64]},
                           errors=errors, why=why, today=today(), latest=today() + LONGEST_PIN,
                           meant=meant)


@blueprint.get("/pins/choices")
def choose() -> str:
    """Articles that may be meant by what is typed, to pick one."""
    typed = query_data(PinChoices)["article"] or ""
    with look() as work:
        work.permit(EDIT_ARTICLE)
        found = choices(work.session, engine(), work.actor, 0, typed, today())
    return render_template("knowledge/relations/_choices.html", choices=found, typed={"other": typed})


@blueprint.post("/pins")
def pin() -> Response:
    """Pin an article; what was typed comes back when it is refused, with what it may mean."""
    try:
        with begin() as work:
            data = load(PinForm)
            work.permit(EDIT_ARTICLE)
            if article_numbered(work.session, work.actor, data["article"]) is None:
                if not data["picked"] and choices(work.session, engine(), work.actor, 0, data["article"], today()):
                    raise InvalidInput({"article": [N_("Pick the one that is meant.")]})
                data["article"] = data["picked"] or data["article"]
            pin_given(work, data, today())
    except Refusal as error:
        return _refused(error, form_data())
    flash(sentence(N_("Pinned. It stands on the search page before anything is typed.")), "ok")
    return go(safe_target(request.form.get("then"), url_for(".pins")))


@blueprint.post("/pins/<int:pin_id>/<any(remove, restore):verb>")
def change(pin_id: int, verb: str) -> Response:
    """Take a pin away, or put it back."""
    def run(work: Work) -> None:
        if verb == "remove":
            usecases.unpin(work, pin_id, reason=load(UnpinInput)["reason"])
        else:
            usecases.put_back(work, pin_id, today=today())
    try:
        with begin() as work:
            run(work)
    except Refusal as error:
        return _refused(error, {})
    flash(sentence(N_("The pin is taken away. It can be put back.") if verb == "remove" else N_("The pin is back.")), "ok")
    return go(safe_target(request.form.get("then"), url_for(".pins")))


def _refused(error: Refusal, typed: dict[str, Any]) -> Response:
    told = form_refused(error)
    return make_response(_pins(typed, told.errors, told.why), error.status)
