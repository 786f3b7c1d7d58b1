"""The two lists of a newcomer: the welcome pack, and what must be there before going live. What the service knows by itself settles
its point; a person ticks the others, or leaves one out with a reason. Source: domain 5.1, clauses 27, 28, 63, 73, 80."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kmsvc.core.texts import N_, Labelled
from kmsvc.training.onboarding.deciding import CLAUSES, GoLive
from kmsvc.training.onboarding.gathering import Gathered, own_proofs
from kmsvc.training.onboarding.models import OnboardingItem, OnboardingTick
from kmsvc.training.onboarding.proofs import Proof, known_codes
from kmsvc.training.onboarding.rules import Preparation, prepare_by


class OnboardingList(Labelled):
    """The two lists of a class."""

    WELCOME = "welcome", N_("Welcome pack")
    GOLIVE = "golive", N_("Before going live")


class PointState(Labelled):
    """How a point of a list stands."""

    OPEN = "open", N_("Still open")
    DONE = "done", N_("Ticked")
    KNOWN = "known", N_("From the work itself")
    LEFT_OUT = "left_out", N_("Left out of the list")


DEFAULTS: dict[str, tuple[str, ...]] = {
    OnboardingList.WELCOME: tuple(one.value for one in Preparation), OnboardingList.GOLIVE: tuple(one.value for one in GoLive)}
OF_CODE: dict[str, Labelled] = {one.value: one for one in (*Preparation, *GoLive)}
OF_CLASS = frozenset({Preparation.TIMETABLE.value, Preparation.MATERIAL.value, Preparation.TEACHER.value, Preparation.MENTOR.value})
"""points of the welcome pack that the class itself proves"""
OF_RECORDS = frozenset({GoLive.BUSINESS_EXAM.value, GoLive.EVALUATION.value, GoLive.MENTORING_EXAM.value, GoLive.QUALITY.value})
"""points that the records of the onboarding prove"""
BY_HAND_NEVER = frozenset({GoLive.QUALITY.value})


@dataclass(frozen=True)
class Point:
    """A point of a list as it stands for a newcomer. title: own words of the class, "" where those of the code stand; knows: the
    service may know it by itself; proof: what proves it, url: where; by_id: who ticked it or left it out."""

    key: str
    list: str
    code: str
    title: str
    state: PointState
    knows: bool = False
    clause: str = ""
    proof: str = ""
    url: str = ""
    reason: str = ""
    by_id: int | None = None
    at: datetime | None = None
    on: date | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do."""
        return self.state != PointState.OPEN


def key_of(item: OnboardingItem) -> str:
    """By what a tick names this point."""
    return item.code or f"item-{item.id}"


def knows(code: str) -> bool:
    """Whether the service may know the point of this code by itself."""
    return code in OF_RECORDS or code in OF_CLASS or code in known_codes()


def points_of(it: Gathered) -> list[Point]:
    """Both lists of one newcomer in their order, without what the class does without; the agreement only of who gets confidential
    information."""
    known = own_proofs(it) | it.known | _of_class(it)
    ticks = {one.item: one for one in it.ticks}
    return [_point(item, ticks.get(key_of(item)), known.get(item.code or "")) for item in it.items
            if item.removed_why is None and (item.code != GoLive.NDA or it.row.confidential)]


def _of_class(it: Gathered) -> dict[str, Proof]:
    day, base = prepare_by(it.programme), f"/training/onboarding/classes/{it.its.id}"
    return {code: Proof("", day, url) for code, there, url in (
        (Preparation.TIMETABLE.value, it.has_timetable, f"{base}/timetable"), (Preparation.MATERIAL.value, bool(it.its.material), base),
        (Preparation.TEACHER.value, True, base), (Preparation.MENTOR.value, it.row.mentor_id is not None, base)) if there}


def _point(item: OnboardingItem, tick: OnboardingTick | None, proof: Proof | None) -> Point:
    code = item.code or ""
    clause = CLAUSES.get(GoLive(code), "") if code in DEFAULTS[OnboardingList.GOLIVE] else ""
    title, may = item.title or "", knows(code)
    if tick is not None:
        state = PointState.LEFT_OUT if tick.left_out else PointState.DONE
        return Point(key_of(item), item.list, code, title, state, may, clause, tick.proof or "", "", tick.reason or "", tick.by_id,
                     tick.at)
    if proof is not None:
        return Point(key_of(item), item.list, code, title, PointState.KNOWN, may, clause, proof.title, proof.url, on=proof.on)
    return Point(key_of(item), item.list, code, title, PointState.OPEN, may, clause)
