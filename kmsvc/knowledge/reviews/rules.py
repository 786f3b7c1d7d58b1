"""What a review of knowledge may go through, how its sample is drawn, who may judge and sign: tables and pure functions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Labelled


class ReviewState(Labelled):
    """Where a review stands."""

    PLANNED = "planned", N_("Review planned")
    RUNNING = "running", N_("Articles are being judged")
    SIGNED = "signed", N_("Signed and archived")
    CANCELLED = "cancelled", N_("Review given up")


class ReviewResult(Labelled):
    """What is to become of an article that was reviewed."""

    KEEP = "keep", N_("Keep as it is")
    UPDATE = "update", N_("Bring up to date")
    RETIRE = "retire", N_("Take out of force")


class ReviewVerdict(Labelled):
    """What a review concludes of the knowledge as a whole."""

    YES = "yes", N_("Yes")
    PARTLY = "partly", N_("In part")
    NO = "no", N_("No")


class FollowUp(Labelled):
    """What came of a result, told by the article itself."""

    NONE = "none", N_("Nothing to do")
    OPEN = "open", N_("Still to be done")
    DONE = "done", N_("Was done")


S = ReviewState
# verb -> the states in which it makes sense
VERBS: dict[str, frozenset[ReviewState]] = {
    "draw": frozenset({S.PLANNED}),
    "judge": frozenset({S.RUNNING}),
    "sign": frozenset({S.RUNNING}),
    "cancel": frozenset({S.PLANNED, S.RUNNING}),
}
ANSWERS = ("needed", "correct", "complete", "fit")
LONGEST = {"purpose": 1000, "findings": 2000, "conclusion": 4000, "actions": 4000, "reason": 500, "seed": 40}
MOST_EACH = 50
DAYS_TO_ACT = 30
NO_CATEGORY = ""


def makes_sense(verb: str, state: str) -> bool:
    """Whether a verb fits the state."""
    return state in VERBS[verb]


def drawn(numbers: Collection[str], seed: str, size: int) -> list[str]:
    """The sample of one category: the articles whose SHA-256 of «seed:number» is smallest. Anybody can draw it again."""
    return sorted(numbers, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).hexdigest())[:size]


def sample(population: Mapping[str, Sequence[str]], seed: str, size: int) -> list[tuple[str, str]]:
    """(category, number) of every article drawn, category by category."""
    return [(name, number) for name in sorted(population) for number in drawn(population[name], seed, size)]


def given_out(owners: Sequence[int | None], reviewers: Sequence[int]) -> list[int]:
    """Who reviews which article: in turn, the least laden first, and nobody the own one while there is somebody else."""
    load = dict.fromkeys(reviewers, 0)
    found = []
    for owner in owners:
        others = [one for one in reviewers if one != owner] or list(reviewers)
        chosen = min(others, key=lambda one: (load[one], reviewers.index(one)))
        load[chosen] += 1
        found.append(chosen)
    return found


def check_plan(*, begins_on: date, ends_on: date, due_on: date, year: int) -> None:
    """Refuse a period that ends before it begins or lies outside the year, and a day before the period begins."""
    if ends_on < begins_on:
        raise InvalidInput({"ends_on": [N_("It must not end before it begins.")]})
    if begins_on.year > year or ends_on.year < year:
        raise InvalidInput({"begins_on": [N_("The period must touch the year of the review.")]})
    if due_on < begins_on:
        raise InvalidInput({"due_on": [N_("This day is before the period begins.")]})


def check_judged(answers: Mapping[str, bool], result: str, findings: str | None) -> None:
    """Refuse to keep what is not right, and a change without a word on what was found."""
    if result == ReviewResult.KEEP and not all(answers.values()):
        raise InvalidInput({"result": [N_("What is not needed, correct, complete and fit cannot be kept as it is.")]})
    if result != ReviewResult.KEEP and not findings:
        raise InvalidInput({"findings": [N_("Say what was found, so that the owner knows what to do.")]})
    if result == ReviewResult.UPDATE and not answers["needed"]:
        raise InvalidInput({"result": [N_("What is needed no longer is taken out of force, not brought up to date.")]})


def may_sign(signer: int | None, judges: Collection[int | None]) -> bool:
    """Whether a person may sign: not whoever judged everything alone."""
    return signer is not None and set(judges) != {signer}


def follow_up(result: str | None, *, version_then: int, version_now: int | None, retired: bool) -> FollowUp:
    """What came of a result: an article brought up to date has another text in force, or was retired meanwhile."""
    if result in (None, ReviewResult.KEEP):
        return FollowUp.NONE
    if retired or (result == ReviewResult.UPDATE and version_now not in (None, version_then)):
        return FollowUp.DONE
    return FollowUp.OPEN


def covers(scopes: Sequence[Collection[str]], shelves: Collection[str]) -> bool:
    """Whether signed reviews together looked at every category that has articles. A scope without names is everything."""
    return any(not scope for scope in scopes) or bool(scopes) and set(shelves) <= {one for scope in scopes for one in scope}


def hash_of(content: Any) -> str:
    """SHA-256 of what is signed, the same on every machine."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()
