"""One's own second factor as JSON. Secret and recovery codes stand in the first answer only."""

from __future__ import annotations

from flask import Blueprint, Response, request

from kmsvc.core.api import reply
from kmsvc.core.openapi import says
from kmsvc.core.schemas import InputSchema
from kmsvc.core.web import begin, current_actor, database, load, look
from kmsvc.people.factors import usecases
from kmsvc.people.factors.asked import must_have
from kmsvc.people.factors.queries import factor_card
from kmsvc.people.factors.schemas import OneTimeCode, factor_json
from kmsvc.people.sessions.cookie import cookie_name
from kmsvc.people.sessions.own import own_id

blueprint = Blueprint("people_factor_api", __name__, url_prefix="/api/v1/people/me/factor")


@blueprint.get("")
def show() -> Response:
    """Whether a one-time code is asked of me, and how many recovery codes are left."""
    with look() as work:
        return reply(factor_json(factor_card(work.session, own_id(work), must=must_have(
            work.session, guest=work.actor.guest, roles=work.actor.roles))))


@blueprint.post("/begin")
@says(body=InputSchema)
def begin_factor() -> Response:
    """A secret for my app; it counts once it is confirmed. Answered once."""
    load(InputSchema)
    with begin() as work:
        secret, address = usecases.begin_factor(work)
    return reply({"secret": secret, "otpauth": address})


@blueprint.post("/confirm")
@says(body=OneTimeCode)
def confirm() -> Response:
    """The app shows the right code; recovery codes are answered once."""
    data = load(OneTimeCode)
    return reply({"recovery_codes": usecases.confirm_factor(
        database(), current_actor(), code=data["code"], address=request.remote_addr or "",
        session_secret=request.cookies.get(cookie_name(), ""))})


@blueprint.post("/renew")
@says(body=OneTimeCode)
def renew() -> Response:
    """Fresh recovery codes; those before count no more."""
    data = load(OneTimeCode)
    return reply({"recovery_codes": usecases.renew_codes(
        database(), current_actor(), code=data["code"], address=request.remote_addr or "")})


@blueprint.post("/remove")
@says(body=OneTimeCode)
def remove() -> Response:
    """No code is asked of me any more."""
    data = load(OneTimeCode)
    usecases.remove_factor(database(), current_actor(), code=data["code"], address=request.remote_addr or "")
    return reply({"is_on": False})
