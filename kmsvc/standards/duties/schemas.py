"""Inputs and answers of duties and their rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.offers import Offer
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.people.roles import Role
from kmsvc.standards.duties.models import ClauseDuty
from kmsvc.standards.duties.queries import DutyCard, DutyFilters, StepLine
from kmsvc.standards.duties.rules import DutyMode, DutyOwner, DutyScope, DutyState, DutyTrigger, Span
from kmsvc.standards.duties.ruling import RuleText
from kmsvc.standards.duties.wheel import LoadRow, Wheel

_ID = validate.Range(min=1)
_DAYS = validate.Range(min=0, max=730)
STATES = ("late", *(one.value for one in DutyState))
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class DutiesNarrowed(InputSchema):
    """What the list is narrowed to. days: open and due within so many days."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    clause = Line(load_default=None, allow_none=True, validate=validate.Length(max=20), metadata={"label": N_("Clause")})
    owner = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Who answers for it")})
    unit = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Unit")})
    rule = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Rule of duties")})
    state = Choice(STATES, metadata={"label": N_("State")})
    days = Whole(load_default=None, allow_none=True, validate=_DAYS, metadata={"label": N_("Due within days")})
    earliest = Day(load_default=None, allow_none=True, metadata={"label": N_("Due from")})
    latest = Day(load_default=None, allow_none=True, metadata={"label": N_("Due to")})


class DutiesAsked(DutiesNarrowed):
    """The filters of the page, all in the address. as_of: the list as it stood at the end of an earlier day."""

    as_of = Day(load_default=None, allow_none=True, metadata={"label": N_("As of")})
    cursor = Whole(load_default=None, allow_none=True, validate=_ID)
    format = Choice(["csv", "xlsx"])


class DutiesQuery(PageQuery, DutiesNarrowed):
    """Filters of the list. as_of: as it stood at the end of an earlier day."""

    as_of = Day(load_default=None, allow_none=True, metadata={"label": N_("As of")})


class DutyRulesAsked(InputSchema):
    """What the list of rules is narrowed to."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    stand = Choice(("on", "off"))
    as_of = Day(load_default=None, allow_none=True, metadata={"label": N_("As of")})
    format = Choice(["csv", "xlsx"])


class DutyRulesQuery(PageQuery):
    """Filters of the rules."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    stand = Choice(("on", "off"))


class WheelQuery(InputSchema):
    """Which year, of whom."""

    year = Whole(load_default=None, allow_none=True, validate=validate.Range(min=2000, max=2100), metadata={"label": N_("Year")})
    owner = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Who answers for it")})
    unit = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Unit")})
    as_of = Day(load_default=None, allow_none=True, metadata={"label": N_("As of")})


class DutyAsked(InputSchema):
    """As of which day."""

    as_of = Day(load_default=None, allow_none=True, metadata={"label": N_("As of")})


class WheelYearInput(InputSchema):
    """A year that is planned."""

    year = Whole(required=True, validate=validate.Range(min=2000, max=2100), error_messages=NEEDED, metadata={"label": N_("Year")})


class DutyRuleInput(InputSchema):
    """A rule of duties. months: how often; on_days: `03-31, 09-30`; before: days before the due day, `30, 7, 1`."""

    name_zh = Line(required=True, validate=validate.Length(max=200), error_messages=NEEDED, metadata={"label": N_("Chinese name")})
    name_en = Line(required=True, validate=validate.Length(max=200), error_messages=NEEDED, metadata={"label": N_("English name")})
    scope = fields.String(required=True, validate=validate.OneOf([one.value for one in DutyScope]), error_messages=NEEDED,
                          metadata={"label": N_("For whom it is made")})
    mode = fields.String(required=True, validate=validate.OneOf([one.value for one in DutyMode]), error_messages=NEEDED,
                         metadata={"label": N_("How the next day is found")})
    months = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1, max=120),
                   metadata={"label": N_("Every so many months")})
    on_days = Line(load_default=None, allow_none=True, validate=validate.Length(max=200), metadata={"label": N_("On days of the year")})
    trigger = Choice([one.value for one in DutyTrigger], metadata={"label": N_("Upon what")})
    days = Whole(load_default=0, validate=_DAYS, metadata={"label": N_("Due within days after it")})
    owner_kind = fields.String(required=True, validate=validate.OneOf([one.value for one in DutyOwner]), error_messages=NEEDED,
                               metadata={"label": N_("Who answers")})
    owner_role = Choice([one.value for one in Role], metadata={"label": N_("Role")})
    owner_unit_id = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Unit")})
    owner_person_id = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Person")})
    before = Line(required=True, validate=[validate.Length(max=60), validate.Regexp(
        re.compile(r"\s*\d{1,3}(\s*[,，、\s]\s*\d{1,3})*\s*"), error=N_("Write numbers of days, like 30, 7, 1."))],
        error_messages=NEEDED, metadata={"label": N_("Days before on which is reminded")})
    every = Whole(load_default=7, validate=validate.Range(min=1, max=90),
                  metadata={"label": N_("Once late, reminded every so many days")})
    superior_after = Whole(load_default=None, allow_none=True, validate=_DAYS,
                           metadata={"label": N_("The superior hears after days late")})
    manager_after = Whole(load_default=None, allow_none=True, validate=_DAYS,
                          metadata={"label": N_("The manager hears after days late")})
    needs_record = fields.Boolean(load_default=False, metadata={"label": N_("Done only with a record")})
    proof = Text(load_default=None, allow_none=True, validate=validate.Length(max=1000), metadata={"label": N_("What record proves it")})
    archive = Text(load_default=None, allow_none=True, validate=validate.Length(max=1000),
                   metadata={"label": N_("What the archive must hold")})
    minutes = Whole(load_default=60, validate=validate.Range(min=0, max=100_000), metadata={"label": N_("Minutes it takes")})
    reason = Line(required=True, validate=validate.Length(max=500), error_messages=NEEDED, metadata={"label": N_("Reason")})


