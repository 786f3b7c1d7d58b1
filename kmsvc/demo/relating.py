"""Articles of the demo are related: twins in two languages, of which some drift apart, and what replaces or belongs to what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from kmsvc.core.work import Work
from kmsvc.demo.content.relations import ChangeText, TieText, TwinText, ties, twins
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.usecases import Content, edit_article, write_article
from kmsvc.knowledge.relations.usecases import find_equal, relate, twins_of

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

Told = Callable[[datetime], None]
EDITOR = "hemiao"


def related(stage: Stage, shown_since: Mapping[str, int]) -> list[Iterator[tuple[datetime, Told]]]:
    """All relations, each a thread of its own. shown_since: for how many days an answer reads as it does, by external id; in
    some centres it is younger, a draft, or was retired, and nothing is related to it."""
    return [*(_twin(stage, text) for text in twins() if shown_since.get(text.article, 0) > text.days_ago),
            *(_tie(stage, text) for text in ties()
              if min(shown_since.get(one, 0) for one in (text.article, text.other)) > text.days_ago)]


def _id_of(work: Work, external_id: str) -> int:
    return work.session.scalars(select(Article.id).where(Article.external_id == external_id)).one()


def _tie(stage: Stage, text: TieText) -> Iterator[tuple[datetime, Told]]:
    def say(now: datetime) -> None:
        with stage.quiet.begin(stage.actor(EDITOR), now) as work:
            relate(work, _id_of(work, text.article), _id_of(work, text.other), text.word)
    yield stage.at(text.days_ago, 14, 20), say


def _twin(stage: Stage, text: TwinText) -> Iterator[tuple[datetime, Told]]:
    made: list[int] = []

    def write(now: datetime) -> None:
        with stage.quiet.begin(stage.actor(EDITOR), now) as work:
            article = write_article(work, Content(
                title=text.title, body=text.body.strip() + "\n", summary=text.summary, tags=text.tags, aliases=text.aliases,
                language=text.language), category=None, owner_id=stage.cast[text.owner].id, publish=True)
            original = work.get(Article, _id_of(work, text.article))
            article.category_id = original.category_id
            made.append(article.id)
            work.session.flush()
            relate(work, original.id, article.id, "twin")
    yield stage.at(text.days_ago, 15, 10), write

    acts: list[tuple[int, Told]] = [(one.days_ago, partial(_change, stage, text, made, one)) for one in text.changed]
    acts += [(days_ago, partial(_equal, stage, made)) for days_ago in text.equal]
    for days_ago, act in sorted(acts, key=lambda one: -one[0]):
        yield stage.at(days_ago, 10, 5), act


def _change(stage: Stage, text: TwinText, made: list[int], change: ChangeText, now: datetime) -> None:
    with stage.db.begin(stage.actor(EDITOR), now) as work:
        article = work.get(Article, made[0] if change.side == "twin" else _id_of(work, text.article))
        version = work.get(ArticleVersion, article.published_version_id)
        held = {one.name: getattr(version, one.name) for one in fields(Content)}
        edit_article(work, article.id, Content(**held | {"body": version.body.replace(change.replace, change.put)}),
                     note=change.note, publish=True)


def _equal(stage: Stage, made: list[int], now: datetime) -> None:
    with stage.db.begin(stage.actor(EDITOR), now) as work:
        found = twins_of(work, made[0])
        ids = tuple(work.get(Article, one).published_version_id or 0 for one in (found.from_id, found.to_id))
        find_equal(work, found.id, version_ids=(ids[0], ids[1]))
