"""Inputs and answers of feedback."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.offers import Offer
from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.feedback.cards import FeedbackCard
from kmsvc.knowledge.feedback.queries import VIEWS, FeedbackLine
from kmsvc.knowledge.feedback.rules import LONGEST, FeedbackKind, FeedbackState
from kmsvc.knowledge.feedback.usecases import Said

KINDS = [one.value for one in FeedbackKind]
ASKED_KINDS = [one for one in KINDS if one != FeedbackKind.HELPFUL]
STATES = ["waiting", "late", *(one.value for one in FeedbackState if one != FeedbackState.COUNTED)]


class SayFeedback(InputSchema):
    """One key: what is said of the version that was read; the rest may be left out."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS), metadata={"label": N_("What you say of it")})
    note = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["note"]), metadata={"label": N_("Note")})
    contact = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["contact"]), metadata={
        "description": "number of the contact it came up in", "label": N_("Number of the contact")})
    query = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["query"]), metadata={
        "description": "what was searched for"})
    block = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={
        "description": "id of the block it is about", "label": N_("Which part")})
    instead = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1), metadata={"label": N_("What it replaces"),
        "description": "id of one's own word on the same version that this one replaces"})


class SendFeedback(SayFeedback):
    """The same from a program, with the version it is about."""

    version_id = Whole(required=True)


class FeedbackQuery(PageQuery):
    """Filters of the list. state: a state, `waiting` or `late`; view: `mine` (to reply to), `sent`, `all`."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    kind = Choice(ASKED_KINDS)
    state = Choice(STATES)
    view = Choice(VIEWS)
    article_id = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))


def said_of(data: dict[str, Any]) -> Said:
    """What was said beside the kind."""
    return Said(note=data["note"], contact=data["contact"], query=data["query"], block=data["block"])


def line_json(line: FeedbackLine) -> dict[str, Any]:
    """Feedback in a list, as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "kind": line.kind, "state": line.state,
            "article_id": line.article_id, "article_number": line.article_number, "title": line.title,
            "version_label": line.version_label, "note": line.note, "sender": line.sender, "sent_at": line.sent_at,
            "due_on": line.due_on, "holder": line.holder, "change_id": line.change_id, "url": line.url}


def card_json(card: FeedbackCard, offers: Sequence[Offer]) -> dict[str, Any]:
    """One feedback as JSON, with `allowed` for this caller."""
    return {
        "id": card.id, "number": card.number, "version": card.version, "kind": card.kind, "state": card.state,
        "article_id": card.article_id, "article_number": card.article.number, "title": card.article.title,
        "version_id": card.version_id, "version_label": card.version_label, "newer": card.newer, "part": card.part,
        "note": card.note, "contact": card.contact, "query": card.query, "sender": card.sender, "sent_at": card.sent_at,
        "due_on": card.due_on, "holders": list(card.holders), "taker": card.taker or None, "taken_at": card.taken_at,
        "answer": card.answer, "answered_by": card.answered_by or None, "answered_at": card.answered_at,
        "change": card.change.number if card.change else None, "result_label": card.result_label,
        "original": card.original[0] if card.original else None, "joined": [number for number, _ in card.joined],
        "url": card.url,
        "allowed": [{"verb": one.verb, "href": f"/api/v1/knowledge/feedback/{card.id}/{one.verb}", "method": "POST",
                     "forward": one.verb in ("take", "settle", "answer", "duplicate"), "schema": one.schema} for one in offers]}
