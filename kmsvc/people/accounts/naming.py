"""Whom a word means, by account, name or id: one way for forms, programs, commands and rows of files."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput
from kmsvc.core.memory import remembered
from kmsvc.core.texts import N_, Filled, compared
from kmsvc.people.accounts.directory import Entry, directory
from kmsvc.people.family import PEOPLE

NEEDED = N_("A name or an account is needed.")
NOBODY = N_("Nobody here is called “%(word)s”.")
SEVERAL = N_("Several people are called “%(word)s”: name the account.")
OTHER = N_("The account %(login)s belongs to %(name)s.")


class Among(Enum):
    """Of whom one is looked for; the one `init` made is never meant by a name."""

    ACTIVE = "active"
    """people who are here"""
    ACCOUNTS = "accounts"
    """people who left too, but only by their account"""
    EVERYBODY = "everybody"
    """people who left by their name too"""


def called(session: Session, word: str, among: Among = Among.EVERYBODY, *, ids: bool = False) -> list[Entry]:
    """Whom a word stands for: where ids may be named, the one of this id; else the one whose account it is, whatever its case; else
    those who bear the name, without regard to width, case and spaces unless somebody is called exactly so; who left comes last."""
    typed, people = " ".join(word.split()), directory(session).people
    by_login, by_name = remembered(session, PEOPLE, "called", _read)
    if ids and typed.isdecimal() and int(typed) in people and (among is not Among.ACTIVE or people[int(typed)].is_active):
        return [people[int(typed)]]
    login = by_login.get(typed.casefold())
    if login is not None and (among is not Among.ACTIVE or people[login].is_active):
        return [people[login]]
    alike = [people[one] for one in by_name.get(compared(typed), ())] if typed else []
    alike = [one for one in alike if among is Among.EVERYBODY or one.is_active]
    found = [one for one in alike if one.name == typed] or alike
    return sorted(found, key=lambda one: (not one.is_active, one.id))


def _read(session: Session) -> tuple[Mapping[str, int], Mapping[str, tuple[int, ...]]]:
    by_login: dict[str, int] = {}
    by_name: dict[str, tuple[int, ...]] = {}
    for one in directory(session).people.values():
        by_login |= {login.casefold(): one.id for login in one.logins}
        if not one.is_first and not one.is_guest:
            by_name[compared(one.name)] = (*by_name.get(compared(one.name), ()), one.id)
    return by_login, by_name


def one_called(session: Session, word: str, among: Among = Among.ACTIVE, *, field: str, ids: bool = False) -> Entry:
    """The one a word stands for; somebody who left is meant only where nobody here is. InvalidInput under the field says that nobody, or
    that several are called so."""
    found = called(session, word, among, ids=ids)
    found = [one for one in found if one.is_active] or found
    if len(found) != 1:
        raise InvalidInput({field: [Filled(SEVERAL if found else NOBODY, word=word.strip()[:60]) if word.strip() else NEEDED]})
    return found[0]


def called_twice(session: Session, login: str, name: str) -> tuple[list[Entry], str]:
    """Whom a row with a column for the account and one for the name stands for, and which of the two (`login` or `name`) said so; an
    account nobody has is left aside where there is a name. InvalidInput: neither, nobody, or an account of somebody else."""
    people, said = directory(session).people, "login"
    found = [people[one] for one in [remembered(session, PEOPLE, "called", _read)[0].get(login.strip().casefold())] if one is not None]
    if not found and name:
        found, said = called(session, name), "name"
    elif found and name and compared(found[0].name) != compared(name):
        raise InvalidInput({"name": [Filled(OTHER, login=login[:60], name=found[0].name)]})
    if not login and not name:
        raise InvalidInput({"name": [NEEDED]})
    if not found:
        raise InvalidInput({said: [Filled(NOBODY, word=(name or login)[:60])]})
    return found, said
