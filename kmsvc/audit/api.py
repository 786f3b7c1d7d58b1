"""The audit trail as JSON: search, one entry, verification."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response

from kmsvc.audit.permissions import SEE_TRAIL
from kmsvc.audit.queries import entries, entry
from kmsvc.audit.schemas import TrailQuery, filter_of
from kmsvc.audit.verification import verify_now
from kmsvc.core.api import cursor_id, page, reply
from kmsvc.core.openapi import says
from kmsvc.core.schemas import InputSchema
from kmsvc.core.web import current_actor, database, load, look, query_data, settings

blueprint = Blueprint("audit_api", __name__, url_prefix="/api/v1/audit")


@blueprint.get("/entries")
@says(query=TrailQuery)
def list_entries() -> Response:
    """Entries of the trail, newest first."""
    asked = query_data(TrailQuery)
    with look() as work:
        work.permit(SEE_TRAIL)
        cards = entries(work.session, work.actor, filter_of(asked), settings().timezone, before=cursor_id(asked["cursor"]),
                        limit=asked["limit"])
    return reply(page([card.as_json() for card in cards], cards[-1].seq if len(cards) == asked["limit"] else None))


@blueprint.get("/entries/<int:seq>")
def show(seq: int) -> Response:
    """One entry."""
    with look() as work:
        work.permit(SEE_TRAIL)
        card = entry(work.session, work.actor, seq)
    return reply(card.as_json())


@blueprint.post("/verify")
@says(body=InputSchema)
def verify() -> Response:
    """Walk the whole chain and compare it with the heads kept outside the database."""
    load(InputSchema)
    return reply(asdict(verify_now(database(), settings(), current_actor())))
