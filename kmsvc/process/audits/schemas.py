"""Inputs and answers of process audits and themed optimisations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.offers import Offer
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.process.audits.queries import AuditCard, AuditedLine, AuditLine, Known, Wanted
from kmsvc.process.audits.rules import (
    LONGEST,
    QUESTIONS,
    AuditStand,
    OptimisationState,
    ProcessAuditResult,
    ProcessAuditState,
)
from kmsvc.process.audits.theme_queries import ThemeCard, ThemeLine, ThemeYear
from kmsvc.process.definitions.rules import ProcessGroup

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
_YEAR = validate.Range(min=2000, max=2200)
STATES = [one.value for one in ProcessAuditState]
GROUPS = [one.value for one in ProcessGroup]
RESULTS = [one.value for one in ProcessAuditResult]
STANDS = [one.value for one in AuditStand]


class ProcessAuditInput(InputSchema):
    """The plan of a year's process audit."""

    year = Whole(required=True, validate=_YEAR, error_messages=NEEDED, metadata={"label": N_("Year")})
    due_on = Day(required=True, error_messages=NEEDED, metadata={"label": N_("Due")})
    purpose = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["purpose"]),
                   metadata={"label": N_("What to look at most")})


class ProcessAuditFilters(InputSchema):
    """The filters of the list, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    year = Whole(load_default=None, allow_none=True, validate=_YEAR)
    state = Choice(STATES)
    cursor = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class ProcessAuditsQuery(PageQuery):
    """Filters of the list."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    year = Whole(load_default=None, allow_none=True, validate=_YEAR)
    state = Choice(STATES)


class AuditedFilters(InputSchema):
    """The filters of the processes of an audit, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    group = Choice(GROUPS)
    auditor = Line(load_default=None, allow_none=True, validate=validate.Length(max=200), metadata={"label": N_("Audited by")})
    result = Choice(RESULTS)
    stand = Choice(STANDS)
    answer = Choice(list(QUESTIONS))
    cursor = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class AuditedQuery(PageQuery):
    """Filters of the processes of an audit."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    group = Choice(GROUPS)
    auditor = Line(load_default=None, allow_none=True, validate=validate.Length(max=200), metadata={"label": N_("Audited by")})
    result = Choice(RESULTS)
    stand = Choice(STANDS)
    answer = Choice(list(QUESTIONS))


class OptimisationInput(InputSchema):
    """A themed optimisation as it begins."""

    year = Whole(required=True, validate=_YEAR, error_messages=NEEDED, metadata={"label": N_("Year")})
    quarter = Whole(required=True, validate=validate.Range(min=1, max=4), error_messages=NEEDED, metadata={"label": N_("Quarter")})
    theme = Line(required=True, validate=validate.Length(min=1, max=LONGEST["theme"]), error_messages=NEEDED,
                 metadata={"label": N_("Theme")})
    why = Text(required=True, validate=validate.Length(min=1, max=LONGEST["why"]), error_messages=NEEDED,
               metadata={"label": N_("Why, with figures")})
    expected = Text(required=True, validate=validate.Length(min=1, max=LONGEST["effect"]), error_messages=NEEDED,
                    metadata={"label": N_("Expected effect")})
    owner = Whole(required=True, validate=validate.Range(min=1), error_messages=NEEDED, metadata={"label": N_("Owner")})
    processes = fields.List(Whole(validate=validate.Range(min=1)), load_default=list, validate=validate.Length(max=100),
                            metadata={"label": N_("Processes it touches")})


class OptimisationFilters(InputSchema):
    """The filters of the list, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    year = Whole(load_default=None, allow_none=True, validate=_YEAR)
    state = Choice([one.value for one in OptimisationState])
    cursor = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class OptimisationsQuery(PageQuery):
    """Filters of the list."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    year = Whole(load_default=None, allow_none=True, validate=_YEAR)
    state = Choice([one.value for one in OptimisationState])


def wanted_of(asked: Mapping[str, Any]) -> Wanted:
    """The filters in a loaded query."""
    return Wanted(**{name: asked.get(name) for name in Wanted.__dataclass_fields__})


