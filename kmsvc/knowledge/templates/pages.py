"""Pages of templates: the list, one template, adding, editing, retiring, import."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import InvalidInput, Refusal, Stale
from kmsvc.core.i18n import label, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    form_data,
    go,
    load,
    look,
    query_data,
    told_fields,
    wanted_version,
)
from kmsvc.knowledge.articles import lists
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.articles.rules import Confidentiality
from kmsvc.knowledge.articles.showing import block_labels, category_name
from kmsvc.knowledge.tables import doors
from kmsvc.knowledge.tables.schemas import Removal
from kmsvc.knowledge.templates import usecases
from kmsvc.knowledge.templates.permissions import KEEP_TEMPLATES
from kmsvc.knowledge.templates.queries import TemplateCard, count_templates, template_card, template_page
from kmsvc.knowledge.templates.rows import HEAD, TEMPLATES, export_row
from kmsvc.knowledge.templates.rules import blank_of, opening_hint
from kmsvc.knowledge.templates.schemas import TemplateInput, TemplateList, written_of
from kmsvc.markup.render import render

blueprint = Blueprint("knowledge_templates_pages", __name__, url_prefix="/knowledge/templates")

PAGE, MOST_EXPORTED = 50, 20_000


@blueprint.get("")
def index() -> str | Response:
    """Templates, newest first."""
    asked = query_data(TemplateList)
    chosen = {name: asked[name] for name in ("q", "language", "state")}
    with look() as work:
        require(work.actor, EDIT_ARTICLE)
        limit = MOST_EXPORTED if asked["format"] else PAGE
        cards, following = template_page(work.session, **chosen, before=None if asked["format"] else asked["cursor"], limit=limit)
        total = count_templates(work.session, **chosen)
        may_keep = can(work.actor, KEEP_TEMPLATES)
    if asked["format"]:
        rows = [export_row(card, lambda code: label(code, Confidentiality)) for card in cards]
        return list_answer(asked["format"], TEMPLATES.title, HEAD, rows, name="templates", more=following is not None)
    return render_template("knowledge/templates/index.html", asked=asked, cards=cards, next_cursor=following, total=total,
                           may_keep=may_keep, category_label=category_name)


@blueprint.get("/new")
def new() -> str:
    """An empty template."""
    return _form(None, {}, {})


def _form(card: TemplateCard | None, typed: Any, errors: dict[str, Any], *, version: int | None = None, late: bool = False) -> str:
    with look() as work:
        require(work.actor, KEEP_TEMPLATES)
        shelves = [name for name, _ in lists.shelves(work.session, work.actor)]
    return render_template("knowledge/templates/edit.html", card=card, typed=typed, errors=errors, version=version, late=late,
                           shelves=shelves, levels=Confidentiality)


@blueprint.post("")
def create() -> Response | str:
    """Add it."""
    try:
        data = load(TemplateInput)
        with begin() as work:
            made = usecases.add_template(work, written_of(data)).id
    except InvalidInput as error:
        return make_response(_form(None, form_data(), told_fields(error)), error.status)
    flash(sentence(N_("Saved. A new article can begin with it.")), "ok")
    return go(f"/knowledge/templates/{made}")


@blueprint.get("/<int:template_id>")
def show(template_id: int) -> str:
    """One template: what a new article begins with, its sections and hints."""
    return _page(template_id)


def _page(template_id: int, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    with look() as work:
        require(work.actor, EDIT_ARTICLE)
        card = template_card(work.session, template_id)
        may_keep = can(work.actor, KEEP_TEMPLATES)
    return render_template("knowledge/templates/show.html", card=card, html=render(blank_of(card.body), labels=block_labels()),
                           opening=opening_hint(card.body), refused=refused, may_keep=may_keep, levels=Confidentiality,
                           category_label=category_name)


@blueprint.get("/<int:template_id>/edit")
def edit_page(template_id: int) -> str:
    """The template in its form."""
    card = _card(template_id)
    return _form(card, {name: getattr(card, name) for name in TemplateInput().fields}, {}, version=card.version)


def _card(template_id: int) -> TemplateCard:
    with look() as work:
        require(work.actor, KEEP_TEMPLATES)
        return template_card(work.session, template_id)


@blueprint.post("/<int:template_id>/edit")
def edit(template_id: int) -> Response | str:
    """Save what was changed; somebody else's newer words are a conflict, never overwritten."""
    version = wanted_version()
    try:
        data = load(TemplateInput)
        with begin() as work:
            usecases.change_template(work, template_id, written_of(data), version=version)
    except InvalidInput as error:
        return make_response(_form(_card(template_id), form_data(), told_fields(error), version=version), error.status)
    except Stale:
        card = _card(template_id)
        return make_response(_form(card, form_data(), {}, version=card.version, late=True), 409)
    flash(sentence(N_("Saved.")), "ok")
    return go(f"/knowledge/templates/{template_id}")


@blueprint.post("/<int:template_id>/<any(retire, restore):name>")
def act(template_id: int, name: str) -> Response | str:
    """No longer offer it, with a reason; or offer it again."""
    try:
        with begin() as work:
            if name == "retire":
                usecases.retire_template(work, template_id, reason=load(Removal)["reason"], version=wanted_version())
            else:
                usecases.restore_template(work, template_id, version=wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(template_id, (name, {**form_data(), "errors": told.errors}, told.said)), error.status)
    flash(sentence(N_("It is not offered any more.") if name == "retire" else N_("It is offered again.")), "ok")
    return go(f"/knowledge/templates/{template_id}")


doors.add_doors(blueprint, TEMPLATES)
