"""The health of articles as JSON: the board, the list, one article, pairs alike, acts on many, and what may be said of signs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.errors import NotFound
from kmsvc.core.openapi import says
from kmsvc.core.schemas import InputSchema
from kmsvc.core.web import load, look, query_data, settings, today
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.health import deciding, details, queries, usecases
from kmsvc.knowledge.health.passages import passages_of
from kmsvc.knowledge.health.permissions import SEE_HEALTH
from kmsvc.knowledge.health.schemas import (
    ActsQuery,
    BoardQuery,
    HealthQuery,
    Join,
    ManyInOrder,
    PairsQuery,
    Reason,
    SayRight,
    act_json,
    batch_json,
    line_json,
    pair_json,
    row_json,
    usage_json,
    word_json,
)

blueprint = Blueprint("knowledge_health_api", __name__, url_prefix="/api/v1/knowledge/health")


class BoardJson(BoardQuery):
    """By whom the board counts: owner or category."""

    class Meta:
        exclude = ("format",)


@blueprint.get("")
@says(query=BoardJson)
def board() -> Response:
    """Owners or categories with their signs, the least healthy first, and the whole."""
    asked = query_data(BoardJson)
    with look() as work:
        work.permit(SEE_HEALTH)
        rows, whole = queries.board(work.session, work.actor, asked["by"] or "owner")
        last = queries.last_look(work.session)
    return reply({"items": [row_json(row) for row in rows], "whole": row_json(whole), "looked_at": last.at if last else None})


@blueprint.get("/articles")
@says(query=HealthQuery)
def list_articles() -> Response:
    """Articles with signs, the gravest first."""
    asked = query_data(HealthQuery)
    with look() as work:
        work.permit(SEE_HEALTH)
        lines, following = queries.health_lines(
            work.session, work.actor, today(), q=asked["q"], sign=asked["sign"], gravity=asked["gravity"], owner=asked["owner"],
            category=asked["category"], after=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([line_json(line) for line in lines], following))


@blueprint.get("/articles/<int:article_id>")
def show(article_id: int) -> Response:
    """One article with its signs, its use and what was said of signs."""
    with look() as work:
        work.permit(SEE_HEALTH)
        return reply(_whole(work, article_id))


def _whole(work: Work, *article_ids: int | None) -> dict[str, Any]:
    """Of these the first whose health is open to the caller."""
    wanted = [one for one in article_ids if one is not None]
    line = next(iter(queries.lines_by_id(work.session, work.actor, wanted, today())), None)
    if line is None:
        raise NotFound()
    use = details.usage_of(work.session, line.id, work.now)
    return {**line_json(line), "words": [word_json(one) for one in details.words_on(work.session, line.id)],
            "alike": [pair_json(one) for one in details.pair_lines(work.session, work.actor, article_id=line.id)[0]],
            "usage": usage_json(use, passages_of(work.session, work.actor, line.id, use.asked))}


@blueprint.post("/articles/<int:article_id>/right")
@says(body=SayRight)
def right(article_id: int) -> Response:
    """Say that a sign is right as it is; it rests until what it was seen on is another."""
    data = load(SayRight)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.say_right(work, article_id, sign=data["sign"], reason=data["reason"], today=today(), zone=settings().timezone)
        work.session.flush()
        return _whole(work, article_id), 200, None
    return posting(effect)


@blueprint.post("/words/<int:word_id>/withdraw")
@says(body=InputSchema)
def withdraw(word_id: int) -> Response:
    """Take it back; the sign, or the pair, is shown again."""
    load(InputSchema)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        word = usecases.take_word_back(work, word_id, today=today(), zone=settings().timezone)
        work.session.flush()
        return _whole(work, word.article_id, word.other_id), 200, None
    return posting(effect)


@blueprint.get("/pairs")
@says(query=PairsQuery)
def pairs() -> Response:
    """Articles whose texts are nearly the same, two by two."""
    asked = query_data(PairsQuery)
    with look() as work:
        work.permit(SEE_HEALTH)
        found, _total, following = details.pair_lines(work.session, work.actor, q=asked["q"], state=asked["state"],
                                                      start=cursor_id(asked["cursor"]) or 0, limit=asked["limit"])
    return reply(page([pair_json(one) for one in found], following))


@blueprint.post("/pairs/<int:article_id>/<int:other_id>/distinct")
@says(body=Reason)
def distinct(article_id: int, other_id: int) -> Response:
    """Say that two alike are right as they are."""
    data = load(Reason)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.say_distinct(work, article_id, other_id, reason=data["reason"], zone=settings().timezone)
        work.session.flush()
        return _whole(work, article_id, other_id), 200, None
    return posting(effect)


@blueprint.post("/pairs/<int:article_id>/<int:other_id>/join")
@says(body=Join)
def join(article_id: int, other_id: int) -> Response:
    """Retire one of the two in favour of the other."""
    data = load(Join)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        kept = deciding.join(work, article_id, other_id, data, today(), settings().timezone)
        work.session.flush()
        return _whole(work, kept.id), 200, None
    return posting(effect)


@blueprint.get("/acts")
@says(query=ActsQuery)
def acts() -> Response:
    """What was done to many articles at once."""
    asked = query_data(ActsQuery)
    with look() as work:
        work.permit(EDIT_ARTICLE)
        lines, following = details.batch_lines(work.session, q=asked["q"], act=asked["act"], start=cursor_id(asked["cursor"]) or 0,
                                               limit=asked["limit"])
    return reply(page([act_json(one) for one in lines], following))


@blueprint.post("/acts")
@says(body=ManyInOrder)
def many() -> Response:
    """Set review day, category or owner of many articles. Without `sure` only what it would change."""
    data = load(ManyInOrder)
    if not data["sure"]:
        with look() as work:
            ahead = deciding.look_ahead(work, data, today())
        return reply({"id": None, "changed": list(ahead.changed), "same": ahead.same, "following": ahead.following})

    def effect(work: Work) -> tuple[Any, int, int | None]:
        batch = deciding.put_many(work, data, today(), settings().timezone)
        work.session.flush()
        return batch_json(batch), 200, None
    return posting(effect)


@blueprint.post("/acts/<int:batch_id>/undo")
@says(body=InputSchema)
def undo(batch_id: int) -> Response:
    """Give each article back what it had."""
    load(InputSchema)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        batch, count = usecases.undo_many(work, batch_id, zone=settings().timezone)
        return {**batch_json(batch), "restored": count}, 200, None
    return posting(effect)


