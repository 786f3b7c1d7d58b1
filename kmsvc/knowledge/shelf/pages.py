"""Pages of what is at hand: my lists, one key that makes or removes a favourite, and the pins for those who keep them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import table_answer
from kmsvc.core.callers import is_fragment
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.i18n import label, local, sentence
from kmsvc.core.permissions import can, require
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
    told_fields,
)
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE, READ_ARTICLE
from kmsvc.knowledge.shelf import queries, showing, usecases
from kmsvc.knowledge.shelf.lists import favourites_of
from kmsvc.knowledge.shelf.pinning import pin_given
from kmsvc.knowledge.shelf.rules import LONGEST_PIN, PinState, View
from kmsvc.knowledge.shelf.schemas import KeepInput, PinFilters, PinInput, ShelfFilters, UnpinInput
from kmsvc.people.units.queries import open_units

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
    with look() as work:
        lines = queries.pin_lines(work.session, work.actor, today(), q=asked["q"], state=asked["state"], unit=asked["unit"])
        units = open_units(work.session)
    if asked["format"]:
        return table_answer(asked["format"], sentence(N_("Pins")), [sentence(one) for one in showing.PIN_HEAD],
                            showing.pin_rows(lines, lambda at: local(at, settings().timezone)), name=f"pins-{today().isoformat()}")
    start = asked["cursor"]
    return render_template("knowledge/shelf/pins.html", asked=asked, lines=lines[start:start + PAGE], total=len(lines),
                           next_cursor=start + PAGE if start + PAGE < len(lines) else None, units=units, states=list(PinState),
                           State=PinState, show=showing, typed=typed or {"article": request.args.get("article", "")[:64]},
                           errors=errors, why=why, today=today(), latest=today() + LONGEST_PIN)


@blueprint.post("/pins")
def pin() -> Response:
    """Pin an article; what was typed comes back when it is refused."""
    try:
        with begin() as work:
            pin_given(work, load(PinInput), today())
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
    if error.status not in (409, 422):
        raise error
    errors = told_fields(error) if isinstance(error, InvalidInput) else {}
    return make_response(_pins(typed, errors, "" if errors else sentence(error.sentence, error.params)), error.status)
