"""The figures of a period: of searches from the counts by day, of everything else by one question a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from kmsvc.core.clock import days_between, start_of_day
from kmsvc.core.rates import Rate
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.figures.models import FigureDay, FigureProgress
from kmsvc.knowledge.figures.rows import Asked
from kmsvc.knowledge.figures.rules import (
    BY_WEEK,
    FINISHED,
    GROUPS,
    NO_TIME,
    OPENED,
    Days,
    Measure,
    Outcome,
    Part,
    Period,
    percentile,
    weeks_of,
)
from kmsvc.knowledge.figures.scope import EVERYBODY, Scope, counted, replied_at, source_of, within
from kmsvc.knowledge.gaps.models import Gap
from kmsvc.search.models import SearchEvent

M = Measure
P90 = 0.9
BEHIND = 2_000
_DAY = FigureDay.__table__.c


@dataclass(frozen=True)
class Value:
    """A figure: hits of n, a number alone (n is none), or times: of n, the median and what nine in ten did not pass, in tenths of a
    second or in days."""

    hits: int
    n: int | None = None
    median: int | None = None
    tail: int | None = None

    @property
    def rate(self) -> Rate:
        """The share."""
        return Rate(self.hits, self.n or 0)


@dataclass(frozen=True)
class Figure:
    """A figure now and in the period before; before is none for what stands as it stands today."""

    measure: Measure
    now: Value
    before: Value | None


@dataclass(frozen=True)
class Board:
    """All figures of a period, and those by week, the earliest first. whole, of: as in `Scope`; too_few: too few people, nothing
    is told."""

    period: Period
    figures: tuple[Figure, ...] = ()
    weeks: tuple[tuple[Days, dict[Measure, Value]], ...] = ()
    too_few: bool = False
    whole: bool = False
    of: str | None = None


def board(session: Session, scope: Scope, period: Period) -> Board:
    """Everything the page shows."""
    if scope.too_few:
        return Board(period, too_few=True, whole=scope.whole, of=scope.of)
    spans = [period.days, period.before, *weeks_of(period.days)]
    values: dict[Measure, Sequence[Value]] = {
        **_of_searches(session, scope, spans), M.IN_TIME: _in_time(session, scope, spans),
        M.HELPFUL: _tallied(session, M.HELPFUL, scope, spans, share=True),
        **{one: _tallied(session, one, scope, spans) for one in (M.LINKS, M.GAPS_OPENED, M.GAPS_CLOSED)},
        M.GAP_DAYS: _gap_days(session, scope, spans), M.OVERDUE: [_overdue(session, scope, period.days)]}
    figures = tuple(Figure(one, values[one][0], values[one][1] if len(values[one]) > 1 else None)
                    for _, measures in GROUPS for one in measures)
    weeks = tuple((week, {one: values[one][place] for one in BY_WEEK}) for place, week in enumerate(spans[2:], start=2))
    return Board(period, figures, weeks, whole=scope.whole, of=scope.of)


def _whole(spans: Sequence[Days]) -> Days:
    return Days(min(one.first for one in spans), max(one.last for one in spans))


def _of_searches(session: Session, scope: Scope, spans: Sequence[Days]) -> dict[Measure, list[Value]]:
    whole = _whole(spans)
    query = select(_DAY.day, _DAY.outcome, _DAY.took, func.sum(_DAY.searches)).where(_DAY.day.between(whole.first, whole.last))
    if scope.units is not EVERYBODY:
        query = query.where(_DAY.unit_id.in_(scope.units))
    rows = [tuple(row) for row in session.execute(query.group_by(_DAY.day, _DAY.outcome, _DAY.took))]
    found: dict[Measure, list[Value]] = {one: [] for one in (M.SEARCHES, M.ZERO, M.UNOPENED, M.AGAIN, M.TOOK)}
    for span in spans:
        for measure, value in _ended(rows, span).items():
            found[measure].append(value)
    return found


def _ended(rows: Sequence[Sequence[Any]], span: Days) -> dict[Measure, Value]:
    counts: Counter[str] = Counter()
    times: Counter[int] = Counter()
    for day, outcome, took, searches in rows:
        if span.first <= day <= span.last:
            counts[outcome] += int(searches)
            if took != NO_TIME:
                times[took] += int(searches)
    n, opened = sum(counts[one] for one in FINISHED), sum(counts[one] for one in OPENED)
    timed = sum(times.values())
    return {M.SEARCHES: Value(n), M.ZERO: Value(counts[Outcome.ZERO], n), M.UNOPENED: Value(counts[Outcome.UNOPENED], n),
            M.AGAIN: Value(counts[Outcome.AGAIN], opened),
            M.TOOK: Value(timed, timed, percentile(times, 0.5), percentile(times, P90))}


def _tallied(session: Session, measure: Measure, scope: Scope, spans: Sequence[Days], *, share: bool = False) -> list[Value]:
    """Rows in each of the spans, by one question; share: also out of how many."""
    whole = _whole(spans)
    wanted = Part.ALL if share else Part.HITS
    columns: list[Any] = [func.sum(case((within(measure, span, scope), 1), else_=0)) for span in spans]
    if share:
        hit = counted(measure, Part.HITS, whole, scope)
        columns += [func.sum(case((and_(hit, within(measure, span, scope)), 1), else_=0)) for span in spans]
    row = [int(one or 0) for one in session.execute(
        select(*columns).select_from(source_of(measure)).where(counted(measure, wanted, whole, scope))).one()]
    if not share:
        return [Value(one) for one in row]
    return [Value(hits, n) for n, hits in zip(row[:len(spans)], row[len(spans):], strict=True)]


def _in_time(session: Session, scope: Scope, spans: Sequence[Days]) -> list[Value]:
    rows = session.execute(select(Feedback.due_on, replied_at()).where(counted(M.IN_TIME, Part.ALL, _whole(spans), scope))).all()
    ends = {due: start_of_day(date.fromordinal(due.toordinal() + 1), scope.zone) for due, _ in rows if due is not None}
    found = []
    for span in spans:
        mine = [(due, at) for due, at in rows if due is not None and span.first <= due <= span.last]
        found.append(Value(sum(at is not None and at < ends[due] for due, at in mine), len(mine)))
    return found


def _gap_days(session: Session, scope: Scope, spans: Sequence[Days]) -> list[Value]:
    found = []
    for span in spans[:2]:
        days = Counter(days_between(opened, closed or opened) for opened, closed in session.execute(
            select(Gap.opened_at, Gap.closed_at).where(counted(M.GAP_DAYS, Part.ALL, span, scope))))
        found.append(Value(sum(days.values()), sum(days.values()), percentile(days, 0.5), percentile(days, P90)))
    return found


def _overdue(session: Session, scope: Scope, days: Days) -> Value:
    hits, n = (session.scalar(select(func.count(Article.id)).where(counted(M.OVERDUE, part, days, scope))) or 0
               for part in (Part.HITS, Part.ALL))
    return Value(hits, n)


def counted_searches(session: Session, asked: Asked, scope: Scope) -> int:
    """How many searches a list had when they were counted: more than it has now when some were forgotten since."""
    if scope.too_few:
        return 0
    value = _of_searches(session, scope, [asked.days])[asked.measure][0]
    return value.hits if asked.part is Part.HITS or value.n is None else value.n


def counted_until(session: Session, now: datetime) -> datetime:
    """The instant up to which every search is counted: that of the first that is not, or now."""
    done = session.scalar(select(FigureProgress.event_id).where(FigureProgress.id == 1)) or 0
    first = session.scalar(select(SearchEvent.at).where(SearchEvent.id > done).order_by(SearchEvent.id).limit(1))
    return now if first is None else min(first, now)


def not_counted(session: Session) -> bool:
    """Whether notes of searches came to rest that nobody counted yet: more than the worker leaves from one round to the next."""
    done = session.scalar(select(FigureProgress.event_id).where(FigureProgress.id == 1)) or 0
    return (session.scalar(select(func.count()).select_from(select(SearchEvent.id).where(
        SearchEvent.id > done).limit(BEHIND).subquery())) or 0) >= BEHIND
