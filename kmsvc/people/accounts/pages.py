"""Accounts for people who keep them: the list, one person, adding, editing, suspending, first passwords.

A made password is shown in the answer of its own post and nowhere else, so that page is no redirect."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import pgettext

from kmsvc.convert.sending import table_answer
from kmsvc.core.api import cursor_id
from kmsvc.core.errors import InvalidInput, NotFound, Refusal, RuleBroken, Stale
from kmsvc.core.i18n import label, sentence
from kmsvc.core.telling import said_at
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    current_actor,
    form_data,
    go,
    load,
    look,
    query_data,
    wanted_version,
)
from kmsvc.core.work import Work
from kmsvc.people.accounts import usecases
from kmsvc.people.accounts.api import changes_of
from kmsvc.people.accounts.erasing import erase_person
from kmsvc.people.accounts.passwords import hash_password, readable_password
from kmsvc.people.accounts.permissions import MANAGE_ACCOUNTS
from kmsvc.people.accounts.queries import PersonCard, people_page, person_card
from kmsvc.people.accounts.rules import ALREADY_ACTIVE, ALREADY_SUSPENDED, NOT_ERASABLE, PersonState
from kmsvc.people.accounts.schemas import (
    AddLogin,
    EditPerson,
    ErasePerson,
    GivePassword,
    NewAccount,
    PeopleQuery,
    Why,
)
from kmsvc.people.factors.queries import has_factor
from kmsvc.people.factors.usecases import reset_factor
from kmsvc.people.roles import Role
from kmsvc.people.sessions.proof import prove
from kmsvc.people.sessions.queries import sessions_of, tokens_of
from kmsvc.people.sessions.usecases import TooManyGuesses, end_session, revoke_token
from kmsvc.people.units.queries import all_posts, all_units

blueprint = Blueprint("people_accounts_pages", __name__, url_prefix="/people/accounts")
ROWS_IN_EXPORT = 100_000
REFUSED = (InvalidInput, RuleBroken, TooManyGuesses)


def _said(error: Refusal, field: str) -> dict[str, Any]:
    return said_at(error, "password" if isinstance(error, TooManyGuesses) else field)


def choices(work: Work, card: PersonCard | None = None) -> dict[str, Any]:
    """What the selects of a person's form offer: open units and posts, and what the person has now."""
    return {"units": [(unit.code, unit.name) for unit in all_units(work.session)
                      if unit.closed_at is None or (card and card.unit_code == unit.code)],
            "posts": [(post.code, post.name) for post in all_posts(work.session)
                      if post.closed_at is None or (card and card.post_code == post.code)],
            "roles": [(role.value, label(role)) for role in Role]}


@blueprint.get("")
def index() -> Response | str:
    """Everybody, with search, filters, pages and export."""
    asked = query_data(PeopleQuery)
    export = request.args.get("format")
    with look() as work:
        work.permit(MANAGE_ACCOUNTS)
        limit = ROWS_IN_EXPORT if export else asked["limit"]
        cards, total = people_page(work.session, q=asked["q"], role=asked["role"], unit_id=asked["unit"], state=asked["state"],
                                   after=0 if export else cursor_id(asked["cursor"]) or 0, limit=limit)
        units = [(unit.id, unit.name) for unit in all_units(work.session)]
    if export:
        return _export(export, cards)
    following = cards[-1].id if len(cards) == asked["limit"] and len(cards) < total else None
    return render_template("people/accounts/index.html", people=cards, total=total, following=following, asked=asked,
                           units=units, roles=[(role.value, label(role)) for role in Role],
                           states=[(state.value, label(state)) for state in PersonState], Role=Role, PersonState=PersonState)


def _export(form: str, cards: list[PersonCard]) -> Response:
    """The columns an import takes, so that a list can be taken out, changed and brought back."""
    headers = [_("Staff number"), pgettext("person", "Name"), _("E-mail"), _("Roles"), _("Unit"), _("Post"), _("Language"),
               _("State")]
    rows = [(card.login, card.name, card.email or "", ", ".join(label(role, Role) for role in card.roles), card.unit_code,
             card.post_code, card.language, label(card.state, PersonState)) for card in cards]
    return table_answer(form, sentence(N_("People")), headers, rows, name="people")


@blueprint.get("/new")
def new() -> str:
    """The form for a person and a first account."""
    return _new_form({}, {})


