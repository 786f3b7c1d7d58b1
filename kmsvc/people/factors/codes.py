"""Which code fits, and how codes are read: pure functions. Source: RFC 6238, reliability I7."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from datetime import datetime

import pyotp

from kmsvc.core.errors import NotPermitted, Refusal
from kmsvc.core.texts import N_

STEP_S = 30
DRIFT = 1
"""so many steps a phone's clock may be behind or ahead"""
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
ISSUER = "kmsvc"


class WrongCode(Refusal):
    """Not a code of this moment, or one that was used already: one answer for both."""

    status = 401
    code = "wrong_code"
    sentence = N_("This code does not fit, or was used already. Wait for the next one.")


class FactorFirst(NotPermitted):
    """Whoever comes from outside, or has a role that must, sets up one-time codes before anything else opens."""

    code = "factor_first"
    sentence = N_("Set up one-time codes first.")


def normal(code: str) -> str:
    """A code as it is compared: wide digits made narrow, without blanks and hyphens, in small letters. Both kinds go through it."""
    return re.sub(r"[\s\-‐-―]+", "", unicodedata.normalize("NFKC", code)).lower()


def new_secret() -> str:
    """160 random bits, as apps take them."""
    return pyotp.random_base32()


def address_of(secret: str, login: str) -> str:
    """What the picture says to the app (`otpauth://…`)."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=login, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Which half minute a normalised code belongs to, of the present one and those beside it; None for none."""
    if not re.fullmatch(r"\d{6}", code, re.ASCII):
        return None
    totp = pyotp.TOTP(secret, interval=STEP_S)
    here = int(now.timestamp()) // STEP_S
    fitting = [step for step in range(here - DRIFT, here + DRIFT + 1) if secrets.compare_digest(totp.generate_otp(step), code)]
    return fitting[-1] if fitting else None


def recovery_codes() -> list[str]:
    """Fresh ones, as they are shown: three groups of four."""
    return ["-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3)) for _ in range(RECOVERY_CODES)]


def kept(code: str) -> str:
    """The kept form of a recovery code."""
    return hashlib.sha256(normal(code).encode()).hexdigest()
