"""Gaps of the demo once there is an index: today's searches are gone through, and all gaps replayed, as the worker does it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, func, select, update

from kmsvc.core.actors import Actor
from kmsvc.core.clock import local_date, start_of_day
from kmsvc.core.work import Database
from kmsvc.demo.play import TOLD
from kmsvc.knowledge.gaps.gathering import gather_all, progress
from kmsvc.knowledge.gaps.models import GapQuery
from kmsvc.knowledge.gaps.permissions import FOLLOW_GAPS
from kmsvc.knowledge.gaps.replaying import replay_all
from kmsvc.people.accounts.queries import actor_of, person_by_login
from kmsvc.people.system import SYSTEM
from kmsvc.reactions import Surroundings
from kmsvc.search.engine import SearchEngine
from kmsvc.search.models import SearchEvent
from kmsvc.worker import deliver_due


def find_gaps(engine: Engine, search: SearchEngine, *, zone: str, base_url: str, now: datetime) -> None:
    """The searches of today, as the worker goes through them, and a replay of all gaps with the index there is now."""
    db = Database(engine, reactions=TOLD, clock=lambda: now)
    today = start_of_day(local_date(now, zone), zone)
    with db.begin(SYSTEM) as work:
        work.permit(FOLLOW_GAPS)
        progress(work.session).event_id = work.session.scalar(select(func.max(SearchEvent.id)).where(SearchEvent.at < today)) or 0
    gather_all(db, search, SYSTEM, zone)
    replay_all(db, search, SYSTEM, zone)
    with db.begin(SYSTEM) as work:
        work.permit(FOLLOW_GAPS)
        for row in work.session.execute(select(GapQuery.query, GapQuery.found).where(
                GapQuery.found_other).order_by(GapQuery.id)).all():  # they found as much then as they do now
            work.session.connection().execute(update(SearchEvent).where(
                SearchEvent.query == row.query, SearchEvent.found > 0, SearchEvent.opened_id.is_(None)).values(
                found=max(1, row.found or 0)))
    deliver_all(db, zone, base_url)


def deliver_all(db: Database, zone: str, base_url: str) -> None:
    """Let everything follow that was recorded."""
    while deliver_due(db, Surroundings(zone, base_url), limit=500):
        continue


def actor_with(db: Database, login: str) -> Actor:
    """The person behind a login, as acting party with a fresh sign-in."""
    with db.look(SYSTEM) as work:
        person = person_by_login(work.session, login)
        assert person is not None, login
        return actor_of(work.session, person, login=login, via="cookie", fresh=True)
