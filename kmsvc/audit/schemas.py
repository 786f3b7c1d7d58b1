"""Inputs of the trail's doors."""

from __future__ import annotations

from typing import Any

from marshmallow import validate

from kmsvc.audit.queries import TrailFilter
from kmsvc.audit.wording import SUBJECTS, Act
from kmsvc.core.schemas import Choice, Day, Line, PageQuery

CODE = validate.Length(max=64)


class TrailQuery(PageQuery):
    """Filters of the trail; cursor: entries below this sequence number."""

    q = Line(load_default=None, validate=validate.Length(max=200), metadata={"description": "words in before, after or reason"})
    subject = Choice(SUBJECTS, metadata={"description": "table"})
    id = Line(load_default=None, validate=CODE, metadata={"description": "id of the row"})
    person = Line(load_default=None, validate=CODE, metadata={"description": "login"})
    act = Choice(Act)
    since = Day(load_default=None, allow_none=True)
    until = Day(load_default=None, allow_none=True)
    request_id = Line(load_default=None, validate=CODE)


def filter_of(asked: dict[str, Any]) -> TrailFilter:
    """The filter a query string asks for."""
    return TrailFilter(q=asked["q"], subject=asked["subject"], subject_id=asked["id"], person=asked["person"],
                       act=asked["act"], since=asked["since"], until=asked["until"], request_id=asked["request_id"])
