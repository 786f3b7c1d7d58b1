"""Practice: its modes, and when a mistake comes back: tables and pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kmsvc.core.texts import N_, Labelled


class PracticeMode(Labelled):
    """What somebody practises."""

    TOPIC = "topic", N_("Practice of a topic")
    DAILY = "daily", N_("Five questions of the day")
    MISTAKES = "mistakes", N_("Mistakes that come back")
    MOCK = "mock", N_("Mock exam")


class Book(Labelled):
    """Which questions of a mistake book are shown."""

    DUE = "due", N_("Come back today")
    LATER = "later", N_("Come back later")
    KNOWN = "known", N_("Known by now")


OWN_VERDICTS = {"right": Decimal(1), "partly": Decimal("0.5"), "wrong": Decimal(0)}
"""what one may say of an own short answer -> share of its points"""
A_DAY, A_ROUND, MOST_DUE = 5, 10, 3
"""questions of a day, of a round, and mistakes among those of a day at most"""
DAYS = (1, 2, 4, 8, 16, 32)
"""box -> days until a question comes back; who gets it right in the last box knows it"""
KNOWN = len(DAYS)


@dataclass(frozen=True)
class Card:
    """A question in a mistake book. box: KNOWN once it is left alone; due_on: when it comes back."""

    box: int
    due_on: date


def after(card: Card | None, right: bool, today: date) -> Card | None:
    """Where a question stands after an answer: wrong puts it back to the first box, right moves it on, but only on a day on which
    it was due. None for one that was never wrong."""
    if not right:
        return Card(0, today + timedelta(days=DAYS[0]))
    if card is None or card.box >= KNOWN or today < card.due_on:
        return card
    box = card.box + 1
    return Card(box, today + timedelta(days=DAYS[min(box, KNOWN - 1)]))
