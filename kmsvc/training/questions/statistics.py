"""How well questions have measured, by classical test theory, and which of them need a look.

Figures are shares of the points, so that questions of different worth can be compared. A person who was not asked a question
(papers may differ) counts nowhere in its figures. None stands wherever a figure is not defined: nobody answered, everybody has
the same points. Source: C4; definitions in the docstrings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Table = NDArray[np.float64]
KELLEY = 0.27
"""the share of persons in the upper and in the lower group that tells them apart best (Kelley 1939)"""


@dataclass(frozen=True)
class ItemFigures:
    """Of one question. asked: persons; facility: mean share of its points (difficulty index p); discrimination: correlation of its
    points with those of the rest (corrected item-total, point-biserial for 0/1); upper_lower: facility in the upper group less
    that in the lower; alpha_without: what Cronbach's alpha would be without it."""

    asked: int
    facility: float | None
    discrimination: float | None
    upper_lower: float | None
    alpha_without: float | None


@dataclass(frozen=True)
class PaperFigures:
    """Of all questions together. mean, deviation, standard_error: in points of the paper, for persons who were asked everything;
    deviation with n - 1; standard_error: of a single result, deviation x sqrt(1 - alpha)."""

    persons: int
    complete: int
    mean: float | None
    deviation: float | None
    alpha: float | None
    standard_error: float | None
    items: tuple[ItemFigures, ...]


@dataclass(frozen=True)
class OptionFigures:
    """Of one option. chosen: by how many; share: of those asked; upper, lower: share within the upper and lower group;
    discrimination: correlation of choosing it with the points of the rest, which should be below zero for a distractor."""

    id: str
    is_key: bool
    chosen: int
    share: float
    upper: float | None
    lower: float | None
    discrimination: float | None


@dataclass(frozen=True)
class Thresholds:
    """When a question needs a look. Nothing is said about a question fewer than `asked` persons were asked."""

    asked: int = 30
    too_hard: float = 0.2
    too_easy: float = 0.95
    weak: float = 0.2
    idle: float = 0.05


@dataclass(frozen=True)
class Flag:
    """code: too_hard, too_easy, weak, negative, idle_option, option_over_key; params: the figure and what it was held against."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


def analysed(points: ArrayLike, most: ArrayLike, *, share: float = KELLEY) -> PaperFigures:
    """The figures of a paper. points: persons x questions, nan where a person was not asked; most: what each question is worth.

    ValueError when the shapes do not fit, a question is worth nothing, or the share is not above 0 and at most a half."""
    given, worth = np.array(points, dtype=float), np.array(most, dtype=float)
    if given.ndim != 2 or worth.shape != given.shape[1:] or not (worth > 0).all() or not 0 < share <= 0.5:
        raise ValueError("points are a table of persons and questions, each worth something; the share is at most a half")
    complete = given[~np.isnan(given).any(axis=1)]
    totals = complete.sum(axis=1)
    spread = _deviation(totals)
    reliability = alpha(complete)
    return PaperFigures(
        persons=len(given), complete=len(complete), mean=float(totals.mean()) if len(totals) else None, deviation=spread,
        alpha=reliability, standard_error=standard_error(spread, reliability),
        items=tuple(_item(given, worth, place, complete, share) for place in range(given.shape[1])))


def rest_shares(points: ArrayLike, most: ArrayLike, place: int) -> Table:
    """For each person the share of the points of all other questions they were asked; nan for who was asked none, or not this."""
    given, worth = np.array(points, dtype=float), np.array(most, dtype=float)
    there = ~np.isnan(given)
    others = np.arange(given.shape[1]) != place
    asked = (there * worth)[:, others].sum(axis=1)
    got = np.where(there, given, 0.0)[:, others].sum(axis=1)
    return np.where((asked > 0) & there[:, place], got / np.where(asked > 0, asked, 1.0), np.nan)


def _item(given: Table, worth: Table, place: int, complete: Table, share: float) -> ItemFigures:
    column = given[:, place] / worth[place]
    there = ~np.isnan(column)
    rest = rest_shares(given, worth, place)
    both = there & ~np.isnan(rest)
    whole = np.where(there, np.nansum(given, axis=1) / (~np.isnan(given) * worth).sum(axis=1).clip(min=1e-12), np.nan)
    upper, lower = groups(column[there], whole[there], share)
    return ItemFigures(
        int(there.sum()), float(column[there].mean()) if there.any() else None, correlation(column[both], rest[both]),
        None if upper is None or lower is None else upper - lower, alpha(np.delete(complete, place, axis=1)))


def alpha(points: ArrayLike) -> float | None:
    """Cronbach's alpha: k / (k - 1) x (1 - sum of the questions' variances / variance of the totals). For 0/1 it is KR-20."""
    table = np.array(points, dtype=float)
    persons, count = table.shape
    if persons < 2 or count < 2:
        return None
    total = float(table.sum(axis=1).var())
    return None if _none(total) else float(count / (count - 1) * (1 - table.var(axis=0).sum() / total))


def kr20(right: ArrayLike) -> float | None:
    """Kuder and Richardson's formula 20 of a table of 0 and 1: k / (k - 1) x (1 - sum of p q / variance of the totals, with n).

    ValueError for any other number."""
    table = np.array(right, dtype=float)
    if not np.isin(table, (0, 1)).all():
        raise ValueError("KR-20 is for right and wrong only")
    persons, count = table.shape
    if persons < 2 or count < 2:
        return None
    p, total = table.mean(axis=0), float(table.sum(axis=1).var())
    return None if _none(total) else float(count / (count - 1) * (1 - (p * (1 - p)).sum() / total))


def standard_error(deviation: float | None, reliability: float | None) -> float | None:
    """Of measurement: deviation x sqrt(1 - reliability). A reliability below zero counts as none at all."""
    return None if deviation is None or reliability is None else deviation * float(np.sqrt(1 - max(reliability, 0.0)))


def correlation(one: Table, other: Table) -> float | None:
    """Pearson's; None for fewer than two persons or where one side does not vary."""
    if len(one) < 2:
        return None
    a, b = one - one.mean(), other - other.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return None if _none(size) else float(np.clip(a @ b / size, -1, 1))


