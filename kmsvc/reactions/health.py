"""The health of an article is looked at anew as soon as it changes, or a reader says something of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.core.work import Work
from kmsvc.knowledge.articles.events import ArticleChanged, ArticlePublished, ArticleRetired
from kmsvc.knowledge.feedback.events import FeedbackMoved, FeedbackSent
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.health.examining import examine
from kmsvc.knowledge.health.permissions import EXAMINE_HEALTH

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def examine_article(work: Work, fact: Any, around: Surroundings) -> None:
    """What changed is looked at anew."""
    work.permit(EXAMINE_HEALTH)
    examine(work, [fact.article_id], around.zone)


def examine_said(work: Work, fact: FeedbackSent | FeedbackMoved, around: Surroundings) -> None:
    """The article a reader spoke of is looked at anew."""
    work.permit(EXAMINE_HEALTH)
    examine(work, [work.get(Feedback, fact.feedback_id).article_id], around.zone)


REACTIONS: dict[Any, tuple[Any, ...]] = {
    ArticlePublished: (examine_article,),
    ArticleChanged: (examine_article,),
    ArticleRetired: (examine_article,),
    FeedbackSent: (examine_said,),
    FeedbackMoved: (examine_said,),
}
