"""The records that prove clauses and how each clause is covered, as JSON."""

from __future__ import annotations

from flask import Blueprint, Response

from kmsvc.core.api import part_of, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import current_actor, look, query_data, today
from kmsvc.standards.evidence import queries
from kmsvc.standards.evidence.permissions import SEE_EVIDENCE
from kmsvc.standards.evidence.schemas import (
    CoverageQuery,
    EvidenceRecordsQuery,
    ReadinessQuery,
    audit_span,
    cover_json,
    filters_of,
    ready_json,
    record_json,
    span_of,
)

blueprint = Blueprint("standards_evidence_api", __name__, url_prefix="/api/v1/standards/evidence")


@blueprint.get("/records")
@says(query=EvidenceRecordsQuery)
def list_records() -> Response:
    """The records of a year by day, effective and recorded by the end of `as_of`."""
    actor = current_actor()
    require(actor, SEE_EVIDENCE)
    asked = query_data(EvidenceRecordsQuery)
    with look() as work:
        found = queries.narrowed(queries.gathered(work.session, actor, span_of(asked)), filters_of(asked))
        return reply(part_of(found, asked, record_json))


@blueprint.get("/coverage")
@says(query=CoverageQuery)
def list_coverage() -> Response:
    """How each clause is covered by the records of a year."""
    actor = current_actor()
    require(actor, SEE_EVIDENCE)
    asked = query_data(CoverageQuery)
    with look() as work:
        rows = queries.coverage(work.session, actor, span_of(asked), asked["q"], asked["state"])
        return reply(part_of(rows, asked, cover_json))


@blueprint.get("/readiness")
@says(query=ReadinessQuery)
def list_readiness() -> Response:
    """How each clause will stand on the day of an audit, and what is missing until then."""
    actor = current_actor()
    require(actor, SEE_EVIDENCE)
    asked = query_data(ReadinessQuery)
    with look() as work:
        day = min(asked["as_of"] or today(), today())
        rows = queries.ready(work.session, actor, audit_span(asked), day, asked["q"], asked["state"], as_known=day < today())
        return reply(part_of(rows, asked, ready_json))
