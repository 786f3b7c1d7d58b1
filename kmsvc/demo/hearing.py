"""Readers of the demo say what is wrong with answers, and whoever keeps them replies, takes it over or mends the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.demo.content.feedback import HelpfulText, SaidText, helpful, said
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.usecases import Content, edit_article
from kmsvc.knowledge.feedback.usecases import Said, answer_feedback, send_feedback, take_over

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

Told = Callable[[datetime], None]


def heard(stage: Stage, shown_since: Mapping[str, int]) -> list[Iterator[tuple[datetime, Told]]]:
    """All words of readers, each a thread of its own. shown_since: for how many days an answer reads as it does, by external
    id; in some centres it is a draft, or was retired, and nobody says anything of it."""
    return [*(_listen(stage, text) for text in said() if shown_since.get(text.article, 0) > text.days_ago),
            *(_praise(stage, text, shown_since) for text in helpful())]


def _listen(stage: Stage, text: SaidText) -> Iterator[tuple[datetime, Told]]:
    made: list[int] = []

    def say(now: datetime) -> None:
        with stage.db.begin(stage.actor(text.login), now) as work:
            _, version = _shown(work, text.article)
            made.append(send_feedback(work, version.id, text.kind, today=local_date(now, stage.zone), said=Said(
                text.note or None, text.contact or None, text.query or None)).id)
    yield stage.at(text.days_ago, text.hour, 12), say
    if text.then:
        yield stage.at(text.days_ago - text.after, 10, 40), partial(_deal, stage, text, made)


def _deal(stage: Stage, text: SaidText, made: list[int], now: datetime) -> None:
    [feedback_id] = made
    with stage.db.begin(stage.actor(text.by), now) as work:
        if text.then == "answer":
            answer_feedback(work, feedback_id, reason=text.reason)
            return
        take_over(work, feedback_id, today=local_date(now, stage.zone))
    if text.then == "edit":
        with stage.db.begin(stage.actor(text.by), now) as work:
            article, version = _shown(work, text.article)
            held = {one.name: getattr(version, one.name) for one in fields(Content)}
            edit_article(work, article.id, Content(**held | {"body": version.body.replace(text.replace, text.put)}),
                         note=text.reason, publish=True)


def _praise(stage: Stage, text: HelpfulText, shown_since: Mapping[str, int]) -> Iterator[tuple[datetime, Told]]:
    names = [name for name in text.articles if shown_since.get(name, 0) > text.days_ago]
    for place, login in enumerate(text.logins):
        def say(now: datetime, place: int = place, login: str = login) -> None:
            with stage.quiet.begin(stage.actor(login), now) as work:
                for name in names[place % 3::2]:
                    send_feedback(work, _shown(work, name)[1].id, "helpful", today=local_date(now, stage.zone))
        yield stage.at(text.days_ago - place, 13, 5), say


def _shown(work: Work, name: str) -> tuple[Article, ArticleVersion]:
    article = work.session.scalars(select(Article).where(Article.external_id == name)).one()
    return article, work.get(ArticleVersion, article.published_version_id)
