"""Inputs and outputs of accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import ValidationError, fields, validate

from kmsvc.core.i18n import LANGUAGES
from kmsvc.core.schemas import InputSchema, Line, PageQuery, Secret, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.people.accounts.queries import PersonCard
from kmsvc.people.accounts.rules import LONGEST_PASSWORD, PersonState, is_email
from kmsvc.people.roles import Role
from kmsvc.people.units.models import Post, Unit

ROLES = [role.value for role in Role]
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class Email(Line):
    """An e-mail address, or nothing."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text is not None and not is_email(text):
            raise ValidationError(N_("This is not an e-mail address."))
        return text


class PersonFields(InputSchema):
    """What is known of a person. Absent is left alone by an edit; an e-mail or post that is null is taken away."""

    email = Email(allow_none=True)
    unit = Line(validate=validate.Length(max=64), metadata={"description": "code of the unit"})
    post = Line(allow_none=True, validate=validate.Length(max=64), metadata={"description": "code of the post"})
    language = fields.String(validate=validate.OneOf(LANGUAGES))
    roles = fields.List(fields.String(validate=validate.OneOf(ROLES)), validate=validate.Length(max=len(ROLES)))


class NewAccount(PersonFields):
    """A person with a first account, or with `person` (a login) a further account of that person."""

    login = Line(required=True, validate=validate.Length(max=63), error_messages=NEEDED)
    name = Line(allow_none=True, load_default=None, validate=validate.Length(max=200))
    person = Line(allow_none=True, load_default=None, validate=validate.Length(max=63))
    first_password = fields.Boolean(load_default=False, metadata={
        "description": "make a password, answered once; the person must replace it at the first sign-in"})


class EditPerson(PersonFields):
    """What changes about a person, and why."""

    name = Line(validate=validate.Length(min=1, max=200), error_messages=NEEDED)
    reason = Text(load_default=None, allow_none=True, validate=validate.Length(max=2000))


class Why(InputSchema):
    """The reason that goes into the trail."""

    reason = Text(required=True, validate=validate.Length(max=2000), error_messages=NEEDED)


class ErasePerson(Why):
    """Why, and an account of the person typed again: it cannot be brought back."""

    confirm = Line(required=True, validate=validate.Length(max=64), error_messages=NEEDED,
                   metadata={"label": N_("The account, typed again")})


class AddLogin(InputSchema):
    """A second way to sign in for the same person."""

    login = Line(required=True, validate=validate.Length(max=63), error_messages=NEEDED)


class GivePassword(InputSchema):
    """A new password for an account; left out, one is made and answered once."""

    login = Line(load_default=None, allow_none=True, validate=validate.Length(max=63))
    password = Secret(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST_PASSWORD))
    must_change = fields.Boolean(load_default=True)


class ImportChoices(InputSchema):
    """What an import may make besides accounts."""

    make_units = fields.Boolean(load_default=False)
    passwords = fields.Boolean(load_default=False)


class StaffImport(InputSchema):
    """How a program imports; dry_run: every row is checked and counted, nothing is kept."""

    make_units = fields.Boolean(load_default=False)
    dry_run = fields.Boolean(load_default=False)


class PeopleQuery(PageQuery):
    """Filters of the list of persons."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    role = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(ROLES))
    unit = Whole(load_default=None, allow_none=True, metadata={"description": "id of a unit; units below it count"})
    state = fields.String(load_default=None, allow_none=True, validate=validate.OneOf([one.value for one in PersonState]))


def person_json(card: PersonCard, allowed: Sequence[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A person as JSON; with what the caller may do now where that is asked."""
    found: dict[str, Any] = {
        "id": card.id, "number": card.login, "version": card.version, "login": card.login, "logins": list(card.logins),
        "name": card.name, "email": card.email, "unit": {"id": card.unit_id, "code": card.unit_code, "name": card.unit},
        "post": {"code": card.post_code, "name": card.post} if card.post_code else None, "roles": list(card.roles),
        "state": card.state, "language": card.language, "url": card.url}
    return found if allowed is None else {**found, "allowed": list(allowed)}


def allowed_verbs(card: PersonCard, units: Sequence[Unit], posts: Sequence[Post]) -> list[dict[str, Any]]:
    """What a keeper of accounts may do with this person now, with the shape of each input."""
    reason = {"reason": {"type": "string", "title": "Reason"}}
    edit: dict[str, Any] = {
        "name": {"type": "string", "default": card.name}, "email": {"type": "string", "default": card.email or ""},
        "unit": {"type": "string", "enum": [unit.code for unit in units], "default": card.unit_code},
        "language": {"type": "string", "enum": list(LANGUAGES), "default": card.language},
        "roles": {"type": "array", "items": {"type": "string", "enum": ROLES}, "default": list(card.roles)}}
    if posts:
        edit["post"] = {"type": "string", "enum": [post.code for post in posts],
                        **({"default": card.post_code} if card.post_code else {})}
    logins = {"login": {"type": "string", "enum": list(card.logins)}} if card.logins else {}
    verbs: list[tuple[str, dict[str, Any], list[str], bool]] = [
        ("edit", {**edit, **reason}, [], True),
        ("suspend", reason, ["reason"], False) if card.state == "active" else ("resume", reason, ["reason"], True),
        *([("erase", {"confirm": {"type": "string"}, **reason}, ["confirm", "reason"], False)] if card.is_erasable else []),
        ("add_login", {"login": {"type": "string"}}, ["login"], False),
        ("password", {**logins, "password": {"type": "string"}, "must_change": {"type": "boolean", "default": True}}, [],
         False),
        ("end_sessions", {}, [], False)]
    return [{"verb": verb, "href": f"/api/v1/people/accounts/{card.id}/{verb}", "method": "POST", "forward": forward,
             "schema": {"type": "object", "properties": properties, "required": required}}
            for verb, properties, required, forward in verbs]
