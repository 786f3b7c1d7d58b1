"""Process audits as JSON: the list, a plan, one with what may be done, its processes, its report, every act."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.acting import add_verbs
from kmsvc.core.api import cursor_id, page, part_of, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.web import load, look, query_data, today
from kmsvc.core.work import Work
from kmsvc.process.audits import queries, usecases, verbs
from kmsvc.process.audits.models import ProcessAudit, ProcessAuditItem
from kmsvc.process.audits.permissions import SEE_AUDITS
from kmsvc.process.audits.schemas import (
    AuditedQuery,
    ProcessAuditInput,
    ProcessAuditsQuery,
    allowed_json,
    card_json,
    item_json,
    known_json,
    line_json,
    wanted_of,
)

blueprint = Blueprint("process_audits_api", __name__, url_prefix="/api/v1/process/audits")


@blueprint.get("")
@says(query=ProcessAuditsQuery)
def list_audits() -> Response:
    """Process audits, newest year first."""
    asked = query_data(ProcessAuditsQuery)
    with look() as work:
        work.permit(SEE_AUDITS)
        lines, following = queries.audit_lines(work.session, work.actor, q=asked["q"], year=asked["year"], state=asked["state"],
                                               start=cursor_id(asked["cursor"]) or 0, limit=asked["limit"])
    return reply(page([line_json(line) for line in lines], following))


@blueprint.post("")
@says(body=ProcessAuditInput, status=201)
def plan() -> Response:
    """Plan the process audit of a year."""
    data = load(ProcessAuditInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.plan_audit(work, **data)
        return whole(work, row.id), 201, row.version
    return posting(effect)


@blueprint.get("/<int:process_audit_id>")
def show(process_audit_id: int) -> Response:
    """One process audit: how far it is, and what this caller may do with it now."""
    with look() as work:
        body = whole(work, process_audit_id)
        return reply(body, version=body["version"])


def whole(work: Work, audit_id: int) -> dict[str, Any]:
    """One audit as JSON for the caller of this unit."""
    work.session.flush()
    card = queries.audit_card(work.session, work.actor, audit_id)
    return card_json(card, verbs.offers_for(work, work.get(ProcessAudit, audit_id), today()))


@blueprint.get("/<int:process_audit_id>/items")
@says(query=AuditedQuery)
def list_items(process_audit_id: int) -> Response:
    """The processes of an audit, by group and number."""
    asked = query_data(AuditedQuery)
    with look() as work:
        card = queries.audit_card(work.session, work.actor, process_audit_id)
    return reply(part_of(queries.chosen(card.items, wanted_of(asked)), asked, item_json))


@blueprint.get("/<int:process_audit_id>/report")
def show_report(process_audit_id: int) -> Response:
    """Its report: as it was archived, or as it would be now."""
    with look() as work:
        return reply(queries.report_shown(work.session, work.actor, process_audit_id))


@blueprint.get("/items/<int:audited_id>")
def show_item(audited_id: int) -> Response:
    """One process of an audit, what the service knows of it, and what this caller may do."""
    with look() as work:
        body = _item(work, audited_id)
        return reply(body, version=body["version"])


def _item(work: Work, item_id: int) -> dict[str, Any]:
    work.session.flush()
    line = queries.item_card(work.session, work.actor, item_id)
    row = work.get(ProcessAuditItem, item_id)
    offers = verbs.item_offers(work, work.get(ProcessAudit, row.audit_id), row, today())
    return item_json(line) | {"known": known_json(queries.known_of(work.session, line)),
                              "allowed": allowed_json(f"/api/v1/process/audits/items/{item_id}", offers)}


add_verbs(blueprint, "/<int:process_audit_id>", verbs.VERBS, lambda name: lambda work, one, data, day, version: verbs.act(
    work, one, name, data, day, version), whole, named="do")
add_verbs(blueprint, "/items/<int:audited_id>", verbs.ITEM_VERBS, lambda name: lambda work, one, data, day, version: verbs.act_on_item(
    work, one, name, data, day, version), _item, named="item")
