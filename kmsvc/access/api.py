"""The log of secret text as JSON."""

from __future__ import annotations

from flask import Blueprint, Response

from kmsvc.access.permissions import SEE_ACCESS
from kmsvc.access.queries import access_lines
from kmsvc.access.schemas import AccessQuery, filter_of, line_json
from kmsvc.core.api import cursor_id, page, reply
from kmsvc.core.openapi import says
from kmsvc.core.web import look, query_data, settings

blueprint = Blueprint("access_api", __name__, url_prefix="/api/v1/access")


@blueprint.get("")
@says(query=AccessQuery)
def list_access() -> Response:
    """Who was shown secret text, or tried to copy or print it, newest first."""
    asked = query_data(AccessQuery)
    with look() as work:
        work.permit(SEE_ACCESS)
        lines, following = access_lines(work.session, work.actor, filter_of(asked), settings().timezone,
                                        before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([line_json(line) for line in lines], following))
