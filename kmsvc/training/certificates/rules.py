"""How long a certificate counts, what passing again makes of it, and how it stands on a day: pure functions over days. The last day of a
certificate counts. Source: clauses 28, 63, 64, 80, C19."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kmsvc.core.clock import add_months
from kmsvc.core.texts import N_, Labelled

EXPIRING_DAYS = 90
MOST_MONTHS, MOST_DAYS = 120, 365


class Purpose(Labelled):
    """What a certificate proves."""

    SECURITY = "security", N_("Information security")
    PROCESSES = "processes", N_("Processes of the post")
    AWARENESS = "awareness", N_("Process awareness")
    SKILLS = "skills", N_("Minimum skills of the post")
    TRAINER = "trainer", N_("Authorised trainer")
    OTHER = "other", N_("Other proof")


class Counting(Labelled):
    """What the days of a certificate are counted from."""

    ROLLING = "rolling", N_("From the day each person passes")
    FIXED = "fixed", N_("The same days for everybody")


class RollFrom(Labelled):
    """What a rolling certificate that is renewed in time counts on from."""

    EXPIRY = "expiry", N_("From the day it would have expired")
    PASSING = "passing", N_("From the day of passing")


@dataclass(frozen=True)
class Validity:
    """How a certificate counts. months: None for always; early_days: before the last day from when passing renews it; grace_days:
    after it during which it still counts; anchor: a day of the fixed calendar, every other is a whole number of periods from it."""

    months: int | None
    counting: Counting = Counting.ROLLING
    roll_from: RollFrom = RollFrom.EXPIRY
    early_days: int = 90
    grace_days: int = 0
    anchor: date | None = None


class BatchAct(Labelled):
    """What was done with many certificates at once."""

    AWARD = "award", N_("Noted as passed")
    EXTEND = "extend", N_("Extended")
    REVOKE = "revoke", N_("Revoked")


PRESETS: dict[Purpose, tuple[str, Validity]] = {
    Purpose.SECURITY: ("28", Validity(12, grace_days=0)),
    Purpose.PROCESSES: ("63", Validity(None)),
    Purpose.AWARENESS: ("64", Validity(12, grace_days=30)),
    Purpose.SKILLS: ("80", Validity(12, grace_days=30)),
    Purpose.TRAINER: ("79", Validity(24)),
}
"""clause and default; yearly where the clause says so, the rest a default of this house"""


def flaws(it: Validity) -> list[str]:
    """What keeps a validity from being used: codes of SAID."""
    period = it.months if it.months is not None else MOST_MONTHS
    return [code for code, wrong in (
        ("months", it.months is not None and not 1 <= it.months <= MOST_MONTHS),
        ("days", not (0 <= it.early_days <= MOST_DAYS and 0 <= it.grace_days <= MOST_DAYS)),
        ("early", it.early_days + it.grace_days >= period * 28), ("anchor", it.counting == Counting.FIXED and it.anchor is None),
        ("always", it.counting == Counting.FIXED and it.months is None)) if wrong]


SAID = {
    "months": N_("A certificate counts for 1 to %(most)s months, or always."),
    "days": N_("Days are from 0 to %(most)s."),
    "early": N_("Early renewal and grace together must be shorter than the certificate counts."),
    "anchor": N_("A fixed calendar needs a day to count from."),
    "always": N_("What always counts has no fixed calendar."),
}


@dataclass(frozen=True)
class Term:
    """One passing and what it gives. counted_from: the day whose months are counted; until: the last day, None for always; was: the
    last day before it was extended."""

    passed_on: date
    counted_from: date
    until: date | None
    was: date | None = None


def term(it: Validity, passed_on: date, before: Term | None = None) -> Term:
    """What passing on a day gives, after an earlier term or none.

    Fixed: until the next day of the calendar, or the one after it when the time to renew for that one has begun; so the days never
    drift, and whoever passed early for another reason renews with everybody. Rolling: in time (from early_days before the last day to
    the end of grace) by the setting, from the old expiry, which never drifts either, or from the passing; later or much earlier from
    the passing. Nothing is ever shortened by passing once more. Months are counted from one day, so 29 February and the 31st come back.
    """
    if it.months is None:
        return Term(passed_on, passed_on, None)
    if it.counting == Counting.FIXED:
        until = _next_fixed(it, passed_on)
        return Term(passed_on, it.anchor or passed_on, until)
    new = Term(passed_on, passed_on, add_months(passed_on, it.months))
    if before is None or before.until is None or new.until is None or passed_on > before.until + timedelta(days=it.grace_days):
        return new
    if it.roll_from == RollFrom.EXPIRY and passed_on >= before.until - timedelta(days=it.early_days):
        return Term(passed_on, before.counted_from, _following(before.counted_from, it.months, before.until))
    return new if new.until > before.until else Term(passed_on, before.counted_from, before.until)


def _following(start: date, months: int, after: date) -> date:
    """The first day a whole number of periods from `start` that lies after a day; none before the start's own first period."""
    number = max(1, ((after.year - start.year) * 12 + after.month - start.month) // months)
    while add_months(start, months * number) <= after:
        number += 1
    return add_months(start, months * number)


def _next_fixed(it: Validity, passed_on: date) -> date:
    anchor, months = it.anchor or passed_on, it.months or MOST_MONTHS
    number = ((passed_on.year - anchor.year) * 12 + passed_on.month - anchor.month) // months - 1
    while add_months(anchor, months * number) < passed_on:
        number += 1
    if passed_on >= add_months(anchor, months * number) - timedelta(days=it.early_days):
        number += 1
    return add_months(anchor, months * number)


def terms(it: Validity, passed: Iterable[date], longer: Mapping[date, date] | None = None) -> list[Term]:
    """Every term of a person, oldest first; the last is the one that counts. Each passing stays. longer: day of passing -> the later
    last day it was extended to, which renewing counts from as from any other."""
    found: list[Term] = []
    for day in sorted(passed):
        new = term(it, day, found[-1] if found else None)
        until = (longer or {}).get(day)
        longer_still = until is not None and new.until is not None and until > new.until
        found.append(replace(new, until=until, was=new.until) if longer_still else new)
    return found


class CertificateState(Labelled):
    """How a certificate stands on a day."""

    AHEAD = "ahead", N_("Not passed yet")
    VALID = "valid", N_("Counts")
    EXPIRING = "expiring", N_("Expires soon")
    GRACE = "grace", N_("Expired, within grace")
    EXPIRED = "expired", N_("Expired")
    REVOKED = "revoked", N_("Revoked")


C = CertificateState
COUNTS = frozenset({C.VALID, C.EXPIRING, C.GRACE})


def state_on(it: Term, validity: Validity, day: date, revoked_on: date | None = None) -> CertificateState:
    """The state on a day; the last day and the last day of grace count, the day of revoking no more."""
    if revoked_on is not None and day >= revoked_on:
        return C.REVOKED
    if day < it.passed_on:
        return C.AHEAD
    if it.until is None or day < it.until - timedelta(days=EXPIRING_DAYS):
        return C.VALID
    if day <= it.until:
        return C.EXPIRING
    return C.GRACE if day <= it.until + timedelta(days=validity.grace_days) else C.EXPIRED


@dataclass(frozen=True)
class Held:
    """A certificate of a person: its terms, oldest first."""

    terms: tuple[Term, ...]
    validity: Validity
    revoked_on: date | None = None

    def latest(self, day: date) -> Term | None:
        """The term that counts on a day: the last one passed by then."""
        return next((one for one in reversed(self.terms) if one.passed_on <= day), None)

    def state(self, day: date) -> CertificateState:
        """How it stands on a day; passing again after a revocation makes it count again."""
        latest = self.latest(day)
        revoked = self.revoked_on if latest is None or self.revoked_on is None or latest.passed_on <= self.revoked_on else None
        if latest is None:
            return C.REVOKED if revoked is not None and day >= revoked else C.AHEAD
        return state_on(latest, self.validity, day, revoked)
