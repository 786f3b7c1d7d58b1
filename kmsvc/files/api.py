"""Files as JSON and bytes for programs: what a thing has, add, fetch, take away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from marshmallow import validate

from kmsvc.core.api import page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.schemas import InputSchema, Line
from kmsvc.core.web import load, look, query_data, settings
from kmsvc.core.work import Work
from kmsvc.files.pages import received
from kmsvc.files.queries import FileCard, files_of, parse_subject
from kmsvc.files.serving import file_answer
from kmsvc.files.usecases import attach, remove_attachment

blueprint = Blueprint("files_api", __name__, url_prefix="/api/v1/files")


class Subject(InputSchema):
    """The thing the files belong to, as `article:5` or `change:17`."""

    subject = Line(required=True, validate=validate.Length(max=100))


def file_json(card: FileCard) -> dict[str, Any]:
    """A file as JSON."""
    return {"id": card.id, "name": card.name, "url": card.url, "size": card.size, "media_type": card.media_type,
            "sha256": card.sha256, "added_at": card.added_at, "in_text": card.in_text}


@blueprint.get("")
@says(query=Subject)
def list_files() -> Response:
    """The files of a thing that this caller may have."""
    kind, thing_id = parse_subject(query_data(Subject)["subject"])
    with look() as work:
        found = files_of(work.session, work.actor, kind, thing_id)
    return reply(page([file_json(card) for card in found]))


@blueprint.post("")
@says(query=Subject, status=201)
def upload() -> Response:
    """Add a file: multipart, one part named `file`."""
    kind, thing_id = parse_subject(request.args.get("subject"))
    stored = received(kind, thing_id)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = attach(work, kind, thing_id, stored)
        return {"id": row.id, "name": row.name, "url": f"/files/{row.id}", "size": stored.size,
                "media_type": stored.media_type, "sha256": stored.sha256, "added_at": row.added_at}, 201, None
    return posting(effect, content=f"{kind}:{thing_id}\n{stored.sha256}\n{stored.name}".encode())


@blueprint.get("/<int:attachment_id>")
@says(answer="application/octet-stream")
def show(attachment_id: int) -> Response:
    """The bytes of a file."""
    return file_answer(settings().files_dir, attachment_id)


@blueprint.post("/<int:attachment_id>/remove")
@says(body=InputSchema)
def remove(attachment_id: int) -> Response:
    """Take a file away from its thing."""
    load(InputSchema)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = remove_attachment(work, attachment_id)
        return {"id": row.id, "removed_at": row.removed_at}, 200, None
    return posting(effect)
