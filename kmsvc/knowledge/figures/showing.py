"""Figures as people read them: the number, out of how many, its interval, what it was before, and the lists each opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from kmsvc.core.i18n import label, sentence
from kmsvc.core.texts import N_, Labelled
from kmsvc.knowledge.figures.queries import Board, Figure, Value
from kmsvc.knowledge.figures.rows import COLUMNS, Asked, FigureRow, family_of
from kmsvc.knowledge.figures.rules import (
    BY_WEEK,
    GROUPS,
    LESS_IS_BETTER,
    MEANING,
    SHAPES,
    UNIT_OF,
    Days,
    Measure,
    Part,
    Shape,
)

HEAD = (N_("Measure"), N_("Now"), N_("Out of"), N_("Interval from"), N_("Interval to"), N_("Nine in ten within"), N_("Period before"),
        N_("Out of, before"), N_("Figures of"), N_("Unit"), N_("What it means"))
NOTHING = "—"
SMALL = 0.1


@dataclass(frozen=True)
class Shown:
    """A figure on the page. main opens href, n opens all; kind: the mark of a change that is more than chance."""

    measure: Measure
    label: str
    meaning: str
    unit_of: str
    main: str
    href: str
    n: str
    all_href: str
    interval: str
    before: str
    before_href: str
    change: str
    kind: str


def groups_of(found: Board, root: str, unit_id: int | None) -> Iterator[tuple[str, list[Shown]]]:
    """The figures in their groups."""
    by_measure = {one.measure: one for one in found.figures}
    for title, measures in GROUPS:
        yield sentence(title), [_shown(by_measure[one], found, root, unit_id) for one in measures]


def _shown(one: Figure, found: Board, root: str, unit_id: int | None) -> Shown:
    measure, now, before = one.measure, one.now, one.before
    days, then = found.period.days, found.period.before
    change, kind = _change(measure, now, before) if before is not None else ("", "")
    shape = SHAPES[measure]
    return Shown(
        measure, label(measure), sentence(MEANING[measure]), label(UNIT_OF[measure]), main(measure, now),
        href(root, measure, days, unit_id), _n(shape, now), href(root, measure, days, unit_id, Part.ALL), _interval(shape, now),
        main(measure, before) if before is not None else "", href(root, measure, then, unit_id), change, kind)


def href(root: str, measure: Measure, days: Days, unit_id: int | None, part: Part = Part.HITS) -> str:
    """The list behind a figure."""
    asked: dict[str, Any] = {"of": measure.value, "since": days.first.isoformat(), "until": days.last.isoformat()}
    if part is Part.ALL:
        asked["part"] = part.value
    if unit_id:
        asked["unit"] = unit_id
    return f"{root}/knowledge/figures/rows?{urlencode(asked)}"


def main(measure: Measure, value: Value) -> str:
    """The number itself."""
    shape = SHAPES[measure]
    if shape is Shape.COUNT:
        return f"{value.hits:,}"
    if shape is Shape.SHARE:
        return f"{_share(value)} %" if value.n else NOTHING
    return _time(shape, value.median)


def _share(value: Value) -> str:
    """In percent; of small shares the tenths are told, as two of them differ in nothing else."""
    share = value.rate.share or 0.0
    return f"{100 * share:.1f}" if 0 < share < SMALL else str(value.rate.percent)


def _time(shape: Shape, taken: int | None) -> str:
    if taken is None:
        return NOTHING
    if shape is Shape.SECONDS:
        return sentence(N_("%(n)s s"), {"n": f"{taken / 10:g}"})
    return sentence(N_("%(n)s days"), {"n": taken}) if taken != 1 else sentence(N_("1 day"))


def _n(shape: Shape, value: Value) -> str:
    if shape is Shape.SHARE:
        return sentence(N_("%(hits)s of %(n)s"), {"hits": f"{value.hits:,}", "n": f"{value.n:,}"})
    if shape is Shape.COUNT or not value.n:
        return ""
    return sentence(N_("n = %(n)s"), {"n": f"{value.n:,}"})


def _interval(shape: Shape, value: Value) -> str:
    if shape is Shape.SHARE and value.n:
        digits = int(0 < (value.rate.share or 0.0) < SMALL)
        low, high = (f"{100 * one:.{digits}f}" for one in value.rate.interval)
        return f"{low}–{high} %"
    if shape in (Shape.SECONDS, Shape.DAYS) and value.n:
        return sentence(N_("nine in ten within %(time)s"), {"time": _time(shape, value.tail)})
    return ""


def _change(measure: Measure, now: Value, before: Value) -> tuple[str, str]:
    """How it moved. Of shares it is said whether that is more than chance: whether the intervals lie apart."""
    shape = SHAPES[measure]
    if shape is Shape.COUNT:
        return f"{now.hits - before.hits:+,}", ""
    if not now.n or not before.n:
        return "", ""
    if shape is Shape.SHARE:
        digits = int(max(now.rate.share or 0.0, before.rate.share or 0.0) < SMALL)
        moved = round(100 * (now.rate.share or 0.0), digits) - round(100 * (before.rate.share or 0.0), digits)
        points = f"{moved:+.{digits}f}"
        (low, high), (old_low, old_high) = now.rate.interval, before.rate.interval
        apart = low > old_high or high < old_low
        word = N_("%(points)s points") if apart else N_("%(points)s points, may be chance")
        better = (low > old_high) != (measure in LESS_IS_BETTER)
        return sentence(word, {"points": points if float(points) else "±0"}), ("ok" if better else "warn") if apart else ""
    moved_by = (now.median or 0) - (before.median or 0)
    sign = "+" if moved_by > 0 else "−" if moved_by < 0 else "±"
    return f"{sign}{_time(shape, abs(moved_by))}", ""


def weeks_of(found: Board, root: str, unit_id: int | None) -> list[tuple[Days, list[tuple[str, str]]]]:
    """Each week with (number, list) by figure, the latest first."""
    return [(week, [(main(one, values[one]), href(root, one, week, unit_id)) for one in BY_WEEK])
            for week, values in reversed(found.weeks)]


def whose(whole: bool, of: str | None) -> str:
    """Whose figures these are, as it stands over them."""
    if whole:
        return sentence(N_("The whole centre"))
    return sentence(N_("%(unit)s with the units below it"), {"unit": of}) if of else sentence(N_("No unit"))


def table_rows(found: Board) -> list[list[Any]]:
    """The figures as a table to take away; shares from 0 to 1, times in seconds or days."""
    rows: list[list[Any]] = []
    for one in found.figures:
        shape, now, before = SHAPES[one.measure], one.now, one.before
        low, high = now.rate.interval if shape is Shape.SHARE and now.n else (None, None)
        rows.append([label(one.measure), _plain(shape, now), now.n, low, high, _tail(shape, now),
                     _plain(shape, before) if before else None, before.n if before else None, whose(found.whole, found.of),
                     label(UNIT_OF[one.measure]), sentence(MEANING[one.measure])])
    return rows


def _plain(shape: Shape, value: Value) -> float | int | None:
    if shape is Shape.COUNT:
        return value.hits
    if shape is Shape.SHARE:
        return value.rate.share
    return value.median if shape is Shape.DAYS or value.median is None else value.median / 10


def _tail(shape: Shape, value: Value) -> float | int | None:
    return value.tail / 10 if shape is Shape.SECONDS and value.tail is not None else value.tail


def head_of(asked: Asked) -> list[str]:
    """The headings of a list."""
    return [sentence(one) for _, one in COLUMNS[family_of(asked.measure)]]


def names_of(asked: Asked) -> list[str]:
    """The names of its columns."""
    return [name for name, _ in COLUMNS[family_of(asked.measure)]]


def export_rows(asked: Asked, rows: Sequence[FigureRow], local: Callable[[datetime], datetime],
                word: Callable[..., str] = label) -> list[list[Any]]:
    """A list as a table to take away."""
    def plain(value: Any) -> Any:
        if isinstance(value, Labelled):
            return word(value)
        return local(value) if isinstance(value, datetime) else value
    return [[plain(row.values[name]) for name in names_of(asked)] for row in rows]
