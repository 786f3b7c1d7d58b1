"""Reads over gaps: the list by weight, one with its searches by day, what waits for a person, who searched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.knowledge.gaps import rules
from kmsvc.knowledge.gaps.models import Gap, GapAsker, GapDay, GapQuery, GapStanding
from kmsvc.knowledge.gaps.permissions import HANDLE_GAP, SEE_ASKERS, SEE_GAPS
from kmsvc.knowledge.gaps.rules import GapSign, Weight
from kmsvc.knowledge.gaps.standing import weight_of
from kmsvc.people.accounts.directory import units_told
from kmsvc.people.accounts.queries import names
from kmsvc.people.units.queries import unit_names

WEEKS = 8
VIEWS = ("mine", "all")
PERIODS = (7, 30, 90)
_RANK = func.coalesce(GapStanding.rank, 0.0)


@dataclass(frozen=True)
class GapLine:
    """A gap in a list. queries: different searches in it, hits: those found in the last replay."""

    id: int
    number: str
    title: str
    state: str
    weight: float
    searches: int
    zero: int
    unopened: int
    reported: int
    people: int
    queries: int
    hits: int
    first_on: date | None
    last_on: date | None
    category: str | None
    owner: str
    due_on: date | None
    version: int

    @property
    def url(self) -> str:
        """The page of it."""
        return f"/knowledge/gaps/{self.id}"

    def is_late(self, today: date) -> bool:
        """Whether its day has passed and it is not settled."""
        return self.state in rules.LIVE and self.due_on is not None and self.due_on < today


@dataclass(frozen=True)
class QueryLine:
    """One search of a gap: how often by day, who searched where the caller may see that, what the last replay found."""

    id: int
    query: str
    words: tuple[str, ...]
    zero: int
    unopened: int
    reported: int
    people: int
    first_on: date
    last_on: date
    days: tuple[tuple[date, int, int, int], ...]
    units: tuple[str, ...]
    askers: tuple[tuple[str, bool], ...]
    replayed_at: datetime | None
    found: int | None
    place: int | None
    top: ThingCard | None
    hit: bool


@dataclass(frozen=True)
class GapCard:
    """One gap as its page and JSON show it. weeks: (Monday, searches) of the last eight; article, change: the answer, where
    the caller may see it; joined: (number, address) of the gaps that were joined to it."""

    line: GapLine
    weight: Weight | None
    reason: str | None
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str
    article_id: int | None
    article: ThingCard | None
    change: ThingCard | None
    into: tuple[str, str] | None
    joined: tuple[tuple[str, str], ...]
    queries: tuple[QueryLine, ...]
    weeks: tuple[tuple[date, int], ...]
    keepers: tuple[tuple[str, str, str], ...]


def _seen(actor: Actor, *columns: Any) -> Select[Any]:
    return select(*columns).select_from(Gap).outerjoin(GapStanding, GapStanding.gap_id == Gap.id).where(
        Gap.id.is_not(None) if can(actor, SEE_GAPS) else Gap.id.is_(None))


def _filtered(query: Select[Any], actor: Actor, today: date, *, q: str | None, state: str | None, kind: str | None,
              days: int | None, view: str | None) -> Select[Any]:
    if q:
        inside = select(GapQuery.gap_id).where(GapQuery.query.icontains(q, autoescape=True))
        query = query.where(or_(Gap.title.icontains(q, autoescape=True), Gap.number.icontains(q, autoescape=True), Gap.id.in_(inside)))
    if state == "live":
        query = query.where(Gap.state.in_(rules.LIVE))
    elif state == "late":
        query = query.where(Gap.state.in_(rules.LIVE), Gap.due_on < today)
    elif state:
        query = query.where(Gap.state == state)
    if kind:
        query = query.where(getattr(GapStanding, str(GapSign(kind))) > 0)
    if days:
        query = query.where(GapStanding.last_on >= today - timedelta(days=days))
    if view == "mine":
        query = query.where(Gap.owner_id == (actor.person_id or 0), Gap.state.in_(rules.LIVE))
    return query


def gap_lines(session: Session, actor: Actor, today: date, *, q: str | None = None, state: str | None = None,
              kind: str | None = None, days: int | None = None, view: str | None = None, after: int | None = None,
              limit: int = 50) -> tuple[list[GapLine], int | None]:
    """A page of gaps, heaviest first, and the id to go on from. state: a state, `live` or `late`; days: searched in so many."""
    query = _filtered(_seen(actor, Gap, GapStanding), actor, today, q=q, state=state, kind=kind, days=days, view=view)
    if after:
        rank = session.scalar(select(_RANK).select_from(Gap).outerjoin(GapStanding, GapStanding.gap_id == Gap.id).where(Gap.id == after))
        query = query.where(tuple_(_RANK, Gap.id) < (rank or 0.0, after))
    rows = session.execute(query.order_by(_RANK.desc(), Gap.id.desc()).limit(limit + 1)).all()
    return _lines(session, rows[:limit], today), rows[limit - 1][0].id if len(rows) > limit else None


def count_gaps(session: Session, actor: Actor, today: date, *, q: str | None = None, state: str | None = None,
               kind: str | None = None, days: int | None = None, view: str | None = None) -> int:
    """How many fit these filters."""
    return session.scalar(_filtered(_seen(actor, func.count(Gap.id)), actor, today, q=q, state=state, kind=kind, days=days,
                                    view=view)) or 0


_MINE = select(Gap, GapStanding).outerjoin(GapStanding, GapStanding.gap_id == Gap.id).where(
    Gap.owner_id == bindparam("person"), Gap.state.in_(sorted(rules.LIVE))).order_by(Gap.due_on, Gap.id).limit(200)
_COUNT_MINE = select(func.count(Gap.id)).where(Gap.owner_id == bindparam("person"), Gap.state.in_(sorted(rules.LIVE)))


def waiting_for(session: Session, actor: Actor, today: date) -> list[GapLine]:
    """Gaps this person is to close, earliest due first."""
    if not can(actor, HANDLE_GAP):
        return []
    return _lines(session, session.execute(_MINE, {"person": actor.person_id or 0}).all(), today)


def waiting_count(session: Session, actor: Actor) -> int:
    """How many gaps this person is to close."""
    if not can(actor, HANDLE_GAP):
        return 0
    return min(200, session.scalar(_COUNT_MINE, {"person": actor.person_id or 0}) or 0)


def _lines(session: Session, rows: Iterable[Any], today: date) -> list[GapLine]:
    found = list(rows)
    who = names(session, [gap.owner_id for gap, _ in found])
    return [GapLine(
        id=gap.id, number=gap.number, title=gap.title, state=gap.state, weight=weight_of(its).at(today) if its else 0.0,
        searches=its.zero + its.unopened if its else 0, zero=its.zero if its else 0, unopened=its.unopened if its else 0,
        reported=its.reported if its else 0, people=its.people if its else 0, queries=its.queries if its else 0,
        hits=its.hits if its else 0, first_on=its.first_on if its else None, last_on=its.last_on if its else None,
        category=its.category if its else None, owner=who.get(gap.owner_id or 0, ""), due_on=gap.due_on, version=gap.version)
        for gap, its in found]


def gap_card(session: Session, actor: Actor, gap_id: int, today: date) -> GapCard:
    """One gap, or NotFound where it is missing or not for this caller."""
    found = session.execute(_seen(actor, Gap, GapStanding).where(Gap.id == gap_id)).one_or_none()
    if found is None:
        raise NotFound()
    gap, its = found
    queries = _query_lines(session, actor, gap, today)
    into = session.get(Gap, gap.merged_into_id) if gap.merged_into_id else None
    joined = session.execute(select(Gap.number, Gap.id).where(Gap.merged_into_id == gap.id).order_by(Gap.id))
    return GapCard(
        line=_lines(session, [(gap, its)], today)[0], weight=weight_of(its) if its else None, reason=gap.reason,
        opened_at=gap.opened_at, closed_at=gap.closed_at, closed_by=names(session, [gap.closed_by_id]).get(gap.closed_by_id or 0, ""),
        article_id=gap.article_id,
        article=cards.whole_card(session, actor, "article", gap.article_id) if gap.article_id else None,
        change=cards.card(session, actor, "change", gap.change_id) if gap.change_id else None,
        into=(into.number, f"/knowledge/gaps/{into.id}") if into is not None else None,
        joined=tuple((number, f"/knowledge/gaps/{one}") for number, one in joined), queries=queries,
        weeks=_weeks(queries, today), keepers=_keepers(queries))


def _query_lines(session: Session, actor: Actor, gap: Gap, today: date) -> tuple[QueryLine, ...]:
    rows = list(session.scalars(select(GapQuery).where(GapQuery.gap_id == gap.id).order_by(GapQuery.last_on.desc(), GapQuery.id)))
    ids = [row.id for row in rows]
    days: dict[int, list[tuple[date, int, int, int]]] = {}
    for one in session.scalars(select(GapDay).where(GapDay.query_id.in_(ids), GapDay.day >= today - rules.WINDOW)
                               .order_by(GapDay.day.desc())):
        days.setdefault(one.query_id, []).append((one.day, one.zero, one.unopened, one.reported))
    askers: dict[int, list[GapAsker]] = {}
    for asker in session.scalars(select(GapAsker).where(GapAsker.query_id.in_(ids)).order_by(GapAsker.last_at.desc())):
        askers.setdefault(asker.query_id, []).append(asker)
    tops = _tops(session, actor, rows)
    units = unit_names(session) if can(actor, SEE_ASKERS) else units_told(session)
    who = names(session, [one.person_id for many in askers.values() for one in many])
    # who said so by one key is known to whoever answers; who only searched is not
    shown = {row.id: [(who.get(one.person_id, ""), one.reported_at is not None) for one in askers.get(row.id, ())
                      if can(actor, SEE_ASKERS) or (one.reported_at is not None and can(actor, HANDLE_GAP))] for row in rows}
    found = [QueryLine(
        id=row.id, query=row.query, words=tuple(row.meaning), zero=sum(one[1] for one in days.get(row.id, ())),
        unopened=sum(one[2] for one in days.get(row.id, ())), reported=sum(one[3] for one in days.get(row.id, ())),
        people=len(askers.get(row.id, ())), first_on=row.first_on, last_on=row.last_on, days=tuple(days.get(row.id, ())),
        units=tuple(dict.fromkeys(units[one.unit_id] for one in askers.get(row.id, ()) if one.unit_id in units)),
        askers=tuple(shown[row.id]), replayed_at=row.replayed_at, found=row.found, place=row.place,
        top=tops.get((row.top_kind or "", row.top_id or 0)), hit=bool(row.hit)) for row in rows]
    return tuple(sorted(found, key=lambda one: (-(one.zero + one.unopened + one.reported), one.query)))


def _tops(session: Session, actor: Actor, rows: list[GapQuery]) -> dict[tuple[str, int], ThingCard]:
    wanted: dict[str, set[int]] = {}
    for row in rows:
        if row.top_kind and row.top_id:
            wanted.setdefault(row.top_kind, set()).add(row.top_id)
    return {(kind, one): card for kind, ids in wanted.items() if kind in cards.KINDS
            for one, card in cards.KINDS[kind].cards(session, actor, sorted(ids)).items()}


def _weeks(queries: Iterable[QueryLine], today: date) -> tuple[tuple[date, int], ...]:
    monday = today - timedelta(days=today.weekday())
    sums = {monday - timedelta(weeks=back): 0 for back in range(WEEKS - 1, -1, -1)}
    for one in queries:
        for day, zero, unopened, reported in one.days:
            week = day - timedelta(days=day.weekday())
            if week in sums:
                sums[week] += zero + unopened + reported
    return tuple(sums.items())


def _keepers(queries: Iterable[QueryLine]) -> tuple[tuple[str, str, str], ...]:
    """(title, address, owner) of what comes nearest: whoever answers for that may care."""
    return tuple(dict.fromkeys((one.top.title, one.top.url, one.top.owner) for one in queries if one.top is not None))[:3]


def state_counts(session: Session, actor: Actor) -> dict[str, int]:
    """How many stand how."""
    rows = session.execute(_seen(actor, Gap.state, func.count(Gap.id)).group_by(Gap.state))
    return {row[0]: row[1] for row in rows}


def askers_of(session: Session, gap_id: int, *, reporters: bool) -> dict[int, str]:
    """person id -> the query each of them searched last; only who reported, or everybody."""
    rows = session.execute(select(GapAsker.person_id, GapQuery.query).join(GapQuery, GapQuery.id == GapAsker.query_id).where(
        GapQuery.gap_id == gap_id, *([GapAsker.reported_at.is_not(None)] if reporters else []))
        .order_by(GapAsker.last_at, GapQuery.id))
    return {row[0]: row[1] for row in rows}


def _numbered(session: Session, actor: Actor, number: str, limit: int) -> list[ThingCard]:
    rows = session.execute(_seen(actor, Gap.id, Gap.number, Gap.title, Gap.state).where(
        Gap.number.startswith(number)).order_by(Gap.id.desc()).limit(limit))
    return [ThingCard("gap", row.id, row.number, row.title, f"/knowledge/gaps/{row.id}", row.state) for row in rows]


cards.NUMBERED["GAP"] = _numbered
