"""The states of an exam plan, what hinders each step, and what the clock makes of it: tables and pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kmsvc.core.clock import start_of_day
from kmsvc.core.texts import N_, Labelled
from kmsvc.training.exams.rules import ExamPlan, inconsistencies, last_appeal_on


class ExamState(Labelled):
    """Where an exam plan stands. What the clock adds is its phase."""

    DRAFT = "draft", N_("Exam being planned")
    PUBLISHED = "published", N_("Exam announced")
    RELEASED = "released", N_("Results released")
    FINAL = "final", N_("Results final")
    CANCELLED = "cancelled", N_("Exam cancelled")


class ExamPhase(Labelled):
    """What people see of an announced exam at an instant."""

    AHEAD = "ahead", N_("Not open yet")
    OPEN = "open", N_("Open to sit")
    BETWEEN = "between", N_("Make-up to come")
    CLOSED = "closed", N_("Being marked")
    REVIEW = "review", N_("Open to review")
    OVER = "over", N_("Review over")


S = ExamState
VERBS: dict[str, tuple[frozenset[ExamState], ExamState]] = {
    "publish": (frozenset({S.DRAFT}), S.PUBLISHED),
    "take_back": (frozenset({S.PUBLISHED}), S.DRAFT),
    "release": (frozenset({S.PUBLISHED}), S.RELEASED),
    "finish": (frozenset({S.RELEASED}), S.FINAL),
    "cancel": (frozenset({S.DRAFT, S.PUBLISHED}), S.CANCELLED),
}
"""verb -> the states in which it makes sense, and the state after it"""


@dataclass(frozen=True)
class Scene:
    """What is counted of an exam outside. unready: whether its paper may not be used yet; short: questions its paper lacks;
    stale: questions in it that no longer count; unassigned: questions a person must mark and nobody is to; begun, running,
    unmarked: sittings; appeals: open ones; released_at: when results were released, which may be later than planned."""

    unready: bool = False
    short: int = 0
    stale: int = 0
    unassigned: int = 0
    begun: int = 0
    running: int = 0
    unmarked: int = 0
    appeals: int = 0
    released_at: datetime | None = None


def hindrances(verb: str, state: str, plan: ExamPlan, scene: Scene, now: datetime, zone: str) -> list[str]:
    """Codes of HINDERED: why a verb is refused now; none when it may be done."""
    if ExamState(state) not in VERBS[verb][0]:
        return ["state"]
    last = start_of_day(last_appeal_on(scene.released_at or plan.release_at, plan.appeal_days, zone) + timedelta(days=1), zone)
    reasons: dict[str, dict[str, bool]] = {
        "publish": {"unready": scene.unready, "inconsistent": bool(inconsistencies(plan, zone, now)), "short": scene.short > 0,
                    "stale": scene.stale > 0, "unassigned": scene.unassigned > 0},
        "take_back": {"begun": scene.begun > 0, "opened": now >= plan.window.opens_at},
        "release": {"running": scene.running > 0 or now < plan.ends_at, "unmarked": scene.unmarked > 0},
        "finish": {"appeals": scene.appeals > 0, "appeals_possible": plan.appeal_days > 0 and now < last},
        "cancel": {},
    }
    return [code for code, holds in reasons[verb].items() if holds]


HINDERED = {
    "state": N_("The exam does not stand so that this makes sense."),
    "unready": N_("The paper is not ready yet."),
    "inconsistent": N_("The plan contradicts itself."),
    "short": N_("The question bank has too few questions for the paper."),
    "stale": N_("The paper holds questions that no longer count."),
    "unassigned": N_("Some questions need a person to mark them, and nobody is to."),
    "begun": N_("Somebody has begun already."),
    "opened": N_("The exam is open already."),
    "running": N_("Somebody may still be sitting it."),
    "unmarked": N_("Not everything is marked."),
    "appeals": N_("Appeals are still open."),
    "appeals_possible": N_("Appeals are still possible."),
}


def phase(plan: ExamPlan, state: str, now: datetime) -> ExamPhase | None:
    """What the clock makes of an announced exam; None where it is not announced. A make-up opens it once more."""
    if state in (S.DRAFT, S.CANCELLED):
        return None
    if state != S.PUBLISHED:
        if now < plan.review.opens_at:
            return ExamPhase.CLOSED
        return ExamPhase.REVIEW if now < plan.review.closes_at else ExamPhase.OVER
    windows = [one for one in (plan.window, plan.make_up) if one is not None]
    if any(one.opens_at <= now < one.closes_at for one in windows):
        return ExamPhase.OPEN
    if now < plan.window.opens_at:
        return ExamPhase.AHEAD
    return ExamPhase.BETWEEN if now < windows[-1].opens_at else ExamPhase.CLOSED
