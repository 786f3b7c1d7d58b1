"""Inputs and answers of the log of secret text."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from kmsvc.access.queries import AccessFilter, AccessLine
from kmsvc.access.rules import LONGEST_BLOCKS, TRIED, Act
from kmsvc.core import cards
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Whole

ACTS = [*(act.value for act in Act), "tried"]


class AccessQuery(PageQuery):
    """Filters of the log. act: one of them, or «tried»: everything but being shown it."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    act = Choice(ACTS)
    kind = Choice(later=lambda: cards.KINDS)
    since = Day(load_default=None, allow_none=True)
    until = Day(load_default=None, allow_none=True)


class AccessList(InputSchema):
    """The filters of the page, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    act = Choice(ACTS)
    kind = Choice(later=lambda: cards.KINDS)
    since = Day(load_default=None, allow_none=True)
    until = Day(load_default=None, allow_none=True)
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class OpenSecret(InputSchema):
    """The secret words of which thing; of what is in force where no version is named."""

    kind = Line(required=True, validate=validate.Length(max=64))
    id = Whole(required=True, validate=validate.Range(min=1))
    version_id = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))


class Tried(InputSchema):
    """What the page stopped, or sent to print. text: `article:5:17`, kind, id and version; blocks: ids, separated by commas."""

    act = fields.String(required=True, validate=validate.OneOf([act.value for act in TRIED]))
    text = Line(required=True, validate=validate.Regexp(r"\A[a-z_]{1,40}:[0-9]{1,9}:[0-9]{1,9}\Z"))
    blocks = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST_BLOCKS))


def filter_of(asked: dict[str, Any]) -> AccessFilter:
    """The filter a query string asks for."""
    return AccessFilter(q=asked["q"], act=asked["act"], kind=asked["kind"], since=asked["since"], until=asked["until"])


def line_json(line: AccessLine) -> dict[str, Any]:
    """One line as JSON."""
    return {"id": line.id, "at": line.at, "person": line.name or None, "login": line.login, "via": line.via, "act": line.act,
            "place": line.place, "kind": line.kind, "ref_id": line.ref_id, "number": line.number, "version_label": line.version_label,
            "blocks": list(line.blocks), "whole": not line.blocks, "title": line.title or None, "request_id": line.request_id,
            "reason": line.reason,
            "url": line.url}
