"""Inputs and answers of the health of articles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.health.details import BatchLine, PairLine, Usage, WordLine
from kmsvc.knowledge.health.models import HealthBatch
from kmsvc.knowledge.health.passages import Passage
from kmsvc.knowledge.health.queries import BY, BoardRow, HealthLine
from kmsvc.knowledge.health.rules import Gravity, HealthSign
from kmsvc.knowledge.health.usecases import ACTS, MOST_AT_ONCE

SIGNS = [one.value for one in HealthSign]
GRAVITIES = [one.value for one in Gravity]
_OWNER = validate.Regexp(r"^(-|[0-9]{1,9})$", error=N_("An id, or - for nobody."))


class BoardQuery(InputSchema):
    """By whom the board counts, in the address."""

    by = Choice(BY)
    format = Choice(["csv", "xlsx"])


class _Filters(InputSchema):
    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    sign = Choice(SIGNS)
    gravity = Choice(GRAVITIES)
    owner = Line(load_default=None, allow_none=True, validate=_OWNER)
    category = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))


class HealthFilters(_Filters):
    """The filters of the list, all in the address."""

    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = Choice(["csv", "xlsx"])


class PairFilters(InputSchema):
    """The filters of the pairs, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(["open", "distinct"])
    cursor = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0, max=100_000))
    format = Choice(["csv", "xlsx"])


class ActFilters(InputSchema):
    """The filters of what was done to many, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    act = Choice(ACTS)
    cursor = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0, max=100_000))
    format = Choice(["csv", "xlsx"])


class ActsQuery(PageQuery):
    """Filters of what was done to many. q: in the reason or of who did it."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    act = Choice(ACTS)


class HealthQuery(PageQuery, _Filters):
    """Filters of the list. owner: an id, or - for nobody; category: its name, or - for none."""


class PairsQuery(PageQuery):
    """Filters of the pairs. state: open, or distinct where somebody found them right as they are."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    state = Choice(["open", "distinct"])


class SayRight(InputSchema):
    """Which sign is right as it is, and why."""

    sign = fields.String(required=True, validate=validate.OneOf(SIGNS))
    reason = Text(required=True, validate=validate.Length(max=2000), metadata={"label": N_("Reason")})


class Reason(InputSchema):
    """Why two alike are right as they are."""

    reason = Text(required=True, validate=validate.Length(max=2000), metadata={"label": N_("Reason")})


class Join(Reason):
    """Which of the two stays, and why."""

    keep = Whole(required=True, metadata={"label": N_("Which one stays")})


class ManyInOrder(InputSchema):
    """One act on many articles. sure: false asks only what it would change."""

    act = fields.String(required=True, validate=validate.OneOf(ACTS), metadata={"label": N_("What to set")})
    review_on = Day(load_default=None, allow_none=True, metadata={"label": N_("Next review")})
    category = Line(load_default=None, allow_none=True, validate=validate.Length(max=200), metadata={"label": N_("Category")})
    owner = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={"label": N_("Owner")})
    ids = fields.List(Whole(validate=validate.Range(min=1)), required=True,
                      validate=validate.Length(min=1, max=MOST_AT_ONCE, error=N_("From 1 to 500 articles.")))
    reason = Text(load_default=None, allow_none=True, validate=validate.Length(max=2000), metadata={"label": N_("Reason")})
    sure = fields.Boolean(load_default=False)

    @validates_schema
    def _has_its_value(self, data: dict[str, Any], **kwargs: Any) -> None:
        wanted = {"review": "review_on", "category": "category", "owner": "owner"}[data["act"]]
        wrong = {name: [N_("This is needed.")] for name in (wanted, *(["reason"] if data["sure"] else [])) if not data[name]}
        if wrong:
            raise ValidationError(wrong)


def sign_json(line: Any) -> dict[str, Any]:
    """A sign as JSON."""
    return {"sign": line.sign, "gravity": line.gravity, "figure": line.figure, "since": line.since, "rows": list(line.rows)}


def line_json(line: HealthLine) -> dict[str, Any]:
    """An article with its signs, as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "title": line.title, "state": line.state,
            "category": line.category, "owner": line.owner or None, "review_on": line.review_on, "url": line.url,
            "signs": [sign_json(one) for one in line.signs]}


def row_json(row: BoardRow) -> dict[str, Any]:
    """A row of the board as JSON."""
    return {"key": row.key or None, "name": row.name or None, "published": row.published, "healthy": row.healthy, "share": row.share,
            "signs": dict(row.counts), "gaps": row.gaps}


def word_json(word: WordLine) -> dict[str, Any]:
    """A word of somebody who looked, as JSON."""
    return {"id": word.id, "sign": word.sign, "other": word.other, "reason": word.reason, "person": word.person or None, "at": word.at,
            "holds": word.holds}


def pair_json(pair: PairLine) -> dict[str, Any]:
    """Two articles alike, as JSON."""
    two = [{"id": one.id, "number": one.number, "title": one.title, "url": f"/knowledge/articles/{one.id}"}
           for one in (pair.first, pair.second)]
    return {"id": f"{pair.first.id}-{pair.second.id}", "articles": two,
        "likeness": pair.likeness, "since": pair.since, "word": word_json(pair.word) if pair.word else None}


def act_json(line: BatchLine) -> dict[str, Any]:
    """A row of what was done to many, as JSON."""
    return {"id": line.id, "act": line.act, "value": line.value, "articles": line.articles, "reason": line.reason,
            "person": line.person, "at": line.at, "undone_at": line.undone_at}


def batch_json(batch: HealthBatch) -> dict[str, Any]:
    """One act on many articles, as JSON."""
    return {"id": batch.id, "act": batch.act, "value": batch.value, "articles": [int(one) for one in batch.before],
            "reason": batch.reason, "at": batch.at, "undone_at": batch.undone_at}


def usage_json(use: Usage, passages: Sequence[Passage]) -> dict[str, Any]:
    """How an article was used, from which searches, and which paragraphs they came for."""
    return {"days": use.days, "opens": use.opens, "searched_again": use.again, "feedback": use.said,
            "questions": [{"query": query, "opens": n, "searched_again": again} for query, n, again in use.questions],
            "passages": [{"block_id": one.block_id or None, "text": one.text, "opens": one.opens, "searched_again": one.again,
                          "questions": [query for query, *_ in one.questions]} for one in passages]}
