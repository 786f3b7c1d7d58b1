"""Reads over evidence: the records of a year as of a day, narrowed; how each clause is covered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from kmsvc.core.actors import Actor
from kmsvc.core.audit import columns_then
from kmsvc.core.permissions import require
from kmsvc.standards.duties.clauses import PERIODIC, YEARLY_LOOK
from kmsvc.standards.duties.models import ClauseDuty
from kmsvc.standards.evidence.permissions import SEE_EVIDENCE
from kmsvc.standards.evidence.register import KINDS, SUBJECTS, Span
from kmsvc.standards.evidence.rules import (
    MODEL,
    Cover,
    EvidenceRecord,
    EvidenceRule,
    Readiness,
    ReadyGap,
    counted,
    cover,
    gaps,
    place,
    readiness,
)
from kmsvc.standards.models.models import Clause, ClauseMapping, StandardModel
from kmsvc.standards.models.queries import clauses_of, model_by_code

DATA = Path(__file__).parent / "data"
A_YEAR = {"annual": 1, "biennial": 0, "quarterly": 4, "monthly": 12}


@dataclass(frozen=True)
class EvidenceFilters:
    """What a list is narrowed to. clause: `N` or `N.sub`; process, person: ids; q: in number, title, subject, name or clause."""

    q: str | None = None
    clause: str | None = None
    kind: str | None = None
    process: int | None = None
    person: int | None = None


@dataclass(frozen=True)
class CoverRow:
    """A clause with how it is covered."""

    clause: str
    title_zh: str
    title_en: str
    cycle: str | None
    section: str
    cover: Cover


@dataclass(frozen=True)
class ReadyRow:
    """A clause on the day of an audit, with what it will lack."""

    row: CoverRow
    state: Readiness
    gaps: Sequence[ReadyGap]


def year_span(year: int, as_of: date, zone: str) -> Span:
    """A calendar year as of a day."""
    return Span(date(year, 1, 1), date(year, 12, 31), as_of, zone)


def gathered(session: Session, actor: Actor, span: Span) -> list[EvidenceRecord]:
    """Every record of these days, effective and recorded by the end of the as-of day, by day. Raises NotPermitted."""
    require(actor, SEE_EVIDENCE)
    return known(session, span)


def known(session: Session, span: Span) -> list[EvidenceRecord]:
    """The same for callers that have judged who may see them."""
    found = [one for name in sorted(KINDS) for one in KINDS[name].gather(session, span)
             if counted(one, span.first, span.last, span.as_of, span.zone)]
    return sorted(found, key=place)


def narrowed(records: Iterable[EvidenceRecord], asked: EvidenceFilters) -> list[EvidenceRecord]:
    """Those that fit."""
    typed = (asked.q or "").strip().casefold()
    clause = (asked.clause or "").strip().lstrip("#")
    return [one for one in records
            if (not clause or clause in one.clauses or any(held.startswith(f"{clause}.") for held in one.clauses))
            and (asked.kind is None or one.kind == asked.kind)
            and (asked.process is None or one.process_id == asked.process)
            and (asked.person is None or asked.person in one.people)
            and (not typed or typed.lstrip("#") in one.clauses or any(
                typed in said.casefold() for said in (one.number, one.title, one.subject, one.who or "")))]


def coverage(session: Session, actor: Actor, span: Span, q: str | None = None, state: str | None = None,
             code: str = MODEL, *, known_on: date | None = None) -> list[CoverRow]:
    """How each clause of a standard is covered, in its order, narrowed by words and state. known_on: a day before that of the span;
    what was known then is looked at from the day of the span, on which some of it has expired. Raises NotPermitted."""
    records = gathered(session, actor, span if known_on is None else replace(span, as_of=known_on))
    if known_on is not None:
        records = [one for one in records if not one.more.get("valid_to") or date.fromisoformat(str(one.more["valid_to"])) >= min(
            span.as_of, span.last)]
    rows = covered(session, code, clauses_in(session, code), records, span)
    typed = (q or "").strip().lstrip("#").casefold()
    return [one for one in rows if (state is None or one.cover.state == state)
            and (not typed or typed == one.clause or typed in one.title_zh.casefold() or typed in one.title_en.casefold())]


def ready(session: Session, actor: Actor, span: Span, today: date, q: str | None = None, state: str | None = None,
          code: str = MODEL, *, as_known: bool = False) -> list[ReadyRow]:
    """How each clause of a standard will stand on the day of an audit, `span.as_of`, with what is on record today: nothing is deleted, a
    later day alone lets a clause turn. Of a day that is over: as it stood then. as_known: `today` is an earlier day, and only what was
    known at its end counts. Raises NotPermitted. Source: E16, W4."""
    rows = coverage(session, actor, span, q, code=code, known_on=today if as_known and today < span.as_of else None)
    known = replace(span, as_of=min(today, span.as_of))
    clauses, own = {one.name: one for one in clauses_in(session, code)}, intervals(session, code, known.cut)
    found = []
    for row in rows:
        clause = clauses[row.clause]
        due = {place: one.at_least for place, one in enumerate(rules_of(code, clause, known, own)) if often(clause, own) > 1}
        lacks = gaps(row.cover, due, today, min(span.last, span.as_of))
        found.append(ReadyRow(row, readiness(row.cover, lacks), lacks))
    return [one for one in found if state is None or one.state == state]


@cache
def ruled(code: str) -> Mapping[str, tuple[EvidenceRule, ...]]:
    """Clause -> what proves it, from the product's own file; empty for a model without one."""
    path = DATA / f"{code}.yaml"
    if code not in {one.stem for one in DATA.glob("*.yaml")}:
        return {}
    found: dict[str, tuple[EvidenceRule, ...]] = {}
    for one in yaml.safe_load(path.read_text("utf-8"))["rules"]:
        rule = EvidenceRule(str(one["clause"]), tuple(one["kinds"]), one["at_least"], one.get("for_each"),
                            one.get("none_is_fine", False))
        found[rule.clause] = (*found.get(rule.clause, ()), rule)
    return found


