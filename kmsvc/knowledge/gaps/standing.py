"""The sums of a gap as they stand, worked out anew from its days and its people; and the fact that it moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.work import Work
from kmsvc.knowledge.gaps.events import GapMoved
from kmsvc.knowledge.gaps.models import Gap, GapAsker, GapDay, GapQuery, GapStanding
from kmsvc.knowledge.gaps.rules import WINDOW, Weight


def moved(work: Work, gap: Gap) -> None:
    """Record where it stands now, for those who searched and for the worker."""
    work.session.flush()
    work.record(GapMoved(gap.id, str(gap.state), gap.version, work.actor.person_id))


def refresh(session: Session, gap_ids: Iterable[int], today: date, shelves: Mapping[str, str | None] | None = None) -> None:
    """Work out the sums of these gaps over the last ninety days. shelves: the category of what comes nearest, by query."""
    for gap_id in sorted(gap_ids):
        _refresh(session, gap_id, today - WINDOW, shelves or {})


def _refresh(session: Session, gap_id: int, since: date, shelves: Mapping[str, str | None]) -> None:
    queries = list(session.scalars(select(GapQuery).where(GapQuery.gap_id == gap_id)))
    row = session.get(GapStanding, gap_id)
    if not queries:
        if row is not None:
            session.delete(row)
        return
    ids = [one.id for one in queries]
    zero, unopened, reported = session.execute(select(
        func.coalesce(func.sum(GapDay.zero), 0), func.coalesce(func.sum(GapDay.unopened), 0),
        func.coalesce(func.sum(GapDay.reported), 0)).where(GapDay.query_id.in_(ids), GapDay.day >= since)).one()
    people = session.scalar(select(func.count(GapAsker.person_id.distinct())).where(GapAsker.query_id.in_(ids))) or 0
    if row is None:
        row = GapStanding(gap_id=gap_id, category=None)
        session.add(row)
    row.queries, row.hits = len(queries), sum(bool(one.hit) for one in queries)
    row.zero, row.unopened, row.reported, row.people = int(zero), int(unopened), int(reported), people
    row.first_on, row.last_on = min(one.first_on for one in queries), max(one.last_on for one in queries)
    row.rank = weight_of(row).rank()
    near = Counter(shelf for one in queries if (shelf := shelves.get(one.query)))
    row.category = near.most_common(1)[0][0] if near else row.category


def weight_of(row: GapStanding) -> Weight:
    """What a gap weighs."""
    return Weight(row.zero + row.unopened, row.people, row.reported, row.last_on)

