"""Articles as JSON: list, read, write, publish, revert, retire, confirm."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.access.guard import shown
from kmsvc.access.rules import Place
from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.cards import Moment
from kmsvc.core.errors import NotFound
from kmsvc.core.openapi import says
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Words
from kmsvc.core.web import load, look, query_data, settings, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.articles import acts, lists, queries, showing, versions
from kmsvc.knowledge.articles.acts import ACTS
from kmsvc.knowledge.articles.days import version_on
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.permissions import level_of
from kmsvc.knowledge.articles.rules import ArticleState, Stage, Validity
from kmsvc.knowledge.articles.schemas import (
    ArticleInput,
    ConfirmRead,
    article_json,
    version_json,
)
from kmsvc.knowledge.articles.secrets import secret
from kmsvc.knowledge.articles.verbs import allowed
from kmsvc.knowledge.confirmations.queries import my_reading
from kmsvc.knowledge.confirmations.usecases import confirm_read
from kmsvc.knowledge.scopes.register import marks_named
from kmsvc.markup.diff import count_changes
from kmsvc.markup.fences import visible
from kmsvc.search.scopes import DIMENSIONS

blueprint = Blueprint("knowledge_articles_api", __name__, url_prefix="/api/v1/knowledge/articles")


class ArticleQuery(PageQuery):
    """Filters of the list."""

    q = Line(load_default=None)
    category = Line(load_default=None)
    state = Choice(ArticleState)
    stage = Choice(Stage)
    validity = Choice(Validity)
    product, region, channel, customer = Words(), Words(), Words(), Words()


@blueprint.get("")
@says(query=ArticleQuery)
def list_articles() -> Response:
    """Articles this caller may read, newest first."""
    asked = query_data(ArticleQuery)
    with look() as work:
        scopes = tuple(mark for name in DIMENSIONS for mark in marks_named(work.session, name, asked[name] or ()))
        lines, following = lists.article_lines(
            work.session, work.actor, today(), q=asked["q"], category=asked["category"], state=asked["state"],
            narrowed=lists.Narrowed(asked["stage"], asked["validity"], scopes), before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([lists.line_json(line) | {"category_label": showing.category_name(line.category) or None}
                       for line in lines], following))


@blueprint.post("")
@says(body=ArticleInput, status=201)
def write() -> Response:
    """Write a new article, and publish it if asked."""
    data = load(ArticleInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        article = acts.write(work, data)
        return _json(work, article), 201, article.version
    return posting(effect)


class DayQuery(InputSchema):
    """on: the version that counted on this day, instead of the one in force."""

    on = Day(load_default=None, allow_none=True)


@blueprint.get("/<int:article_id>")
@says(query=DayQuery)
def show(article_id: int) -> Response:
    """One article as this caller may read it; `on=` as it counted on that day."""
    day = query_data(DayQuery)["on"]
    with look() as work:
        card = queries.article_card(work.session, work.actor, article_id, today(), zone=settings().timezone)
        if day is not None and day != today():
            wanted = version_on(work.session, article_id, Moment(day, today(), settings().timezone))
            if wanted is None:
                raise NotFound()
            card = queries.article_card(work.session, work.actor, article_id, today(), version_id=wanted, zone=settings().timezone)
        shown(secret(work.session, work.actor, article_id, card.version_id), Place.PROGRAM)
        return reply(_whole(work, card), version=card.version)


def _json(work: Work, article: Article) -> dict[str, Any]:
    work.session.flush()
    return _whole(work, queries.article_card(work.session, work.actor, article.id, today(), draft=True,
                                             zone=settings().timezone))


def _whole(work: Work, card: queries.ArticleCard) -> dict[str, Any]:
    """An article with what this caller may do with it now."""
    mine = my_reading(work.session, card.id, card.version_id, work.actor.person_id)
    waiting = card.is_published and mine.asked and mine.confirmed_at is None
    return article_json(card) | {"category_label": showing.category_name(card.category) or None, "confirmed_at": mine.confirmed_at,
                                 "allowed": allowed(work.session, work.actor, card, waiting=waiting)}


@blueprint.get("/<int:article_id>/versions")
def list_versions(article_id: int) -> Response:
    """The versions of an article that this caller may read, newest first."""
    with look() as work:
        queries.readable_version(work.session, work.actor, article_id)
        lines = versions.version_lines(work.session, work.actor, article_id)
    return reply(page([version_json(line) for line in lines]))


@blueprint.get("/<int:article_id>/versions/<int:n>")
def show_version(article_id: int, n: int) -> Response:
    """One immutable version, its text cut to what this caller may read."""
    with look() as work:
        row = versions.numbered_version(work.session, work.actor, article_id, n)
        line = next(one for one in versions.version_lines(work.session, work.actor, article_id) if one.id == row.id)
        level = level_of(work.actor)
        shown(secret(work.session, work.actor, article_id, row.id), Place.PROGRAM)
        return reply(version_json(line) | {
            "summary": visible(row.summary or "", level).strip(), "body": visible(row.body, level),
            "confidentiality": row.confidentiality, "content_hash": row.content_hash, "tags": row.tags,
            "aliases": row.aliases, "language": row.language, "valid_from": row.valid_from, "valid_to": row.valid_to})


@blueprint.get("/<int:article_id>/versions/<int:n>/diff/<int:m>")
def difference(article_id: int, n: int, m: int) -> Response:
    """What changed from version n to version m, block by block, word by word, as far as this caller may read both."""
    with look() as work:
        old = versions.numbered_version(work.session, work.actor, article_id, n)
        new = versions.numbered_version(work.session, work.actor, article_id, m)
        changes = versions.changes_between(work.actor, old, new)
        for one in (old, new):
            shown(secret(work.session, work.actor, article_id, one.id), Place.PROGRAM)
    return reply({"from": n, "to": m, "counts": count_changes(changes), "blocks": [
        {"id": one.block_id, "status": one.status, "parts": [list(part) for part in one.parts]} for one in changes]})


def _seen(work: Work, article_id: int) -> None:
    queries.article_card(work.session, work.actor, article_id, today(), draft=True)


def _view_of(name: str) -> Any:
    act = ACTS[name]

    @says(body=act.schema, summary=act.line)
    def view(article_id: int) -> Response:
        data, version = load(act.schema), wanted_version()

        def effect(work: Work) -> tuple[Any, int, int | None]:
            _seen(work, article_id)
            article = act.run(work, article_id, data, version)
            return _json(work, article), 200, article.version
        return posting(effect, theirs=lambda work: _json(work, work.get(Article, article_id)))
    return view


for _name in ACTS:
    blueprint.add_url_rule(f"/<int:article_id>/{_name}", endpoint=_name, view_func=_view_of(_name), methods=["POST"])


@blueprint.post("/<int:article_id>/confirm")
@says(body=ConfirmRead)
def confirm(article_id: int) -> Response:
    """«I have read and understood this version.»"""
    data = load(ConfirmRead)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = confirm_read(work, article_id, version_id=data["version_id"], today=today())
        return {"article_id": article_id, "version_id": row.version_id, "confirmed_at": row.confirmed_at}, 200, None
    return posting(effect)
