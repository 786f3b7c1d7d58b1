"""Pages of where articles apply: the list, one value, adding, renaming, out of use and back, merging, import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import InvalidInput, Refusal, RuleBroken, Stale
from kmsvc.core.i18n import label, local, sentence
from kmsvc.core.schemas import InputSchema
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
    wanted_version,
)
from kmsvc.core.work import Work
from kmsvc.knowledge.scopes import usecases
from kmsvc.knowledge.scopes.permissions import KEEP_SCOPES
from kmsvc.knowledge.scopes.queries import ValueCard, count_values, others_of, value_card, value_page
from kmsvc.knowledge.scopes.rows import HEAD, VALUES, export_row
from kmsvc.knowledge.scopes.rules import AboutTarget, Dimension, ScopeState
from kmsvc.knowledge.scopes.schemas import ScopeList, ValueEdit, ValueInput, ValueMerge, ValueReason
from kmsvc.knowledge.tables import doors

blueprint = Blueprint("knowledge_scopes_pages", __name__, url_prefix="/knowledge/scopes")

PAGE = 100
MOST_EXPORTED = 20_000
REFUSED = (InvalidInput, RuleBroken)


@blueprint.get("")
def index() -> str | Response:
    """Values by dimension and order."""
    asked = query_data(ScopeList)
    chosen = {"q": asked["q"], "dimension": asked["dimension"], "state": asked["state"]}
    with look() as work:
        work.permit(KEEP_SCOPES)
        limit = MOST_EXPORTED if asked["format"] else PAGE
        cards, following = value_page(work.session, **chosen, after=0 if asked["format"] else asked["cursor"] or 0, limit=limit)
        total = count_values(work.session, **chosen)
    if asked["format"]:
        rows = [export_row(card, _say, lambda at: local(at, settings().timezone)) for card in cards]
        return list_answer(asked["format"], VALUES.title, HEAD, rows, name="scopes", more=following is not None)
    return render_template("knowledge/scopes/index.html", asked=asked, cards=cards, next_cursor=following, total=total,
                           dimensions=_options(Dimension), states=_options(ScopeState), Dimension=Dimension, State=ScopeState)


def _say(one: Any) -> str:
    return label(one)


def _options(codes: Any) -> list[tuple[str, str]]:
    return [(one.value, label(one)) for one in codes]


@blueprint.get("/new")
def new() -> str:
    """The form for a value."""
    return _form(None, {"dimension": request.args.get("dimension", Dimension.PRODUCT.value)[:20]}, {})


def _form(card: ValueCard | None, typed: Any, errors: dict[str, Any], *, version: int | None = None, late: bool = False,
          opened: str = "") -> str:
    with look() as work:
        work.permit(KEEP_SCOPES)
        others = others_of(work.session, card) if card is not None else []
    return render_template("knowledge/scopes/edit.html", card=card, typed=typed, errors=errors, version=version, late=late,
                           opened=opened, dimensions=_options(Dimension), Dimension=Dimension, State=ScopeState, others=others)


def _said(error: Refusal) -> dict[str, Any]:
    return said_at(error, "into" if isinstance(error, AboutTarget) else "name")


@blueprint.post("")
def create() -> Response | str:
    """Add the value."""
    try:
        data = load(ValueInput)
        with begin() as work:
            usecases.add_value(work, **{**data, "name_en": data["name_en"] or ""})
    except REFUSED as error:
        return make_response(_form(None, form_data(), _said(error)), error.status)
    flash(sentence(N_("\u201c%(name)s\u201d was added; authors and searchers can choose it now."), {"name": data["name"]}), "ok")
    return go(f"/knowledge/scopes?dimension={data['dimension']}")


@blueprint.get("/<int:value_id>")
def show(value_id: int) -> str:
    """One value, in its form."""
    card = _card(value_id)
    return _form(card, _typed(card), {}, version=card.version)


def _card(value_id: int) -> ValueCard:
    with look() as work:
        work.permit(KEEP_SCOPES)
        return value_card(work.session, value_id)


def _typed(card: ValueCard) -> dict[str, Any]:
    return {"name": card.name, "name_en": card.name_en, "place": card.place}


def _change(value_id: int, schema: type[InputSchema], run: Callable[[Work, dict[str, Any], int | None], Any], said: str,
            opened: str = "") -> Response | str:
    """Do one thing to a value; what was typed comes back with the reason when it is refused."""
    version = wanted_version()
    try:
        data = load(schema)
        with begin() as work:
            run(work, data, version)
    except REFUSED as error:
        card = _card(value_id)
        return make_response(_form(card, _typed(card) | form_data(), _said(error), version=version, opened=opened), error.status)
    except Stale:
        card = _card(value_id)
        return make_response(_form(card, _typed(card) | form_data(), {}, version=card.version, late=True, opened=opened), 409)
    flash(sentence(said), "ok")
    return go("/knowledge/scopes")


@blueprint.post("/<int:value_id>/edit")
def edit(value_id: int) -> Response | str:
    """Rename it or give it another order."""
    return _change(value_id, ValueEdit, lambda work, data, version: usecases.change_value(
        work, value_id, version=version, **{**data, "name_en": data["name_en"] or ""}), N_("Saved. All articles follow."))


@blueprint.post("/<int:value_id>/retire")
def retire(value_id: int) -> Response | str:
    """Take it out of use."""
    return _change(value_id, ValueReason, lambda work, data, version: usecases.set_use(
        work, value_id, used=False, reason=data["reason"], version=version),
        N_("No longer used. Articles that have it keep it."), "retire")


@blueprint.post("/<int:value_id>/restore")
def restore(value_id: int) -> Response | str:
    """Bring it back into use."""
    return _change(value_id, ValueReason, lambda work, data, version: usecases.set_use(
        work, value_id, used=True, reason=data["reason"], version=version), N_("In use again."), "restore")


@blueprint.post("/<int:value_id>/merge")
def merge(value_id: int) -> Response | str:
    """Merge it into another."""
    return _change(value_id, ValueMerge, lambda work, data, version: usecases.merge_value(
        work, value_id, into_id=data["into"], reason=data["reason"], version=version), N_("Merged. All articles follow."), "merge")


@blueprint.post("/<int:value_id>/part")
def part(value_id: int) -> Response | str:
    """Take a merge back."""
    return _change(value_id, ValueReason, lambda work, data, version: usecases.part_value(
        work, value_id, reason=data["reason"], version=version), N_("It is a value of its own again."), "part")


doors.add_doors(blueprint, VALUES)
