"""Words of plans and sessions, and what speaks against a time. Pure."""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Labelled

LONGEST = {"title": 200, "text": 4000, "reason": 500, "room": 100, "said": 1000, "minutes": 20_000}
FACTORS = ("content", "trainer", "time", "method", "environment", "rules")
"""The six factors of domain 5.5."""
FACTOR_LABELS = {"content": N_("Content of the training"), "trainer": N_("Trainer of the training"), "time": N_("Time of the training"),
                 "method": N_("Way of teaching"), "environment": N_("Room and surroundings"), "rules": N_("Training rules")}
CODE_SECONDS = 30
FEED = "/training/feed/"
"""below it strangers are answered: the address itself is the secret"""


class Purpose(Labelled):
    """What a plan is counted as."""

    ONBOARDING = "onboarding", N_("Onboarding")
    OTHER = "other", N_("Other training")


class PlanState(Labelled):
    """Where a plan stands."""

    DRAFT = "draft", N_("Draft")
    APPROVED = "approved", N_("Approved")
    RUNNING = "running", N_("Going on")
    DONE = "done", N_("Done")
    CANCELLED = "cancelled", N_("Cancelled")


class SessionState(Labelled):
    """Where a session stands."""

    PLANNED = "planned", N_("To be held")
    HELD = "held", N_("Held")
    CANCELLED = "cancelled", N_("Cancelled")


class Place(Labelled):
    """How somebody is in a session."""

    SEAT = "seat", N_("Has a seat")
    WAITING = "waiting", N_("On the waiting list")
    LEFT = "left", N_("Has left")


class Gone(StrEnum):
    """Why a place in a session was taken from somebody who has it again when they come back."""

    PERSON = "person"
    """they left the centre, or may not sign in"""
    PLAN = "plan"
    """they were taken off the plan"""


class How(Labelled):
    """How somebody signed in."""

    CODE = "code", N_("By the code")
    HAND = "hand", N_("By hand")


class BusyKind(Labelled):
    """Why somebody has no time, or when nobody should be away."""

    LEAVE = "leave", N_("On leave")
    SHIFT = "shift", N_("Shift")
    PEAK = "peak", N_("Peak interval")


def overlap(begins: datetime, ends: datetime, other_begins: datetime, other_ends: datetime) -> bool:
    """Whether two times share an instant; one that begins when the other ends does not."""
    return begins < other_ends and other_begins < ends


def clock_time(word: str, field: str) -> time:
    """`9:30` or `09:30` (a full-width colon too). InvalidInput names the field."""
    try:
        hour, minute = word.strip().replace("\uff1a", ":").split(":")
        return time(int(hour), int(minute))
    except ValueError:
        raise InvalidInput({field: [N_("A time as 09:30.")]}) from None
