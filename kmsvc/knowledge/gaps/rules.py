"""When a search counts as one that found nothing, what a gap weighs, where it stands and what may be done: pure functions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kmsvc.core.texts import N_, Labelled


class GapState(Labelled):
    """Where a gap stands."""

    OPEN = "open", N_("Open gap")
    WRITING = "writing", N_("An answer is being written")
    CHANGING = "changing", N_("A change was asked for")
    CLOSED = "closed", N_("Found now")
    DISMISSED = "dismissed", N_("Not ours to answer")
    MERGED = "merged", N_("Joined to another")


class GapSign(Labelled):
    """How a search showed that something is missing."""

    ZERO = "zero", N_("Nothing found")
    UNOPENED = "unopened", N_("Found, but nothing opened")
    REPORTED = "reported", N_("Reported")


S = GapState
LIVE = frozenset({S.OPEN, S.WRITING, S.CHANGING})
SETTLED = frozenset({S.CLOSED, S.DISMISSED, S.MERGED})
# verb -> the states in which it makes sense
VERBS: dict[str, frozenset[GapState]] = {
    "assign": LIVE,
    "draft": frozenset({S.OPEN}),
    "answer": frozenset({S.OPEN, S.WRITING}),
    "change": frozenset({S.OPEN}),
    "merge": frozenset({S.OPEN}),
    "dismiss": frozenset({S.OPEN}),
    "replay": LIVE | {S.CLOSED},
    "reopen": frozenset({S.WRITING, S.CHANGING, S.CLOSED, S.DISMISSED, S.MERGED}),
}
WITHIN = 5
"""a query hits when the named answer is among so many"""
WINDOW = timedelta(days=90)
"""what counts towards the weight"""
HALF_LIFE = 14
"""days after which a gap nobody searched for weighs half"""
BY_PERSON, BY_REPORT = 2, 3
AGAIN = timedelta(seconds=60)
"""who searches again within this time with other words did not find it"""
LONGEST_QUERY = 200
LONGEST_REASON = 1000


@dataclass(frozen=True)
class Noted:
    """A search that came to rest. acted: whether the person chose a result; None where nobody took note of that."""

    id: int
    at: datetime
    person_id: int | None
    query: str
    filtered: bool
    found: int
    opened: bool
    acted: bool | None


def judged(searches: Sequence[Noted]) -> Iterator[tuple[Noted, GapSign]]:
    """Of one person's searches in the order of time, those that count as having found nothing, and how that showed.

    One that was only typed on or asked once more (the next begins with it, or the reverse) is the next one's. One that found
    something counts only where other words followed within AGAIN: the answer is read where it stands, without a click, so that
    silence after it is no sign. A filter that was on is no gap by itself: what it hid may be there, so such a search counts only
    where nothing was found, and the index is asked without it.
    """
    for place, one in enumerate(searches):
        after = searches[place + 1] if place + 1 < len(searches) else None
        again = after is not None and after.at - one.at <= AGAIN
        if again and after is not None and (after.query.startswith(one.query) or one.query.startswith(after.query)):
            continue
        if one.found == 0:
            yield one, GapSign.ZERO
        elif again and not one.filtered and not one.acted and (not one.opened or one.acted is not None):
            yield one, GapSign.UNOPENED


def by_person(searches: Iterable[Noted]) -> list[list[Noted]]:
    """Searches parted by who searched, each in the order of time; those of nobody stand alone."""
    parts: dict[object, list[Noted]] = {}
    for one in sorted(searches, key=lambda it: (it.at, it.id)):
        parts.setdefault(one.person_id if one.person_id is not None else ("nobody", one.id), []).append(one)
    return list(parts.values())


@dataclass(frozen=True)
class Weight:
    """What a gap weighs: (searches + 2 × people + 3 × reports) × ½^(days since the last ÷ 14)."""

    searches: int
    people: int
    reports: int
    last_on: date

    @property
    def base(self) -> int:
        """The part in front of the bracket for time."""
        return self.searches + BY_PERSON * self.people + BY_REPORT * self.reports

    def at(self, today: date) -> float:
        """The weight on a day, to one decimal."""
        return round(self.base * math.exp2(-max(0, (today - self.last_on).days) / HALF_LIFE), 1)

    def rank(self) -> float:
        """A number in the order of weights on any day: all of them fade alike, so that the order stands still meanwhile."""
        return round(math.log2(max(self.base, 0.01)) + self.last_on.toordinal() / HALF_LIFE, 6)


def hits(*, found: int, place: int | None, named: bool, found_other: bool) -> bool:
    """Whether a replayed query counts as found. place: of the named answer, from 1; named: whether there is one.

    Without a named answer anything that is found counts, unless the query found things before that nobody opened: more of
    the same is no answer.
    """
    if named:
        return place is not None and place <= WITHIN
    return found > 0 and not found_other


def makes_sense(verb: str, state: str) -> bool:
    """Whether a verb fits the state."""
    return state in VERBS[verb]


def title_of(queries: Sequence[tuple[str, int]]) -> str:
    """The words a gap is called by: what was searched most; among equals the shortest, then the first by letter."""
    return min(queries, key=lambda one: (-one[1], len(one[0]), one[0]))[0]
