"""What counts as proof of a clause, and when it is enough: pure functions over records. Source: domain sections 10.4 and 11."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from kmsvc.core.clock import local_date
from kmsvc.core.texts import N_, Labelled

MODEL = "cc-cmm-oc-2017"
"""Whose clauses the records of the service name; those of other models follow by the mapping of clauses."""

PROOF_KIND = "proof"
"""files and links: of what the centre itself is asked for they count beside the kinds a rule names"""


class EvidenceResult(Labelled):
    """What a record says, where the thing itself has no word for it."""

    CONFIRMED = "confirmed", N_("Confirmed, no change")
    SIGNED = "signed", N_("Signed")
    PASSED = "passed", N_("Passed")
    WITHDRAWN = "withdrawn", N_("Counts no more")
    DONE = "done", N_("Done")
    SHOWN = "shown", N_("Shown by a file or link")
    EXPIRED = "expired", N_("Expired")
    REFUSED = "refused", N_("Not accepted")


NO_PROOF = frozenset({EvidenceResult.WITHDRAWN, EvidenceResult.EXPIRED, EvidenceResult.REFUSED})
"""records that say so prove nothing (any more)"""


class CoverState(Labelled):
    """Whether the records of a year are what a clause asks for."""

    MET = "met", N_("Proven")
    MISSING = "missing", N_("Proof is missing")
    THERE = "there", N_("Records without a minimum")
    NOTHING = "nothing", N_("No record, none asked for")


class Readiness(Labelled):
    """How a clause will stand on the day of an audit, if nothing more is done. Source: E16."""

    FAIL = "fail", N_("Will fail")
    RISK = "risk", N_("At risk")
    READY = "ready", N_("Ready for the audit")
    FREE = "free", N_("Nothing asked for")


class Asked(NamedTuple):
    """What a rule asks a record of: number, title, address; by: the last day on which a record counts, None for the end of the year."""

    number: str
    title: str
    url: str
    by: date | None = None


Subjects = Mapping[str, Mapping[int, Asked]]
"""kind of subject (`process`, `newcomer`) -> id -> what had to be looked after"""


@dataclass(frozen=True)
class EvidenceRecord:
    """One thing that happened and is on record, as it stood on the day that was asked for.

    number, title: as people know it; subject: what it is about in words; clauses: which it proves; happened_on: the day it counts from,
    recorded_at: when the service was told, apart; who: the name of who did it; result: a code, with result_label as its English source
    (title_label: where the title is a word of the service); model: whose clauses they are; process_id, people: what it can be filtered
    by; about: (kind, id) of another subject that rules ask of; more: columns of this kind of record alone."""

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
    about: tuple[str, int] | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class EvidenceRule:
    """So many records of these kinds a year prove a clause; for_each: of every subject of that kind (`process`, `newcomer`), else of the
    centre; none_is_fine: a year without any such subject asks for nothing."""

    clause: str
    kinds: tuple[str, ...]
    at_least: int
    for_each: str | None = None
    none_is_fine: bool = False


@dataclass(frozen=True)
class CoverLine:
    """A rule with what there is. subjects: how many it asks; lacking: those without enough, one without a number for the centre."""

    rule: EvidenceRule
    found: int
    subjects: int
    lacking: tuple[Asked, ...]

    @property
    def asks(self) -> bool:
        """Whether anything is asked for."""
        return self.rule.at_least > 0 and (self.subjects > 0 or not self.rule.none_is_fine)

    @property
    def met(self) -> bool:
        """Whether it is enough."""
        return not self.lacking and (self.subjects > 0 or self.rule.none_is_fine or self.found >= self.rule.at_least)


@dataclass(frozen=True)
class Cover:
    """A clause with its rules and how many records of the year bear it."""

    clause: str
    records: int
    lines: tuple[CoverLine, ...]

    @property
    def state(self) -> CoverState:
        """Proven only when every rule is."""
        asked = [one for one in self.lines if one.asks]
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
          subjects: Subjects) -> Cover:
    """How a clause stands."""
    held = [one for one in records if clause in one.clauses]
    return Cover(clause, len(held), tuple(_line(rule, held, subjects) for rule in rules))


def _line(rule: EvidenceRule, held: Collection[EvidenceRecord], subjects: Subjects) -> CoverLine:
    fitting = [one for one in held if one.result not in NO_PROOF and (
        one.kind in rule.kinds or (one.kind == PROOF_KIND and rule.for_each is None))]
    if rule.for_each is None:
        return CoverLine(rule, len(fitting), 0, () if len(fitting) >= rule.at_least else (Asked("", "", ""),))
    asked = subjects.get(rule.for_each, {})
    there = Counter(of for one in fitting if (of := _of(one, rule.for_each)) in asked and in_time(one, asked[of]))
    lacking = tuple(asked[one] for one in sorted(asked) if there[one] < rule.at_least)
    return CoverLine(rule, sum(there[one] for one in asked), len(asked), lacking)


def _of(one: EvidenceRecord, kind: str) -> int:
    """The subject of this kind that a record is about; 0 for none."""
    if kind == "process":
        return one.process_id or 0
    return one.about[1] if one.about is not None and one.about[0] == kind else 0


def in_time(one: EvidenceRecord, asked: Asked) -> bool:
    """Whether a record came while it still counted."""
    return asked.by is None or one.happened_on <= asked.by


@dataclass(frozen=True)
class ReadyGap:
    """What is missing on the day of the audit, by when it has to be there (the day itself still counts), which kind of record would do,
    and whether that day is over already."""

    asked: Asked
    kind: str
    by: date
    is_late: bool


def gaps(cover: Cover, due: Mapping[int, int], today: date, last: date) -> list[ReadyGap]:
    """What a clause lacks on the day of an audit. due: place of a rule among its own -> how many of the centre were due by today;
    last: the day by which what has no day of its own must be there. Source: E16, W4."""
    found = []
    for place, line in enumerate(cover.lines):
        if not line.asks:
            continue
        for one in line.lacking or (() if line.met else (Asked("", "", ""),)):
            by = min(one.by or last, last)
            late = by < today or (line.rule.for_each is None and line.found < due.get(place, 0))
            found.append(ReadyGap(one, line.rule.kinds[0], by, late))
    return found


def readiness(cover: Cover, lacks: Collection[ReadyGap]) -> Readiness:
    """Will fail: what should be there already is not. At risk: it will lack on that day if nothing is done."""
    if not any(one.asks for one in cover.lines):
        return Readiness.FREE
    if any(one.is_late for one in lacks):
        return Readiness.FAIL
    return Readiness.RISK if lacks else Readiness.READY


def clause_names(text: str | None) -> tuple[str, ...]:
    """Names of clauses out of a line that people typed: commas, spaces, `#` before them."""
    return tuple(dict.fromkeys(re.findall(r"[^\s,;#\uff0c\u3001\uff1b]+", text or "")))
