"""What is at hand in the demo: favourites and pins, the answers of this morning, and what use has taught so far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, insert, select

from kmsvc.core.clock import local_date
from kmsvc.core.work import Database, Work
from kmsvc.demo.gaps import actor_with, deliver_all
from kmsvc.demo.play import TOLD
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.learning.working import learn_all
from kmsvc.knowledge.shelf.usecases import keep, pin
from kmsvc.people.roles import Role
from kmsvc.people.system import SYSTEM
from kmsvc.search.engine import SearchEngine
from kmsvc.search.models import SearchEvent
from kmsvc.search.permissions import SEARCH

_EVENT = SearchEvent.__table__
PINNED = ("今晚系统维护，办理类业务请按应急口径答复。", "本周咨询集中，先读这一篇。")
KEPT = 4
MORNING = 24


def fill_shelves(engine: Engine, search: SearchEngine, sign_ins: Mapping[str, str], *, zone: str, base_url: str, now: datetime) -> None:
    """Let its people keep, pin and use some answers, and work out what was learned."""
    db = Database(engine, reactions=TOLD, clock=lambda: now)
    agent, editor = (actor_with(db, sign_ins[role]) for role in (Role.AGENT, Role.KNOWLEDGE_EDITOR))
    with db.look(SYSTEM) as work:
        liked = _most_opened(work, agent.unit_id)
    with db.begin(agent) as work:
        for article_id in reversed(liked[:KEPT]):
            keep(work, article_id)
    with db.begin(editor) as work:
        today = local_date(now, zone)
        for article_id, unit_id, days, reason in zip(
                liked[KEPT:KEPT + 2], (None, agent.unit_id), (1, 6), PINNED, strict=False):
            pin(work, article_id, unit_id=unit_id, until=today + timedelta(days=days), reason=reason, today=today)
    with db.begin(agent) as work:
        work.permit(SEARCH)
        _morning(work, liked, agent.person_id, agent.unit_id, now)
    deliver_all(db, zone, base_url)
    learn_all(db, search, SYSTEM, zone)


def _most_opened(work: Work, unit_id: int | None) -> list[int]:
    """Published articles for everybody, the most opened first."""
    rows = work.session.execute(select(_EVENT.c.opened_id).join(Article, Article.id == _EVENT.c.opened_id).where(
        _EVENT.c.opened_kind == "article", Article.published_version_id.is_not(None), Article.audience_unit_id.is_(None),
        _EVENT.c.unit_id == unit_id).group_by(_EVENT.c.opened_id).order_by(func.count().desc(), _EVENT.c.opened_id).limit(12))
    return [row.opened_id for row in rows]


def _morning(work: Work, liked: list[int], person_id: int | None, unit_id: int | None, now: datetime) -> None:
    """Searches of the last minutes: the agent's own, and those of colleagues of whom nobody asks who they were."""
    rows = [{"at": now - timedelta(minutes=1 + n), "person_id": person_id if n % 3 == 0 else None, "unit_id": unit_id,
             "query": "", "filters": None, "found": 5, "opened_kind": "article", "opened_id": liked[(n * n) % len(liked)], "rank": 1,
             "acted": True} for n in range(MORNING)] if liked else []
    for row in rows:
        work.session.connection().execute(insert(SearchEvent), row)
