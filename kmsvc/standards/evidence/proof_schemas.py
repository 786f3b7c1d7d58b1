"""Inputs and answers of files and links as proof."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from marshmallow import validate

from kmsvc.core.actors import Actor
from kmsvc.core.clock import start_of_day
from kmsvc.core.offers import Act, allowed
from kmsvc.core.permissions import can
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.core.web import settings, today
from kmsvc.standards.evidence.permissions import KEEP_PROOF
from kmsvc.standards.evidence.proof_queries import ProofCard, ProofFilters, ProofHistory
from kmsvc.standards.evidence.proof_rules import Freshness, ProofReview
from kmsvc.standards.evidence.proofs import ProofText
from kmsvc.standards.evidence.rules import clause_names

BASE = "/api/v1/standards/evidence/files"
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
_ID = validate.Range(min=1)


class ProofChange(InputSchema):
    """What is said of a proof. clauses: names with commas or spaces between them; beside it a part `file`, or an address."""

    title = Line(required=True, validate=validate.Length(max=200), error_messages=NEEDED, metadata={"label": N_("Title")})
    clauses = Line(required=True, validate=validate.Length(max=400), error_messages=NEEDED, metadata={"label": N_("Clauses")})
    evidence_on = Day(required=True, error_messages=NEEDED, metadata={"label": N_("Day it speaks of")})
    valid_from = Day(load_default=None, allow_none=True, metadata={"label": N_("Valid from")})
    valid_to = Day(load_default=None, allow_none=True, metadata={"label": N_("Valid until")})
    url = Line(load_default=None, allow_none=True, validate=validate.Length(max=500), metadata={"label": N_("Address")})
    note = Text(load_default=None, allow_none=True, validate=validate.Length(max=2000), metadata={"label": N_("Remark")})


class ProofInput(ProofChange):
    """A new one. owner: who answers for it, the caller unless named."""

    owner = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Who answers for it")})


class ProofReason(InputSchema):
    """Why."""

    reason = Line(required=True, validate=validate.Length(max=500), error_messages=NEEDED, metadata={"label": N_("Reason")})


class ProofRemark(InputSchema):
    """A remark, where there is one."""

    reason = Line(load_default=None, allow_none=True, validate=validate.Length(max=500), metadata={"label": N_("Reason")})


class ProofGiven(ProofRemark):
    """Who takes it over."""

    owner = Whole(required=True, validate=_ID, error_messages=NEEDED, metadata={"label": N_("Who answers for it")})


class ProofsNarrowed(InputSchema):
    """What the list is narrowed to. by: it expires before this day; as_of: as it stood at the end of an earlier day."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    clause = Line(load_default=None, allow_none=True, validate=validate.Length(max=20), metadata={"label": N_("Clause")})
    owner = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Who answers for it")})
    fresh = Choice([one.value for one in Freshness], metadata={"label": N_("How fresh")})
    review = Choice([one.value for one in ProofReview], metadata={"label": N_("Review")})
    by = Day(load_default=None, allow_none=True, metadata={"label": N_("Expires before")})
    as_of = Day(load_default=None, allow_none=True, metadata={"label": N_("As of")})


class ProofsAsked(ProofsNarrowed):
    """The filters of the page, all in the address."""

    cursor = Whole(load_default=None, allow_none=True, validate=_ID)
    format = Choice(["csv", "xlsx"])


class ProofsQuery(PageQuery, ProofsNarrowed):
    """Filters of the list."""


def text_of(data: Mapping[str, Any]) -> ProofText:
    """What a loaded input says."""
    named = {name: data[name] for name in ProofText.__dataclass_fields__ if name != "clauses"}
    return ProofText(clauses=clause_names(data["clauses"]), **named)


def moment_of(asked: Mapping[str, Any]) -> tuple[date, datetime | None]:
    """The day that is looked at and, of an earlier one, its end."""
    day = asked["as_of"]
    return (today(), None) if day is None or day >= today() else (day, start_of_day(day + timedelta(days=1), settings().timezone))


def filters_of(asked: Mapping[str, Any]) -> ProofFilters:
    """The filters in a loaded query."""
    return ProofFilters(**{name: asked[name] for name in ProofFilters.__dataclass_fields__})


def proof_json(one: ProofCard) -> dict[str, Any]:
    """A proof in a list, as JSON."""
    return {"id": one.id, "number": one.number, "version": one.version, "title": one.title, "clauses": list(one.clauses),
            "owner_id": one.owner_id, "owner": one.owner or None, "revision": one.revision, "evidence_on": one.evidence_on,
            "valid_from": one.valid_from, "valid_to": one.valid_to, "fresh": one.fresh.value, "review": one.review,
            "file_name": one.file_name, "file": f"/api/v1/files/{one.attachment_id}" if one.attachment_id else None,
            "sha256": one.sha256, "address": one.url,
            "note": one.note, "added_at": one.added_at, "added_by": one.added_by or None, "withdrawn": one.withdrawn,
            "url": f"/standards/evidence/files/{one.id}"}


def may_look(actor: Actor, one: ProofCard) -> bool:
    """Whether this caller may say that it shows what it should."""
    return not one.withdrawn and can(actor, KEEP_PROOF) and (
        actor.person_id is None or actor.person_id not in (one.owner_id, one.added_by_id))


def whole_json(actor: Actor, one: ProofCard, past: ProofHistory, people: list[int]) -> dict[str, Any]:
    """A proof with its revisions, its steps and what this caller may do. people: who may take it over."""
    acts = ([Act("restore", ProofReason)] if one.withdrawn else [
        *([Act("accept", ProofRemark, forward=True), Act("refuse", ProofReason)] if may_look(actor, one) else []),
        Act("revise", ProofChange), Act("give", ProofGiven, choices={"owner": people}), Act("withdraw", ProofReason)])
    return proof_json(one) | {
        "revisions": [{"no": row.no, "title": row.title, "clauses": row.clauses, "evidence_on": row.evidence_on,
                       "valid_from": row.valid_from, "valid_to": row.valid_to, "file_name": row.file_name, "sha256": row.sha256,
                       "address": row.url, "added_at": row.added_at, "added_by": past.names.get(row.added_by_id or 0)}
                      for row in past.revisions],
        "history": [{"verb": row.verb, "at": row.at, "by": past.names.get(row.by_id or 0), "reason": row.reason,
                     "revision": row.on_revision} for row in past.steps],
        "allowed": allowed(f"{BASE}/{one.id}", acts) if can(actor, KEEP_PROOF) else []}
