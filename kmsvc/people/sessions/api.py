"""One's own sessions, tokens, password and language as JSON. A new token's secret stands in the first answer only."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from kmsvc.core.api import page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.schemas import InputSchema
from kmsvc.core.web import current_actor, database, load, look
from kmsvc.core.work import Work
from kmsvc.people.accounts.usecases import set_own_language
from kmsvc.people.sessions import usecases
from kmsvc.people.sessions.answers import with_secret
from kmsvc.people.sessions.own import own_id, own_session, own_token
from kmsvc.people.sessions.own_password import change_own_password
from kmsvc.people.sessions.queries import sessions_of, tokens_of
from kmsvc.people.sessions.schemas import NewPassword, NewToken, OwnLanguage, session_json, token_json

blueprint = Blueprint("people_self_api", __name__, url_prefix="/api/v1/people/me")


@blueprint.get("/sessions")
def list_sessions() -> Response:
    """Where I am signed in."""
    with look() as work:
        cards = sessions_of(work.session, own_id(work), work.now, work.actor.session_ref)
    return reply(page([session_json(card) for card in cards]))


@blueprint.post("/sessions/<int:session_id>/end")
@says(body=InputSchema)
def end_session(session_id: int) -> Response:
    """End one of my sessions."""
    load(InputSchema)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        own_session(work, session_id)
        usecases.end_session(work, session_id)
        return {"id": session_id, "ended": True}, 200, None
    return posting(effect)


@blueprint.get("/tokens")
def list_tokens() -> Response:
    """My API tokens, without their secrets."""
    with look() as work:
        cards = tokens_of(work.session, own_id(work), work.now)
    return reply(page([token_json(card) for card in cards]))


@blueprint.get("/tokens/<int:token_id>")
def show_token(token_id: int) -> Response:
    """One of my API tokens, without its secret."""
    with look() as work:
        return reply(token_json(own_token(work, token_id)))


@blueprint.post("/tokens")
@says(body=NewToken, status=201)
def make_token() -> Response:
    """Make an API token; `token` is answered once and kept nowhere. A browser must have proved its password lately."""
    data = load(NewToken)
    made: list[str] = []

    def effect(work: Work) -> tuple[Any, int, int | None]:
        made[:] = [usecases.create_token(work, work.actor.login, name=data["name"], days=data["days"])]
        work.session.flush()
        newest = max(tokens_of(work.session, own_id(work), work.now), key=lambda card: card.id)
        return token_json(newest), 201, None
    return with_secret(posting(effect), "token", made[0] if made else None)


@blueprint.post("/tokens/<int:token_id>/revoke")
@says(body=InputSchema)
def revoke(token_id: int) -> Response:
    """End one of my tokens at once."""
    load(InputSchema)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        own_token(work, token_id)
        usecases.revoke_token(work, token_id)
        work.session.flush()
        return token_json(own_token(work, token_id)), 200, None
    return posting(effect)


@blueprint.post("/password")
@says(body=NewPassword)
def password() -> Response:
    """Replace my password; every session and token of mine ends, this one too."""
    data = load(NewPassword)
    change_own_password(database(), current_actor(), old=data["old"], new=data["new"], address=request.remote_addr or "")
    return reply({"changed": True})


@blueprint.post("/language")
@says(body=OwnLanguage)
def language() -> Response:
    """Choose my language of pages and mail."""
    data = load(OwnLanguage)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        set_own_language(work, data["language"])
        return {"language": data["language"]}, 200, None
    return posting(effect)
