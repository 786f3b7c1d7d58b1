"""What the service knows of a newcomer by itself: a register that nouns and reactions fill, read by the lists.

A finder answers for many people at once. What it finds settles the point of that code; a person ticks such a point by hand only
with a reason."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Proof:
    """What proves a point. title: number and name of the proof, as stored; on: since when; url: where it is read, "" for nowhere."""

    title: str
    on: date
    url: str = ""


Finder = Callable[[Session, Collection[int], date], Mapping[int, Proof]]
"""(session, people, today) -> the proof of each of them who has one"""
_FINDERS: dict[str, list[Finder]] = {}


def register(code: str, finder: Finder) -> None:
    """Let a finder settle the point of this code (of GoLive or Preparation); the first that finds something counts."""
    if finder not in _FINDERS.setdefault(code, []):
        _FINDERS[code].append(finder)


def known_codes() -> frozenset[str]:
    """Points of which the service may know by itself."""
    return frozenset(_FINDERS)


def proofs(session: Session, people: Collection[int], today: date) -> dict[int, dict[str, Proof]]:
    """person -> code -> proof."""
    found: dict[int, dict[str, Proof]] = {one: {} for one in people}
    for code, finders in _FINDERS.items():
        for finder in finders:
            for person, proof in finder(session, people, today).items():
                found.setdefault(person, {}).setdefault(code, proof)
    return found
