"""Importing articles for programs: files in one multipart request, the report of contract section 5 in the answer."""

from __future__ import annotations

import hashlib
import shutil
from typing import Any

from flask import Blueprint, Response, request

from kmsvc.core.api import broken_off, posting, replayed
from kmsvc.core.breaks import BrokenOff
from kmsvc.core.openapi import says
from kmsvc.core.web import current_actor, database, form_data, load, look, settings
from kmsvc.core.work import Work
from kmsvc.files.pictures import picture_keeper
from kmsvc.knowledge.articles import import_jobs
from kmsvc.knowledge.articles.import_columns import layout_said
from kmsvc.knowledge.articles.import_pages import root
from kmsvc.knowledge.articles.imports import Defaults, import_articles
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.articles.schemas import ImportRequest
from kmsvc.knowledge.exports.rules import home_of

blueprint = Blueprint("knowledge_import_api", __name__, url_prefix="/api/v1/knowledge/articles/import")


@blueprint.post("")
@says(form=ImportRequest)
def run() -> Response:
    """Import articles from files: parts named `file`, and what holds for rows that say nothing else. Twice is once.

    One that breaks off answers a problem with `report`: what is in, and `broke_at`, the row to go on from."""
    with look() as work:
        work.permit(EDIT_ARTICLE)
    actor, data = current_actor(), load(ImportRequest, form_data())
    layout = layout_said([data["columns"]] if data["columns"] else [], data["heading"] or "")
    batch = import_jobs.receive(root(), actor, (
        (one.filename, one.stream) for one in request.files.getlist("file") if one.filename), database().clock())
    try:
        sent = repr((sorted(data.items(), key=str), [(path.name, _digest(path)) for path in batch.files])).encode()
        before = replayed(sent)
        if before is not None:
            return before
        report = import_articles(database(), actor, batch.files, Defaults(data["category"], data["owner"], data["publish"],
                                                                            home_of(settings().base_url), data["add_scopes"], layout),
                                 words=import_jobs.words_in(actor.language), dry_run=data["dry_run"],
                                 keep_picture=picture_keeper(settings().files_dir, "article"))
    except BrokenOff as error:
        return broken_off(error, error.report.as_json())
    finally:
        shutil.rmtree(batch.folder, ignore_errors=True)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        return report.as_json(), 200, None
    return posting(effect, content=sent)


def _digest(path: Any) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
