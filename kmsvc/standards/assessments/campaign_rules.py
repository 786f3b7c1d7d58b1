"""What a round of self-assessment may do and what it says: pure and exact. Source: features E2 to E4, W14; domain 10.2 and 10.3.

Nothing here reads the clock or the database. Marks are those of `rules`; a mark that was not given is no mark, it is never taken for 0
where it is counted how far a round has come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from kmsvc.core.texts import N_, Labelled
from kmsvc.standards.assessments.rules import FULL, Item, Key, Level, Marked, Scored, score

LONGEST = {"title": 200, "text": 4_000, "reason": 500}
MOST_DAYS = 999


class RoundState(Labelled):
    """Where a round of self-assessment stands."""

    DRAFT = "draft", N_("Draft")
    OPEN = "open", N_("Being answered")
    REVIEW = "review", N_("Being looked through")
    CLOSED = "closed", N_("Closed")


class AnswerState(Labelled):
    """Where an answer stands. What is open or was returned may be half written."""

    OPEN = "open", N_("To be answered")
    ANSWERED = "answered", N_("Answered, not submitted")
    SUBMITTED = "submitted", N_("Submitted for a look")
    RETURNED = "returned", N_("Returned with a remark")
    ACCEPTED = "accepted", N_("Accepted")


class ImprovementState(Labelled):
    """The step an item of a plan is in. The first four follow each other. Source: domain 11.5."""

    COMPARE = "compare", N_("Compare with the standard")
    FIND = "find", N_("Find the problems")
    COACH = "coach", N_("Coach on site")
    RAISE = "raise", N_("Raise the ability")
    DONE = "done", N_("Done")
    DROPPED = "dropped", N_("Left out")


PLAN_STEPS = (ImprovementState.COMPARE, ImprovementState.FIND, ImprovementState.COACH, ImprovementState.RAISE)
DRAFT, OPEN, REVIEW, CLOSED = RoundState
TO_ANSWER = frozenset({AnswerState.OPEN, AnswerState.ANSWERED, AnswerState.RETURNED})
"""answers that wait for their respondent"""
ASSESSED = frozenset(AnswerState) - {AnswerState.OPEN}
"""answers whose marks count: somebody has stood for them, not only a file or an earlier round"""
STEPS: Mapping[str, tuple[tuple[RoundState, ...], RoundState]] = {
    "open": ((DRAFT,), OPEN), "review": ((OPEN,), REVIEW), "give_back": ((REVIEW,), OPEN), "close": ((REVIEW,), CLOSED),
    "reopen": ((CLOSED,), OPEN)}
"""What is done to a round: from which states, to which."""

STEP = 5
"""Points between one mark and the next."""


def after(state: str, verb: str) -> RoundState | None:
    """The state that follows; None where this cannot be done to a round in that state. KeyError for a verb nobody knows."""
    begins, ends = STEPS[verb]
    return ends if state in [one.value for one in begins] else None


def following(state: str) -> ImprovementState:
    """The step after one of the four; done after the last. ValueError for any other state."""
    place = PLAN_STEPS.index(ImprovementState(state)) + 1
    return PLAN_STEPS[place] if place < len(PLAN_STEPS) else ImprovementState.DONE


@dataclass(frozen=True)
class Progress:
    """How far a round is. assessed: items with both marks; met: those with full marks on both sides; of: all items, for both, so that
    a round which has met the little it looked at does not look finished."""

    assessed: int
    met: int
    of: int

    def share(self, count: int) -> Fraction | None:
        """A count as a share of all items; None where there is no item."""
        return Fraction(count, self.of) if self.of else None


def progress(items: Sequence[Item], marks: Mapping[Key, Marked]) -> Progress:
    """Items that were assessed and items that are met, counted apart."""
    given = [marks[one.no, one.sub] for one in items if (one.no, one.sub) in marks]
    return Progress(len(given), sum(one.c == FULL and one.f == FULL for one in given), len(items))


def attained(by_marks: str | None, earlier: str | None, levels: Sequence[Level]) -> str | None:
    """The level a round gives: that of its marks, but at most one above the level the last closed round before it had, or the first.
    What was lost is lost: marks below the earlier level give the lower one. Source: domain 10.2. ValueError for an unknown level."""
    if by_marks is None:
        return None
    names = [one.level for one in levels]
    highest = 0 if earlier is None else names.index(earlier) + 1
    return names[min(names.index(by_marks), highest)]


@dataclass(frozen=True)
class Missing:
    """What a check of a level still lacks: full marks for c_rate, f_rate, c_rate_5, f_rate_5, points for total. asked and have count
    the same thing."""

    check: str
    asked: int
    have: int

    @property
    def lacks(self) -> int:
        """How many more are needed, 0 where it is met."""
        return max(0, self.asked - self.have)


_SIDES = (("c_rate", "c", False), ("f_rate", "f", False), ("c_rate_5", "c", True), ("f_rate_5", "f", True))
_LEAST = {"c_rate": "c_min", "f_rate": "f_min", "c_rate_5": "c_min_5", "f_rate_5": "f_min_5"}


def missing_for(items: Sequence[Item], marks: Mapping[Key, Marked], levels: Sequence[Level], target: str) -> list[Missing]:
    """What each check of a level lacks. Levels below have to be passed too, so the hardest of all up to the target counts. A share is
    whole items, rounded up. Items without marks have none. ValueError for an unknown level."""
    names = [one.level for one in levels]
    upto = levels[:names.index(target) + 1]
    found = []
    for check, side, last in _SIDES:
        asked = [least for one in upto if (least := getattr(one, _LEAST[check])) is not None]
        if asked:
            part = [one for one in items if one.last is last]
            found.append(Missing(check, ceil(max(asked) * len(part)), sum(_mark(marks, one, side) == FULL for one in part)))
    totals = [one.total_min for one in upto if one.total_min is not None]
    if totals:
        found.append(Missing("total", max(totals), sum(_mark(marks, one, side) for one in items for side in ("c", "f"))))
    return found


@dataclass(frozen=True)
class Action:
    """One side of an item brought to full marks. effort: in the unit of whoever estimated it, else steps of 5 points; check: what it is
    needed for."""

    key: Key
    side: str
    now: int
    effort: Fraction
    check: str


def worklist(items: Sequence[Item], marks: Mapping[Key, Marked], levels: Sequence[Level], target: str,
             efforts: Mapping[tuple[Key, str], Fraction] | None = None) -> list[Action] | None:
    """A way to a level: for each rate as many of the cheapest marks as it lacks, then the cheapest a point until the total is met.

    None where not even full marks everywhere reach it (domain 10.3: L5 on the basis of clauses; a rate of a part without items). Each
    rate is met at the least effort; the whole is a good way, not proven to be the cheapest. efforts: estimates by item and side.
    ValueError for an unknown level."""
    lacks = {one.check: one for one in missing_for(items, marks, levels, target)}
    perfect = score(items, {(one.no, one.sub): Marked(FULL, FULL) for one in items}, levels, "")
    if any(not one.passed for one in perfect.checks[:[one.level for one in levels].index(target) + 1]):
        return None
    open_: dict[tuple[Key, str], Action] = {}
    for check, side, last in _SIDES:
        for one in items:
            now = _mark(marks, one, side)
            if one.last is last and now < FULL:
                key = (one.no, one.sub)
                steps = Fraction(FULL - now, STEP)
                open_[key, side] = Action(key, side, now, (efforts or {}).get((key, side), steps), check)
    chosen: list[Action] = []
    for check, _, _ in _SIDES:
        cheapest = sorted((one for one in open_.values() if one.check == check), key=lambda one: (one.effort, one.now * -1, _order(one)))
        chosen += cheapest[:lacks[check].lacks if check in lacks else 0]
    short = lacks["total"].lacks - sum(FULL - one.now for one in chosen) if "total" in lacks else 0
    left = [one for one in open_.values() if one not in chosen]
    for more in sorted(left, key=lambda one: (one.effort / (FULL - one.now), one.now, _order(one))):
        if short <= 0:
            break
        chosen.append(replace(more, check="total"))
        short -= FULL - more.now
    return chosen


@dataclass(frozen=True)
class Forecast:
    """What marks would give once actions are done. level: with the rule of one level at a time."""

    scored: Scored
    level: str | None


def forecast(items: Sequence[Item], marks: Mapping[Key, Marked], done: Iterable[tuple[Key, str]], levels: Sequence[Level], basis: str,
             earlier: str | None) -> Forecast:
    """The result if these sides of these items had full marks. Marks that are passed in stay as they are."""
    then = dict(marks)
    for key, side in done:
        held = then.get(key, Marked(0, 0))
        then[key] = Marked(FULL, held.f) if side == "c" else Marked(held.c, FULL)
    scored = score(items, then, levels, basis)
    return Forecast(scored, attained(scored.level, earlier, levels))


@dataclass(frozen=True)
class Carried:
    """A clause of another edition or model with the marks it is proposed. relation: kept, split, merged, new; origins: the clauses they
    come from; look_again: a person has to confirm them, because the clause does not ask for the same."""

    key: Key
    relation: str
    origins: tuple[Key, ...]
    marks: Marked | None
    look_again: bool


def carry_over(pairs: Iterable[tuple[Key | None, Key | None, str]],
               marks: Mapping[Key, Marked]) -> tuple[list[Carried], list[Key]]:
    """Marks proposed to the clauses of another edition by how clauses correspond (origin, heir, relation), and what was withdrawn.

    kept: the marks themselves; split: those of the origin, to be looked at; merged: the lowest of each side over all origins, to be
    looked at, none where an origin has none; new: none."""
    origins: dict[Key, list[Key]] = {}
    relations: dict[Key, set[str]] = {}
    gone: list[Key] = []
    for origin, heir, relation in pairs:
        if heir is None:
            gone += [origin] if origin is not None else []
            continue
        relations.setdefault(heir, set()).add(relation)
        origins.setdefault(heir, []).extend([origin] if origin is not None else [])
    found = []
    for heir, kinds in relations.items():
        came = tuple(origins[heir])
        kind = "merged" if len(came) > 1 else next(iter(kinds))
        held = [marks[one] for one in came if one in marks]
        whole = Marked(min(one.c for one in held), min(one.f for one in held)) if held and len(held) == len(came) else None
        found.append(Carried(heir, kind, came, whole, kind != "kept"))
    return sorted(found, key=lambda one: (one.key[0], one.key[1] or 0)), sorted(gone, key=lambda key: (key[0], key[1] or 0))


def _mark(marks: Mapping[Key, Marked], item: Item, side: str) -> int:
    held = marks.get((item.no, item.sub))
    return 0 if held is None else int(getattr(held, side))


def _order(action: Action) -> tuple[int, int, str]:
    return action.key[0], action.key[1] or 0, action.side
