"""A file or link as proof: how fresh it is, what was the case on a day, what may be done. Pure functions. Source: E6, E7."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol

from kmsvc.core.texts import N_, Labelled

SOON = timedelta(days=30)
REMIND_BEFORE = (7, 1)
"""days before the last day of a proof on which its owner is reminded"""


class ProofReview(Labelled):
    """Whether somebody else found that it shows what it should."""

    OPEN = "open", N_("Not looked at yet")
    ACCEPTED = "accepted", N_("Accepted")
    REFUSED = "refused", N_("Not accepted")


class Freshness(Labelled):
    """How a proof stands on a day."""

    FRESH = "fresh", N_("Fresh")
    EXPIRING = "expiring", N_("Expires soon")
    EXPIRED = "expired", N_("Expired")
    WITHDRAWN = "withdrawn", N_("Withdrawn")


class _Step(Protocol):
    on_revision: int
    verb: str


def freshness(valid_to: date | None, day: date, *, withdrawn: bool = False) -> Freshness:
    """How fresh a proof is: its last day still counts; one without a last day does not expire."""
    if withdrawn:
        return Freshness.WITHDRAWN
    if valid_to is None or valid_to > day + SOON:
        return Freshness.FRESH
    return Freshness.EXPIRED if valid_to < day else Freshness.EXPIRING


def counts_from(evidence_on: date, valid_to: date | None, first: date) -> date:
    """The day from which a proof counts in a year that begins on `first`: the day it speaks of, or the first day where it was still
    valid then."""
    return first if evidence_on < first and valid_to is not None and valid_to >= first else evidence_on


def standing(steps: Iterable[_Step], revision_no: int) -> tuple[bool, ProofReview]:
    """(withdrawn, review) after these steps, in their order. A new revision has to be looked at anew."""
    withdrawn, review = False, ProofReview.OPEN
    for one in steps:
        if one.verb in ("withdraw", "restore"):
            withdrawn = one.verb == "withdraw"
        elif one.verb in ("accept", "refuse") and one.on_revision == revision_no:
            review = ProofReview.ACCEPTED if one.verb == "accept" else ProofReview.REFUSED
    return withdrawn, review
