"""Words for where a question stands, why one left the pool, and which act makes sense when. Pure."""

from __future__ import annotations

from kmsvc.core.errors import RuleBroken
from kmsvc.core.texts import N_, Labelled


class State(Labelled):
    """Where a question stands; only an active one is asked."""

    DRAFT = "draft", N_("Draft")
    ACTIVE = "active", N_("In the pool")
    FLAGGED = "flagged", N_("Taken out, to be looked at")
    WITHDRAWN = "withdrawn", N_("Withdrawn")


class Band(Labelled):
    """How hard its author thinks it is."""

    EASY = "easy", N_("Easy")
    MIDDLE = "middle", N_("Middling")
    HARD = "hard", N_("Hard")


class Why(Labelled):
    """Why a question left the pool."""

    CITATION = "citation", N_("A paragraph it rests on has changed")
    NEGATIVE = "negative", N_("Those who did well got it wrong")
    NOBODY = "nobody", N_("Nobody got it right")
    EVERYBODY = "everybody", N_("Everybody got it right")
    OVER_KEY = "option_over_key", N_("Good people chose a wrong option rather than the right one")
    PERSON = "person", N_("Somebody doubts it")


BY_FIGURES = (Why.NEGATIVE, Why.NOBODY, Why.EVERYBODY, Why.OVER_KEY)
ENOUGH = 30
"""answers before a figure takes a question out of the pool"""

VERBS: dict[str, tuple[frozenset[State], State]] = {
    "activate": (frozenset({State.DRAFT, State.WITHDRAWN}), State.ACTIVE),
    "withdraw": (frozenset({State.DRAFT, State.ACTIVE, State.FLAGGED}), State.WITHDRAWN),
    "flag": (frozenset({State.ACTIVE}), State.FLAGGED),
    "unflag": (frozenset({State.FLAGGED}), State.ACTIVE),
}
"""verb -> (states in which it makes sense, the state after it)"""


def makes_sense(verb: str, state: str) -> bool:
    """Whether this act may be done with a question that stands so."""
    return State(state) in VERBS[verb][0]


def after(verb: str, state: str) -> State:
    """Where it stands afterwards, or RuleBroken."""
    if not makes_sense(verb, state):
        raise RuleBroken("training.question.state", N_("The question does not stand so that this makes sense."))
    return VERBS[verb][1]
