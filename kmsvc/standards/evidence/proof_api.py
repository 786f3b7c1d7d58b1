"""Files and links as proof, as JSON. A file comes as multipart with a part `file`; a link may come as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from marshmallow import Schema

from kmsvc.core.api import part_of, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import current_actor, form_data, load, look, query_data, settings, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.files.store import Stored, keep
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.evidence import proofs
from kmsvc.standards.evidence.models import ProofPiece
from kmsvc.standards.evidence.permissions import KEEP_PROOF
from kmsvc.standards.evidence.proof_queries import history, proof_card, proof_cards
from kmsvc.standards.evidence.proof_schemas import (
    ProofChange,
    ProofGiven,
    ProofInput,
    ProofReason,
    ProofRemark,
    ProofsQuery,
    filters_of,
    moment_of,
    proof_json,
    text_of,
    whole_json,
)

blueprint = Blueprint("standards_proofs_api", __name__, url_prefix="/api/v1/standards/evidence/files")


@blueprint.get("")
@says(query=ProofsQuery)
def list_proofs() -> Response:
    """Files and links as proof; what expires first stands first."""
    asked = query_data(ProofsQuery)
    with look() as work:
        return reply(part_of(proof_cards(work.session, work.actor, filters_of(asked), *moment_of(asked)), asked, proof_json))


def _whole(work: Work, proof_id: int) -> dict[str, Any]:
    work.session.flush()
    people = [one.id for one in directory(work.session).active() if one.logins]
    return whole_json(work.actor, proof_card(work.session, work.actor, proof_id, today()), history(work.session, work.actor, proof_id),
                      people)


def received() -> Stored | None:
    """The file of a multipart request, on disk; who may not add writes nothing there. None where none came."""
    require(current_actor(), KEEP_PROOF)
    file = request.files.get("file")
    return keep(settings().files_dir, file.stream, file.filename) if file is not None and file.filename else None


def _sent(schema: type[Schema]) -> tuple[dict[str, Any], Stored | None, bytes | None]:
    """Loaded fields, the file, and what makes two requests the same."""
    require(current_actor(), KEEP_PROOF)
    if not request.mimetype.startswith("multipart/"):
        return load(schema), None, None
    typed = form_data()
    data, stored = load(schema, typed), received()
    return data, stored, repr((sorted(typed.items()), stored and stored.sha256, stored and stored.name)).encode()


@blueprint.post("")
@says(form=ProofInput, status=201)
def add() -> Response:
    """Add a file or a link as proof of clauses."""
    data, stored, content = _sent(ProofInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        body = _whole(work, proofs.add_proof(work, text_of(data), today=today(), owner=data["owner"], stored=stored).id)
        return body, 201, body["version"]
    return posting(effect, content=content)


@blueprint.get("/<int:proof_id>")
def show(proof_id: int) -> Response:
    """One with its revisions, its history and what the caller may do."""
    with look() as work:
        body = _whole(work, proof_id)
        return reply(body, version=body["version"])


def _do(proof_id: int, run: Callable[[Work, int | None], ProofPiece], content: bytes | None = None) -> Response:
    version = wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        run(work, version)
        body = _whole(work, proof_id)
        return body, 200, body["version"]
    return posting(effect, theirs=lambda work: _whole(work, proof_id), content=content)


@blueprint.post("/<int:proof_id>/revise")
@says(form=ProofChange)
def revise(proof_id: int) -> Response:
    """Put a newer file, link or wording in the place of the old one, which stays."""
    data, stored, content = _sent(ProofChange)
    return _do(proof_id, lambda work, version: proofs.revise_proof(
        work, proof_id, text_of(data), today=today(), stored=stored, version=version), content)


@blueprint.post("/<int:proof_id>/withdraw")
@says(body=ProofReason)
def withdraw(proof_id: int) -> Response:
    """Let it count no more."""
    data = load(ProofReason)
    return _do(proof_id, lambda work, version: proofs.withdraw(work, proof_id, reason=data["reason"], version=version))


@blueprint.post("/<int:proof_id>/restore")
@says(body=ProofReason)
def restore(proof_id: int) -> Response:
    """Take the withdrawal back."""
    data = load(ProofReason)
    return _do(proof_id, lambda work, version: proofs.restore(work, proof_id, reason=data["reason"], version=version))


@blueprint.post("/<int:proof_id>/accept")
@says(body=ProofRemark)
def accept(proof_id: int) -> Response:
    """Say that it shows what it should."""
    data = load(ProofRemark)
    return _do(proof_id, lambda work, version: proofs.look_through(
        work, proof_id, accepted=True, reason=data["reason"], version=version))


@blueprint.post("/<int:proof_id>/refuse")
@says(body=ProofReason)
def refuse(proof_id: int) -> Response:
    """Say that it does not show what it should."""
    data = load(ProofReason)
    return _do(proof_id, lambda work, version: proofs.look_through(
        work, proof_id, accepted=False, reason=data["reason"], version=version))


@blueprint.post("/<int:proof_id>/give")
@says(body=ProofGiven)
def give(proof_id: int) -> Response:
    """Let somebody else answer for it."""
    data = load(ProofGiven)
    return _do(proof_id, lambda work, version: proofs.give(
        work, proof_id, owner=data["owner"], reason=data["reason"], version=version))
