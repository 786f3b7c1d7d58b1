"""From searches to gaps: what was searched in vain is counted by day and person, and placed with what means the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import leases
from kmsvc.core.actors import Actor
from kmsvc.core.clock import local_date
from kmsvc.core.numbers import number_of_year
from kmsvc.core.pace import Rest, at_once
from kmsvc.core.work import Database, Work
from kmsvc.knowledge.gaps import clusters, rules
from kmsvc.knowledge.gaps.asking import Asked, Searcher, as_read_today, ask_all, is_usable
from kmsvc.knowledge.gaps.models import Gap, GapAsker, GapDay, GapProgress, GapQuery
from kmsvc.knowledge.gaps.permissions import FOLLOW_GAPS
from kmsvc.knowledge.gaps.rules import GapSign, GapState, Noted
from kmsvc.knowledge.gaps.standing import moved, refresh
from kmsvc.knowledge.gaps.words import synonyms
from kmsvc.search.engine import SearchEngine
from kmsvc.search.models import SearchEvent

BATCH = 100
FOLLOWING = 1000
REST = timedelta(minutes=5)
"""a search is gone through when what came right after it is there too"""
_EVENT = SearchEvent.__table__
_EVENTS = select(_EVENT).order_by(_EVENT.c.id)


@dataclass
class Seen:
    """What is kept of who searched, to be told what came of it."""

    last_at: datetime
    searches: int = 0
    unit_id: int | None = None
    roles: str = ""
    filters: dict[str, Any] | None = None
    reported_at: datetime | None = None


@dataclass
class Tally:
    """One query with what is to be counted. first_at: the first time of these."""

    query: str
    days: Counter[tuple[date, GapSign]] = field(default_factory=Counter)
    people: dict[int, Seen] = field(default_factory=dict)
    unit_id: int | None = None
    found_other: bool = False
    first_at: datetime = datetime.max.replace(tzinfo=UTC)

    def count(self, day: date, sign: GapSign, person_id: int | None, seen: Seen) -> None:
        """Count one search."""
        self.days[day, sign] += 1
        self.unit_id, self.first_at = seen.unit_id or self.unit_id, min(self.first_at, seen.last_at)
        if person_id is None:
            return
        held = self.people.setdefault(person_id, seen)
        held.searches += sign != GapSign.REPORTED
        held.last_at, held.unit_id, held.roles = max(held.last_at, seen.last_at), seen.unit_id, seen.roles
        held.filters, held.reported_at = seen.filters, seen.reported_at or held.reported_at


def gather_all(db: Database, engine: SearchEngine, actor: Actor, zone: str, stopping: Callable[[], bool] = lambda: False,
               rest: Rest = at_once) -> int:
    """Go through all searches that nobody went through yet, a batch at a time; returns how many."""
    total = 0
    while not stopping() and (count := gather(db, engine, actor, zone)):
        total += count
        if count < BATCH:
            break
        rest()
    return total


def gather(db: Database, engine: SearchEngine, actor: Actor, zone: str) -> int:
    """Go through the next searches; returns how many. Twice is once: how far it is stands in the same transaction."""
    with db.look(actor) as work:
        done = _done(work.session)
        rows = list(takewhile(lambda row: row.at <= work.now - REST, work.session.execute(
            _EVENTS.where(_EVENT.c.id > done).limit(BATCH))))
        if not rows or not is_usable(engine):
            return 0
        after = list(work.session.execute(_EVENTS.where(
            _EVENT.c.id > rows[-1].id, _EVENT.c.at <= rows[-1].at + rules.AGAIN).limit(FOLLOWING)))
        vain = _in_vain(rows, after)
        searchers: dict[str, list[Searcher]] = {}
        for row, _ in reversed(vain):
            searchers.setdefault(row.query, []).append(Searcher(row.person_id, row.unit_id, row.roles or ""))
        asked = ask_all(work.session, engine, [(query, as_read_today(work.session, who)) for query, who in searchers.items()],
                        local_date(work.now, zone))
        tallies = _tallies(vain, asked, _known(work.session, asked), zone)
    with db.begin(actor) as work:
        work.permit(FOLLOW_GAPS)
        leases.wait_turn(work.session, "gaps")
        if _done(work.session) != done:
            return 0
        take_in(work, tallies, asked, local_date(work.now, zone))
        progress(work.session).event_id = rows[-1].id
    return len(rows)


def progress(session: Session) -> GapProgress:
    """How far the worker is; made when it is not there."""
    row = session.get(GapProgress, 1)
    if row is None:
        row = GapProgress(id=1, event_id=0, fact_id=0)
        session.add(row)
    return row


def _done(session: Session) -> int:
    return session.scalar(select(GapProgress.event_id).where(GapProgress.id == 1)) or 0


def _in_vain(rows: Sequence[Any], after: Sequence[Any]) -> list[tuple[Any, GapSign]]:
    """Of these searches those that count, in their order; `after` only tells what came next."""
    mine = {row.id: row for row in rows}
    noted = [Noted(row.id, row.at, row.person_id, row.query, bool(row.filters), row.found, row.opened_id is not None, row.acted)
             for row in (*rows, *after) if row.query]
    found = [(mine[one.id], sign) for part in rules.by_person(noted) for one, sign in rules.judged(part) if one.id in mine
             and len(one.query) <= rules.LONGEST_QUERY]
    return sorted(found, key=lambda pair: int(pair[0].id))


def _known(session: Session, queries: Iterable[str]) -> dict[str, GapQuery]:
    wanted, found = sorted(queries), {}
    for at in range(0, len(wanted), 200):
        for row in session.scalars(select(GapQuery).where(GapQuery.query.in_(wanted[at:at + 200]))):
            found[row.query] = row
    return found


def _tallies(vain: Sequence[tuple[Any, GapSign]], asked: Mapping[str, Asked], known: Mapping[str, GapQuery],
             zone: str) -> list[Tally]:
    """What is to be counted. What is found now without the filter that was on, or before anybody took note of it, is no gap."""
    found: dict[str, Tally] = {}
    for row, sign in vain:
        if sign == GapSign.ZERO and asked[row.query].found and (row.filters or row.query not in known):
            continue
        tally = found.setdefault(row.query, Tally(row.query))
        tally.found_other |= sign == GapSign.UNOPENED
        tally.count(local_date(row.at, zone), sign, row.person_id,
                    Seen(row.at, unit_id=row.unit_id, roles=row.roles or "", filters=row.filters))
    return list(found.values())


def take_in(work: Work, tallies: Sequence[Tally], asked: Mapping[str, Asked], today: date) -> dict[str, Gap]:
    """Count them, each in its gap, new ones in new gaps; a closed gap that is searched in vain again is open again.

    The caller holds the turn for gaps and has asked for the permission."""
    known = _known(work.session, (one.query for one in tallies))
    fresh = [one for one in tallies if one.query not in known]
    known |= _placed(work, fresh, asked)
    for one in tallies:
        row = known[one.query]
        row.first_on, row.last_on = min(row.first_on, *_days(one)), max(row.last_on, *_days(one))
        row.unit_id, row.found_other = one.unit_id or row.unit_id, row.found_other or one.found_other
        _count(work.session, row.id, one)
    work.session.flush()
    gaps = {gap.id: gap for gap in work.session.scalars(select(Gap).where(
        Gap.id.in_({row.gap_id for row in known.values()})).order_by(Gap.id).with_for_update())}
    for one in tallies:
        gap = gaps[known[one.query].gap_id]
        reported = any(sign == GapSign.REPORTED for _, sign in one.days)
        if gap.state == GapState.CLOSED and (reported or not asked[one.query].found):
            gap.state, gap.closed_at, gap.closed_by_id = GapState.OPEN, None, None
            gap.article_id = gap.change_id = None
            moved(work, gap)
    refresh(work.session, gaps, today, {query: one.shelf for query, one in asked.items()})
    return {query: gaps[row.gap_id] for query, row in known.items()}


def _days(one: Tally) -> list[date]:
    return [day for day, _ in one.days]


def _placed(work: Work, fresh: Sequence[Tally], asked: Mapping[str, Asked]) -> dict[str, GapQuery]:
    """Rows for new queries, in the gap that means the same or in one made for them."""
    if not fresh:
        return {}
    held: dict[int, list[clusters.Meaning]] = {}
    for gap_id, words in work.session.execute(select(GapQuery.gap_id, GapQuery.meaning)):
        held.setdefault(gap_id, []).append(tuple(words))
    ours, of = synonyms(work.session), {one.query: one for one in fresh}
    places = clusters.place([(one.query, clusters.meaning(one.query, ours)) for one in fresh], held)
    made: dict[int, Gap] = {}
    began: dict[int, datetime] = {}
    for one in places:
        if one.fresh is not None:
            began[one.fresh] = min(began.get(one.fresh, work.now), of[one.query].first_at)
    for number, at in sorted(began.items(), key=lambda pair: (pair[1], pair[0])):
        inside = [(one.query, sum(of[one.query].days.values())) for one in places if one.fresh == number]
        made[number] = Gap(number=number_of_year(work.session, "GAP", "gap", at.year),
                           title=rules.title_of(inside), state=GapState.OPEN, opened_at=at)
        work.session.add(made[number])
    work.session.flush()
    rows = {}
    for one in places:
        gap_id = made[one.fresh].id if one.fresh is not None else one.gap_id
        days, said = _days(of[one.query]), asked[one.query]
        rows[one.query] = GapQuery(
            gap_id=gap_id, home_id=gap_id, query=one.query, meaning=list(one.meaning), first_on=min(days), last_on=max(days),
            unit_id=of[one.query].unit_id, found_other=of[one.query].found_other, replayed_at=work.now, found=said.found, hit=False,
            top_kind=said.keys[0][0] if said.keys else None, top_id=said.keys[0][1] if said.keys else None)
    work.session.add_all(rows.values())
    work.session.flush()
    return rows


def _count(session: Session, query_id: int, one: Tally) -> None:
    days: dict[date, GapDay] = {}
    for (day, sign), times in one.days.items():
        row = days.get(day) or session.get(GapDay, (query_id, day))
        if row is None:
            row = GapDay(query_id=query_id, day=day, zero=0, unopened=0, reported=0)
            session.add(row)
        days[day] = row
        setattr(row, str(sign), getattr(row, str(sign)) + times)
    for person_id, seen in one.people.items():
        held = session.get(GapAsker, (query_id, person_id))
        if held is None:
            held = GapAsker(query_id=query_id, person_id=person_id, searches=0, last_at=seen.last_at)
            session.add(held)
        held.searches += seen.searches
        held.last_at = max(held.last_at, seen.last_at)
        held.unit_id, held.roles, held.filters = seen.unit_id, seen.roles, seen.filters
        held.reported_at = seen.reported_at or held.reported_at
