"""Signing in and out, switching the demo's role, language and theme."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, g, make_response, render_template, request
from marshmallow import validate

from kmsvc.core.errors import InvalidInput, NotFound, Refusal
from kmsvc.core.i18n import LANGUAGES, sentence
from kmsvc.core.schemas import InputSchema, Line, Secret
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    NOBODY,
    begin,
    current_actor,
    database,
    go,
    load,
    maybe_actor,
    safe_target,
    settings,
)
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.queries import account_by_login
from kmsvc.people.accounts.usecases import set_own_language
from kmsvc.people.factors.codes import WrongCode
from kmsvc.people.factors.entering import Ticket, sign_in_with_code
from kmsvc.people.guests import home_of
from kmsvc.people.sessions.cookie import cookie_name, with_cookie
from kmsvc.people.sessions.usecases import WrongSignIn, open_session, sign_in, sign_out

blueprint = Blueprint("people_pages", __name__)


class SignIn(InputSchema):
    """Login and password."""

    login = Line(required=True, validate=validate.Length(max=64))
    password = Secret(required=True, validate=validate.Length(max=128))


class SecondStep(InputSchema):
    """The code, and the ticket of the first step."""

    ticket = Secret(required=True, validate=validate.Length(max=500))
    code = Line(required=True, validate=validate.Length(max=60))


@blueprint.get("/sign-in")
def sign_in_page() -> Response | str:
    """The form."""
    actor = maybe_actor()
    if actor is not None and not actor.guest:
        return go(request.args.get("then", "/"))
    if actor is not None and (home := _home(actor.person_id or 0)) != "/sign-in":
        return go(home)
    return render_template("people/sign_in.html", login="", error=None, then=safe_target(request.args.get("then")))


@blueprint.post("/sign-in")
def do_sign_in() -> Response:
    """Prove a password; wrong and unknown are one answer."""
    then = safe_target(request.form.get("then"))
    try:
        data = load(SignIn)
        signed = sign_in(database(), NOBODY, login=data["login"], password=data["password"],
                         address=request.remote_addr or "", browser=request.user_agent.string,
                         old_secret=request.cookies.get(cookie_name()))
        if signed.proof is not None:
            ticket = Ticket(settings().secret_key).give(signed.proof, database().clock().timestamp())
            return make_response(render_template("people/sign_in_code.html", ticket=ticket, then=then, error=None))
    except Refusal as error:
        html = render_template("people/sign_in.html", login=request.form.get("login", ""), then=then,
                               error=sentence(error.sentence, error.params))
        return make_response(html, 422 if error.status == 422 else error.status)
    return with_cookie(go(_after(signed.person_id, then)), signed.secret)


@blueprint.post("/sign-in/code")
def do_sign_in_code() -> Response:
    """Prove the second factor after the password."""
    then, ticket = safe_target(request.form.get("then")), request.form.get("ticket", "")
    try:
        data = load(SecondStep)
        proof = Ticket(settings().secret_key).read(ticket, database().clock().timestamp())
        signed = sign_in_with_code(database(), NOBODY, proof=proof, code=data["code"], address=request.remote_addr or "",
                                   browser=request.user_agent.string, old_secret=request.cookies.get(cookie_name()))
    except WrongSignIn:
        flash(sentence(N_("That took too long. Sign in once more.")), "warn")
        return go("/sign-in")
    except Refusal as error:
        said = sentence(WrongCode.sentence) if isinstance(error, InvalidInput) else sentence(error.sentence, error.params)
        return make_response(render_template("people/sign_in_code.html", ticket=ticket, then=then, error=said), error.status)
    return with_cookie(go(_after(signed.person_id, then)), signed.secret)


def _after(person_id: int, then: str) -> str:
    """Where somebody goes from the sign-in: a guest to where the invitation leads."""
    with database().look(NOBODY) as work:
        person = work.session.get(Person, person_id)
        return home_of(work.session, person_id, work.now) if person is not None and person.is_guest else then


def _home(person_id: int) -> str:
    with database().look(NOBODY) as work:
        return home_of(work.session, person_id, work.now)


@blueprint.post("/sign-out")
def do_sign_out() -> Response:
    """End this session."""
    secret = request.cookies.get(cookie_name())
    if secret:
        with database().begin(g.get("actor") or NOBODY) as work:
            sign_out(work, secret)
    answer = go("/sign-in")
    answer.delete_cookie(cookie_name(), path="/", secure=settings().https, httponly=True, samesite="Lax")
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@blueprint.post("/demo/switch-role")
def switch_role() -> Response:
    """In a demo, sign in as another of its people; elsewhere this address does not exist."""
    if not settings().demo or current_app.config.get("KMSVC_EXPOSED"):
        raise NotFound()
    current_actor()
    with database().begin(NOBODY) as work:
        account = account_by_login(work.session, request.form.get("login", ""))
        if account is None or account.person.is_guest:
            raise NotFound()
        old = request.cookies.get(cookie_name())
        if old:
            sign_out(work, old)
        secret = open_session(work, account, address=request.remote_addr or "", browser=request.user_agent.string)
    return with_cookie(go("/"), secret)


@blueprint.post("/preferences")
def preferences() -> Response:
    """Language and theme; kept with the person and in a cookie."""
    answer = go(safe_target(request.form.get("then")))
    language, theme = request.form.get("language"), request.form.get("theme")
    if language in LANGUAGES:
        answer.set_cookie("km-language", language, max_age=31_536_000, samesite="Lax", secure=settings().https)
        if maybe_actor() is not None:
            with begin() as work:
                set_own_language(work, language)
    if theme in ("auto", "light", "dark"):
        answer.set_cookie("km-theme", theme, max_age=31_536_000, samesite="Lax", secure=settings().https)
    return answer
