"""Practice: its modes, which questions of a day, when a mistake comes back: tables and pure functions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kmsvc.core.texts import N_, Labelled
from kmsvc.training.papers.lots import key_of, shuffled
from kmsvc.training.questions.kinds import (
    Choice,
    FillIn,
    Kind,
    Matching,
    Numeric,
    Ordering,
    Question,
    TrueFalse,
)


class PracticeMode(Labelled):
    """What somebody practises."""

    TOPIC = "topic", N_("Practice of a topic")
    DAILY = "daily", N_("Five questions of the day")
    MISTAKES = "mistakes", N_("Mistakes that come back")
    MOCK = "mock", N_("Mock exam")


ALONE = (Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE, Kind.FILL_IN, Kind.NUMERIC, Kind.ORDERING, Kind.MATCHING)
"""kinds the service judges by itself: only these are practised"""
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


def of_day(person_id: int, today: date, due: Sequence[int], fresh: Collection[int], others: Collection[int]) -> list[int]:
    """The questions of a day: a few mistakes that are due, then such as this person never met, then others; by lots of the day."""
    key = key_of("daily", person_id, today.isoformat())
    chosen = list(due[:MOST_DUE])
    for pool in (fresh, others, due):
        chosen += shuffled(set(pool) - set(chosen), key)[:A_DAY - len(chosen)]
    return chosen[:A_DAY]


def right_answer(question: Question) -> Any:
    """The right answer in the form in which answers are given."""
    body = question.body
    if isinstance(body, Choice):
        return list(body.keys) if body.several else next(iter(body.keys), None)
    if isinstance(body, TrueFalse):
        return body.key
    if isinstance(body, FillIn):
        return {one.id: next(iter(one.accepted), "") for one in body.blanks}
    if isinstance(body, Numeric):
        return None if body.value is None else str(body.value)
    if isinstance(body, Ordering):
        return [one.id for one in body.items]
    return dict(body.key) if isinstance(body, Matching) else None
