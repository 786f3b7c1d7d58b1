"""What is measured, how a search ended, which days a period has and what stood before it: tables and pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kmsvc.core.clock import add_months
from kmsvc.core.texts import N_, Labelled

LONGEST_DAYS = 366
RECENT_DAYS = 28
WEEKS = 8
"""The table of weeks has at least so many."""
NO_TIME = -1


class Outcome(Labelled):
    """How a search ended."""

    PASSED = "passed", N_("Only typed on")
    ZERO = "zero", N_("Nothing found")
    UNOPENED = "unopened", N_("Found, but nothing opened")
    AGAIN = "again", N_("Opened, then searched again")
    READ = "read", N_("Opened or read")


END = Outcome
OPENED = (END.AGAIN, END.READ)
FINISHED = (END.ZERO, END.UNOPENED, *OPENED)


class Measure(Labelled):
    """What a figure tells, in the order of the page."""

    SEARCHES = "searches", N_("Searches")
    ZERO = "zero", N_("Searches without a result")
    UNOPENED = "unopened", N_("Searches without an opened answer")
    AGAIN = "again", N_("Searched again after opening")
    TOOK = "took", N_("Time to the opened answer")
    HELPFUL = "helpful", N_("Answers said to be helpful")
    IN_TIME = "in_time", N_("Feedback answered in time")
    LINKS = "links", N_("Contacts linked")
    GAPS_OPENED = "gaps_opened", N_("Gaps opened")
    GAPS_CLOSED = "gaps_closed", N_("Gaps closed")
    GAP_DAYS = "gap_days", N_("How long closed gaps were open")
    OVERDUE = "overdue", N_("Articles overdue for review")


M = Measure


class Shape(Labelled):
    """How a figure is written."""

    COUNT = "count", N_("Number")
    SHARE = "share", N_("Share")
    SECONDS = "seconds", N_("Seconds")
    DAYS = "days", N_("Days")


SHAPES: dict[Measure, Shape] = {
    M.SEARCHES: Shape.COUNT, M.ZERO: Shape.SHARE, M.UNOPENED: Shape.SHARE, M.AGAIN: Shape.SHARE, M.TOOK: Shape.SECONDS,
    M.HELPFUL: Shape.SHARE, M.IN_TIME: Shape.SHARE, M.LINKS: Shape.COUNT, M.GAPS_OPENED: Shape.COUNT,
    M.GAPS_CLOSED: Shape.COUNT, M.GAP_DAYS: Shape.DAYS, M.OVERDUE: Shape.SHARE}
MEANING: dict[Measure, str] = {
    M.SEARCHES: N_("Searches that came to rest, each counted about a quarter of an hour after it was made; one that was only typed on "
                   "within 60 seconds counts with the one it became."),
    M.ZERO: N_("Of all searches, those that found nothing that this person may read."),
    M.UNOPENED: N_("Of all searches, those that found something of which nothing was opened, and after which the same person searched "
                   "with other words within 60 seconds. With nothing after it, a search counts as read in the preview."),
    M.AGAIN: N_("Of the searches with an opened answer, those after which the same person searched with other words within 60 seconds."),
    M.TOOK: N_("From the first key to the answer that was read: half of the searches took no longer than the median, nine in ten no "
               "longer than the second number; told in steps of 0.2 seconds up to 5, of 1 up to 20, of 5 above."),
    M.HELPFUL: N_("Of all words of readers on answers that were sent in these days and not withdrawn, those that say “helpful”."),
    M.IN_TIME: N_("Of the feedback whose day of reply lies in these days and is over, what was answered, changed or handed on to a "
                  "change request by that day; what was withdrawn does not count."),
    M.LINKS: N_("Answers, flows and processes linked to a contact in these days and not taken back."),
    M.GAPS_OPENED: N_("Gaps that came up in these days; one that was joined to another counts with that one."),
    M.GAPS_CLOSED: N_("Gaps closed in these days, and still closed: what was searched in vain is found now."),
    M.GAP_DAYS: N_("Days from a gap's opening to its closing, of the gaps closed in these days: median, and what nine in ten did "
                   "not pass."),
    M.OVERDUE: N_("Of the articles in force that have a day of review, those whose day has passed; as it stands today, whatever the "
                  "period."),
}
GROUPS: tuple[tuple[str, tuple[Measure, ...]], ...] = (
    (N_("Finding"), (M.SEARCHES, M.ZERO, M.UNOPENED, M.AGAIN, M.TOOK)),
    (N_("Use and readers' words"), (M.HELPFUL, M.IN_TIME, M.LINKS)),
    (N_("Keeping it true"), (M.GAPS_OPENED, M.GAPS_CLOSED, M.GAP_DAYS, M.OVERDUE)),
)
LESS_IS_BETTER = frozenset({M.ZERO, M.UNOPENED, M.AGAIN, M.TOOK, M.GAP_DAYS, M.OVERDUE})
BY_WEEK = (M.SEARCHES, M.ZERO, M.UNOPENED, M.AGAIN, M.TOOK, M.HELPFUL, M.LINKS, M.GAPS_OPENED, M.GAPS_CLOSED)


class UnitOf(Labelled):
    """Whose unit a figure goes by: that of the one who did something, never the unit a text is for."""

    SEARCHER = "searcher", N_("of who searched, as it was then")
    SENDER = "sender", N_("of the reader who sent it, as it is today")
    LINKER = "linker", N_("of who linked it, as it was then")
    LAST_SEARCHER = "last_searcher", N_("of who searched for it in vain last")
    OWNER = "owner", N_("of the owner of the article, as it is today")


UNIT_OF: dict[Measure, UnitOf] = {
    **dict.fromkeys((M.SEARCHES, M.ZERO, M.UNOPENED, M.AGAIN, M.TOOK), UnitOf.SEARCHER),
    **dict.fromkeys((M.HELPFUL, M.IN_TIME), UnitOf.SENDER), M.LINKS: UnitOf.LINKER,
    **dict.fromkeys((M.GAPS_OPENED, M.GAPS_CLOSED, M.GAP_DAYS), UnitOf.LAST_SEARCHER), M.OVERDUE: UnitOf.OWNER}


class Part(Labelled):
    """What of a share a list shows."""

    HITS = "hits", N_("What counts")
    ALL = "all", N_("Out of what")


class Span(Labelled):
    """A period one can choose."""

    RECENT = "recent", N_("Last four weeks")
    WEEK = "week", N_("Week")
    MONTH = "month", N_("Month")
    QUARTER = "quarter", N_("Quarter")
    DAYS = "days", N_("Own days")


@dataclass(frozen=True)
class Days:
    """Days from the first to the last, both included."""

    first: date
    last: date

    @property
    def count(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Period:
    """The days asked for, those they are compared with, and the days to go back and on to (none beyond today)."""

    span: Span
    days: Days
    before: Days
    earlier: date
    later: date | None


def period_of(span: Span, on: date, today: date, since: date | None = None, until: date | None = None) -> Period:
    """The period around a day. One that still runs ends today, and is compared with as many days of the one before."""
    if span is Span.DAYS:
        last = until or today
        first = since or last - timedelta(days=RECENT_DAYS - 1)
        length = (last - first).days + 1
        return Period(span, Days(first, last), Days(first - timedelta(days=length), first - timedelta(days=1)), first, None)
    if span is Span.RECENT:
        first = today - timedelta(days=RECENT_DAYS - 1)
        return Period(span, Days(first, today), Days(first - timedelta(days=RECENT_DAYS), first - timedelta(days=1)), first, None)
    first = start_of(span, min(on, today))
    following, previous = start_of(span, first, 1), start_of(span, first, -1)
    last = min(following - timedelta(days=1), today)
    ended = following - timedelta(days=1) == last
    before = first - timedelta(days=1) if ended else min(first - timedelta(days=1), previous + (last - first))
    return Period(span, Days(first, last), Days(previous, before), previous, following if following <= today else None)


def start_of(span: Span, day: date, move: int = 0) -> date:
    """The first day of the week, month or quarter of a day, so many further."""
    if span is Span.WEEK:
        return day - timedelta(days=day.weekday()) + timedelta(weeks=move)
    if span is Span.MONTH:
        return add_months(day.replace(day=1), move)
    return add_months(day.replace(day=1, month=3 * ((day.month - 1) // 3) + 1), 3 * move)


def weeks_of(days: Days) -> tuple[Days, ...]:
    """The weeks of a period, and some before it, Monday to Sunday; the last ends with the period."""
    last = days.last - timedelta(days=days.last.weekday())
    first = min(days.first - timedelta(days=days.first.weekday()), last - timedelta(weeks=WEEKS - 1))
    return tuple(Days(start, min(start + timedelta(days=6), days.last)) for start in _mondays(first, last))


def _mondays(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(weeks=1)


def step_of(took_ms: int | None) -> int:
    """A time as it is counted, in tenths of a second, rounded up to a step; NO_TIME where there is none."""
    if took_ms is None:
        return NO_TIME
    tenths = -(-took_ms // 100)
    step = 2 if tenths <= 50 else 10 if tenths <= 200 else 50
    return -(-tenths // step) * step


def percentile(counts: Mapping[int, int], share: float) -> int | None:
    """The smallest value that so many of all do not pass; None of nothing."""
    wanted, seen = share * sum(counts.values()), 0
    for value in sorted(counts):
        seen += counts[value]
        if counts[value] and seen >= wanted:
            return value
    return None
