"""Rules of accounts: passwords and logins. Source of the figures: NIST SP 800-63B-4 as this house reads it."""

from __future__ import annotations

import re

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Labelled

SHORTEST_PASSWORD = 15
LONGEST_PASSWORD = 128
LOGIN = re.compile(r"^[a-z0-9][a-z0-9._-]{0,62}$")
EMAIL = re.compile(r"^[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]{1,189}$")

ALREADY_SUSPENDED = "people.account.suspended"
ALREADY_ACTIVE = "people.account.active"
NOT_ERASABLE = "people.account.not_erasable"

COMMON = frozenset("""
password123456789 123456789012345 1234567890123456 qwertyuiopasdfgh aaaaaaaaaaaaaaa 111111111111111 000000000000000
passwordpassword administrator123 adminadminadmin1 iloveyouiloveyou qwerty1234567890 changemechangeme letmeinletmeinnow
""".split())


class PersonState(Labelled):
    """Whether a person may sign in."""

    ACTIVE = "active", N_("Active")
    SUSPENDED = "suspended", N_("Suspended")


def check_login(login: str) -> str:
    """The login in its kept form, or InvalidInput."""
    login = login.strip().lower()
    if not LOGIN.match(login):
        raise InvalidInput({"login": [N_("A login has 1 to 63 letters a-z, digits, dot, dash or underscore.")]})
    return login


def is_email(text: str) -> bool:
    """Whether this may be an e-mail address: one @, no spaces, quotes or brackets, within the length a column holds."""
    return len(text) <= 254 and bool(EMAIL.match(text)) and ".." not in text


def check_password(password: str, *own_words: str) -> None:
    """InvalidInput unless the password may be used: 15 to 128 characters, not common, not made of the person's own words."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InvalidInput({"password": [N_("A password has 15 to 128 characters.")]})
    low = password.lower()
    words = [word.lower() for word in own_words if word and len(word) > 2]
    rest = low
    for word in (*words, "kmsvc"):
        rest = rest.replace(word, "")
    if low in COMMON or len(set(low)) < 5 or len(rest) < 8:
        raise InvalidInput({"password": [N_("This password is too easy to guess.")]})
