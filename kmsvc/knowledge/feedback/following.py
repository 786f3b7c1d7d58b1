"""What the service itself notes on feedback that was taken over: the request it led to, the version that came, the end of a
request."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from kmsvc.core.options import value
from kmsvc.core.work import Work
from kmsvc.core.workdays import workdays_after
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.permissions import FOLLOW_FEEDBACK
from kmsvc.knowledge.feedback.queries import dealers
from kmsvc.knowledge.feedback.rules import WAITING, FeedbackState
from kmsvc.knowledge.feedback.usecases import DAYS, moved


def link_change(work: Work, feedback_id: int, *, change_id: int, asker_id: int | None, today: date) -> None:
    """A change was asked for from the page of this feedback by somebody whose it is to deal with: it is taken over."""
    work.permit(FOLLOW_FEEDBACK)
    row = work.session.get(Feedback, feedback_id, with_for_update=True)
    if row is None or row.state not in WAITING or row.change_id is not None or asker_id is None:
        return
    if asker_id not in dealers(work.session, work.get(Article, row.article_id)):
        return
    row.change_id, row.taker_id, row.taken_at, row.state = change_id, asker_id, work.now, FeedbackState.TAKEN
    row.due_on = workdays_after(today, value(work.session, DAYS))
    moved(work, row)


def settle_published(work: Work, article_id: int, version_id: int | None) -> None:
    """A version is in force, or the article was retired (None): what was taken over to be edited before is done.

    A version written before it was taken over, brought back or published late, settles nothing."""
    work.permit(FOLLOW_FEEDBACK)
    version = work.get(ArticleVersion, version_id) if version_id is not None else None
    for row in work.session.scalars(select(Feedback).where(
            Feedback.article_id == article_id, Feedback.state == FeedbackState.TAKEN, Feedback.change_id.is_(None))
            .order_by(Feedback.id).with_for_update()):
        if version is not None and (version.id == row.version_id or (row.taken_at and version.recorded_at < row.taken_at)):
            continue
        row.result_version_id = version_id
        _done(work, row)


def settle_change(work: Work, change_id: int, *, released: bool, today: date) -> None:
    """The request it led to came to its end: released, it is done; otherwise it waits for a reply again."""
    work.permit(FOLLOW_FEEDBACK)
    for row in work.session.scalars(select(Feedback).where(
            Feedback.change_id == change_id, Feedback.state == FeedbackState.TAKEN).order_by(Feedback.id).with_for_update()):
        if released:
            _done(work, row)
            continue
        row.state, row.change_id, row.due_on = FeedbackState.OPEN, None, workdays_after(today, value(work.session, DAYS))
        moved(work, row)


def _done(work: Work, row: Feedback) -> None:
    row.state, row.once, row.answered_at, row.answered_by_id = FeedbackState.DONE, None, work.now, row.taker_id
    moved(work, row)
