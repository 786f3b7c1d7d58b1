"""Inputs and answers of proposals."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.rules import LONGEST as WRITTEN
from kmsvc.knowledge.articles.schemas import LEVELS
from kmsvc.knowledge.proposals.queries import ProposalLine
from kmsvc.knowledge.proposals.rules import LONGEST, ProposalKind, ProposalState

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class ProposalText(InputSchema):
    """Title, the answer in one sentence, text."""

    title = Line(required=True, validate=validate.Length(max=WRITTEN["title"]), error_messages=NEEDED)
    summary = Text(load_default=None, allow_none=True, validate=validate.Length(max=WRITTEN["summary"]))
    body = Text(required=True, validate=validate.Length(max=WRITTEN["body"]), error_messages=NEEDED)


class ProposeArticle(ProposalText):
    """A new article, and why it is needed."""

    category = Line(load_default=None, allow_none=True, validate=validate.Length(max=WRITTEN["category"]))
    language = fields.String(load_default="zh_Hans_CN", validate=validate.OneOf(["zh_Hans_CN", "en"]))
    confidentiality = fields.String(load_default="sayable", validate=validate.OneOf(LEVELS))
    note = Text(required=True, validate=validate.Length(max=LONGEST["note"]), error_messages=NEEDED)


class ProposeCorrection(ProposalText):
    """Another wording of the text in force, and why. base_version_id: the text that was corrected; at_once: publish it now."""

    base_version_id = Whole(required=True)
    note = Text(required=True, validate=validate.Length(max=LONGEST["note"]), error_messages=NEEDED)
    at_once = fields.Boolean(load_default=False)


class PublishProposal(InputSchema):
    """As it is, or as the publisher writes it. onto: the version of the article that was looked at."""

    title = Line(load_default=None, allow_none=True, validate=validate.Length(max=WRITTEN["title"]))
    summary = Text(load_default=None, allow_none=True, validate=validate.Length(max=WRITTEN["summary"]))
    body = Text(load_default=None, allow_none=True, validate=validate.Length(max=WRITTEN["body"]))
    onto = Whole(load_default=None, allow_none=True)
    answer = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["answer"]))


class ProposalAnswer(InputSchema):
    """A word to the author."""

    answer = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["answer"]))


class ProposalReason(InputSchema):
    """Why, for the author."""

    answer = Text(required=True, validate=validate.Length(max=LONGEST["answer"]), error_messages=NEEDED)


class ProposalQuery(PageQuery):
    """Filters of the list. view: mine, or waiting for the caller."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    view = Choice(("mine", "waiting"))
    state = Choice(ProposalState)
    kind = Choice(ProposalKind)


class ProposalList(InputSchema):
    """The filters of the page, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    view = Choice(("mine", "waiting"))
    state = Choice(ProposalState)
    kind = Choice(ProposalKind)
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = Choice(("csv", "xlsx"))


def line_json(line: ProposalLine) -> dict[str, Any]:
    """A proposal as JSON, without its text."""
    return {"id": line.id, "number": line.number, "version": line.version, "kind": line.kind, "state": line.state,
            "title": line.title, "article_id": line.article_id, "article": line.article_number or None,
            "category": line.category or None, "author": line.author, "level": line.level, "sent_at": line.sent_at,
            "due_on": line.due_on, "decided_by": line.decided_by or None, "decided_at": line.decided_at,
            "answer": line.answer or None, "likeness": line.likeness, "url": line.url}
