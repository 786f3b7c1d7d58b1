"""What can be proposed, how a proposal goes on, and why a correction may be no small one."""

from __future__ import annotations

from kmsvc.core.texts import N_, Labelled


class ProposalKind(Labelled):
    """What is proposed."""

    ARTICLE = "article", N_("New article")
    CORRECTION = "correction", N_("Correction")


class ProposalState(Labelled):
    """Where a proposal stands."""

    WAITING = "waiting", N_("Waits for a publisher")
    UNSEEN = "unseen", N_("In force, to be looked at")
    PUBLISHED = "published", N_("Published")
    SEEN = "seen", N_("Looked at and left")
    RETURNED = "returned", N_("Returned")
    TAKEN_BACK = "taken_back", N_("Taken back")
    WITHDRAWN = "withdrawn", N_("Withdrawn")


class NotSmall(Labelled):
    """Why a correction is not a small one."""

    TITLE = "title", N_("It changes the title.")
    MUCH = "much", N_("It changes more than a few words.")
    PARTS = "parts", N_("It changes what may be said and what may not, or the order of the parts.")
    FIGURES = "figures", N_("It changes a figure, an amount or a date.")
    NOT = "not", N_("It changes whether something is so or not.")
    SECRET = "secret", N_("It changes secret text.")


S = ProposalState
AUTHOR, WRITER, PUBLISHER = "author", "writer", "publisher"
# verb -> (whose it is, the states in which it makes sense)
VERBS: dict[str, tuple[str, frozenset[ProposalState]]] = {
    "publish": (PUBLISHER, frozenset({S.WAITING})),
    "return": (PUBLISHER, frozenset({S.WAITING})),
    "see": (PUBLISHER, frozenset({S.UNSEEN})),
    "take_back": (PUBLISHER, frozenset({S.UNSEEN})),
    "edit": (WRITER, frozenset({S.WAITING})),
    "withdraw": (AUTHOR, frozenset({S.WAITING})),
}
OPEN = frozenset({S.WAITING, S.UNSEEN})
NEARLY = 95
"""Per cent of a proposal that must stand in what was published, to count as published nearly as written."""
LONGEST = {"note": 1000, "answer": 2000}


def makes_sense(verb: str, state: str) -> bool:
    """Whether a verb fits the state."""
    return state in VERBS[verb][1]
