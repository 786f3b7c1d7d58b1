"""Inputs and answers of audits and findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import fields, validate

from kmsvc.core import offers
from kmsvc.core.offers import Offer
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Text, Whole, Words
from kmsvc.core.texts import N_
from kmsvc.standards.audits.models import (
    AuditProgramme,
    AuditSample,
    CheckPoint,
    EngagementReport,
    FindingAction,
)
from kmsvc.standards.audits.queries import EngagementCard, EngagementLine, FindingCard, FindingLine
from kmsvc.standards.audits.rules import LONGEST, CheckResult, EngagementState, FindingState, Grade, NoteKind

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
_YEAR = validate.Range(min=2000, max=2200)
_ID = validate.Range(min=1)
STATES = [one.value for one in EngagementState]
FINDING_STATES = ["open", *(one.value for one in FindingState)]
GRADES = [one.value for one in Grade]


class AuditProgrammeInput(InputSchema):
    """The programme of a year; it comes with the audits that are asked for yearly."""

    year = Whole(required=True, validate=_YEAR, error_messages=NEEDED, metadata={"label": N_("Year")})
    title = Line(required=True, validate=validate.Length(max=LONGEST["title"]), error_messages=NEEDED, metadata={"label": N_("Title")})
    goals = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["text"]),
                 metadata={"label": N_("What it is for")})


class EngagementInput(InputSchema):
    """One more audit of a programme. clauses: `#8, #35`."""

    title = Line(required=True, validate=validate.Length(max=LONGEST["title"]), error_messages=NEEDED, metadata={"label": N_("Title")})
    clauses = Words(metadata={"label": N_("Clauses")})
    starts_on = Day(required=True, error_messages=NEEDED, metadata={"label": N_("From")})
    ends_on = Day(required=True, error_messages=NEEDED, metadata={"label": N_("To")})


class CheckInput(InputSchema):
    """The judgement of a point of the checklist; without a result it is taken back."""

    result = Choice([one.value for one in CheckResult], metadata={"label": N_("Result")})
    note_kind = Choice([one.value for one in NoteKind], metadata={"label": N_("How you know")})
    note = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["text"]), metadata={"label": N_("Note")})


class PointAsked(InputSchema):
    """The point whose judgement stands open, or about which a finding is written."""

    point = Whole(load_default=None, allow_none=True, validate=_ID)
    finding_of = Whole(load_default=None, allow_none=True, validate=_ID)


class EngagementsNarrowed(InputSchema):
    """What the list of audits is narrowed to."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    year = Whole(load_default=None, allow_none=True, validate=_YEAR, metadata={"label": N_("Year")})
    state = Choice(STATES, metadata={"label": N_("State")})
    clause = Line(load_default=None, allow_none=True, validate=validate.Length(max=20), metadata={"label": N_("Clause")})


class EngagementsAsked(EngagementsNarrowed):
    """The filters of the page, all in the address."""

    cursor = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0))
    format = Choice(["csv", "xlsx"])


class EngagementsQuery(PageQuery, EngagementsNarrowed):
    """Filters of the list."""


