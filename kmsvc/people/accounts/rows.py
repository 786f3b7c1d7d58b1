"""A row of a list of staff, understood: roles and languages by code or word in both languages. No database here."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from babel.support import Translations

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.i18n import LANGUAGES
from kmsvc.core.schemas import clean_text
from kmsvc.core.texts import N_
from kmsvc.people.accounts.rules import check_login, is_email
from kmsvc.people.roles import Role

_BETWEEN = re.compile("[,\uff0c;\uff1b\u3001|/\n]")
_PLAIN = re.compile(r"[\s_-]+")
T = TypeVar("T")
CATALOGUES = Path(__file__).parents[2] / "translations"


@dataclass(frozen=True)
class Wanted:
    """What a row asks for; None where its cell is empty, which leaves a known person's value alone."""

    login: str
    name: str | None
    email: str | None
    roles: frozenset[str] | None
    unit: str | None
    post: str | None
    language: str | None


def _bare(word: str) -> str:
    return _PLAIN.sub("", unicodedata.normalize("NFKC", word).lower())


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    """`roles` and `languages`: bare word -> code; codes and the labels of both catalogues count too."""
    read = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
    found = {sort: {_bare(word): code for code, words in codes.items() for word in (code, *words)}
             for sort, codes in read.items()}
    for role in Role:
        for language in LANGUAGES:
            found["roles"].setdefault(_bare(Translations.load(CATALOGUES, [language]).gettext(role.label)), role.value)
        found["roles"][_bare(role.label)] = role.value
    return found


def role_of(word: str) -> str:
    """The code of a role by code or word; RuleBroken for a word that is none."""
    code = _words()["roles"].get(_bare(word))
    if code is None:
        raise RuleBroken("people.import.role", N_("There is no role \u201c%(role)s\u201d."), role=word)
    return code


def language_of(word: str) -> str:
    """The code of a language; RuleBroken for one that is not offered."""
    code = _words()["languages"].get(_bare(word))
    if code is None:
        raise RuleBroken("people.import.language", N_("The language \u201c%(language)s\u201d is not offered."), language=word)
    return code


class FaultyRow(RuleBroken):
    """A row that cannot be taken in; `faults` holds everything that is wrong with it, not the first thing only."""

    def __init__(self, faults: Sequence[RuleBroken]) -> None:
        super().__init__(faults[0].code, faults[0].sentence, **faults[0].params)
        self.faults = tuple(faults)


def understand(values: Mapping[str, str]) -> Wanted:
    """What a row asks for, or FaultyRow with every reason."""
    faults: list[RuleBroken] = []

    def ask(question: Callable[[str], T], word: str) -> T | None:
        try:
            return question(word)
        except RuleBroken as fault:
            faults.append(fault)
            return None

    cells = {name: ask(_cell, value) for name, value in values.items() if not name.startswith("+")}
    login = ask(_login, cells.get("login") or "")
    email = cells.get("email")
    if email and not is_email(email):
        faults.append(RuleBroken("people.import.email", N_("\u201c%(email)s\u201d is not an e-mail address."), email=email))
    for name, most in (("name", 200), ("unit", 64), ("post", 64)):
        if len(cells.get(name) or "") > most:
            faults.append(RuleBroken(
                "people.import.long", N_("The value of \u201c%(column)s\u201d is longer than %(most)s characters."),
                column=name, most=most))
    words = [one.strip() for one in _BETWEEN.split(cells.get("roles") or "") if one.strip()]
    roles = [ask(role_of, word) for word in words]
    language = cells.get("language")
    spoken = ask(language_of, language) if language else None
    if faults or login is None:
        raise FaultyRow(faults)
    return Wanted(login, cells.get("name"), email, frozenset(one for one in roles if one) if roles else None,
                  cells.get("unit"), cells.get("post"), spoken)


def _login(word: str) -> str:
    if not word:
        raise RuleBroken("people.import.no_login", N_("There is no staff number in this row."))
    try:
        return check_login(word)
    except InvalidInput as error:
        raise RuleBroken("people.import.login", error.fields["login"][0]) from error


def _cell(value: str) -> str | None:
    try:
        return clean_text(value, lines=False) or None
    except ValueError as error:
        raise RuleBroken("people.import.text", str(error)) from error
