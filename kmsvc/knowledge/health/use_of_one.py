"""Where the figures on an article come from, for whoever may read it: which paragraph people came for, from which searches, and
how often they searched again. Nobody is named; a search that only one person stands behind is for those who answer for the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.queries import readable_version
from kmsvc.knowledge.health.details import usage_of
from kmsvc.knowledge.health.gathering import people_by_question
from kmsvc.knowledge.health.passages import Asked, Passage, passages_of
from kmsvc.knowledge.health.permissions import JUDGE_HEALTH, SEE_ALL_HEALTH
from kmsvc.knowledge.health.using import Used, used

SEVERAL = 2
"""different persons from whom on the words of a search are shown to every reader: what one person typed, however often, may tell who"""


@dataclass(frozen=True)
class UseOfOne:
    """use: as the line of facts says it. opens, again: in the last days; asked: the searches shown; rare: openings from searches
    that are not shown to this caller; said: words of readers by kind."""

    article_id: int
    number: str
    title: str
    use: Used
    days: int
    opens: int
    again: int
    passages: tuple[Passage, ...]
    asked: tuple[Asked, ...]
    rare: int
    said: dict[str, int]


def use_of_one(session: Session, actor: Actor, article_id: int, now: datetime) -> UseOfOne:
    """How an article is used, or NotFound where this caller may not read it."""
    article, version = readable_version(session, actor, article_id)
    usage = usage_of(session, article_id, now)
    shown = usage.asked if answers_for(actor, article) else shown_to(
        usage.asked, people_by_question(session, article_id, now - timedelta(days=usage.days)))
    return UseOfOne(article.id, article.number, version.title, used(session, article_id), usage.days, usage.opens, usage.again,
                    tuple(passages_of(session, actor, article_id, shown)), shown,
                    usage.opens - sum(one[1] for one in shown), usage.said)


def answers_for(actor: Actor, article: Article) -> bool:
    """Whether every search is shown: to owner and editors, and to those who see the health of all articles."""
    return can(actor, SEE_ALL_HEALTH) or can(actor, JUDGE_HEALTH, article)


def shown_to(asked: tuple[Asked, ...], people: Mapping[str, int]) -> tuple[Asked, ...]:
    """The searches of which every reader reads the words. people: different persons behind each."""
    return tuple(one for one in asked if people.get(one[0], 0) >= SEVERAL)
