"""The page behind the figures on an article: what people came for, and the same as a table to take away."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from marshmallow import fields, validate

from kmsvc.convert.sending import table_answer
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can
from kmsvc.core.schemas import InputSchema, Line
from kmsvc.core.texts import N_
from kmsvc.core.web import look, query_data, today
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.contacts.permissions import LINK_CONTACT
from kmsvc.knowledge.contacts.queries import reuse_of
from kmsvc.knowledge.health.permissions import SEE_HEALTH
from kmsvc.knowledge.health.use_of_one import UseOfOne, answers_for, use_of_one

blueprint = Blueprint("knowledge_use_pages", __name__, url_prefix="/knowledge/articles")

HEAD = (N_("Paragraph"), N_("Searched for"), N_("Opened"), N_("Searched again"))
SHOWN = 30


class UseQuery(InputSchema):
    """Words a search must have, and the file wanted."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


@blueprint.get("/<int:article_id>/use")
def show(article_id: int) -> str | Response:
    """How one article is used, for whoever may read it."""
    asked = query_data(UseQuery)
    with look() as work:
        found = use_of_one(work.session, work.actor, article_id, work.now)
        if asked["format"]:
            return table_answer(asked["format"], found.number, [sentence(one) for one in HEAD], rows_of(found, asked["q"]),
                                name=f"use-{found.number}-{today().isoformat()}")
        article = work.get(Article, article_id)
        reuse = reuse_of(work.session, "article", article_id, work.now) if can(work.actor, LINK_CONTACT) else None
        return render_template("knowledge/health/use.html", found=found, asked=asked, reuse=reuse, lines=lines_of(found, asked["q"]),
                               shown=SHOWN if not request.args.get("all") else len(found.asked),
                               sees_health=can(work.actor, SEE_HEALTH) and answers_for(work.actor, article))


def lines_of(found: UseOfOne, words: str | None) -> list[tuple[str, int, int]]:
    """The searches that have these words, the most frequent first."""
    return [one for one in found.asked if not words or words.lower() in one[0].lower()]


def rows_of(found: UseOfOne, words: str | None) -> list[list[str | int]]:
    """A row for each search, with the paragraph it is laid on where that is known."""
    place = {one[0]: passage.text for passage in found.passages for one in passage.questions}
    return [[place.get(query, ""), query, opens, again] for query, opens, again in lines_of(found, words)]
