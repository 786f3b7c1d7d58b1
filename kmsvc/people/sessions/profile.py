"""One's own page: language, password, where one is signed in, API tokens.

A token's secret is shown in the answer of its own post and nowhere else, so that page is no redirect."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request

from kmsvc.core.errors import InvalidInput
from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    current_actor,
    database,
    form_data,
    go,
    load,
    look,
    safe_target,
    settings,
    told_fields,
)
from kmsvc.people.accounts.queries import person_card
from kmsvc.people.roles import Role
from kmsvc.people.sessions import usecases
from kmsvc.people.sessions.cookie import cookie_name
from kmsvc.people.sessions.own import own_id, own_session, own_token
from kmsvc.people.sessions.own_password import change_own_password
from kmsvc.people.sessions.proof import prove
from kmsvc.people.sessions.queries import sessions_of, tokens_of
from kmsvc.people.sessions.schemas import NewPassword, NewToken

blueprint = Blueprint("people_self_pages", __name__, url_prefix="/people/me")


@blueprint.get("")
def index() -> str:
    """Everything a person keeps for oneself."""
    return _page()


def _page(errors: dict[str, Any] | None = None, typed: dict[str, Any] | None = None) -> str:
    with look() as work:
        person_id = own_id(work)
        return render_template("people/me/index.html", person=person_card(work.session, person_id), Role=Role,
                               sessions=sessions_of(work.session, person_id, work.now, work.actor.session_ref),
                               tokens=tokens_of(work.session, person_id, work.now), errors=errors or {}, typed=typed or {})


@blueprint.get("/password")
def password_form() -> str:
    """The form; also the only page there is while a first password waits to be replaced."""
    return render_template("people/me/password.html", errors={})


@blueprint.post("/password")
def password() -> Response:
    """Replace the password; everybody is signed out, this browser too."""
    try:
        data = load(NewPassword, {name: value for name, value in form_data().items() if name != "again"})
        if data["new"] != request.form.get("again"):
            raise InvalidInput({"again": [N_("This is not the same.")]})
        change_own_password(database(), current_actor(), old=data["old"], new=data["new"], address=request.remote_addr or "")
    except InvalidInput as error:
        return make_response(render_template("people/me/password.html", errors=told_fields(error)), 422)
    flash(sentence(N_("Your password was changed. Sign in with the new one.")), "ok")
    answer = go("/sign-in")
    answer.delete_cookie(cookie_name(), path="/", secure=settings().https, httponly=True, samesite="Lax")
    return answer


@blueprint.get("/prove")
def prove_form() -> str:
    """Enter the password again, then go on."""
    return render_template("people/me/prove.html", errors={}, then=safe_target(request.args.get("then")))


@blueprint.post("/prove")
def do_prove() -> Response:
    """The session is fresh again for some minutes, under a new id."""
    then = safe_target(request.form.get("then"))
    try:
        prove(request.form.get("password"))
    except InvalidInput as error:
        return make_response(render_template("people/me/prove.html", errors=told_fields(error), then=then), 422)
    return go(then)


@blueprint.post("/tokens")
def make_token() -> Response | str:
    """Make a token and show it once."""
    typed = {name: value for name, value in form_data().items() if name != "password"}
    try:
        data = load(NewToken, typed)
        prove(request.form.get("password"))
        with begin() as work:
            secret = usecases.create_token(work, work.actor.login, name=data["name"], days=data["days"])
    except InvalidInput as error:
        return make_response(_page(told_fields(error), typed), 422)
    return render_template("people/me/token.html", name=data["name"], days=data["days"], secret=secret)


@blueprint.post("/tokens/<int:token_id>/revoke")
def revoke(token_id: int) -> Response:
    """End one of one's own tokens."""
    with begin() as work:
        own_token(work, token_id)
        usecases.revoke_token(work, token_id)
    flash(sentence(N_("The token was revoked.")), "ok")
    return go("/people/me")


@blueprint.post("/sessions/<int:session_id>/end")
def end_session(session_id: int) -> Response:
    """End one of one's own sessions."""
    with begin() as work:
        own_session(work, session_id)
        usecases.end_session(work, session_id)
    flash(sentence(N_("The session was ended.")), "ok")
    return go("/people/me")


@blueprint.post("/sessions/end_others")
def end_others() -> Response:
    """Sign out everywhere but here."""
    with begin() as work:
        usecases.end_other_sessions(work, request.cookies.get(cookie_name(), ""))
    flash(sentence(N_("Signed out everywhere else.")), "ok")
    return go("/people/me")
