"""Marking anew after a key was corrected: what it changes for whom, before anybody confirms it. Source: C10."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from kmsvc.training.marking.rules import passes


@dataclass(frozen=True)
class Result:
    """A sitting as it counts now: points of each question, by id; most: what the paper is worth. person_id: whose."""

    sitting_id: int
    person_id: int
    points: Mapping[int, Decimal]
    most: Decimal

    @property
    def score(self) -> Decimal:
        """The sum."""
        return sum(self.points.values(), Decimal(0))


@dataclass(frozen=True)
class Line:
    """What marking anew does to one sitting. kept: points it would have lost, had nobody been promised to lose none."""

    sitting_id: int
    person_id: int
    old: Decimal
    new: Decimal
    passed: bool
    passes: bool
    kept: Decimal = Decimal(0)

    @property
    def turns(self) -> bool:
        """Whether passing becomes failing or the reverse."""
        return self.passed != self.passes


@dataclass(frozen=True)
class Report:
    """Every sitting with the question, by sitting, also those it leaves as they are. pass_percent: of the exam."""

    lines: tuple[Line, ...]

    @property
    def changed(self) -> tuple[Line, ...]:
        """Those whose score changes."""
        return tuple(one for one in self.lines if one.new != one.old)

    def counts(self) -> dict[str, int]:
        """up, down, unchanged; now_pass, now_fail; kept: sittings that keep points they would have lost."""
        return {"up": sum(one.new > one.old for one in self.lines), "down": sum(one.new < one.old for one in self.lines),
                "unchanged": len(self.lines) - len(self.changed),
                "now_pass": sum(one.turns and one.passes for one in self.lines),
                "now_fail": sum(one.turns and one.passed for one in self.lines), "kept": sum(one.kept > 0 for one in self.lines)}


def report(question_id: int, results: Iterable[Result], anew: Mapping[int, Decimal], pass_percent: int, *,
           never_lower: bool = True) -> Report:
    """Compare each result with the points its answer gets by the corrected key (`anew`, by sitting); sittings without the question are
    left out. never_lower: nobody loses points already told, the usual promise after release. KeyError for a sitting with the question
    that was not marked anew: a report that leaves somebody out is none."""
    lines = []
    for one in sorted(results, key=lambda it: it.sitting_id):
        if question_id not in one.points:
            continue
        was, now = one.points[question_id], anew[one.sitting_id]
        kept = max(Decimal(0), was - now) if never_lower else Decimal(0)
        new = one.score - was + now + kept
        lines.append(Line(one.sitting_id, one.person_id, one.score, new, passes(one.score, one.most, pass_percent),
                          passes(new, one.most, pass_percent), kept))
    return Report(tuple(lines))
