"""One's own second factor: set up, confirm, fresh recovery codes, take away. Secret and codes stand in the answer of their post only."""

from __future__ import annotations

from typing import Any

import segno
from flask import Blueprint, Response, flash, make_response, render_template, request
from markupsafe import Markup

from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, database, form_data, go, load, look, safe_target, told_fields
from kmsvc.people.factors import usecases
from kmsvc.people.factors.asked import must_have
from kmsvc.people.factors.codes import address_of
from kmsvc.people.factors.queries import factor_card
from kmsvc.people.factors.schemas import OneTimeCode
from kmsvc.people.guests import for_guests, home_of
from kmsvc.people.sessions.cookie import cookie_name
from kmsvc.people.sessions.own import own_id
from kmsvc.people.sessions.proof import prove

blueprint = Blueprint("people_factor_pages", __name__, url_prefix="/people/me/factor")


@blueprint.get("")
@for_guests
def index() -> str:
    """Whether codes are asked for, and how to begin."""
    return _page()


def _page(errors: dict[str, Any] | None = None, opened: str | None = None) -> str:
    with look() as work:
        must = must_have(work.session, guest=work.actor.guest, roles=work.actor.roles)
        return render_template("people/factors/index.html", card=factor_card(work.session, own_id(work), must=must),
                               errors=errors or {}, opened=opened)


def _set_up(secret: str, errors: dict[str, Any] | None = None) -> str:
    picture = Markup(segno.make(address_of(secret, current_actor().login), error="m", micro=False).svg_inline(  # noqa: S704 (segno's own)
        scale=5, border=3, dark="#000", light="#fff"))
    grouped = " ".join(secret[place:place + 4] for place in range(0, len(secret), 4))
    return render_template("people/factors/set_up.html", picture=picture, secret=grouped, errors=errors or {})


@blueprint.post("/begin")
@for_guests
def begin_factor() -> Response | str:
    """A picture for the app, and the same as letters; counts once it is confirmed."""
    try:
        prove(request.form.get("password"))
        with begin() as work:
            secret, _ = usecases.begin_factor(work)
    except Refusal as error:
        if not isinstance(error, InvalidInput):
            flash(sentence(error.sentence, error.params), "warn")
            return go("/people/me/factor")
        return make_response(_page(told_fields(error), "begin"), 422)
    return _set_up(secret)


@blueprint.post("/confirm")
@for_guests
def confirm() -> Response | str:
    """The app shows the right code: from now on it is asked for."""
    try:
        data = load(OneTimeCode, form_data())
        codes = usecases.confirm_factor(database(), current_actor(), code=data["code"], address=request.remote_addr or "",
                                        session_secret=request.cookies.get(cookie_name(), ""))
    except InvalidInput as error:
        return make_response(render_template("people/factors/confirm.html", errors=told_fields(error)), 422)
    return _codes(codes)


def _codes(codes: list[str]) -> str:
    actor = current_actor()
    with look() as work:
        after = home_of(work.session, actor.person_id or 0, work.now) if actor.guest else "/people/me/factor"
    return render_template("people/factors/codes.html", codes=codes, after=safe_target(after))


@blueprint.post("/renew")
@for_guests
def renew() -> Response | str:
    """Fresh recovery codes; those before count no more."""
    return _with_code("renew", lambda code: _codes(usecases.renew_codes(
        database(), current_actor(), code=code, address=request.remote_addr or "")))


@blueprint.post("/remove")
def remove() -> Response | str:
    """No code is asked for any more."""
    def run(code: str) -> Response:
        usecases.remove_factor(database(), current_actor(), code=code, address=request.remote_addr or "")
        flash(sentence(N_("Taken away. Only the password is asked for now.")), "ok")
        return go("/people/me/factor")
    return _with_code("remove", run)


def _with_code(name: str, run: Any) -> Any:
    try:
        return run(load(OneTimeCode, form_data())["code"])
    except InvalidInput as error:
        return make_response(_page(told_fields(error), name), 422)