def groups(values: Table, by: Table, share: float = KELLEY) -> tuple[float | None, float | None]:
    """(mean of the values in the upper group, in the lower), the groups being `share` of the persons, rounded half up, at least
    one. Persons with equal results at the border all count, by the fraction that is left for them: no order decides."""
    count = len(by)
    size = max(1, int(share * count + 0.5))
    if count < 2:
        return None, None
    return _of_group(values, by, size), _of_group(values, -by, size)


def _of_group(values: Table, by: Table, size: int) -> float:
    border = np.sort(by)[len(by) - size]
    above, level = by > border, np.isclose(by, border, rtol=0, atol=1e-12)
    above &= ~level
    return float((values[above].sum() + (size - above.sum()) * values[level].mean()) / size)


def options(chosen: Sequence[Collection[str] | None], ids: Sequence[str], keys: Collection[str], rest: ArrayLike, *,
            share: float = KELLEY) -> tuple[OptionFigures, ...]:
    """The figures of each option. chosen: what each person chose, none of it counting as wrong, None for who was not asked;
    rest: their points elsewhere (rest_shares), a person each. ValueError when there are not as many."""
    others = np.array(rest, dtype=float)
    if others.shape != (len(chosen),):
        raise ValueError("one person, one choice, one result elsewhere")
    there = np.array([one is not None for one in chosen], dtype=bool)
    known = there & ~np.isnan(others)
    made = []
    for name in ids:
        took = np.array([float(one is not None and name in one) for one in chosen])
        upper, lower = groups(took[known], others[known], share)
        made.append(OptionFigures(name, name in keys, int(took.sum()), float(took[there].mean()) if there.any() else 0.0, upper, lower,
                                  correlation(took[known], others[known])))
    return tuple(made)


def flags(item: ItemFigures, its_options: Sequence[OptionFigures] = (), thresholds: Thresholds | None = None) -> list[Flag]:
    """What speaks for a look at a question: difficulty, discrimination, distractors nobody takes or good people take."""
    bounds = thresholds or Thresholds()
    if item.asked < bounds.asked or item.facility is None:
        return []
    found = []
    if item.facility < bounds.too_hard:
        found.append(Flag("too_hard", {"facility": item.facility, "bound": bounds.too_hard}))
    if item.facility > bounds.too_easy:
        found.append(Flag("too_easy", {"facility": item.facility, "bound": bounds.too_easy}))
    if item.discrimination is not None and item.discrimination < bounds.weak:
        code = "negative" if item.discrimination < 0 else "weak"
        found.append(Flag(code, {"discrimination": item.discrimination, "bound": bounds.weak}))
    best = max((one.discrimination for one in its_options if one.is_key and one.discrimination is not None), default=None)
    for one in its_options:
        if not one.is_key and one.share < bounds.idle:
            found.append(Flag("idle_option", {"id": one.id, "share": one.share, "bound": bounds.idle}))
        if not one.is_key and best is not None and one.discrimination is not None and one.discrimination > max(best, 0):
            found.append(Flag("option_over_key", {"id": one.id, "discrimination": one.discrimination, "key": best}))
    return found


def _deviation(values: Table) -> float | None:
    return float(values.std(ddof=1)) if len(values) > 1 else None


def _none(size: float) -> bool:
    """As good as nothing: what is left of equal numbers after rounding."""
    return size < 1e-12
