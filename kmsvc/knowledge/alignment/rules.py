"""What a process alignment review asks, what the service answers itself, how contacts are made of searches and drawn: tables
and pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Labelled


class AlignmentState(Labelled):
    """Where a process alignment review stands."""

    RUNNING = "running", N_("Contacts are being judged")
    SIGNED = "signed", N_("Signed and archived")
    CANCELLED = "cancelled", N_("Review given up")


class Found(Labelled):
    """What a coach answers to a question on a contact."""

    YES = "yes", N_("Yes")
    NO = "no", N_("No")
    NOT = "na", N_("Does not apply")


class Question(Labelled):
    """What is asked of each contact, in the order of the work."""

    SEARCHED = "searched", N_("Searched before answering")
    LINKED = "linked", N_("Linked what was used")
    ACCURATE = "accurate", N_("The link was accurate")
    IMPROVED = "improved", N_("Improved the knowledge where needed")


S = AlignmentState
VERBS: dict[str, frozenset[AlignmentState]] = {
    "judge": frozenset({S.RUNNING}), "sign": frozenset({S.RUNNING}), "cancel": frozenset({S.RUNNING}),
    "reply": frozenset({S.SIGNED}),
}
LONGEST = {"note": 2000, "conclusion": 4000, "agreed": 2000, "reason": 500, "seed": 40, "text": 2000}
MOST_DRAWN = 50
MOST_FROM = 10_000
"""contacts one draw is made from; with more the list that makes it repeatable would be a burden for the trail"""
PAUSE = timedelta(minutes=5)
"""Searches of a person with less between them belong to one contact."""
BESIDE = timedelta(minutes=15)
"""How long before and after a link searches and words on knowledge belong to its contact."""


def makes_sense(verb: str, state: str) -> bool:
    """Whether a verb fits the state."""
    return state in VERBS[verb]


@dataclass(frozen=True)
class Search:
    """One search of a person, as the log of searches keeps it."""

    id: int
    person_id: int
    at: datetime


@dataclass(frozen=True)
class Link:
    """One link of a person to a contact."""

    id: int
    contact_id: int
    person_id: int
    at: datetime
    searched_at: datetime | None = None


@dataclass(frozen=True)
class Sighting:
    """A contact as the service knows it. key: `contact:12` where something was linked, else `search:345` by its first search;
    begins, ends: within which searches and words belong to it."""

    key: str
    person_id: int
    at: datetime
    begins: datetime
    ends: datetime


def sightings(links: Iterable[Link], searches: Iterable[Search]) -> list[Sighting]:
    """The contacts of some persons: those with links, and runs of searches after which nothing was linked; oldest first."""
    held: dict[tuple[int, int], list[Link]] = {}
    for link in links:
        held.setdefault((link.contact_id, link.person_id), []).append(link)
    found = [_linked(contact_id, person_id, its) for (contact_id, person_id), its in held.items()]
    near: dict[int, list[Sighting]] = {}
    for one in found:
        near.setdefault(one.person_id, []).append(one)
    for run in _runs(searches):
        first, last = run[0], run[-1]
        if not any(one.begins <= last.at and first.at <= one.ends for one in near.get(first.person_id, ())):
            found.append(Sighting(f"search:{first.id}", first.person_id, first.at, first.at, last.at + BESIDE))
    return sorted(found, key=lambda one: (one.at, one.key))


def _linked(contact_id: int, person_id: int, links: Sequence[Link]) -> Sighting:
    first, last = min(one.at for one in links), max(one.at for one in links)
    begins = min([first - BESIDE, *(one.searched_at for one in links if one.searched_at is not None)])
    return Sighting(f"contact:{contact_id}", person_id, first, begins, last + BESIDE)


def _runs(searches: Iterable[Search]) -> Iterable[list[Search]]:
    run: list[Search] = []
    for one in sorted(searches, key=lambda it: (it.person_id, it.at, it.id)):
        if run and (one.person_id != run[-1].person_id or one.at - run[-1].at > PAUSE):
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def known(facts: Mapping[str, Any]) -> dict[str, str | None]:
    """What the service answers itself from its proof; None where a person must judge."""
    links = facts["links"]
    first = min((one["at"] for one in links), default=None)
    searched = any(first is None or one["at"] <= first for one in facts["searches"]) or any(one.get("query") for one in links)
    said = {one["accurate"] for one in links}
    accurate = Found.NOT if not links else Found.NO if False in said else Found.YES if said == {True} else None
    improved = any(facts[name] for name in ("feedback", "gaps", "changes"))
    return {Question.SEARCHED: Found.YES if searched else Found.NO, Question.LINKED: Found.YES if links else Found.NO,
            Question.ACCURATE: accurate, Question.IMPROVED: Found.YES if improved else None}


def check_period(begins_on: date, ends_on: date, *, today: date, days: int) -> None:
    """Refuse a period that ends before it begins, is still to come, or is so old that nobody knows any more who searched."""
    if ends_on < begins_on:
        raise InvalidInput({"ends_on": [N_("It must not end before it begins.")]})
    if ends_on > today:
        raise InvalidInput({"ends_on": [N_("This day is still to come.")]})
    if begins_on <= today - timedelta(days=days):
        raise InvalidInput({"begins_on": [N_("Who searched is forgotten for days this long ago.")]})


def check_judged(answers: Mapping[str, str], facts: Mapping[str, Any], note: str | None) -> None:
    """Refuse answers that contradict each other or the proof, and a «no» without a word for whoever is coached."""
    wrong: dict[str, list[str]] = {}
    if answers[Question.LINKED] == Found.YES and not facts["links"]:
        wrong[Question.LINKED] = [N_("The service knows of no link.")]
    if (answers[Question.ACCURATE] == Found.NOT) != (answers[Question.LINKED] != Found.YES):
        wrong[Question.ACCURATE] = [N_("This is asked where something was linked, and only there.")]
    if Found.NO in (answers[Question.ACCURATE], answers[Question.IMPROVED]) and not note:
        wrong["note"] = [N_("Say what would have been right.")]
    if wrong:
        raise InvalidInput(wrong)