def intervals(session: Session, code: str, cut: datetime) -> dict[str, int]:
    """Clause -> every how many months the centre asked for its duty at `cut`, by the rules that were switched on then: a rule that is
    made or changed later leaves what was said of an earlier day as it was."""
    was: dict[int, dict[str, Any]] = columns_then(session, ClauseDuty.__tablename__, cut)
    found: dict[str, int] = {}
    for row_id, clause, now, is_on in session.execute(select(
            ClauseDuty.id, ClauseDuty.clause, ClauseDuty.months, ClauseDuty.is_on).where(
            ClauseDuty.model == code, ClauseDuty.made_at < cut).order_by(ClauseDuty.id)):
        held = was.get(row_id, {})
        months: int | None = held.get("months", now)
        if held.get("is_on", is_on) and months:
            found[clause] = months
    return found


def often(clause: Clause, own: Mapping[str, int] | None = None) -> int:
    """How many records a year prove a clause by its duties. A stated cycle counts; a periodic one without a length, and one that is only
    implied where the clause wants a record, as often as the centre's own rule asks (own; the product's default without one)."""
    stated = A_YEAR.get(clause.cycle or "")
    if stated is not None and clause.firm:
        return stated
    if not clause.cycle or not (clause.record or (clause.cycle == "periodic" and clause.firm)):
        return 0
    months = PERIODIC.get(clause.name, YEARLY_LOOK) if own is None else own.get(clause.name, 0)
    return 12 // months if months else 0


def rules_of(code: str, clause: Clause, span: Span, own: Mapping[str, int] | None = None) -> tuple[EvidenceRule, ...]:
    """What proves a clause: as the file says, else its duties done as often as its cycle asks; of what is asked several times a year
    as many as were over by the as-of day. own: as `often` takes it."""
    said = ruled(code).get(clause.name)
    if said is not None:
        return said
    asked = often(clause, own)
    if not asked and clause.cycle not in A_YEAR:
        return ()
    until = min(span.as_of, span.last) + timedelta(days=1)
    months = max(0, (until.year - span.first.year) * 12 + until.month - span.first.month)
    return (EvidenceRule(clause.name, ("duty",), asked if asked < 2 else asked * months // 12),)


def covered(session: Session, code: str, clauses: Sequence[Clause], records: Sequence[EvidenceRecord], span: Span) -> list[CoverRow]:
    """How each of these clauses is covered by the records of a span."""
    subjects, own = {name: read(session, span) for name, read in sorted(SUBJECTS.items())}, intervals(session, code, span.cut)
    bearing: dict[str, list[EvidenceRecord]] = {}
    for one in records:
        for name in one.clauses:
            bearing.setdefault(name, []).append(one)
    return [CoverRow(one.name, one.title_zh, one.title_en, one.cycle, one.section,
                     cover(one.name, rules_of(code, one, span, own), bearing.get(one.name, ()), subjects)) for one in clauses]


def clauses_in(session: Session, code: str) -> list[Clause]:
    """The clauses of the newest edition of a model, with their sub-items; none where there is no such model."""
    model = model_by_code(session, code)
    return clauses_of(session, model.id) if model is not None else []


def borne(session: Session, model: StandardModel, records: Iterable[EvidenceRecord]) -> list[EvidenceRecord]:
    """The records with the clauses of this model that they prove: by its own numbers, or by the mapping of clauses."""
    origin, heir, source = aliased(Clause), aliased(Clause), aliased(StandardModel)
    ways: dict[tuple[str, str], set[str]] = {}
    for code, old, new in session.execute(select(source.code, origin, heir).select_from(ClauseMapping).join(
            source, source.id == ClauseMapping.from_model_id).join(origin, origin.id == ClauseMapping.from_clause_id).join(
            heir, heir.id == ClauseMapping.to_clause_id).where(
            ClauseMapping.to_model_id == model.id, source.code != model.code).order_by(ClauseMapping.id)):
        ways.setdefault((code, old.name), set()).add(new.name)
    found = []
    for one in records:
        if one.model != model.code:
            one = replace(one, clauses=tuple(sorted({name for old in one.clauses for name in ways.get((one.model, old), ())})))
        if one.clauses:
            found.append(one)
    return found
