"""Accounts as JSON: list, show, create, and one route a verb. A made password stands in the first answer only."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.schemas import InputSchema
from kmsvc.core.web import load, look, query_data, wanted_version
from kmsvc.core.work import Work
from kmsvc.people.accounts import usecases
from kmsvc.people.accounts.erasing import erase_person
from kmsvc.people.accounts.passwords import hash_password, readable_password
from kmsvc.people.accounts.permissions import MANAGE_ACCOUNTS
from kmsvc.people.accounts.queries import people_page, person_card
from kmsvc.people.accounts.schemas import (
    AddLogin,
    EditPerson,
    ErasePerson,
    GivePassword,
    NewAccount,
    PeopleQuery,
    Why,
    allowed_verbs,
    person_json,
)
from kmsvc.people.factors.usecases import reset_factor
from kmsvc.people.sessions.answers import with_secret
from kmsvc.people.units.queries import open_posts, open_units

blueprint = Blueprint("people_accounts_api", __name__, url_prefix="/api/v1/people/accounts")


@blueprint.get("")
@says(query=PeopleQuery)
def list_people() -> Response:
    """Persons with their logins, by id."""
    asked = query_data(PeopleQuery)
    with look() as work:
        work.permit(MANAGE_ACCOUNTS)
        cards, total = people_page(work.session, q=asked["q"], role=asked["role"], unit_id=asked["unit"], state=asked["state"],
                                   after=cursor_id(asked["cursor"]) or 0, limit=asked["limit"])
    following = cards[-1].id if len(cards) == asked["limit"] else None
    return reply(page([person_json(card) for card in cards], following, total=total))


@blueprint.get("/<int:person_id>")
def show(person_id: int) -> Response:
    """One person, with what this caller may do now."""
    with look() as work:
        work.permit(MANAGE_ACCOUNTS)
        body = _json(work, person_id)
    return reply(body, version=body["version"])


def _json(work: Work, person_id: int) -> dict[str, Any]:
    work.session.flush()
    return person_json(person_card(work.session, person_id),
                       allowed_verbs(person_card(work.session, person_id), open_units(work.session), open_posts(work.session)))


@blueprint.post("")
@says(body=NewAccount, status=201)
def create() -> Response:
    """Add an account, with a person unless it is a further login of `person`."""
    data = load(NewAccount)
    password = readable_password() if data["first_password"] else None
    kept = hash_password(password) if password else None

    def effect(work: Work) -> tuple[Any, int, int | None]:
        person = usecases.add_account(
            work, login=data["login"], name=data["name"] or data["login"], roles=data.get("roles", ()), unit_code=data.get("unit"),
            email=data.get("email"), post=data.get("post"), language=data.get("language"), person_login=data["person"],
            password_hash=kept, must_change=kept is not None)
        return _json(work, person.id), 201, person.version
    return with_secret(posting(effect), "password", password)


def _verb(person_id: int, schema: type[InputSchema], run: Any) -> Response:
    data, version = load(schema), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        run(work, data, version)
        body = _json(work, person_id)
        return body, 200, body["version"]
    return posting(effect)


@blueprint.post("/<int:person_id>/edit")
@says(body=EditPerson)
def edit(person_id: int) -> Response:
    """Change name, e-mail, unit, post, language or roles; other roles or another unit end running sessions."""
    return _verb(person_id, EditPerson, lambda work, data, version: usecases.change_person(
        work, person_id, version=version, **changes_of(work, data)))


def changes_of(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `change_person`: what was sent, and nothing else; null takes an e-mail or a post away."""
    work.because(data["reason"])
    found: dict[str, Any] = {name: data[name] for name in ("name", "language", "roles") if name in data}
    if "unit" in data:
        found["unit_code"] = data["unit"]
    return found | {name: data[name] or "" for name in ("email", "post") if name in data}


@blueprint.post("/<int:person_id>/suspend")
@says(body=Why)
def suspend(person_id: int) -> Response:
    """Stop a person from coming in; sessions and tokens end at once."""
    return _verb(person_id, Why, lambda work, data, version: usecases.suspend_person(
        work, person_id, reason=data["reason"], version=version))


@blueprint.post("/<int:person_id>/resume")
@says(body=Why)
def resume(person_id: int) -> Response:
    """Let a suspended person come in again."""
    return _verb(person_id, Why, lambda work, data, version: usecases.resume_person(
        work, person_id, reason=data["reason"], version=version))


@blueprint.post("/<int:person_id>/erase")
@says(body=ErasePerson)
def erase(person_id: int) -> Response:
    """Put a pseudonym in the place of name, e-mail and logins of somebody who has left, for good."""
    return _verb(person_id, ErasePerson, lambda work, data, version: erase_person(
        work, person_id, confirm=data["confirm"], reason=data["reason"], version=version))


@blueprint.post("/<int:person_id>/add_login")
@says(body=AddLogin)
def add_login(person_id: int) -> Response:
    """Add a second way to sign in for the same person."""
    return _verb(person_id, AddLogin, lambda work, data, version: usecases.add_login(work, person_id, data["login"]))


@blueprint.post("/<int:person_id>/reset_factor")
@says(body=Why)
def reset(person_id: int) -> Response:
    """Take away the second factor of somebody whose phone is gone; sessions end."""
    return _verb(person_id, Why, lambda work, data, version: reset_factor(work, person_id, reason=data["reason"]))


@blueprint.post("/<int:person_id>/end_sessions")
@says(body=InputSchema)
def end_sessions(person_id: int) -> Response:
    """Sign the person out everywhere; tokens stay."""
    return _verb(person_id, InputSchema, lambda work, data, version: usecases.sign_person_out(work, person_id))


@blueprint.post("/<int:person_id>/password")
@says(body=GivePassword)
def password(person_id: int) -> Response:
    """Give an account a new password; without one it is made, and answered once. Sessions and tokens end."""
    data = load(GivePassword)
    made = None if data["password"] else readable_password()
    given = str(data["password"] or made)
    kept = hash_password(given)
    answer = _verb_with(person_id, lambda work: usecases.set_person_password(
        work, person_id, login=data["login"], password=given, password_hash=kept, must_change=data["must_change"]))
    return with_secret(answer, "password", made)


def _verb_with(person_id: int, run: Any) -> Response:
    def effect(work: Work) -> tuple[Any, int, int | None]:
        run(work)
        body = _json(work, person_id)
        return body, 200, body["version"]
    return posting(effect)
