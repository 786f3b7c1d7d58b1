"""What may be linked to a contact, how its number is written and masked, and when two links are one: tables and pure functions."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

from kmsvc.core.texts import N_, Labelled


class LinkedKind(Labelled):
    """What can be used for a contact."""

    ARTICLE = "article", N_("Article")
    FLOW = "flow", N_("Guided flow")
    PROCESS = "process", N_("Process")


class Accuracy(Labelled):
    """What somebody who looked later says of a link."""

    UNCHECKED = "unchecked", N_("Not looked at")
    ACCURATE = "accurate", N_("Accurate")
    INACCURATE = "inaccurate", N_("Not accurate")


class LinkView(Labelled):
    """Whose links a list shows."""

    ALL = "all", N_("All I may see")
    MINE = "mine", N_("Linked by me")


OWNER, JUDGE = "owner", "judge"
# verb -> whose it is
VERBS = {"number": OWNER, "withdraw": OWNER, "check": JUDGE}
LONGEST = {"contact": 64, "query": 200, "note": 500}
TWICE = timedelta(seconds=60)
"""A second press without a number within this time is the same link; with a number it always is."""
LED_BY = timedelta(minutes=30)
"""How long before a link the search may lie that led to it."""
REUSE_DAYS = (30, 90)
_OPEN_END = 2


def folded(number: str | None) -> str | None:
    """A number of a contact as it is kept: half-width, capitals, without spaces; nothing where there is none."""
    kept = "".join(unicodedata.normalize("NFKC", number or "").upper().split())
    return kept[:LONGEST["contact"]] or None


def masked(number: str) -> str:
    """A number for those who only need to see that there is one: its last two characters, of a short one nothing."""
    return "••••" + (number[-_OPEN_END:] if len(number) > 2 * _OPEN_END else "")


def accuracy_of(accurate: bool | None) -> Accuracy:
    """The word for the last check of a link; None: nobody has looked."""
    return Accuracy.UNCHECKED if accurate is None else Accuracy.ACCURATE if accurate else Accuracy.INACCURATE


def makes_sense(verb: str, *, withdrawn: bool, mine: bool) -> bool:
    """Whether a verb fits a link: what was taken back is over; one's own is not judged by oneself."""
    return not withdrawn and mine == (VERBS[verb] == OWNER)
