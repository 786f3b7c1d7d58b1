"""What counts as proof of a clause, and when it is enough: pure functions over records. Source: domain sections 10.4 and 11."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kmsvc.core.clock import local_date
from kmsvc.core.texts import N_, Labelled

MODEL = "cc-cmm-oc-2017"
"""Whose clauses the records of the service name; those of other models follow by the mapping of clauses."""


class EvidenceResult(Labelled):
    """What a record says, where the thing itself has no word for it."""

    CONFIRMED = "confirmed", N_("Confirmed, no change")
    SIGNED = "signed", N_("Signed")
    PASSED = "passed", N_("Passed")
    WITHDRAWN = "withdrawn", N_("Counts no more")
    DONE = "done", N_("Done")


class CoverState(Labelled):
    """Whether the records of a year are what a clause asks for."""

    MET = "met", N_("Proven")
    MISSING = "missing", N_("Proof is missing")
    THERE = "there", N_("Records without a minimum")
    NOTHING = "nothing", N_("No record, none asked for")


@dataclass(frozen=True)
class EvidenceRecord:
    """One thing that happened and is on record, as it stood on the day that was asked for.

    number, title: as people know it; subject: what it is about in words; clauses: which it proves; happened_on: the day it counts from,
    recorded_at: when the service was told, apart; who: the name of who did it; result: a code, with result_label as its English source
    (title_label: where the title is a word of the service); model: whose clauses they are; process_id, people: what it can be filtered
    by; more: columns of this kind of record alone."""

    kind: str
    id: int
    number: str
    title: str
    subject: str
    clauses: tuple[str, ...]
    happened_on: date
    recorded_at: datetime
    who: str | None
    result: str
    url: str
    result_label: str = ""
    title_label: str = ""
    model: str = MODEL
    process_id: int | None = None
    people: tuple[int, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class EvidenceRule:
    """So many records of these kinds a year prove a clause; for each: of every subject of that kind (`process`), else of the centre."""

    clause: str
    kinds: tuple[str, ...]
    at_least: int
    for_each: str | None = None


@dataclass(frozen=True)
class CoverLine:
    """A rule with what there is. subjects: how many it asks; lacking: (number, title, address) of those without enough."""

    rule: EvidenceRule
    found: int
    subjects: int
    lacking: tuple[tuple[str, str, str], ...]

    @property
    def met(self) -> bool:
        """Whether it is enough."""
        return not self.lacking and (self.subjects > 0 or self.found >= self.rule.at_least)


@dataclass(frozen=True)
class Cover:
    """A clause with its rules and how many records of the year bear it."""

    clause: str
    records: int
    lines: tuple[CoverLine, ...]

    @property
    def state(self) -> CoverState:
        """Proven only when every rule is."""
        asked = [one for one in self.lines if one.rule.at_least > 0]
        if asked:
            return CoverState.MET if all(one.met for one in asked) else CoverState.MISSING
        return CoverState.THERE if self.records else CoverState.NOTHING


def counted(one: EvidenceRecord, first: date, last: date, as_of: date, zone: str) -> bool:
    """Whether a record belongs to these days and was effective and recorded by the end of `as_of`."""
    return first <= one.happened_on <= min(last, as_of) and local_date(one.recorded_at, zone) <= as_of


def place(one: EvidenceRecord) -> tuple[Any, ...]:
    """By day, then kind, then number: the same on every machine."""
    return one.happened_on, one.kind, one.id, one.number


def cover(clause: str, rules: Sequence[EvidenceRule], records: Iterable[EvidenceRecord],
          subjects: Mapping[str, Mapping[int, tuple[str, str, str]]]) -> Cover:
    """How a clause stands. subjects: kind -> id -> (number, title, address) of what had to be looked after."""
    held = [one for one in records if clause in one.clauses]
    return Cover(clause, len(held), tuple(_line(rule, held, subjects) for rule in rules))


def _line(rule: EvidenceRule, held: Collection[EvidenceRecord], subjects: Mapping[str, Mapping[int, tuple[str, str, str]]]) -> CoverLine:
    fitting = [one for one in held if one.kind in rule.kinds and one.result != EvidenceResult.WITHDRAWN]
    if rule.for_each is None:
        return CoverLine(rule, len(fitting), 0, () if len(fitting) >= rule.at_least else (("", "", ""),))
    asked = subjects.get(rule.for_each, {})
    there = Counter(one.process_id for one in fitting)
    lacking = tuple(asked[one] for one in sorted(asked) if there[one] < rule.at_least)
    return CoverLine(rule, sum(there[one] for one in asked), len(asked), lacking)
