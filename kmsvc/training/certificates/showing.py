"""Words and marks of certificates on pages, and as tables to take away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kmsvc.core.i18n import label, sentence
from kmsvc.core.texts import N_
from kmsvc.training.certificates.queries import HeldLine, Passport
from kmsvc.training.certificates.queues import Lack
from kmsvc.training.certificates.rules import CertificateState, Counting, Purpose, RollFrom

C = CertificateState
MARKS = {C.AHEAD: "off", C.VALID: "ok", C.EXPIRING: "warn", C.GRACE: "warn", C.EXPIRED: "bad", C.REVOKED: "bad"}
SOURCES = {"exam": N_("Exam"), "course": N_("Course"), "manual": N_("By hand")}
WHOM = {"everybody": N_("Everybody"), "post": N_("Post"), "unit": N_("Unit"), "role": N_("Role"), "queue": N_("Queue")}
HEAD = (N_("Person"), N_("Unit"), N_("Number"), N_("Certificate"), N_("State"), N_("Needed"), N_("Passed on"), N_("Counts until"),
        N_("What is missing"))


def mark(one: HeldLine) -> tuple[str, str]:
    """Mark and word of a certificate of a person: what is lacking, else how it stands."""
    if one.lack is not None and (one.needed or one.state == C.AHEAD):
        return "bad", label(one.lack)
    return MARKS[CertificateState(one.state)], label(CertificateState(one.state))


def purpose(code: str) -> str:
    """What it proves."""
    return label(Purpose(code))


def lack(one: Lack) -> str:
    """Why it does not help."""
    return label(one)


def source(code: str) -> str:
    """How somebody passed."""
    return sentence(SOURCES[code])


def whom(code: str) -> str:
    """Who is asked."""
    return sentence(WHOM[code])


def options(codes: Any) -> list[tuple[str, str]]:
    """Codes with their words."""
    return [(one.value, label(one)) for one in codes]


PURPOSE, COUNTING, ROLL = Purpose, Counting, RollFrom


def rows(found: Sequence[Passport]) -> list[list[Any]]:
    """Passports as a table: a line each certificate."""
    return [[one.person, one.unit, it.number, it.name, label(CertificateState(it.state)), sentence(N_("yes")) if it.needed else "",
             it.passed_on, it.until, label(it.lack) if it.lack else ""] for one in found for it in one.lines]