def allowed_json(base: str, offers: Sequence[Offer]) -> list[dict[str, Any]]:
    """What may be done, with self-contained schemas."""
    return [{"verb": one.verb, "href": f"{base}/{one.verb}", "method": "POST", "forward": one.forward, "schema": one.schema}
            for one in offers]


def line_json(line: AuditLine) -> dict[str, Any]:
    """A process audit in a list, as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "year": line.year, "state": line.state, "due_on": line.due_on,
            "started_on": line.started_on, "closed_on": line.closed_on, "closed_by": line.closed_by or None,
            "processes": line.processes, "judged": line.judged, "results": dict(line.results), "part": line.part,
            "url": line.url}


def card_json(card: AuditCard, offers: Sequence[Offer]) -> dict[str, Any]:
    """One process audit as JSON, with `allowed`; its processes and its report have addresses of their own."""
    return line_json(card.line) | {
        "purpose": card.purpose, "planned_by": card.planned_by or None, "planned_at": card.planned_at, "stands": dict(card.stands),
        "groups": [{"group": one.key, "judged": one.judged, "processes": one.all} for one in card.by_group],
        "auditors": [{"auditor": None if one.key == "none" else one.key, "judged": one.judged, "processes": one.all}
                     for one in card.by_auditor],
        "later": [number for _, number, _ in card.later], "conclusion": card.conclusion, "actions": card.actions, "reason": card.reason,
        "content_hash": card.content_hash, "whole": card.is_whole,
        "parts": [{"id": one, "number": number} for one, number in card.parts],
        "allowed": allowed_json(f"/api/v1/process/audits/{card.line.id}", offers)}


def item_json(one: AuditedLine) -> dict[str, Any]:
    """A process of an audit, as JSON."""
    return {"id": one.id, "version": one.version, "audit_id": one.audit_id, "place": one.place, "process_id": one.process_id,
            "number": one.number, "name": one.name, "label": one.label, "group": one.group, "owner": one.owner or None,
            "auditor": one.auditor_login, **one.answers, "findings": one.findings, "record": dict(one.proof) if one.proof else None,
            "result": one.result, "action": one.action, "due_on": one.due_on, "judged_by": one.judged_by or None,
            "judged_at": one.judged_at, "change": _change(one.change), "signed_by": one.signed_by or None, "signed_at": one.signed_at,
            "stand": one.stand.value, "came_later": one.is_new, "in_force": one.in_force, "text_changed": one.moved, "url": one.url}


def _change(change: tuple[int, str, str] | None) -> dict[str, Any] | None:
    return None if change is None else {"id": change[0], "number": change[1], "state": change[2]}


def known_json(known: Known) -> dict[str, Any]:
    """What the service knows of a process, as JSON."""
    return {"reviewed_on": known.reviewed_on, "changes": [{"id": one[0], "number": one[1], "title": one[2]} for one in known.changes],
            "before": None if known.before is None else dict(zip(("year", "result", "findings"), known.before, strict=True))}


def theme_json(line: ThemeLine) -> dict[str, Any]:
    """A themed optimisation in a list, as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "year": line.year, "quarter": line.quarter,
            "theme": line.theme, "owner": line.owner_login, "owner_id": line.owner_id, "state": line.state, "result": line.result,
            "closed_on": line.closed_on, "processes": line.processes, "changes": line.changes, "url": line.url}


def theme_card_json(card: ThemeCard, offers: Sequence[Offer]) -> dict[str, Any]:
    """One themed optimisation as JSON, with `allowed`."""
    return theme_json(card.line) | {
        "why": card.why, "expected": card.expected, "measured": card.measured, "conclusion": card.conclusion, "reason": card.reason,
        "made_by": card.made_by or None, "made_at": card.made_at, "closed_by": card.closed_by or None,
        "touched": [{"process_id": one.process_id, "number": one.number, "name": one.name, "change": _change(one.change)}
                    for one in card.touched],
        "allowed": allowed_json(f"/api/v1/process/audits/themes/{card.line.id}", offers)}


def year_json(year: ThemeYear) -> dict[str, Any]:
    """How a year of themes stands, as JSON."""
    return {"year": year.year, "done": year.done, "open": year.open, "least": year.least, "most": year.most}
