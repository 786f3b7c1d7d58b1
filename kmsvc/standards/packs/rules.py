"""The life of a pack that was ordered."""

from __future__ import annotations

from datetime import date, timedelta

from kmsvc.core.texts import N_, Labelled


class PackState(Labelled):
    """Where an order stands."""

    WAITING = "waiting", N_("Waits for the worker")
    MAKING = "making", N_("Is being made")
    DONE = "done", N_("Ready to be downloaded")
    CANCELLED = "cancelled", N_("Cancelled")
    FAILED = "failed", N_("Could not be made")
    GONE = "gone", N_("No longer kept")


UNDER_WAY = frozenset({PackState.WAITING, PackState.MAKING})


def may_cancel(state: str) -> bool:
    """While it is not made."""
    return state in UNDER_WAY


def kept_until(made_on: date, days: int) -> date:
    """The last day on which a pack can be downloaded."""
    return made_on + timedelta(days=days)
