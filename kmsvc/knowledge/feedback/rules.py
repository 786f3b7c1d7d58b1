"""What can be said of an answer, where such a word stands, and what may follow: tables and pure functions."""

from __future__ import annotations

from kmsvc.core.texts import N_, Labelled


class FeedbackKind(Labelled):
    """What a reader says of an answer, in the order of the keys 1 to 5."""

    HELPFUL = "helpful", N_("Helpful")
    WRONG = "wrong", N_("Wrong")
    OUTDATED = "outdated", N_("Outdated")
    UNCLEAR = "unclear", N_("Unclear")
    MISSING = "missing", N_("Something is missing")


class FeedbackState(Labelled):
    """Where a word of a reader stands. Counted: it asks for no reply."""

    COUNTED = "counted", N_("Counted")
    OPEN = "open", N_("Waits for a reply")
    TAKEN = "taken", N_("Taken over")
    DONE = "done", N_("The answer was changed")
    ANSWERED = "answered", N_("Answered, nothing changed")
    DUPLICATE = "duplicate", N_("Said before")
    WITHDRAWN = "withdrawn", N_("Withdrawn")


S = FeedbackState
HANDLER, SENDER = "handler", "sender"
# verb -> (whose it is, the states in which it makes sense)
VERBS: dict[str, tuple[str, frozenset[FeedbackState]]] = {
    "take": (HANDLER, frozenset({S.OPEN, S.TAKEN})),
    "settle": (HANDLER, frozenset({S.OPEN, S.TAKEN})),
    "answer": (HANDLER, frozenset({S.OPEN, S.TAKEN})),
    "duplicate": (HANDLER, frozenset({S.OPEN})),
    "add": (SENDER, frozenset({S.OPEN, S.TAKEN})),
    "withdraw": (SENDER, frozenset({S.OPEN, S.COUNTED})),
}
REPLACEABLE = frozenset({S.OPEN, S.COUNTED})
"""what one may say otherwise: nobody deals with it yet"""
WAITING = frozenset({S.OPEN, S.TAKEN})
LONGEST = {"note": 2000, "contact": 64, "query": 200, "answer": 2000}


def wants_reply(kind: str) -> bool:
    """Whether somebody must reply; «helpful» is only counted."""
    return kind != FeedbackKind.HELPFUL


def first_state(kind: str) -> FeedbackState:
    """Where a word of this kind begins."""
    return S.OPEN if wants_reply(kind) else S.COUNTED


def makes_sense(verb: str, state: str, *, has_change: bool = False) -> bool:
    """Whether a verb fits the state. A word that led to a change request is not taken over again."""
    return state in VERBS[verb][1] and not (verb in ("take", "settle") and state == S.TAKEN and has_change)


def once_key(version_id: int, person_id: int, kind: str) -> str:
    """What may be there once while it is open: one person's word of a kind on a version."""
    return f"{version_id}:{person_id}:{kind}"


def joined(before: str | None, more: str | None) -> str | None:
    """A note with what was added; the same words again add nothing, and it stays within its length."""
    if not more or (before and more in before):
        return before
    return (f"{before}\n{more}" if before else more)[:LONGEST["note"]]
