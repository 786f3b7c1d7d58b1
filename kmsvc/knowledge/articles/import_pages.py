"""Importing articles from a page: choose files, see row by row what would happen, say what columns are, let it happen, watch it, stop
it, read the report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from kmsvc.convert.assigning import EVERY
from kmsvc.convert.sending import table_answer
from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.i18n import listed, sentence
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_, Filled
from kmsvc.core.web import current_actor, database, go, load, look, query_data, settings, told_fields
from kmsvc.core.work import Work
from kmsvc.knowledge.articles import import_jobs, lists
from kmsvc.knowledge.articles.import_columns import (
    NAMES,
    ORDER,
    Layout,
    choices_of,
    chosen_on_page,
    remember,
    remembered,
    unread,
)
from kmsvc.knowledge.articles.import_jobs import Batch, Progress
from kmsvc.knowledge.articles.import_reading import KINDS
from kmsvc.knowledge.articles.import_rows import LOOKED_FOR, refused_table, too_long_for_a_cell, where
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.articles.schemas import ImportChoices, ImportRows, owner_named
from kmsvc.knowledge.articles.showing import category_name
from kmsvc.knowledge.exports.rules import home_of
from kmsvc.knowledge.scopes.permissions import KEEP_SCOPES

blueprint = Blueprint("knowledge_import_pages", __name__, url_prefix="/knowledge/articles/import")
HERE = "/knowledge/articles/import"
PAGE = 50


def root() -> Path:
    """Where uploaded files wait."""
    return Path(settings().data_dir) / "article-imports"


def _form(work: Work, errors: dict[str, Any], typed: dict[str, Any]) -> str:
    work.permit(EDIT_ARTICLE)
    return render_template("knowledge/articles/import.html", errors=errors, typed=typed, kinds=sorted(KINDS),
                           shelves=[name for name, _ in lists.shelves(work.session, work.actor)], may_add=can(work.actor, KEEP_SCOPES))


@blueprint.get("")
def upload_form() -> str:
    """Choose files."""
    with look() as work:
        return _form(work, {}, {})


@blueprint.post("")
def upload() -> Response:
    """Keep the files, and begin to look at them."""
    try:
        with look() as work:
            work.permit(EDIT_ARTICLE)
            choices = load(ImportChoices)
            if choices["add_scopes"]:
                work.permit(KEEP_SCOPES)
            owner_named(work.session, choices["owner"])
        batch = import_jobs.receive(root(), current_actor(), (
            (one.filename, one.stream) for one in request.files.getlist("file") if one.filename), database().clock())
    except InvalidInput as error:
        with look() as work:
            return make_response(_form(work, told_fields(error), {**request.form}), 422)
    import_jobs.begin_import(database(), batch, current_actor(), settings().files_dir, dry_run=True,
                             choices={**choices, "home": home_of(settings().base_url), "layout": _with_remembered({})})
    return go(f"{HERE}/{batch.token}")


def _held(token: str) -> tuple[Batch, Progress]:
    with look() as work:
        work.permit(EDIT_ARTICLE)
    batch = import_jobs.waiting(root(), current_actor(), token)
    held = batch.progress(database().clock())
    if held is None:
        raise RuleBroken("knowledge.import.unread", N_("These files were not read yet. Upload them again."))
    return batch, held


@blueprint.get("/<token>")
def show(token: str) -> str:
    """How far it is, or what came of it, row by row; `?part=1` is the changing part alone."""
    batch, held = _held(token)
    return _state(batch, held, {}, {}, part=bool(request.args.get("part")))


def _state(batch: Batch, held: Progress, errors: dict[str, Any], typed: Mapping[str, str], *, part: bool, ahead: bool = False) -> str:
    asked = query_data(ImportRows)
    kept = batch.rows(held.run)
    rows, following = kept.part(asked["show"] or "", asked["cursor"] or 0, PAGE)
    sheets = choices_of(batch.sheets, held.choices.get("layout", {}), typed) if held.dry_run else []
    shown = "import_state.html" if not part else "_import_parts.html" if typed else "_import_state.html"
    bare = shown == "_import_state.html" and (not held.running or (asked["bare"] and bool(sheets)))
    return render_template(
        f"knowledge/articles/{shown}", batch=batch, held=held, address=f"{request.script_root}{HERE}", rows=rows, next_cursor=following,
        counts=kept.counts(), show=asked["show"] or "", cursor=asked["cursor"], kinds=LOOKED_FOR, names=NAMES, order=ORDER,
        errors=errors, category_name=category_name, sheets=sheets, oob=bare, ahead=ahead)


@blueprint.post("/<token>")
def run(token: str) -> Response:
    """Take the files in; not while something is chosen on the page with which they were not read."""
    batch, held = _held(token)
    typed = {name: value[:40] for name, value in request.form.items()}
    if held.dry_run and unread(batch.sheets, held.choices.get("layout", {}), typed):
        return make_response(_state(batch, held, {}, typed, part=False, ahead=True), 422)
    import_jobs.begin_import(database(), batch, current_actor(), settings().files_dir, choices=held.choices, dry_run=False)
    remember(_remembered_at(), batch.sheets)
    return go(f"{HERE}/{token}")


@blueprint.post("/<token>/columns")
def choose_columns(token: str) -> Response:
    """Read the files again, with what somebody says that their columns are; a script gets the changing parts of the page."""
    batch, held = _held(token)
    part = "HX-Request" in request.headers
    typed = {name: value[:40] for name, value in request.form.items()}
    if not held.dry_run:
        raise RuleBroken("knowledge.import.taken", N_("These files are taken in already. Upload them again to read them differently."))
    try:
        layout = chosen_on_page(batch.sheets, held.choices.get("layout", {}), typed)
    except InvalidInput as error:
        return make_response(_state(batch, held, told_fields(error), typed, part=part), 422)
    import_jobs.begin_import(database(), batch, current_actor(), settings().files_dir, dry_run=True, anew=True,
                             choices={**held.choices, "layout": _with_remembered(layout)})
    if not part:
        return go(f"{HERE}/{token}")
    now = batch.progress(database().clock())
    return make_response(_state(batch, now or held, {}, typed, part=True))


@blueprint.get("/<token>/refused")
def refused(token: str) -> Response:
    """The refused rows with their reasons, to be corrected and imported again. `format`: csv or xlsx."""
    batch, held = _held(token)
    told, form = batch.rows(held.run).refused(), query_data(ImportRows)["format"] or "xlsx"
    if form == "xlsx" and (long := too_long_for_a_cell(told)):
        raise InvalidInput({"format": [Filled(N_("A cell of a workbook cannot hold the text of %(which)s; take CSV."), which=listed(
            where(lambda text, params: sentence(text, dict(params)), one.file, one.sheet, one.row) for one in long[:5]))]})
    head, rows = refused_table(told, lambda text, params: sentence(text, dict(params)))
    name = sentence(N_("%(file)s, refused rows"), {"file": batch.files[0].stem[:60]})
    return table_answer(form, sentence(N_("Refused")), head, rows, name=name)


@blueprint.post("/<token>/stop")
def stop(token: str) -> Response:
    """End after the present hundred; what is finished stays."""
    batch, _ = _held(token)
    batch.stop()
    return go(f"{HERE}/{token}")


def _remembered_at() -> Path:
    return root() / f"columns-{current_actor().person_id}.json"


def _with_remembered(layout: Layout) -> Layout:
    """The layout with what this person said of earlier files, for sheets nothing was said of now."""
    kept = remembered(_remembered_at())
    return {**layout, EVERY: {**layout.get(EVERY, {}), "remembered": kept}} if kept else layout
