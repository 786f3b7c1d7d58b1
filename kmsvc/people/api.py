"""Who the caller is, and API tokens, as JSON."""

from __future__ import annotations

from flask import Blueprint, Response

from kmsvc.core.api import reply
from kmsvc.core.web import current_actor, look
from kmsvc.people.units.models import Unit

blueprint = Blueprint("people_api", __name__, url_prefix="/api/v1/people")


@blueprint.get("/me")
def me() -> Response:
    """Who the token is: roles and units."""
    actor = current_actor()
    with look() as work:
        units = [work.session.get(Unit, one) for one in sorted(actor.units)]
    return reply({"id": actor.person_id, "login": actor.login, "name": actor.name, "roles": sorted(actor.roles),
                  "language": actor.language,
                  "units": [{"id": unit.id, "code": unit.code, "name": unit.name} for unit in units if unit is not None]})