def _new_form(typed: dict[str, Any], errors: dict[str, Any]) -> str:
    with look() as work:
        work.permit(MANAGE_ACCOUNTS)
        return render_template("people/accounts/new.html", typed=typed, errors=errors, **choices(work))


def posted(*, without: tuple[str, ...] = ("password",)) -> dict[str, Any]:
    """The form with the ticked roles as a list, without the fields of the door."""
    found = {name: value for name, value in form_data().items() if name not in ("roles", "roles_shown", *without)}
    if "roles_shown" in request.form:
        found["roles"] = request.form.getlist("roles")
    return found


@blueprint.post("")
def create() -> Response | str:
    """Add the person; a made first password is shown once."""
    typed = posted()
    try:
        data = load(NewAccount, {name: value for name, value in typed.items() if value != "" or name in ("login", "name")})
        if not data["name"]:
            raise InvalidInput({"name": [N_("This is needed.")]})
        prove(request.form.get("password"))
        password = readable_password() if data["first_password"] else None
        kept = hash_password(password) if password else None
        with begin() as work:
            person = usecases.add_account(
                work, login=data["login"], name=data["name"], roles=data.get("roles", ()), unit_code=data.get("unit"),
                email=data.get("email"), post=data.get("post"), language=data.get("language"), password_hash=kept,
                must_change=password is not None)
            person_id = person.id
    except REFUSED as error:
        return make_response(_new_form(typed, _said(error, "login")), error.status)
    if password:
        return _once(person_id, data["login"], password)
    flash(sentence(N_("%(name)s was added."), {"name": data["name"]}), "ok")
    return go(f"/people/accounts/{person_id}")


def _once(person_id: int, login: str, password: str) -> str:
    return render_template("people/accounts/password.html", person_id=person_id, login=login.strip().lower(), secret=password)


@blueprint.get("/<int:person_id>")
def show(person_id: int) -> str:
    """One person: what is known, ways to sign in, running sessions, tokens."""
    return _show(person_id)


def _show(person_id: int, errors: dict[str, Any] | None = None, opened: str = "") -> str:
    with look() as work:
        work.permit(MANAGE_ACCOUNTS)
        card = person_card(work.session, person_id)
        return render_template("people/accounts/show.html", person=card, sessions=sessions_of(
            work.session, person_id, work.now, current_actor().session_ref), tokens=tokens_of(work.session, person_id, work.now),
            errors=errors or {}, opened=opened, typed=request.form, Role=Role, PersonState=PersonState,
            has_factor=has_factor(work.session, person_id))


@blueprint.get("/<int:person_id>/edit")
def edit_form(person_id: int) -> str:
    """The form with what is known now."""
    with look() as work:
        work.permit(MANAGE_ACCOUNTS)
        card = person_card(work.session, person_id)
    typed = {"name": card.name, "email": card.email, "unit": card.unit_code, "post": card.post_code, "language": card.language,
             "roles": card.roles}
    return _edit_form(person_id, typed, {}, card.version)


def _edit_form(person_id: int, typed: dict[str, Any], errors: dict[str, Any], version: int | None, *,
               late: bool = False) -> str:
    """late: somebody was faster; both texts are shown, and saving again takes the typed one."""
    with look() as work:
        work.permit(MANAGE_ACCOUNTS)
        card = person_card(work.session, person_id)
        return render_template("people/accounts/edit.html", person=card, typed=typed, errors=errors, late=late,
                               version=card.version if late else version, Role=Role, **choices(work, card))


@blueprint.post("/<int:person_id>/edit")
def edit(person_id: int) -> Response | str:
    """Save what was changed; somebody else's newer text is a conflict, never overwritten."""
    typed, version = posted(), wanted_version()
    try:
        data = load(EditPerson, typed)
        _prove_for_roles(person_id, data)
        with begin() as work:
            usecases.change_person(work, person_id, version=version, **changes_of(work, data))
    except REFUSED as error:
        return make_response(_edit_form(person_id, typed, _said(error, "roles"), version), error.status)
    except Stale:
        return make_response(_edit_form(person_id, typed, {}, None, late=True), 409)
    flash(sentence(N_("Saved.")), "ok")
    return go(f"/people/accounts/{person_id}")


def _prove_for_roles(person_id: int, data: dict[str, Any]) -> None:
    with look() as work:
        work.permit(MANAGE_ACCOUNTS)
        held = set(person_card(work.session, person_id).roles)
    if set(data.get("roles", held)) != held:
        prove(request.form.get("password"))


