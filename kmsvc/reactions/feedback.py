"""The story of feedback: who hears of it, what it led to, and how its sender learns what came of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.events import ArticlePublished, ArticleRetired, ArticlesImported
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.queries import face_of
from kmsvc.knowledge.feedback.events import FeedbackMoved, FeedbackSent
from kmsvc.knowledge.feedback.following import link_change, settle_change, settle_published
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.queries import holders
from kmsvc.knowledge.feedback.rules import FeedbackState
from kmsvc.notices.usecases import tell
from kmsvc.process.changes.events import ChangeClosed, ChangeSubmitted
from kmsvc.process.changes.models import Change
from kmsvc.process.changes.rules import State

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings

_PAGE = re.compile(r"/knowledge/feedback/(\d{1,9})(?:[/?#]|$)")


def _words(work: Work, row: Feedback) -> dict[str, Any]:
    article = work.get(Article, row.article_id)
    face = face_of(work.session, article)
    return {"feedback": row.number or "", "number": article.number, "title": face.title if face else ""}


def tell_who_replies(work: Work, fact: FeedbackSent, around: Surroundings) -> None:
    """Whoever holds the article hears of it; whoever said it needs no notice of that."""
    row = work.get(Feedback, fact.feedback_id)
    if row.state != FeedbackState.OPEN or row.due_on is None:
        return
    people = [one for one in holders(work.session, work.get(Article, row.article_id)) if one != row.sender_id]
    tell(work, people, "knowledge.feedback.sent", url=f"/knowledge/feedback/{row.id}", dedup=f"feedback:{row.id}",
         params=_words(work, row) | {"said": {"code": row.kind, "enum": "feedback_kind"}, "due_on": row.due_on.isoformat()},
         about=("article", row.article_id))


def tell_sender(work: Work, fact: FeedbackMoved, around: Surroundings) -> None:
    """Whoever said it, and whoever said the same, hears what came of it; a word that waits again is its holder's again."""
    row = work.get(Feedback, fact.feedback_id)
    said = [row, *work.session.scalars(select(Feedback).where(Feedback.duplicate_of_id == row.id).order_by(Feedback.id))]
    for one in said:
        if one.sender_id != fact.person_id:
            tell(work, [one.sender_id], "knowledge.feedback.moved", url=f"/knowledge/feedback/{one.id}",
                 dedup=f"feedback:{row.id}:{fact.turn}:{one.id}", about=("article", one.article_id),
                 params=_words(work, one) | {"outcome": {"code": fact.state, "enum": "feedback_state"}})
    if fact.state == FeedbackState.OPEN and row.due_on is not None:
        tell(work, holders(work.session, work.get(Article, row.article_id)), "knowledge.feedback.sent",
             url=f"/knowledge/feedback/{row.id}", dedup=f"feedback:{row.id}:{fact.turn}:again", about=("article", row.article_id),
             params=_words(work, row) | {"said": {"code": row.kind, "enum": "feedback_kind"}, "due_on": row.due_on.isoformat()})


def link_change_to_feedback(work: Work, fact: ChangeSubmitted, around: Surroundings) -> None:
    """A change asked for from the page of a feedback is what it led to."""
    change = work.get(Change, fact.change_id)
    page = _PAGE.match(change.place or "")
    if page is not None:
        link_change(work, int(page[1]), change_id=change.id, asker_id=change.asker_id,
                    today=local_date(work.now, around.zone))


def settle_feedback(work: Work, fact: ArticlePublished | ArticleRetired, around: Surroundings) -> None:
    """What was taken over to be edited is done."""
    settle_published(work, fact.article_id, fact.version_id if isinstance(fact, ArticlePublished) else None)


def settle_imported_feedback(work: Work, fact: ArticlesImported, around: Surroundings) -> None:
    """The same for articles whose new text came from outside."""
    for article_id in fact.article_ids:
        published = work.get(Article, article_id).published_version_id
        if published is not None:
            settle_published(work, article_id, published)


def settle_change_feedback(work: Work, fact: ChangeClosed, around: Surroundings) -> None:
    """The request a feedback led to came to its end."""
    settle_change(work, fact.change_id, released=fact.state == State.RELEASED2, today=local_date(work.now, around.zone))


REACTIONS: dict[Any, tuple[Any, ...]] = {
    FeedbackSent: (tell_who_replies,),
    FeedbackMoved: (tell_sender,),
    ChangeSubmitted: (link_change_to_feedback,),
    ChangeClosed: (settle_change_feedback,),
    ArticlePublished: (settle_feedback,),
    ArticleRetired: (settle_feedback,),
    ArticlesImported: (settle_imported_feedback,),
}
