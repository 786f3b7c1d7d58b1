"""Practice: its modes, and when a mistake comes back: tables and pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kmsvc.core.texts import N_, Labelled


class PracticeMode(Labelled):
    """What somebody practises."""

    TOPIC = "topic", N_("Practice of a topic")
    DAILY = "daily", N_("Five questions of the day")
    MISTAKES = "mistakes", N_("Mistakes that come back")
    MOCK = "mock", N_("Mock exam")


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
