"""Programmes, audits and findings as JSON."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.acting import add_verbs
from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.web import load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.standards.audits import auditing, planning, queries, schemas, verbs
from kmsvc.standards.audits.models import AuditProgramme, CheckPoint, Engagement, Finding
from kmsvc.standards.audits.permissions import SEE_ENGAGEMENTS

blueprint = Blueprint("standards_audits_api", __name__, url_prefix="/api/v1/standards/audits")


def _programme(work: Work, programme_id: int) -> dict[str, Any]:
    row = queries.programme_of(work.session, work.actor, programme_id)
    return schemas.programme_json(row, verbs.programme_offers(work, row, today()))


def _engagement(work: Work, engagement_id: int) -> dict[str, Any]:
    card = queries.engagement_card(work.session, work.actor, engagement_id)
    return schemas.engagement_card_json(card, verbs.engagement_offers(work, card.row, today()), verbs.checks(work.actor, card.row))


def _finding(work: Work, finding_id: int) -> dict[str, Any]:
    card = queries.finding_card(work.session, work.actor, finding_id)
    return schemas.finding_card_json(card, verbs.finding_offers(work, card.row, today()))


def _point(work: Work, row: CheckPoint) -> dict[str, Any]:
    return schemas.point_json(row, verbs.checks(work.actor, work.get(Engagement, row.engagement_id)))


@blueprint.get("/programmes")
@says(query=schemas.PageQuery)
def list_programmes() -> Response:
    """Audit programmes, newest year first."""
    asked = query_data(schemas.PageQuery)
    start = cursor_id(asked["cursor"]) or 0
    with look() as work:
        rows = queries.programmes(work.session, work.actor)
    following = start + asked["limit"] if len(rows) > start + asked["limit"] else None
    return reply(page([schemas.programme_json(one) for one in rows[start:start + asked["limit"]]], following))


@blueprint.post("/programmes")
@says(body=schemas.AuditProgrammeInput, status=201)
def begin_programme() -> Response:
    """Draft the programme of a year with the audits that are asked for yearly."""
    data = load(schemas.AuditProgrammeInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = planning.begin_programme(work, **data)
        return _programme(work, row.id), 201, row.version
    return posting(effect)


@blueprint.get("/programmes/<int:programme_id>")
def show_programme(programme_id: int) -> Response:
    """One programme, and what this caller may do."""
    with look() as work:
        body = _programme(work, programme_id)
        return reply(body, version=body["version"])


@blueprint.post("/programmes/<int:programme_id>/add")
@says(body=schemas.EngagementInput)
def add(programme_id: int) -> Response:
    """One more audit of clauses that one names."""
    data, version = load(schemas.EngagementInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = planning.add_engagement(work, programme_id, version=version, **data)
        body = _engagement(work, row.id)
        return body, 200, body["version"]
    return posting(effect)


@blueprint.get("")
@says(query=schemas.EngagementsQuery)
def list_engagements() -> Response:
    """Audits, newest year first."""
    asked = query_data(schemas.EngagementsQuery)
    with look() as work:
        lines, following = queries.engagement_lines(
            work.session, work.actor, q=asked["q"], year=asked["year"], state=asked["state"], clause=asked["clause"],
            start=cursor_id(asked["cursor"]) or 0, limit=asked["limit"])
    return reply(page([schemas.engagement_json(one) for one in lines], following))


@blueprint.get("/<int:engagement_id>")
def show(engagement_id: int) -> Response:
    """One audit with its checklist, samples, findings and reports, and what this caller may do."""
    with look() as work:
        body = _engagement(work, engagement_id)
        return reply(body, version=body["version"])


@blueprint.get("/points/<int:check_id>")
def show_point(check_id: int) -> Response:
    """A point of a checklist."""
    with look() as work:
        row = work.get(CheckPoint, check_id)
        work.permit(SEE_ENGAGEMENTS)
        return reply(_point(work, row), version=row.version)


@blueprint.post("/points/<int:check_id>/check")
@says(body=schemas.CheckInput)
def check(check_id: int) -> Response:
    """Judge a point of a checklist, or take the judgement back."""
    data, version = load(schemas.CheckInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = auditing.check(work, check_id, version=version, **data)
        work.session.flush()
        return _point(work, row), 200, row.version
    return posting(effect, theirs=lambda work: _point(work, work.get(CheckPoint, check_id)))


@blueprint.get("/findings")
@says(query=schemas.FindingsQuery)
def list_findings() -> Response:
    """Findings this caller may see, newest first."""
    asked = query_data(schemas.FindingsQuery)
    with look() as work:
        lines, following = queries.finding_lines(work.session, work.actor, filters_of(asked), start=cursor_id(asked["cursor"]) or 0,
                                                 limit=asked["limit"])
    return reply(page([schemas.finding_json(one) for one in lines], following))


def filters_of(asked: dict[str, Any]) -> queries.FindingFilters:
    """The filters in a loaded query."""
    return queries.FindingFilters(**{name: asked[name] for name in queries.FindingFilters.__dataclass_fields__})


@blueprint.get("/findings/<int:finding_id>")
def show_finding(finding_id: int) -> Response:
    """One finding with its revisions, actions and history, and what this caller may do."""
    with look() as work:
        body = _finding(work, finding_id)
        return reply(body, version=body["version"])


add_verbs(blueprint, "/programmes/<int:programme_id>", verbs.PROGRAMME_VERBS, lambda name: lambda work, one, data, day, version: (
    verbs.act_on_programme(work, one, name, data, day, version)), _programme, named="AuditProgramme", kind=AuditProgramme)
add_verbs(blueprint, "/<int:engagement_id>", verbs.ENGAGEMENT_VERBS, lambda name: lambda work, one, data, day, version: (
    verbs.act_on_engagement(work, one, name, data, day, version)), _engagement, named="Engagement")
add_verbs(blueprint, "/findings/<int:finding_id>", verbs.FINDING_VERBS, lambda name: lambda work, one, data, day, version: (
    verbs.act_on_finding(work, one, name, data, day, version)), _finding, named="Finding", kind=Finding)
