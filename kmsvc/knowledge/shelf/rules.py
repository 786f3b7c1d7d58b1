"""How many favourites and pins there may be, how a favourite moves, and when a pin stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.texts import N_, Labelled

MOST_FAVOURITES = 100
MOST_PINS = 10
LONGEST_PIN = timedelta(days=366)


class View(Labelled):
    """The lists of what is at hand, in the order of the empty search page."""

    PINNED = "pinned", N_("Pinned for you")
    FAVOURITES = "favourites", N_("My favourites")
    RECENT = "recent", N_("Opened last")
    TOP = "top", N_("Most used today")


class PinState(Labelled):
    """Whether a pin stands."""

    STANDING = "standing", N_("Stands")
    ENDED = "ended", N_("Ended")
    REMOVED = "removed", N_("Taken away")


def pin_state(until: date, *, removed: bool, today: date) -> PinState:
    """How a pin stands today; it stands to the end of its last day."""
    return PinState.REMOVED if removed else PinState.STANDING if until >= today else PinState.ENDED


def check_pin(until: date, today: date, *, standing: int, twice: bool) -> None:
    """Refuse a pin that is over already, one for ever, one too many of its unit, and the same one twice."""
    if until < today:
        raise InvalidInput({"until": [N_("This day is over.")]})
    if until > today + LONGEST_PIN:
        raise InvalidInput({"until": [N_("A year at most; then somebody should look at it again.")]})
    if twice:
        raise RuleBroken("knowledge.shelf.pinned", N_("This article is pinned there already. Take that pin away first."))
    if standing >= MOST_PINS:
        raise RuleBroken("knowledge.shelf.many_pins", N_(
            "%(most)s articles are pinned there already. What is pinned for long is no longer seen: take one away."), most=MOST_PINS)


def moved(order: Sequence[int], one: int, place: int) -> list[int]:
    """The order with one of them at a place, counted from 1; beyond the end is the end."""
    rest = [other for other in order if other != one]
    at = max(0, min(len(rest), place - 1))
    return [*rest[:at], one, *rest[at:]]