class DutyRuleSwitch(InputSchema):
    """Why a rule is switched."""

    reason = Line(required=True, validate=validate.Length(max=500), error_messages=NEEDED, metadata={"label": N_("Reason")})


def filters_of(asked: Mapping[str, Any]) -> DutyFilters:
    """The filters in a loaded query."""
    return DutyFilters(**{name: asked[name] for name in DutyFilters.__dataclass_fields__})


def text_of(data: Mapping[str, Any]) -> RuleText:
    """What a loaded input says."""
    days = {int(one) for one in re.findall(r"\d+", data["before"])}
    named = tuple(re.findall(r"[^\s,，、]+", data["on_days"] or ""))
    return RuleText(**{name: data[name] for name in RuleText.__dataclass_fields__ if name not in ("before", "on_days")},
                    before=tuple(sorted(days, reverse=True)), on_days=named)


def typed_of(row: ClauseDuty) -> dict[str, Any]:
    """A rule as its form shows it."""
    return {name: getattr(row, name) for name in RuleText.__dataclass_fields__} | {
        "before": ", ".join(str(one) for one in row.before), "on_days": ", ".join(row.on_days or [])}


def duty_json(one: DutyCard) -> dict[str, Any]:
    """A duty in a list, as JSON."""
    return {"id": one.id, "number": one.number, "version": one.version, "model": one.model, "clause": one.clause, "duty": one.code,
            "name_zh": one.name_zh or None, "name_en": one.name_en or None, "subject_kind": one.subject_kind,
            "subject_id": one.subject_id, "subject": one.subject or None, "period": one.period, "begins_on": one.begins_on,
            "due_on": one.due_on, "planned_on": one.planned_on, "state": one.state, "late": one.late,
            "owner": one.owner_login, "owner_id": one.owner_id,
            "done_on": one.done_on, "rule_id": one.rule_id, "records": list(one.records), "url": one.url}


def step_json(one: StepLine) -> dict[str, Any]:
    """A step of the history, as JSON."""
    return {"verb": one.verb, "at": one.at, "by": one.by or None, "reason": one.reason, "before": dict(one.before),
            "after": dict(one.after)}


def whole_json(one: DutyCard, steps: Sequence[StepLine], beside: tuple[int, int], offers: Sequence[Offer]) -> dict[str, Any]:
    """A duty with its history, how far its year is, and what this caller may do."""
    return duty_json(one) | {"history": [step_json(step) for step in steps], "year": {"done": beside[0], "total": beside[1]},
                             "allowed": allowed_json(f"/api/v1/standards/duties/{one.id}", offers)}


def allowed_json(base: str, offers: Sequence[Offer]) -> list[dict[str, Any]]:
    """What may be done, with self-contained schemas."""
    return [{"verb": one.verb, "href": f"{base}/{one.verb}", "method": "POST", "forward": one.forward, "schema": one.schema}
            for one in offers]


def rule_json(row: ClauseDuty) -> dict[str, Any]:
    """A rule, as JSON."""
    named = {name: getattr(row, name) for name in RuleText.__dataclass_fields__}
    return {"id": row.id, "number": row.number, "version": row.version, "duty": row.code, "model": row.model, "clause": row.clause,
            "record": row.record, "is_on": row.is_on, "since": row.since, "made_until": row.made_until,
            "url": f"/standards/duties/rules/{row.id}", **named}


def span_json(one: Span) -> dict[str, Any]:
    """A period, as JSON."""
    return {"period": one.period, "begins_on": one.begins_on, "due_on": one.due_on}


def load_json(one: LoadRow) -> dict[str, Any]:
    """Whose work a year is, as JSON."""
    return {"id": one.of, "name": one.name, "minutes": one.minutes, "duties": one.duties}


def wheel_json(it: Wheel) -> dict[str, Any]:
    """A year, as JSON."""
    return {"year": it.year, "total": it.total, "done": it.done, "late": it.late, "near": it.near, "rows": [
        {"duty": row.code, "rule_id": row.rule_id, "clause": row.clause, "name_zh": row.name_zh or None, "name_en": row.name_en or None,
         "every_months": row.each, "owner": row.owner or None, "done": row.done, "total": row.total, "months": [
             {"total": cell.total, "done": cell.done, "late": cell.late, "waived": cell.waived} for cell in row.cells]}
        for row in it.rows], "people": [load_json(one) for one in it.people], "units": [load_json(one) for one in it.units]}
