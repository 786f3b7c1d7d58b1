"""Hashing with argon2id at 19 MiB, t=2, p=1: strong enough, and fifty sign-ins at once do not stall the machine (R-I4)."""

from __future__ import annotations

import os
import secrets
import string
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_gate = threading.BoundedSemaphore((os.cpu_count() or 1) + 1)
_dummy: str | None = None


def hash_password(password: str) -> str:
    """The kept form of a password."""
    with _gate:
        return _hasher.hash(password)


def verify_password(kept: str | None, password: str) -> bool:
    """Whether it is that password; takes the same time where there is none."""
    global _dummy
    if _dummy is None:
        _dummy = hash_password("no such account, same time")
    with _gate:
        try:
            good = _hasher.verify(kept or _dummy, password)
        except (VerificationError, InvalidHashError):
            return False
    return good and kept is not None


def needs_rehash(kept: str) -> bool:
    """Whether the kept form is older than the present figures."""
    return _hasher.check_needs_rehash(kept)


def readable_password() -> str:
    """A generated password one can type: four groups of five, without signs that look alike."""
    letters = "".join(c for c in string.ascii_lowercase + string.digits if c not in "lo01i")
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))
