"""Who may mark, points by rubric, which sittings a second person marks, what mark results, when results may be released, and what every
later change must say: tables and pure functions. Source: domain 3 (separation of duties), 5.2, C11, C12, C14, requirement E6."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from kmsvc.core.texts import N_, Labelled

CENT = Decimal("0.01")


class MarkingPart(Labelled):
    """What somebody does with an answer."""

    MARK = "mark", N_("Mark")
    SECOND = "second", N_("Mark a second time")
    THIRD = "third", N_("Settle two marks")
    DECIDE = "decide", N_("Decide a marking appeal")


class Unfit(Labelled):
    """Why somebody may not do it."""

    CANDIDATE = "candidate", N_("Nobody marks their own answers.")
    AUTHOR = "author", N_("Whoever wrote the question does not mark it.")
    FIRST = "first", N_("Another person than the first marker is needed.")
    SECOND = "second", N_("Another person than the second marker is needed.")
    THIRD = "third", N_("Another person than the one who settled the marks is needed.")
    UNCALIBRATED = "uncalibrated", N_("Mark the sample answers first.")


@dataclass(frozen=True)
class Hand:
    """Who acts: a person, never an account, so that two accounts of one person are one. on_behalf_of: everybody whose right is used,
    along a whole chain of delegation."""

    person_id: int
    on_behalf_of: frozenset[int] = frozenset()

    @property
    def people(self) -> frozenset[int]:
        """Everybody who counts as having acted."""
        return self.on_behalf_of | {self.person_id}


@dataclass(frozen=True)
class Involved:
    """Who had to do with an answer before. Each of the markers is everybody who counts as having acted."""

    candidate_id: int
    authors: frozenset[int] = frozenset()
    first: frozenset[int] = frozenset()
    second: frozenset[int] = frozenset()
    third: frozenset[int] = frozenset()


def unfit(part: str, hand: Hand, involved: Involved, *, calibrated: bool = True, author_may: bool = False) -> list[Unfit]:
    """Why somebody may not mark, settle or decide; none when they may. author_may: the setting that lets the author of a question
    mark it, for small centres; the author never decides an appeal.

    Source: E6; marker and second marker differ (domain 3); an appeal is decided by another person than any who marked (domain 5.2).
    """
    before = {MarkingPart.MARK: (), MarkingPart.SECOND: (Unfit.FIRST,), MarkingPart.THIRD: (Unfit.FIRST, Unfit.SECOND),
              MarkingPart.DECIDE: (Unfit.FIRST, Unfit.SECOND, Unfit.THIRD)}[MarkingPart(part)]
    marked = {Unfit.FIRST: involved.first, Unfit.SECOND: involved.second, Unfit.THIRD: involved.third}
    decides = part == MarkingPart.DECIDE
    found = [Unfit.CANDIDATE] if involved.candidate_id in hand.people else []
    if hand.people & involved.authors and (decides or not author_may):
        found.append(Unfit.AUTHOR)
    found += [one for one in before if hand.people & marked[one]]
    if not calibrated and not decides:
        found.append(Unfit.UNCALIBRATED)
    return found


@dataclass(frozen=True)
class MarkFlaw:
    """What is wrong with points that were entered. where: the line of the rubric, empty for the whole; code: a key of SAID."""

    code: str
    where: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


SAID = {
    "unknown": N_("The rubric has no such line."),
    "missing": N_("Points are missing here; nothing is 0."),
    "range": N_("From 0 to %(most)s points are possible here."),
    "places": N_("Points have two places after the point at most."),
}


def mark_flaws(rubric: Mapping[str, Decimal], points: Mapping[str, Decimal], most: Decimal) -> list[MarkFlaw]:
    """Everything wrong with points by the lines of a rubric (most points of each); an empty rubric has one line, the empty text.
    most: what the question is worth; the lines may offer more than that."""
    lines = dict(rubric) or {"": most}
    found = [MarkFlaw("unknown", line) for line in points if line not in lines]
    for line, top in lines.items():
        if line not in points:
            found.append(MarkFlaw("missing", line))
        elif not points[line].is_finite() or not 0 <= points[line] <= top:
            found.append(MarkFlaw("range", line, {"most": top}))
        elif points[line] != points[line].quantize(CENT):
            found.append(MarkFlaw("places", line))
    return found


def mark_of(points: Mapping[str, Decimal], most: Decimal) -> Decimal:
    """The mark that points by rubric make, capped at what the question is worth."""
    return min(sum(points.values(), Decimal(0)), most)


def for_second(scores: Mapping[int, Decimal], pass_points: Decimal, border: Decimal, percent: int, seed: str) -> dict[int, str]:
    """The sittings a second person marks, each with why: `border` within so many points of the pass mark, both ends counting; `lot`
    for a share of all, drawn among the others, at least one where the share is not nothing. Anybody can draw again: the sittings
    whose SHA-256 of «seed:id» is smallest. border below zero: none by the border. Source: domain 5.2, C12."""
    near = {one for one, score in scores.items() if abs(score - pass_points) <= border}
    others = sorted((one for one in scores if one not in near),
                    key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).hexdigest())
    drawn = others[:-(-len(scores) * percent // 100)]
    return {one: "border" if one in near else "lot" for one in sorted([*near, *drawn])}


class Settling(Labelled):
    """Which mark results of two that are near enough."""

    MEAN = "mean", N_("The mean of both")
    HIGHER = "higher", N_("The higher one")
    SECOND = "second", N_("The second one")


class MarkStand(Labelled):
    """What an answer waits for."""

    FIRST = "first", N_("Waits for a mark")
    SECOND = "second", N_("Waits for the second mark")
    THIRD = "third", N_("Waits for a third person")
    SETTLED = "settled", N_("Has its mark")


@dataclass(frozen=True)
class Marks:
    """The marks of one answer, all kept. wants_second: its sitting was chosen."""

    first: Decimal | None = None
    second: Decimal | None = None
    third: Decimal | None = None
    wants_second: bool = False


@dataclass(frozen=True)
class Settled:
    """Where an answer stands, and its mark as soon as there is one."""

    stand: MarkStand
    mark: Decimal | None = None


def settled(marks: Marks, limit: Decimal, how: str = Settling.MEAN) -> Settled:
    """What results: one mark alone where no second is wanted; of two within the limit (its value counting as within) by the setting,
    the mean rounded to the hundredth, half up; of two further apart what a third person says. Source: C12."""
    if marks.first is None:
        return Settled(MarkStand.FIRST)
    if marks.third is not None:
        return Settled(MarkStand.SETTLED, marks.third)
    if marks.second is None:
        return Settled(MarkStand.SECOND) if marks.wants_second else Settled(MarkStand.SETTLED, marks.first)
    if abs(marks.first - marks.second) > limit:
        return Settled(MarkStand.THIRD)
    mean = ((marks.first + marks.second) / 2).quantize(CENT, ROUND_HALF_UP)
    return Settled(MarkStand.SETTLED, {Settling.MEAN: mean, Settling.HIGHER: max(marks.first, marks.second),
                                       Settling.SECOND: marks.second}[Settling(how)])


def release_gaps(stands: Iterable[str], *, running: int, undrawn: int, regrades: int) -> dict[str, int]:
    """What keeps results from being released, counted; empty when they are complete. running: sittings; undrawn: sittings for which
    it is not decided whether a second person marks them; regrades: corrected keys whose report nobody has confirmed."""
    waiting = [MarkStand(one) for one in stands if one != MarkStand.SETTLED]
    counts = {"running": running, "undrawn": undrawn, **{stand.value: waiting.count(stand) for stand in dict.fromkeys(waiting)},
              "regrades": regrades}
    return {code: count for code, count in counts.items() if count}


GAPS = {
    "running": N_("%(count)s still sit the exam."),
    "undrawn": N_("For %(count)s it is not decided whether they are marked a second time."),
    "first": N_("%(count)s answers wait for a mark."),
    "second": N_("%(count)s answers wait for the second mark."),
    "third": N_("%(count)s answers wait for a third person."),
    "regrades": N_("%(count)s corrected keys wait for their report to be confirmed."),
}


class ScoreCause(Labelled):
    """Why a score changed after it was released."""

    APPEAL = "appeal", N_("Marking appeal")
    SAME_ANSWER = "same_answer", N_("Same answer as in an upheld appeal")
    KEY = "key", N_("Key corrected")
    ERROR = "error", N_("Error in marking")


@dataclass(frozen=True)
class ScoreChange:
    """One change of a released score. who: a person; appeal_id: where an appeal led to it."""

    sitting_id: int
    question_id: int
    who: int | None
    why: str
    cause: str
    at: datetime
    old: Decimal
    new: Decimal
    appeal_id: int | None = None


def change_flaws(change: ScoreChange, stands_at: Decimal, most: Decimal) -> list[str]:
    """Why a change may not be written: it must say who, why and, of appeals, which; begin at the score that stands; change something;
    stay within the points of the question. Source: C15, the bar of features C.3."""
    appeals = (ScoreCause.APPEAL, ScoreCause.SAME_ANSWER)
    return [code for code, wrong in (
        ("who", change.who is None), ("why", not change.why.strip()), ("appeal", change.cause in appeals and change.appeal_id is None),
        ("old", change.old != stands_at), ("same", change.new == change.old), ("range", not 0 <= change.new <= most)) if wrong]


def broken_links(changes: Sequence[ScoreChange], released: Decimal, now: Decimal) -> list[int]:
    """Places in the history of one answer, in the order it was written, where a score begins elsewhere than the one before ended; its
    length where the present score is not what the last change says. Empty: every change is accounted for."""
    score, found = released, []
    for place, one in enumerate(changes):
        if one.old != score:
            found.append(place)
        score = one.new
    return [*found, len(changes)] if score != now else found


def passes(score: Decimal, most: Decimal, pass_percent: int) -> bool:
    """Whether a score passes: at the pass mark is passed. Exact, whatever the percentage. Source: D3, clause 78."""
    return score * 100 >= most * pass_percent
