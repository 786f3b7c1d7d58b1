"""When a saved search counts as found, and how it stands."""

from __future__ import annotations

from kmsvc.core.texts import N_, Labelled

WITHIN = 5
"""found: the article is among so many"""
LOOKED_AT = 20
"""places that are looked at; what stands further behind counts as not there"""
MOST_SEARCHES = 1_000
LONGEST_QUERY = 200
LONGEST_NOTE = 500


class Standing(Labelled):
    """How a saved search stands."""

    FOUND = "found", N_("Found")
    BROKEN = "broken", N_("Broken")
    MISSING = "missing", N_("Not found yet")
    NEW = "new", N_("Not asked yet")


class Cause(Labelled):
    """What made a run."""

    BUTTON = "button", N_("By hand")
    COMMAND = "command", N_("Command line")
    WORKER = "worker", N_("After a change")


def is_found(rank: int | None) -> bool:
    """Whether a place counts."""
    return rank is not None and rank <= WITHIN


def standing_of(*, asked: bool, rank: int | None, broken: bool) -> Standing:
    """The word for how a search stands. broken: it was found before."""
    if not asked:
        return Standing.NEW
    if is_found(rank):
        return Standing.FOUND
    return Standing.BROKEN if broken else Standing.MISSING