class FindingsNarrowed(InputSchema):
    """What the list of findings is narrowed to. own: those that one answers."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(FINDING_STATES, metadata={"label": N_("State")})
    grade = Choice(GRADES, metadata={"label": N_("How grave")})
    clause = Line(load_default=None, allow_none=True, validate=validate.Length(max=20), metadata={"label": N_("Clause")})
    engagement = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Audit")})
    own = fields.Boolean(load_default=False, metadata={"label": N_("Mine")})


class FindingsAsked(FindingsNarrowed):
    """The filters of the page, all in the address."""

    cursor = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0))
    format = Choice(["csv", "xlsx"])


class FindingsQuery(PageQuery, FindingsNarrowed):
    """Filters of the list."""


def _allowed(base: str, now: Sequence[Offer]) -> list[dict[str, Any]]:
    return [{"verb": one.verb, "href": f"/api/v1{base}/{one.verb}", "method": "POST", "forward": one.forward, "schema": one.schema}
            for one in now]


def programme_json(row: AuditProgramme, now: Sequence[Offer] | None = None) -> dict[str, Any]:
    """A programme as JSON."""
    url = f"/standards/audits/programmes/{row.id}"
    body = {"id": row.id, "number": row.number, "version": row.version, "year": row.year, "title": row.title, "goals": row.goals,
            "state": row.state, "made_by": row.made_by_id, "made_at": row.made_at, "approved_by": row.approved_by_id,
            "approved_at": row.approved_at, "conclusion": row.conclusion, "completed_at": row.completed_at, "url": url}
    return body if now is None else body | {"allowed": _allowed(url, now)}


def engagement_json(one: EngagementLine) -> dict[str, Any]:
    """An audit in a list, as JSON."""
    return {"id": one.id, "number": one.number, "version": one.version, "programme_id": one.programme_id, "year": one.year,
            "title": one.title, "clauses": list(one.clauses), "lead": one.lead or None, "answerable": one.answerable or None,
            "starts_on": one.starts_on, "ends_on": one.ends_on, "state": one.state, "points": one.points, "checked": one.checked,
            "findings": one.findings, "open_findings": one.open_findings, "url": one.url}


def point_json(one: CheckPoint, checks: bool) -> dict[str, Any]:
    """A point of a checklist as JSON. checks: whether this caller may judge it now."""
    allowed = offers.allowed(f"/api/v1/standards/audits/points/{one.id}", [offers.Act("check", CheckInput, forward=one.result is None)
                                                                           if checks else None])
    return {"id": one.id, "number": f"{one.clause}-{one.place}", "version": one.version, "engagement_id": one.engagement_id,
            "clause": one.clause, "text_zh": one.text["zh"], "text_en": one.text["en"], "result": one.result, "note_kind": one.note_kind,
            "note": one.note, "by": one.by_id, "at": one.at, "allowed": allowed}


def sample_json(one: AuditSample) -> dict[str, Any]:
    """A sample with what is needed to draw it again."""
    return {"id": one.id, "clause": one.clause, "first": one.first, "last": one.last, "as_of": one.as_of, "seed": one.seed,
            "size": one.size, "population": one.population, "population_hash": one.population_hash, "rows": one.rows,
            "by": one.by_id, "at": one.at}


def report_json(one: EngagementReport) -> dict[str, Any]:
    """A frozen report."""
    return {"no": one.no, "finished_on": one.finished_on, "conclusion": one.conclusion, "digest": one.digest, "by": one.by_id,
            "at": one.at, **one.body}


def engagement_card_json(card: EngagementCard, now: Sequence[Offer], checks: bool) -> dict[str, Any]:
    """One audit with its checklist, samples, findings and reports, and what this caller may do."""
    row = card.row
    return engagement_json(card.line) | {
        "scope": row.scope, "lead_id": row.lead_id, "auditors": row.auditors, "answerable_id": row.answerable_id, "unit_id": row.unit_id,
        "reason": row.reason, "programme": programme_json(card.programme), "checklist": [point_json(one, checks) for one in card.points],
        "samples": [sample_json(one) for one in card.samples], "found": [finding_json(one) for one in card.findings],
        "reports": [report_json(one) for one in card.reports], "allowed": _allowed(card.line.url, now)}


def finding_json(one: FindingLine) -> dict[str, Any]:
    """A finding in a list, as JSON."""
    return {"id": one.id, "number": one.number or None, "version": one.version, "engagement_id": one.engagement_id,
            "engagement": one.engagement, "clause": one.clause, "grade": one.grade, "title": one.title, "state": one.state,
            "respondent": one.respondent, "point_id": one.point_id,
            "owner": one.owner or None, "due_on": one.due_on, "published_at": one.published_at,
            "url": one.url}


def _action(one: FindingAction) -> dict[str, Any]:
    return {"no": one.no, "correction": one.correction, "prevention": one.prevention, "owner_id": one.owner_id, "due_on": one.due_on,
            "accepted_by_auditors": one.audit_by_id if one.audit_at else None,
            "accepted_by_house": one.house_by_id if one.house_at else None,
            "done_on": one.done_on, "done_by": one.done_by_id, "proof": one.proof, "records": one.records or [],
            "at": one.at, "by": one.by_id}


def finding_card_json(card: FindingCard, now: Sequence[Offer]) -> dict[str, Any]:
    """One finding with its revisions, actions and history, and what this caller may do."""
    row = card.row
    return finding_json(card.line) | {
        "text": row.text, "revision": row.revision, "respondent_id": row.respondent_id, "containment": row.containment,
        "root_cause": row.root_cause, "effect_on": row.effect_on, "closed_at": row.closed_at,
        "revisions": [{"no": one.no, "grade": one.grade, "title": one.title, "text": one.text, "reason": one.reason,
                       "digest": one.digest, "by": one.by_id, "at": one.at} for one in card.revisions],
        "actions": [_action(one) for one in card.actions],
        "history": [{"verb": one.verb, "side": one.side, "note": one.note, "on": one.day, "by": one.by_id, "at": one.at}
                    for one in card.steps],
        "allowed": _allowed(card.line.url, now)}
