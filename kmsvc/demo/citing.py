"""Lessons and works of other systems in the demo cite its articles; what changed since waits for whoever keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from kmsvc.core.work import Work
from kmsvc.demo.content.citing import ADDRESS, LESSON, QUESTION, TRAINER
from kmsvc.demo.content.relations import twins
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.citations.keeping import Ref
from kmsvc.knowledge.citations.usecases import register_work
from kmsvc.knowledge.lessons.usecases import Draft, make_lesson

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

Told = Callable[[datetime], None]


def cited(stage: Stage, shown_since: Mapping[str, int]) -> list[Iterator[tuple[datetime, Told]]]:
    """A lesson of three articles, and for each article that was changed since a question that cites its paragraphs."""
    first = max(text.days_ago for text in twins())
    changed = [text.article for text in twins() if text.changed and any(one.side == "article" for one in text.changed)
               and shown_since.get(text.article, 0) > first]
    steady = [one for one in sorted(shown_since) if shown_since[one] > first and one not in changed][:2]
    return [_played(stage, first, changed, steady)] if changed and steady else []


def _played(stage: Stage, first: int, changed: list[str], steady: list[str]) -> Iterator[tuple[datetime, Told]]:
    def make(now: datetime) -> None:
        with stage.quiet.begin(stage.actor(TRAINER), now) as work:
            refs = [Ref("article", _article(work, one).id) for one in (*steady, changed[0])]
            make_lesson(work, Draft(*LESSON, "zh_Hans_CN", None, refs))
            for at, one in enumerate(changed, 1):
                article = _article(work, one)
                version = work.get(ArticleVersion, article.published_version_id)
                refs = [Ref("article", article.id, block["id"]) for block in version.blocks if block["kind"] != "heading"]
                register_work(work, kind="question", name=QUESTION % {"at": at, "title": version.title}, keeper=None,
                              address=ADDRESS % {"at": 1000 + at}, refs=refs[:5])
    yield stage.at(first, 15, 10), make


def _article(work: Work, external_id: str) -> Article:
    return work.session.scalars(select(Article).where(Article.external_id == external_id)).one()
