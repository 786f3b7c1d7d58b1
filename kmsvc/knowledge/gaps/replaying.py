"""Replaying the searches of gaps: the index is asked again, and a gap whose searches all find their answer is closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.clock import local_date
from kmsvc.core.errors import RuleBroken
from kmsvc.core.events import Delivery, Fact
from kmsvc.core.options import Option, value
from kmsvc.core.pace import Rest, at_once
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Database, Work
from kmsvc.knowledge.bench.usecases import WATCHED as CHANGES
from kmsvc.knowledge.gaps import rules
from kmsvc.knowledge.gaps.asking import Asked, ask_all, is_usable, no_index, readers_of
from kmsvc.knowledge.gaps.gathering import progress
from kmsvc.knowledge.gaps.models import Gap, GapAsker, GapProgress, GapQuery
from kmsvc.knowledge.gaps.permissions import FOLLOW_GAPS, HANDLE_GAP
from kmsvc.knowledge.gaps.rules import GapState
from kmsvc.knowledge.gaps.standing import moved, refresh
from kmsvc.search.engine import SearchEngine
from kmsvc.search.models import DirtyMark
from kmsvc.search.noting import thin_searches

WATCHED = (*CHANGES, "knowledge.gap.moved")
KEPT = timedelta(days=90)
"""who searched is kept so long after the last time"""
AFTER_DAYS = Option("knowledge.gap.watched_days", 90, N_("Days for which a closed gap is still replayed"), minimum=0, maximum=3650)


def ask_gap(db: Database, engine: SearchEngine, actor: Actor, gap_id: int, zone: str) -> Mapping[str, Asked]:
    """What the index finds now for the searches of a gap, for those who searched; nothing is locked meanwhile."""
    if not is_usable(engine):
        raise no_index()
    with db.look(actor) as work:
        return ask_all(work.session, engine, readers_of(work.session, gap_id), local_date(work.now, zone))


def keep_replay(work: Work, gap: Gap, asked: Mapping[str, Asked], today: date) -> None:
    """Keep what a replay found, query by query. All hit: the gap is closed. One of a closed gap does not: it is open again."""
    work.permit(HANDLE_GAP if work.actor.is_person() or not can(work.actor, FOLLOW_GAPS) else FOLLOW_GAPS)
    if not rules.makes_sense("replay", gap.state):
        raise RuleBroken("knowledge.gap.over", N_("This cannot be done with the gap as it stands now."))
    rows = list(work.session.scalars(select(GapQuery).where(GapQuery.gap_id == gap.id).order_by(GapQuery.id)))
    for row in rows:
        found = asked.get(row.query)
        if found is None:
            continue
        row.replayed_at, row.found, row.place = work.now, found.found, found.place_of("article", gap.article_id)
        row.top_kind, row.top_id = found.keys[0] if found.keys else (None, None)
        row.hit = rules.hits(found=found.found, place=row.place, named=gap.article_id is not None, found_other=row.found_other)
    whole = bool(rows) and all(row.hit for row in rows)
    if whole and gap.state in (GapState.OPEN, GapState.WRITING):
        gap.state, gap.closed_at, gap.closed_by_id = GapState.CLOSED, work.now, work.actor.person_id
        moved(work, gap)
    elif not whole and gap.state == GapState.CLOSED:
        gap.state, gap.closed_at, gap.closed_by_id = GapState.WRITING if gap.article_id else GapState.OPEN, None, None
        moved(work, gap)
    work.session.flush()
    refresh(work.session, [gap.id], today, {query: one.shelf for query, one in asked.items()})


def replay(db: Database, engine: SearchEngine, actor: Actor, gap_id: int, zone: str) -> None:
    """Replay one gap."""
    asked = ask_gap(db, engine, actor, gap_id, zone)
    with db.begin(actor) as work:
        gap = work.get(Gap, gap_id, lock=True)
        if gap.state not in (GapState.DISMISSED, GapState.MERGED):  # as it was decided meanwhile
            keep_replay(work, gap, asked, local_date(work.now, zone))


def is_due(session: Session) -> bool:
    """Whether something moved since the last replay, all of it is delivered, and the index has taken it in."""
    last = session.scalar(select(GapProgress.fact_id).where(GapProgress.id == 1)) or 0
    if session.scalar(select(Fact.id).where(Fact.kind.in_(WATCHED), Fact.id > last).limit(1)) is None:
        return False
    pending = select(Delivery.id).join(Fact, Fact.id == Delivery.fact_id).where(Delivery.state == "pending", Fact.kind.in_(CHANGES))
    return session.scalar(select(DirtyMark.id).limit(1)) is None and session.scalar(pending.limit(1)) is None


def to_replay(session: Session, since: datetime) -> list[int]:
    """Gaps that are not settled, and those closed not long ago."""
    return list(session.scalars(select(Gap.id).where(
        Gap.state.in_(rules.LIVE) | ((Gap.state == GapState.CLOSED) & (Gap.closed_at >= since)))
        .order_by(Gap.id)))


def replay_all(db: Database, engine: SearchEngine, actor: Actor, zone: str, stopping: Callable[[], bool] = lambda: False,
               rest: Rest = at_once) -> int:
    """Replay what is not settled, each gap in a transaction of its own; broken off, the next run does all of it again."""
    if not is_usable(engine):
        return 0
    with db.look(actor) as work:
        newest = work.session.scalar(select(func.max(Fact.id)).where(Fact.kind.in_(WATCHED))) or 0
        wanted = to_replay(work.session, work.now - timedelta(days=value(work.session, AFTER_DAYS)))
    for done, gap_id in enumerate(wanted):
        if stopping():
            return done
        replay(db, engine, actor, gap_id, zone)
        rest()
    with db.begin(actor) as work:
        work.permit(FOLLOW_GAPS)
        progress(work.session).fact_id = newest
    return len(wanted)


def tidy(work: Work, today: date, gap_ids: Iterable[int] | None = None) -> None:
    """Forget old searches and who searched long ago, and work out the sums anew: what is older than ninety days counts no more."""
    work.permit(FOLLOW_GAPS)
    thin_searches(work)
    work.session.execute(delete(GapAsker).where(GapAsker.last_at < work.now - KEPT),
                         execution_options={"synchronize_session": False})
    refresh(work.session, gap_ids if gap_ids is not None else work.session.scalars(
        select(Gap.id).where(Gap.state.in_(rules.LIVE))), today)
