"""Ask for confirmations and give them."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from kmsvc.core.errors import NotFound, Stale
from kmsvc.core.options import Option, value
from kmsvc.core.texts import N_
from kmsvc.core.work import Work, centre_day
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.queries import may_see
from kmsvc.knowledge.confirmations.events import ConfirmationGiven
from kmsvc.knowledge.confirmations.models import Confirmation
from kmsvc.knowledge.confirmations.permissions import ASK, CONFIRM

DAYS = Option("knowledge.confirmation.days", 3, N_("Days to read and confirm a released version"), minimum=1, maximum=90)


def ask_to_confirm(work: Work, *, article_id: int, version_id: int, person_ids: list[int], today: date) -> list[int]:
    """Ask these people to read a version; older questions about the same article are overtaken. Returns who is new."""
    work.permit(ASK)
    article = work.get(Article, article_id)
    if article.published_version_id != version_id:
        return []
    for old in work.session.scalars(select(Confirmation).where(
            Confirmation.article_id == article_id, Confirmation.version_id != version_id,
            Confirmation.confirmed_at.is_(None), Confirmation.overtaken_at.is_(None))):
        old.overtaken_at = work.now
    known = set(work.session.scalars(select(Confirmation.person_id).where(Confirmation.version_id == version_id)))
    new = [one for one in sorted(set(person_ids)) if one not in known]
    due = today + timedelta(days=value(work.session, DAYS))
    work.session.add_all(Confirmation(article_id=article_id, version_id=version_id, person_id=one, asked_at=work.now,
                                      due_on=due) for one in new)
    work.session.flush()
    return new


def confirm_read(work: Work, article_id: int, *, version_id: int, today: date | None = None) -> Confirmation:
    """«I have read and understood this version.» Bound to the version shown; a newer one makes it Stale.

    today: the day in the centre, for who confirms without having been asked.
    """
    work.permit(CONFIRM)
    article = work.get(Article, article_id, lock=True)  # a double click waits for the first one, and finds its row
    version = work.session.get(ArticleVersion, article.published_version_id) if article.published_version_id else None
    if version is None or not may_see(work.actor, article, version) or work.actor.person_id is None:
        raise NotFound()
    if version.id != version_id:
        raise Stale(mine=version_id, theirs=version.id, version=article.version)
    row = work.session.scalars(select(Confirmation).where(
        Confirmation.version_id == version_id,
        Confirmation.person_id == work.actor.person_id).with_for_update()).one_or_none()
    if row is None:
        row = Confirmation(article_id=article_id, version_id=version_id, person_id=work.actor.person_id, asked_at=work.now,
                           due_on=today or centre_day(work.session, work.now))
        work.session.add(row)
    new = row.confirmed_at is None
    if new:
        row.confirmed_at, row.content_hash = work.now, version.content_hash
    work.session.flush()
    if new:
        work.record(ConfirmationGiven(row.id, row.article_id, row.person_id))
    return row
