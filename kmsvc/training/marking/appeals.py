"""Marking appeals, question by question: who may contest what until when, and what a decision means for everybody with the same answer.
Source: domain 5.2 (appeal, decided by a third person), C15."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from kmsvc.core.clock import local_date, start_of_day
from kmsvc.core.texts import N_, Labelled
from kmsvc.core.workdays import workdays_after


class AppealState(Labelled):
    """Where a marking appeal stands."""

    OPEN = "open", N_("Appeal open")
    UPHELD = "upheld", N_("Upheld")
    DECLINED = "declined", N_("Declined")
    WITHDRAWN = "withdrawn", N_("Appeal taken back")


S = AppealState
VERBS: dict[str, tuple[frozenset[AppealState], AppealState]] = {
    "uphold": (frozenset({S.OPEN}), S.UPHELD), "decline": (frozenset({S.OPEN}), S.DECLINED),
    "withdraw": (frozenset({S.OPEN}), S.WITHDRAWN)}
COSTS_ONE = frozenset({S.OPEN, S.DECLINED})
"""states that use one of a person's appeals; upheld or taken back gives it back"""


class AppealHindrance(Labelled):
    """Why a mark cannot be contested."""

    OTHERS = "others", N_("Only your own marks can be contested.")
    UNRELEASED = "unreleased", N_("Results are not released yet.")
    LATE = "late", N_("The last day of appeals is over.")
    OPEN = "open", N_("You have contested this mark already.")
    DECIDED = "decided", N_("This mark has been decided; a decision is final.")
    USED_UP = "used_up", N_("All your appeals of this exam are used.")
    FULL = "full", N_("This answer has all its points.")
    REASON = "reason", N_("Say why the answer deserves more.")


def last_day(released_at: datetime, days: int, zone: str) -> date:
    """The last day of appeals: so many working days after the day of release, in the centre's zone; that day counts whole."""
    return workdays_after(local_date(released_at, zone), days)


def closes_at(released_at: datetime, days: int, zone: str) -> datetime:
    """The first instant at which it is too late, UTC."""
    return start_of_day(last_day(released_at, days, zone) + timedelta(days=1), zone)


def decide_by(filed_at: datetime, days: int, zone: str) -> date:
    """The day by which an appeal is to be decided: so many working days after it was filed."""
    return workdays_after(local_date(filed_at, zone), days)


@dataclass(frozen=True)
class Contest:
    """An appeal somebody wants to file. before: states of this person's earlier appeals against this mark; others: against other
    marks of the exam; most: how many may be lost or open at a time."""

    is_own: bool
    released_at: datetime | None
    reason: str
    mark: Decimal
    worth: Decimal
    before: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    most: int = 3


def hindrances(it: Contest, at: datetime, days: int, zone: str) -> list[AppealHindrance]:
    """Everything that keeps it from being filed; none when it may. Days 0: there are no appeals."""
    early = it.released_at is None or at < it.released_at
    late = it.released_at is not None and (days < 1 or at >= closes_at(it.released_at, days, zone))
    decided = any(one in (S.UPHELD, S.DECLINED) for one in it.before)
    return [one for one, holds in (
        (AppealHindrance.OTHERS, not it.is_own), (AppealHindrance.UNRELEASED, early), (AppealHindrance.LATE, late),
        (AppealHindrance.OPEN, S.OPEN in it.before), (AppealHindrance.DECIDED, decided),
        (AppealHindrance.USED_UP, sum(AppealState(one) in COSTS_ONE for one in it.others) >= it.most),
        (AppealHindrance.FULL, it.mark >= it.worth), (AppealHindrance.REASON, not it.reason.strip())) if holds]


@dataclass(frozen=True)
class Answered:
    """An answer to the same version of a question in the same exam."""

    sitting_id: int
    text: str
    mark: Decimal


def same(one: str, other: str) -> bool:
    """Whether two answers say the same: width of letters, capitals and spaces do not count."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def effects(upheld: Answered, new: Decimal, answers: Iterable[Answered]) -> list[tuple[int, Decimal, Decimal]]:
    """(sitting, old, new) of everybody an upheld appeal changes, the appellant too, by sitting: whoever gave the same answer has at
    least the new mark; nobody loses points by the appeal of another. ValueError when the new mark is not higher."""
    if new <= upheld.mark:
        raise ValueError("an upheld appeal raises a mark")
    touched = {one.sitting_id: one.mark for one in answers if same(one.text, upheld.text) and one.mark < new}
    touched[upheld.sitting_id] = upheld.mark
    return [(sitting, old, new) for sitting, old in sorted(touched.items())]
