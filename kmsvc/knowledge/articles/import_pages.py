"""Importing articles from a page: choose files, see what would happen, let it happen, watch it, stop it, read the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, database, go, load, look, settings, told_fields
from kmsvc.core.work import Work
from kmsvc.knowledge.articles import import_jobs, lists
from kmsvc.knowledge.articles.import_jobs import Batch, Progress
from kmsvc.knowledge.articles.imports import KINDS
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.articles.schemas import ImportChoices, owner_named
from kmsvc.knowledge.exports.rules import home_of
from kmsvc.knowledge.scopes.permissions import KEEP_SCOPES

blueprint = Blueprint("knowledge_import_pages", __name__, url_prefix="/knowledge/articles/import")
HERE = "/knowledge/articles/import"


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
                             choices={**choices, "home": home_of(settings().base_url)})
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
    """How far it is, or what came of it; `?part=1` is the changing part alone."""
    batch, held = _held(token)
    template = "_import_state.html" if request.args.get("part") else "import_state.html"
    return render_template(f"knowledge/articles/{template}", batch=batch, held=held, address=HERE)


@blueprint.post("/<token>")
def run(token: str) -> Response:
    """Take the files in."""
    batch, held = _held(token)
    import_jobs.begin_import(database(), batch, current_actor(), settings().files_dir, choices=held.choices, dry_run=False)
    return go(f"{HERE}/{token}")


@blueprint.post("/<token>/stop")
def stop(token: str) -> Response:
    """End after the present hundred; what is finished stays."""
    batch, _ = _held(token)
    batch.stop()
    return go(f"{HERE}/{token}")
