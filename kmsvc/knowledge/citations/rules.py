"""Words for what becomes of a citation, and what its keeper may say of it. Pure; texts are compared in `comparing.py`."""

from __future__ import annotations

from collections.abc import Sequence

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.texts import N_, Labelled

MOST_CITED = 200
"""citations of one thing"""


class CitationState(Labelled):
    """Whether what is cited still says what it said."""

    TRUE = "true", N_("Still true")
    MARKED = "marked", N_("To be looked at")
    ENDED = "ended", N_("Cites no longer")


class Change(Labelled):
    """What became of a cited paragraph or text."""

    CHANGED = "changed", N_("Says something else")
    MOVED = "moved", N_("Stands elsewhere")
    GONE = "gone", N_("Is no longer there")
    EXPIRED = "expired", N_("Its validity is over")
    RETIRED = "retired", N_("Out of force")


class Verdict(Labelled):
    """What the keeper found."""

    RIGHT = "right", N_("Still right")
    CHANGED = "changed", N_("Changed accordingly")
    ENDED = "ended", N_("Cites it no longer")


class WorkKind(Labelled):
    """What a thing of another system is."""

    COURSE = "course", N_("Course")
    QUESTION = "question", N_("Exam question")
    SCORECARD = "scorecard", N_("Scorecard item")
    TEMPLATE = "template", N_("Template of a message")
    OTHER = "other", N_("Something else")


def offered(state: str, change: str | None) -> tuple[Verdict, ...]:
    """What its keeper may say of a citation now: of what is gone nobody finds that it is still right."""
    if state != CitationState.MARKED:
        return (Verdict.ENDED,) if state == CitationState.TRUE else ()
    if change == Change.RETIRED:
        return (Verdict.ENDED,)
    if change == Change.GONE:
        return (Verdict.CHANGED, Verdict.ENDED)
    return (Verdict.RIGHT, Verdict.CHANGED, Verdict.ENDED)


def check_verdict(state: str, change: str | None, verdict: Verdict, block_id: str | None, blocks: Sequence[str]) -> None:
    """Refuse a verdict that makes no sense now. block_id: the paragraph it cites instead; blocks: those of the text in force."""
    if verdict not in offered(state, change):
        raise RuleBroken("knowledge.citation.not_now", N_("This cannot be said of the citation as it stands now."))
    if block_id is not None and (verdict != Verdict.CHANGED or block_id not in blocks):
        raise InvalidInput({"block_id": [N_("This paragraph is not in the text in force.")]})
    if change == Change.GONE and verdict == Verdict.CHANGED and block_id is None:
        raise InvalidInput({"block_id": [N_("Say which paragraph it cites instead.")]})
