"""Proving the password again within a session, for acts that ask for it: roles, tokens, exports of the trail, signing.

A page shows a password field while `actor.fresh` is false, and calls `prove` with what was typed before its use case."""

from __future__ import annotations

from flask import after_this_request, g, request

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_
from kmsvc.core.web import NOBODY, current_actor, database
from kmsvc.people.sessions.cookie import cookie_name, with_cookie
from kmsvc.people.sessions.usecases import WrongSignIn, actor_by_session, step_up


def prove(password: str | None, *, field: str = "password", always: bool = False) -> None:
    """Make the caller's session fresh; it gets a new id. Nothing happens when it is fresh, or when a token calls.

    always: ask although the session is fresh, as a signature does.
    Raises InvalidInput under `field` for a missing or wrong password, TooManyGuesses after too many.
    """
    actor = current_actor()
    if actor.via != "cookie" or (actor.fresh and not always):
        return
    if not password:
        raise InvalidInput({field: [N_("Enter your password for this.")]})
    held = request.cookies.get(cookie_name(), "")
    try:
        secret = step_up(database(), actor, secret=held, password=password, address=request.remote_addr or "")
    except WrongSignIn as error:
        raise InvalidInput({field: [N_("This is not your password.")]}) from error
    with database().look(NOBODY) as work:
        found = actor_by_session(work.session, secret, work.now)
    if found is not None:
        g.actor = found[0].within(g.request_id)
    after_this_request(lambda answer: with_cookie(answer, secret))
