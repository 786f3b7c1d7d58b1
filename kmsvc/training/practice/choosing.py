"""Which questions somebody practises, and what the right answer of one is: pure functions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from kmsvc.training.papers.lots import key_of, shuffled
from kmsvc.training.practice.rules import A_DAY, MOST_DUE
from kmsvc.training.questions.kinds import (
    Case,
    Choice,
    FillIn,
    Kind,
    Matching,
    Numeric,
    Ordering,
    Question,
    TrueFalse,
)

PRACTISED = (Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE, Kind.FILL_IN, Kind.NUMERIC, Kind.ORDERING, Kind.MATCHING, Kind.SHORT_ANSWER,
             Kind.CASE)
"""kinds that are practised: what the service judges by itself, short answers, which one compares with the model answer oneself, and
cases of both"""


def of_day(person_id: int, today: date, due: Sequence[int], fresh: Collection[int], others: Collection[int]) -> list[int]:
    """The questions of a day: a few mistakes that are due, then such as this person never met, then others; by lots of the day."""
    key = key_of("daily", person_id, today.isoformat())
    chosen = list(due[:MOST_DUE])
    for pool in (fresh, others, due):
        chosen += shuffled(set(pool) - set(chosen), key)[:A_DAY - len(chosen)]
    return chosen[:A_DAY]


def right_answer(question: Question) -> Any:
    """The right answer in the form in which answers are given; None where a person compares."""
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
    if isinstance(body, Case):
        return {one.id: right_answer(one.question) for one in body.parts}
    return dict(body.key) if isinstance(body, Matching) else None
