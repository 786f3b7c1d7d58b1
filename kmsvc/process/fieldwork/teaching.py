"""What real training plans say about the lines of step 9: one register, filled by the training slice, which stands above.

A line points to a plan by its id; until somebody registers, and for lines without a plan, what is known is what was entered by hand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class TaughtSession:
    """A session of a plan. shape, word: how it stands, word an English source."""

    id: int
    number: str
    url: str
    starts_at: datetime
    shape: str
    word: str
    present: int


@dataclass(frozen=True)
class Taught:
    """A real plan. shape, word: how it stands; people: who is on it; present: who was at one of its sessions."""

    id: int
    number: str
    title: str
    url: str
    shape: str
    word: str
    people: frozenset[int]
    present: frozenset[int]
    sessions: tuple[TaughtSession, ...]


Reader = Callable[[Session, Collection[int]], Mapping[int, Taught]]
"""(session, ids of plans) -> {id: plan}"""
Passed = Callable[[Session, str, Collection[int]], frozenset[int] | None]
"""(session, number of an exam, people) -> who of them has passed it, None where there is no such exam"""
Found = Callable[[Session, str], int | None]
"""(session, number of a plan) -> its id while people can be put on it"""
READERS: list[Reader] = []
EXAMS: list[Passed] = []
FINDERS: list[Found] = []


def taught(session: Session, plans: Collection[int]) -> dict[int, Taught]:
    """The plans with these ids, those that are known."""
    return {key: one for reader in READERS for key, one in reader(session, plans).items()} if plans else {}


def passed(session: Session, exam: str, people: Collection[int]) -> frozenset[int] | None:
    """Who of these has passed the exam of this number; None where it names no exam: a word somebody wrote."""
    return next((found for one in EXAMS if (found := one(session, exam, people)) is not None), None)


def plan_named(session: Session, number: str) -> int | None:
    """The id of the plan of this number, while people can be put on it."""
    return next((found for one in FINDERS if (found := one(session, number)) is not None), None)
