"""Papers: the ways they are made, their states, how long one takes: tables and pure functions."""

from __future__ import annotations

from collections.abc import Mapping

from kmsvc.core.texts import N_, Labelled


class PaperWay(Labelled):
    """How the questions of a paper come in."""

    PICKED = "picked", N_("Picked by hand")
    FIXED = "fixed", N_("Composed once, the same for all")
    EACH = "each", N_("Composed for each person")


class PaperState(Labelled):
    """Where a paper stands."""

    DRAFT = "draft", N_("Paper being written")
    READY = "ready", N_("Paper ready")
    WITHDRAWN = "withdrawn", N_("Paper withdrawn")


VERBS: dict[str, tuple[frozenset[PaperState], PaperState]] = {
    "ready": (frozenset({PaperState.DRAFT}), PaperState.READY),
    "reopen": (frozenset({PaperState.READY, PaperState.WITHDRAWN}), PaperState.DRAFT),
    "withdraw": (frozenset({PaperState.DRAFT, PaperState.READY}), PaperState.WITHDRAWN),
}
"""verb -> the states in which it makes sense, and the state after it"""

SECONDS = {"true_false": 30, "single": 60, "multiple": 90, "numeric": 90, "fill_in": 75, "ordering": 90, "matching": 120,
           "short_answer": 300, "case": 600, "file": 900}
"""how long a question of a kind takes somebody who knows the matter; a default of this house"""
MOST_PICKED = 500


def minutes_for(kinds: Mapping[str | None, int]) -> int:
    """About how many minutes so many questions of each kind take, at least one; any kind counts as a single choice."""
    seconds = sum(SECONDS.get(kind or "single", 60) * count for kind, count in kinds.items())
    return max(1, -(-seconds // 60))
