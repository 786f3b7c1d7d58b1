"""Inputs and answers of the records that prove clauses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import validate

from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Whole
from kmsvc.core.texts import N_
from kmsvc.core.web import settings, today
from kmsvc.standards.evidence.queries import CoverRow, EvidenceFilters, ReadyRow, year_span
from kmsvc.standards.evidence.register import KINDS, Span
from kmsvc.standards.evidence.rules import CoverState, EvidenceRecord, Readiness, ReadyGap

_ID = validate.Range(min=1)


class EvidenceYear(InputSchema):
    """Which year, as of which day; this year and today unless said."""

    year = Whole(load_default=None, allow_none=True, validate=validate.Range(min=2000, max=2100), metadata={"label": N_("Year")})
    as_of = Day(load_default=None, allow_none=True, metadata={"label": N_("As of")})


class EvidenceNarrowed(EvidenceYear):
    """What the list is narrowed to."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    clause = Line(load_default=None, allow_none=True, validate=validate.Length(max=20), metadata={"label": N_("Clause")})
    kind = Choice(later=lambda: KINDS, metadata={"label": N_("Kind")})
    process = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Process")})
    person = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Person")})


class EvidenceAsked(EvidenceNarrowed):
    """The filters of the page, all in the address."""

    cursor = Whole(load_default=None, allow_none=True, validate=_ID)
    format = Choice(["csv", "xlsx"])


class EvidenceRecordsQuery(PageQuery, EvidenceNarrowed):
    """Filters of the records."""


class CoverageNarrowed(EvidenceYear):
    """What the coverage is narrowed to."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice([one.value for one in CoverState], metadata={"label": N_("State")})


class CoverageAsked(CoverageNarrowed):
    """The filters of the page of coverage."""

    cursor = Whole(load_default=None, allow_none=True, validate=_ID)
    format = Choice(["csv", "xlsx"])


class CoverageQuery(PageQuery, CoverageNarrowed):
    """Filters of the coverage."""


class ReadinessNarrowed(InputSchema):
    """Which year, on the day of which audit; the end of this year unless said."""

    year = Whole(load_default=None, allow_none=True, validate=validate.Range(min=2000, max=2100), metadata={"label": N_("Year")})
    on = Day(load_default=None, allow_none=True, metadata={"label": N_("Day of the audit")})
    as_of = Day(load_default=None, allow_none=True, metadata={"label": N_("As of")})
    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice([one.value for one in Readiness], metadata={"label": N_("State")})


class ReadinessAsked(ReadinessNarrowed):
    """The filters of the page of readiness."""

    cursor = Whole(load_default=None, allow_none=True, validate=_ID)
    format = Choice(["csv", "xlsx"])


class ReadinessQuery(PageQuery, ReadinessNarrowed):
    """Filters of the readiness."""


def audit_span(asked: Mapping[str, Any]) -> Span:
    """The year and the day of the audit that were asked for: of a day alone its year, of a year alone its end."""
    year = asked["year"] or (asked["on"] or asked["as_of"] or today()).year
    return year_span(year, asked["on"] or date(year, 12, 31), settings().timezone)


def span_of(asked: Mapping[str, Any]) -> Span:
    """The year and the day that were asked for; this year and today unless said."""
    return year_span(asked["year"] or today().year, asked["as_of"] or today(), settings().timezone)


def filters_of(asked: Mapping[str, Any]) -> EvidenceFilters:
    """The filters in a loaded query."""
    return EvidenceFilters(**{name: asked[name] for name in EvidenceFilters.__dataclass_fields__})


def record_json(one: EvidenceRecord) -> dict[str, Any]:
    """A record, as JSON: at the door, at the command line and in a pack."""
    return {"kind": one.kind, "id": one.id, "number": one.number, "title": one.title, "subject": one.subject or None,
            "clauses": list(one.clauses), "happened_on": one.happened_on, "recorded_at": one.recorded_at, "who": one.who,
            "result": one.result, "url": one.url, "process_id": one.process_id, "people": list(one.people), "more": dict(one.more)}


def cover_json(one: CoverRow) -> dict[str, Any]:
    """How a clause is covered, as JSON."""
    return {"clause": one.clause, "title_zh": one.title_zh, "title_en": one.title_en, "section": one.section, "cycle": one.cycle,
            "state": one.cover.state.value, "records": one.cover.records, "rules": [
                {"kinds": list(line.rule.kinds), "at_least": line.rule.at_least, "for_each": line.rule.for_each, "found": line.found,
                 "subjects": line.subjects, "met": line.met,
                 "lacking": [{"number": number, "title": title, "url": url} for number, title, url, _ in line.lacking if number]}
                for line in one.cover.lines]}


def ready_json(one: ReadyRow) -> dict[str, Any]:
    """How a clause will stand on the day of an audit, as JSON."""
    return {"clause": one.row.clause, "title_zh": one.row.title_zh, "title_en": one.row.title_en, "section": one.row.section,
            "state": one.state.value, "records": one.row.cover.records, "gaps": [
                {"number": gap.asked.number or None, "title": gap.asked.title or None, "kind": gap.kind, "by": gap.by,
                 "late": gap.is_late, "url": place_of(gap, one.row.clause)} for gap in one.gaps]}


def place_of(gap: ReadyGap, clause: str) -> str:
    """Where what is missing is done."""
    return KINDS[gap.kind].act[1].format(clause=clause) or gap.asked.url
