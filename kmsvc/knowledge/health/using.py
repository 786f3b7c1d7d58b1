"""How often each article was opened lately and what was said of it, counted by the service for the line of facts: no page counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from sqlalchemy import Table, bindparam, case, delete, func, select
from sqlalchemy.orm import Session

from kmsvc.core import leases
from kmsvc.core.actors import Actor
from kmsvc.core.pace import Rest, at_once
from kmsvc.core.work import Database
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.rules import FeedbackKind, FeedbackState
from kmsvc.knowledge.health.models import HealthUse
from kmsvc.knowledge.health.permissions import EXAMINE_HEALTH
from kmsvc.search.models import SearchEvent

WINDOW = timedelta(days=30)
WRITTEN_AT_ONCE = 200
_EVENT, _USE = cast(Table, SearchEvent.__table__).c, cast(Table, HealthUse.__table__).c
_OPENED = select(_EVENT.opened_id, func.count()).where(
    _EVENT.opened_kind == "article", _EVENT.at >= bindparam("since"), _EVENT.acted.is_not(False)).group_by(_EVENT.opened_id)
_SAID = select(Feedback.article_id, func.sum(case((Feedback.kind == FeedbackKind.HELPFUL, 1), else_=0)), func.count(Feedback.id)).join(
    Article, Article.published_version_id == Feedback.version_id).where(
    Feedback.state != FeedbackState.WITHDRAWN).group_by(Feedback.article_id)
_ONE = select(_USE.opened, _USE.helpful, _USE.said).where(_USE.article_id == bindparam("article"))


@dataclass(frozen=True)
class Used:
    """opened: times in the last thirty days, from a search; helpful of said: what readers said of the text in force."""

    opened: int = 0
    helpful: int = 0
    said: int = 0


def used(session: Session, article_id: int) -> Used:
    """How an article was used, as the service counted it last."""
    row = session.execute(_ONE, {"article": article_id}).first()
    return Used(*row) if row is not None else Used()


def count_use(db: Database, actor: Actor, rest: Rest = at_once) -> int:
    """Count anew for all articles and keep what differs; returns how many rows moved."""
    with db.look(actor) as work:
        wanted: dict[int, list[int]] = {}
        for article_id, opened in work.session.execute(_OPENED, {"since": work.now - WINDOW}):
            wanted.setdefault(article_id, [0, 0, 0])[0] = opened
        for article_id, helpful, said in work.session.execute(_SAID):
            wanted.setdefault(article_id, [0, 0, 0])[1:] = [int(helpful), said]
        held = {row.article_id: [row.opened, row.helpful, row.said] for row in work.session.execute(select(HealthUse.__table__))}
        known = set(work.session.scalars(select(Article.id)))
    rest()
    moved = [(one, counts) for one, counts in wanted.items() if one in known and held.get(one) != counts]
    gone = [one for one in held if one not in wanted]
    for at in range(0, len(moved), WRITTEN_AT_ONCE):
        with db.begin(actor) as work:
            work.permit(EXAMINE_HEALTH)
            leases.wait_turn(work.session, "health")
            for one, counts in moved[at:at + WRITTEN_AT_ONCE]:
                work.session.merge(HealthUse(article_id=one, opened=counts[0], helpful=counts[1], said=counts[2]))
        rest()
    if gone:
        with db.begin(actor) as work:
            work.permit(EXAMINE_HEALTH)
            for at in range(0, len(gone), 500):
                work.session.execute(delete(HealthUse).where(HealthUse.article_id.in_(gone[at:at + 500])))
    return len(moved) + len(gone)
