"""What a loaded input does to an article: one function an act, for page, JSON and command line alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kmsvc.core.schemas import InputSchema
from kmsvc.core.work import Work, centre_day
from kmsvc.knowledge.articles import usecases
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.schemas import (
    ArticleInput,
    KeepArticle,
    Retire,
    Revert,
    audience_named,
    audience_wanted,
    content_of,
    owner_named,
)
from kmsvc.knowledge.templates.usecases import begin_with

Data = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """An act on an article that is there. run(work, article_id, data, version)."""

    line: str
    schema: type[InputSchema]
    run: Callable[[Work, int, Data, int | None], Article]


def write(work: Work, data: Data) -> Article:
    """A new article, published if asked; with a template it is held to that from its first text on."""
    template = data.get("template")
    article = usecases.write_article(work, content_of(data), category=data["category"], publish=data["publish"] and not template,
                                     owner_id=owner_named(work.session, data["owner"]),
                                     audience_unit_id=audience_named(work.session, data["audience"]))
    if template:
        begin_with(work, article.id, template, today=centre_day(work.session, work.now))
        if data["publish"]:
            return usecases.publish_article(work, article.id)
    return article


def _edit(work: Work, article_id: int, data: Data, version: int | None) -> Article:
    return usecases.edit_article(work, article_id, content_of(data), version=version, category=data["category"],
                                 note=data["note"], publish=data["publish"], owner_id=owner_named(work.session, data["owner"]),
                                 audience=audience_wanted(work.session, data["audience"], work.get(Article, article_id)))


def _publish(work: Work, article_id: int, data: Data, version: int | None) -> Article:
    return usecases.publish_article(work, article_id, version=version)


def _revert(work: Work, article_id: int, data: Data, version: int | None) -> Article:
    return usecases.revert_article(work, article_id, to_version_id=data["to_version_id"], reason=data["reason"],
                                   version=version)


def _retire(work: Work, article_id: int, data: Data, version: int | None) -> Article:
    return usecases.retire_article(work, article_id, reason=data["reason"], superseded_by_id=data["superseded_by_id"],
                                   version=version)


def keep(work: Work, article_id: int, data: Data, version: int | None) -> Article:
    """Owner, audience and review day as they were sent; what is left out is emptied."""
    return usecases.keep_article(
        work, article_id, owner_id=owner_named(work.session, data["owner"]), review_on=data["review_on"],
        audience_unit_id=audience_named(work.session, data["audience"], work.session.get(Article, article_id)),
        reason=data["reason"], version=version)


ACTS = {
    "edit": Act("Write the next version; what is left out is emptied.", ArticleInput, _edit),
    "publish": Act("Let readers see the draft.", InputSchema, _publish),
    "revert": Act("Publish an earlier version again.", Revert, _revert),
    "keep": Act("Change owner (login), audience (unit code) and review day; what is left out is emptied.", KeepArticle, keep),
    "retire": Act("Take an article out of force.", Retire, _retire),
}
