"""From mentoring to the team: what must be on record before somebody handles business alone, what the records speak for, and which steps
there are. A person decides, with a reason. Source: domain 5.1, 6.8, D3, N07, clauses 27, 28, 63, 73, 74, 80, 75."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from kmsvc.core.texts import N_, Labelled


class OnboardingState(Labelled):
    """Where the onboarding of a person stands."""

    PLANNED = "planned", N_("Entry planned")
    RUNNING = "running", N_("In the programme")
    OBSERVED = "observed", N_("Under observation")
    IN_TEAM = "in_team", N_("Entered the team")
    TRANSFERRED = "transferred", N_("Transferred to another platform")
    LEFT = "left", N_("Left the centre")


S = OnboardingState
VERBS: dict[str, tuple[frozenset[OnboardingState], OnboardingState]] = {
    "begin": (frozenset({S.PLANNED}), S.RUNNING),
    "extend": (frozenset({S.RUNNING}), S.RUNNING),
    "observe": (frozenset({S.RUNNING}), S.OBSERVED),
    "enter_team": (frozenset({S.RUNNING, S.OBSERVED}), S.IN_TEAM),
    "transfer": (frozenset({S.RUNNING, S.OBSERVED}), S.TRANSFERRED),
    "leave": (frozenset({S.PLANNED, S.RUNNING, S.OBSERVED}), S.LEFT),
}
"""verb -> the states in which it makes sense, and the state after it"""
WITH_REASON = frozenset({"extend", "observe", "transfer", "leave"})
MOST_OBSERVATIONS = 1
FINAL_STATES = frozenset({S.IN_TEAM, S.TRANSFERRED, S.LEFT})


class GoLive(Labelled):
    """What must be on record before a newcomer handles business alone."""

    SECURITY = "security", N_("Security training and exam")
    PROCESSES = "processes", N_("Process training and exam")
    SKILLS = "skills", N_("Minimum skills shown")
    POST_EXAM = "post_exam", N_("Training and exam of the post")
    NDA = "nda", N_("Confidentiality agreement signed")
    BUSINESS_EXAM = "business_exam", N_("Business exam passed")
    EVALUATION = "evaluation", N_("Training evaluated on day 30")
    MENTORING_EXAM = "mentoring_exam", N_("Mentoring exam passed")
    QUALITY = "quality", N_("Quality not below the baseline")


CLAUSES: dict[GoLive, str] = {
    GoLive.SECURITY: "28", GoLive.PROCESSES: "63", GoLive.SKILLS: "73", GoLive.POST_EXAM: "80", GoLive.NDA: "27"}
BEFORE_LIVE_WORK = frozenset(CLAUSES)
"""what the clauses ask before any customer is served, so before the supervised live work of mentoring"""


@dataclass(frozen=True)
class Record:
    """What is known of a newcomer. done: of GoLive, without quality, which follows from the scores; confidential: gets access to
    confidential information; quality: mean of the inspections of the mentoring days, or of the observation period once it runs, None
    while there are none; observations: periods so far; own_open: points of the class's own on the list that nobody has settled."""

    done: frozenset[GoLive] = frozenset()
    confidential: bool = True
    quality: Decimal | None = None
    baseline: Decimal = Decimal(80)
    observations: int = 0
    own_open: int = 0


def meets(it: Record) -> bool:
    """Whether quality is at or above the baseline. Source: D3."""
    return it.quality is not None and it.quality >= it.baseline


def lacking(it: Record, among: Collection[GoLive] = frozenset(GoLive)) -> list[GoLive]:
    """What is not on record, in the order of the list; the agreement only of whoever gets confidential information."""
    done = it.done - {GoLive.QUALITY} | ({GoLive.QUALITY} if meets(it) else set()) | (set() if it.confidential else {GoLive.NDA})
    return [one for one in GoLive if one in among and one not in done]


class OnboardingAdvice(Labelled):
    """What the records speak for at the end of mentoring or of the observation period."""

    ENTER = "enter", N_("The records speak for team entry")
    WAIT = "wait", N_("No quality results yet")
    EXTEND = "extend", N_("The records speak for more time")
    OBSERVE = "observe", N_("The records speak for an observation period")
    TRANSFER = "transfer", N_("The records speak for another platform")


def advice(it: Record) -> OnboardingAdvice:
    """Quality below the baseline: one observation period, then another platform; at or above it: the team, or more time while
    something else is lacking. Source: domain 6.8, N07."""
    if it.quality is None:
        return OnboardingAdvice.WAIT
    if not meets(it):
        return OnboardingAdvice.OBSERVE if it.observations < MOST_OBSERVATIONS else OnboardingAdvice.TRANSFER
    return OnboardingAdvice.EXTEND if lacking(it) or it.own_open else OnboardingAdvice.ENTER


def hindrances(verb: str, state: str, it: Record, reason: str = "") -> list[str]:
    """Codes of HINDERED: why a step is refused; none when it may be taken. Nobody enters the team with something lacking, and there
    is one observation period; what is left open is judgement."""
    if OnboardingState(state) not in VERBS[verb][0]:
        return ["state"]
    found = [] if reason.strip() or verb not in WITH_REASON else ["reason"]
    if verb == "enter_team":
        found += [one.value for one in lacking(it)] + (["items"] if it.own_open else [])
    if verb == "observe" and it.observations >= MOST_OBSERVATIONS:
        found.append("observed")
    return found


HINDERED = {
    "state": N_("The onboarding does not stand so that this makes sense."),
    "reason": N_("Say why; the person will read it."),
    "observed": N_("There is one observation period, and it has been."),
    "items": N_("Points of the list before going live are still open."),
    **{one.value: one.label for one in GoLive},
}
"""of what is lacking the name is told"""