def _act(person_id: int, schema: Any, name: str, said: str, run: Any, *, proof: bool = False) -> Response | str:
    """One act on the person's page; a refused one comes back with its dialog open."""
    try:
        data = load(schema, posted())
        if proof:
            prove(request.form.get("password"))
        with begin() as work:
            run(work, data)
    except REFUSED as error:
        if error.code in (ALREADY_SUSPENDED, ALREADY_ACTIVE, NOT_ERASABLE):  # its dialog is gone: somebody was faster
            flash(sentence(error.sentence), "warn")
            return go(f"/people/accounts/{person_id}")
        return make_response(_show(person_id, _said(error, "login" if name == "add_login" else "reason"), name), error.status)
    flash(sentence(said), "ok")
    return go(f"/people/accounts/{person_id}")


@blueprint.post("/<int:person_id>/suspend")
def suspend(person_id: int) -> Response | str:
    """Stop the person from coming in, at once and everywhere."""
    return _act(person_id, Why, "suspend", N_("Suspended. Sessions and tokens have ended."), lambda work, data:
                usecases.suspend_person(work, person_id, reason=data["reason"], version=wanted_version()))


@blueprint.post("/<int:person_id>/resume")
def resume(person_id: int) -> Response | str:
    """Let the person come in again."""
    return _act(person_id, Why, "resume", N_("This person may sign in again."), lambda work, data:
                usecases.resume_person(work, person_id, reason=data["reason"], version=wanted_version()))


@blueprint.post("/<int:person_id>/erase")
def erase(person_id: int) -> Response | str:
    """A pseudonym stands for the person from now on; it asks for the account typed again, and for the password."""
    return _act(person_id, ErasePerson, "erase", N_("Erased. A pseudonym stands wherever the name stood."), lambda work, data:
                erase_person(work, person_id, confirm=data["confirm"], reason=data["reason"], version=wanted_version()), proof=True)


@blueprint.post("/<int:person_id>/add_login")
def add_login(person_id: int) -> Response | str:
    """A second account of the same person."""
    return _act(person_id, AddLogin, "add_login", N_("The account was added. Give it a password next."), lambda work, data:
                usecases.add_login(work, person_id, data["login"]), proof=True)


@blueprint.post("/<int:person_id>/reset_factor")
def reset(person_id: int) -> Response | str:
    """Take away the second factor of somebody whose phone is gone."""
    return _act(person_id, Why, "reset_factor", N_("Taken away. The person hears of it and can set up another phone."),
                lambda work, data: reset_factor(work, person_id, reason=data["reason"]), proof=True)


@blueprint.post("/<int:person_id>/end_sessions")
def end_sessions(person_id: int) -> Response | str:
    """Sign the person out everywhere."""
    return _act(person_id, Why(partial=True), "end_sessions", N_("Signed out everywhere."), lambda work, data:
                usecases.sign_person_out(work, person_id))


@blueprint.post("/<int:person_id>/sessions/<int:session_id>/end")
def end_one(person_id: int, session_id: int) -> Response | str:
    """End one running session."""
    def run(work: Work, data: dict[str, Any]) -> None:
        _of_person(session_id, sessions_of(work.session, person_id, work.now))
        end_session(work, session_id)
    return _act(person_id, Why(partial=True), "", N_("The session was ended."), run)


@blueprint.post("/<int:person_id>/tokens/<int:token_id>/revoke")
def revoke(person_id: int, token_id: int) -> Response | str:
    """End a token at once."""
    def run(work: Work, data: dict[str, Any]) -> None:
        _of_person(token_id, tokens_of(work.session, person_id, work.now))
        revoke_token(work, token_id)
    return _act(person_id, Why(partial=True), "", N_("The token was revoked."), run)


def _of_person(wanted: int, cards: Any) -> None:
    if wanted not in {card.id for card in cards}:
        raise NotFound()


@blueprint.post("/<int:person_id>/password")
def password(person_id: int) -> Response | str:
    """Make a new password for one of the person's accounts and show it once."""
    made = readable_password()
    try:
        data = load(GivePassword, {**posted(), "must_change": "must_change" in request.form})
        prove(request.form.get("password"))
        kept = hash_password(made)
        with begin() as work:
            login = usecases.set_person_password(work, person_id, login=data["login"], password=made, password_hash=kept,
                                                 must_change=data["must_change"]).login
    except REFUSED as error:
        return make_response(_show(person_id, _said(error, "password"), "password"), error.status)
    return _once(person_id, login, made)
