"""Inputs and answers of standards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Whole
from kmsvc.core.texts import N_
from kmsvc.standards.models.frame import CYCLES, RECORDS
from kmsvc.standards.models.models import Clause, StandardModel
from kmsvc.standards.models.queries import ClauseFilters, Correspondence, ModelLine
from kmsvc.standards.models.rules import Border
from kmsvc.standards.models.sheets import SHEETS, Target

_ID = validate.Range(min=1)
_CODE = validate.Regexp(r"[a-z0-9][a-z0-9._-]{0,62}\Z", error=N_("Small letters, digits, dots and dashes."))
FORMATS = ("yaml", "xlsx", "csv")


class ClausesNarrowed(InputSchema):
    """What clauses are narrowed to."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    cycle = Choice([*CYCLES, "none"], metadata={"label": N_("Cycle")})
    trigger = Choice(["yes", "no"], metadata={"label": N_("Triggers")})
    record = Choice([*RECORDS, "none"], metadata={"label": N_("Demanded record")})
    section = Line(load_default=None, allow_none=True, validate=validate.Length(max=40), metadata={"label": N_("Section")})
    sign = Choice(["plus", "minus"], metadata={"label": N_("Plus or minus")})


class ClausesAsked(ClausesNarrowed):
    """The filters of the page of a standard."""

    cursor = Whole(load_default=None, allow_none=True, validate=_ID)
    format = Choice(["csv", "xlsx"])


class ClausesQuery(PageQuery, ClausesNarrowed):
    """Filters of the clauses."""


class ModelsAsked(InputSchema):
    """The filters of the list of standards."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    format = Choice(["csv", "xlsx"])


class ModelsQuery(PageQuery):
    """Filters of the standards."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))


class ModelFileAsked(InputSchema):
    """As which file a standard is taken away."""

    format = Choice(FORMATS)
    sheet = Choice(["clauses", "mappings"])
    licensed = fields.Boolean(load_default=False)


class TemplateAsked(InputSchema):
    """Which empty sheet, and as which file."""

    sheet = Choice(list(SHEETS))
    format = Choice(["csv", "xlsx"])


class TargetInput(InputSchema):
    """Which edition a sheet is about."""

    code = Line(load_default=None, allow_none=True, validate=_CODE, metadata={"label": N_("Code of the standard")})
    edition = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={"label": N_("Edition")})
    title_zh = Line(load_default=None, allow_none=True, validate=validate.Length(max=200), metadata={"label": N_("Chinese title")})
    title_en = Line(load_default=None, allow_none=True, validate=validate.Length(max=200), metadata={"label": N_("English title")})


class ModelImport(TargetInput):
    """How a program brings a standard in; dry_run: every row is checked and counted, nothing is kept."""

    dry_run = fields.Boolean(load_default=False)


class TakeBackInput(InputSchema):
    """Why the last import is taken back."""

    reason = Line(required=True, validate=validate.Length(min=1, max=500), metadata={"label": N_("Reason")})


def target_of(asked: Mapping[str, Any]) -> Target | None:
    """The edition that was named, if any."""
    if not asked["code"]:
        return None
    return Target(asked["code"], asked["edition"] or None, (asked["title_zh"] or "", asked["title_en"] or ""))


def filters_of(asked: Mapping[str, Any]) -> ClauseFilters:
    """The filters in a loaded query."""
    return ClauseFilters(**{name: asked[name] or None for name in ClauseFilters.__dataclass_fields__})


def model_json(one: ModelLine) -> dict[str, Any]:
    """A standard in a list, as JSON."""
    return {name: getattr(one, name) for name in ModelLine.__dataclass_fields__}


def border_json(one: Border) -> dict[str, Any]:
    """What a level asks for on one basis, as JSON."""
    return {"level": one.level, "basis": one.basis, "implied_total": one.implied, "total_min": one.total, "max_total": one.most,
            "unreachable": one.beyond, "total_decides": not one.idle,
            "parts": [{"mark": mark, "share": float(share), "items": items, "needed": needed}
                      for mark, share, items, needed in one.parts]}


def clause_json(one: Clause, model: StandardModel) -> dict[str, Any]:
    """A clause, as JSON."""
    return {"id": one.id, "model": model.code, "edition": model.edition, "clause": one.name, "no": one.no, "sub": one.sub,
            "section": one.section, "title_zh": one.title_zh, "title_en": one.title_en, "module": one.module, "cycle": one.cycle,
            "cycle_months": one.cycle_months, "at_least": one.at_least, "firm": one.firm, "triggers": one.triggers, "record": one.record,
            "weak_record": one.weak_record, "min_contents": one.min_contents, "sign": model.frame.get("signs", {}).get(one.name),
            "url": f"/standards/models/clauses/{one.id}"}


def correspondence_json(one: Correspondence) -> dict[str, Any]:
    """How a clause stands to another, as JSON."""
    return {"relation": one.relation, "direction": "to" if one.forth else "from", "model": one.model.code, "edition": one.model.edition,
            "clause": one.other.name if one.other else None, "id": one.other.id if one.other else None, "note": one.note or None}
