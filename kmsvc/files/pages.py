"""Files for people: the editor's upload, the address every picture and attachment is served at, taking one away."""

from __future__ import annotations

from flask import Blueprint, Response, flash, jsonify, request

from kmsvc.core.errors import InvalidInput
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import require
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, go, look, safe_target, settings
from kmsvc.files.permissions import ADD_FILE
from kmsvc.files.queries import parse_subject, place
from kmsvc.files.serving import file_answer
from kmsvc.files.store import Stored, keep
from kmsvc.files.usecases import attach, remove_attachment

blueprint = Blueprint("files_pages", __name__, url_prefix="/files")


def received(kind: str, thing_id: int) -> Stored:
    """The file of a multipart request, on disk; who may not add to this thing writes nothing there."""
    with look() as work:
        require(work.actor, ADD_FILE, place(work.session, work.actor, kind, thing_id))
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidInput({"file": [N_("Choose a file.")]})
    return keep(settings().files_dir, file.stream, file.filename)


@blueprint.post("")
def upload() -> Response:
    """Add a file to `?subject=kind:id`: {"url", "name"} for the editor, back to `then` for a plain form."""
    kind, thing_id = parse_subject(request.args.get("subject"))
    stored = received(kind, thing_id)
    with begin() as work:
        row = attach(work, kind, thing_id, stored)
    if request.form.get("then"):
        flash(sentence(N_("%(name)s is here now. Put it into the text so that readers see it."), {"name": row.name}), "ok")
        return go(safe_target(request.form["then"]))
    answer = jsonify({"id": row.id, "url": f"/files/{row.id}", "name": row.name, "size": stored.size,
                      "media_type": stored.media_type, "sha256": stored.sha256})
    answer.status_code = 201
    answer.headers["Location"] = f"/files/{row.id}"
    return answer


@blueprint.get("/<int:attachment_id>")
def show(attachment_id: int) -> Response:
    """The file itself, if a text this caller may read shows it."""
    return file_answer(settings().files_dir, attachment_id)


@blueprint.post("/<int:attachment_id>/remove")
def remove(attachment_id: int) -> Response:
    """Take a file away from its thing."""
    with begin() as work:
        row = remove_attachment(work, attachment_id)
    flash(sentence(N_("%(name)s is no longer offered."), {"name": row.name}), "ok")
    return go(safe_target(request.form.get("then")))
