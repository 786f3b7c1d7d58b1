"""Words and marks of certificates on pages, and as tables to take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kmsvc.core.i18n import label, listed, sentence
from kmsvc.core.texts import N_
from kmsvc.training.certificates.queries import HeldLine, Passport, Short
from kmsvc.training.certificates.queue_board import QueueBoard, QueueLine
from kmsvc.training.certificates.queues import Lack
from kmsvc.training.certificates.rules import (
    PRESETS,
    BatchAct,
    CertificateState,
    Counting,
    Purpose,
    RollFrom,
    Validity,
)
from kmsvc.training.certificates.yearly import YearLine, YearState

C = CertificateState
MARKS = {C.AHEAD: "off", C.VALID: "ok", C.EXPIRING: "warn", C.GRACE: "warn", C.EXPIRED: "bad", C.REVOKED: "bad"}
SOURCES = {"exam": N_("Exam"), "course": N_("Course"), "reading": N_("Processes read"), "manual": N_("By hand")}
WHOM = {"everybody": N_("Everybody"), "post": N_("Post"), "unit": N_("Unit"), "role": N_("Role"), "queue": N_("Queue")}
HEAD = (N_("Person"), N_("Unit"), N_("Number"), N_("Certificate"), N_("State"), N_("Needed"), N_("Passed on"), N_("Counts until"),
        N_("What is missing"))


def mark(one: HeldLine) -> tuple[str, str]:
    """Mark and word of a certificate of a person: what is lacking, else how it stands."""
    if one.lack == Lack.NEVER and one.passings:
        return "bad", sentence(N_("taken back"))
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


def said(words: Any) -> str:
    """A sentence that may carry what fills its places, or somebody's own words as they are."""
    return sentence(getattr(words, "source", words), getattr(words, "params", None))


SHORT_HEAD = (N_("Person"), N_("Unit"), N_("Number"), N_("Certificate"), N_("State"), N_("Passed on"), N_("Counts until"),
              N_("What is missing"))
YEAR_HEAD = (N_("Person"), N_("Unit"), N_("State"), N_("To be passed by"), N_("Passed on"), N_("How"))
QUEUE_HEAD = (N_("Person"), N_("Unit"), N_("May handle it"), N_("Until"), N_("What is missing"), N_("What keeps them from it"))
YEAR_MARKS = {YearState.DONE: "ok", YearState.LATE: "bad", YearState.OPEN: "info", YearState.LATER: "idle"}
BATCH_MARKS = {"award": "plus", "extend": "clock", "revoke": "x"}


def short_mark(one: Short) -> tuple[str, str]:
    """Mark and word of somebody who is short of something."""
    if one.lack is not None and (one.needed or one.state == C.AHEAD):
        return "bad", label(one.lack)
    return MARKS[CertificateState(one.state)], label(CertificateState(one.state))


def short_rows(found: Sequence[Short]) -> list[list[Any]]:
    """Who is short of what, as a table."""
    return [[one.person, one.unit, one.number, one.name, label(CertificateState(one.state)), one.passed_on, one.until,
             label(one.lack) if one.lack else ""] for one in found]


def year_rows(found: Sequence[YearLine]) -> list[list[Any]]:
    """A run over a year, as a table."""
    return [[one.person, one.unit, label(one.state), None if one.due_on.year > 9000 else one.due_on, one.passed_on,
             source(one.source) if one.source else ""] for one in found]


def queue_rows(board: QueueBoard, kinds: Mapping[str, str], lines: Sequence[QueueLine]) -> list[list[Any]]:
    """A queue on a day, as a table."""
    return [[one.person, one.unit, sentence(N_("yes")) if one.right.may else sentence(N_("no")), one.right.last_on,
             lacks(one.right.lacks, kinds), listed(said(it) for it in one.against)] for one in lines]


def lacks(found: Mapping[str, Lack], kinds: Mapping[str, str]) -> str:
    """What is missing, in a row of words."""
    return listed(f"{kinds.get(kind, kind)}: {label(lack)}" for kind, lack in found.items())


def batch_act(code: str) -> str:
    """What was done with many."""
    return label(BatchAct(code))


def year_state(one: YearState) -> str:
    """How somebody stands with the check of a year."""
    return label(one)


PURPOSE, COUNTING, ROLL = Purpose, Counting, RollFrom


def rows(found: Sequence[Passport]) -> list[list[Any]]:
    """Passports as a table: a line each certificate."""
    return [[one.person, one.unit, it.number, it.name, label(CertificateState(it.state)), sentence(N_("yes")) if it.needed else "",
             it.passed_on, it.until, label(it.lack) if it.lack else ""] for one in found for it in one.lines]


def preset_note(one: Purpose) -> str:
    """What a kind of this purpose begins with, in one line."""
    clause, it = PRESETS.get(one, ("", Validity(12)))
    words = [f"#{clause}"] if clause else []
    words.append(sentence(N_("%(months)s months"), {"months": it.months}) if it.months else sentence(N_("always")))
    if it.grace_days:
        words.append(sentence(N_("%(days)s days of grace"), {"days": it.grace_days}))
    return " · ".join(words)
