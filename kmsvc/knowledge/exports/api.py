"""Taking articles away as JSON: the list of what was taken, and taking some."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.web import load, look, query_data, settings, today
from kmsvc.core.work import Work
from kmsvc.knowledge.exports.permissions import SEE_EXPORTS
from kmsvc.knowledge.exports.queries import export_page, line_of
from kmsvc.knowledge.exports.rules import ExportForm, home_of
from kmsvc.knowledge.exports.schemas import ExportQuery, Wanted, export_json
from kmsvc.knowledge.exports.usecases import make_file, note_export

blueprint = Blueprint("knowledge_exports_api", __name__, url_prefix="/api/v1/knowledge/exports")


@blueprint.get("")
@says(query=ExportQuery)
def list_exports() -> Response:
    """Which articles were taken away, newest first."""
    asked = query_data(ExportQuery)
    with look() as work:
        work.permit(SEE_EXPORTS)
        lines, following = export_page(work.session, q=asked["q"], before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([export_json(line) for line in lines], following))


@blueprint.post("")
@says(body=Wanted)
def take() -> Response:
    """Take articles away; `rows` are as the import reads them. The same key again tells of the same file, its rows only while they
    are the same."""
    data = load(Wanted)
    with look() as work:
        made = make_file(work, form=ExportForm.JSONL, home=home_of(settings().base_url), today=today(), category=data["category"],
                         state=data["state"], secret=data["secret"])

    def effect(work: Work) -> tuple[Any, int, int | None]:
        return export_json(line_of(note_export(work, made, data["reason"]), work.actor.name)), 200, None
    answer = posting(effect)
    told = answer.get_json()
    if answer.status_code == 200 and told["sha256"] == made.sha256:  # the rows themselves are kept nowhere
        answer.set_data(json.dumps({**told, "rows": made.rows}, ensure_ascii=False))
    return answer
