"""Which edition is newer, and what the borders of the levels mean in numbers. Pure. Source: domain 10.2 and 10.3."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

FULL = 10
_NUMBERS = re.compile(r"\d+")


def edition_order(edition: str) -> tuple[Any, ...]:
    """What editions are sorted by: numbers as numbers (`10` after `9`), words by letter, a number after a word."""
    found: list[tuple[int, int, str]] = []
    last = 0
    for one in _NUMBERS.finditer(edition):
        found += [(0, 0, edition[last:one.start()].casefold()), (1, int(one.group()), "")]
        last = one.end()
    return (*found, (0, 0, edition[last:].casefold()))


@dataclass(frozen=True)
class Border:
    """What a level asks for on one basis. implied: the least total its rates already mean (whole items with full marks, the rest
    without), with its parts as (mark, share, items, needed); total: the printed one; most: what can be reached at all."""

    level: str
    basis: str
    parts: tuple[tuple[str, Fraction, int, int], ...]
    implied: int
    total: int | None
    most: int

    @property
    def beyond(self) -> bool:
        """Whether not even a perfect result reaches it."""
        return (self.total or 0) > self.most

    @property
    def idle(self) -> bool:
        """Whether the rates alone already ask for more than the total, so that it decides nothing."""
        return self.total is not None and self.implied > self.total


def borders(levels: Iterable[Mapping[str, Any]], bases: Mapping[str, Mapping[str, int]], last_items: int) -> list[Border]:
    """Level by basis. last_items: items of the last chapter, which has rates of its own."""
    found = []
    for level in levels:
        for basis, one in bases.items():
            first = one["items"] - last_items
            parts = tuple((mark, share, items, ceil(share * items)) for mark, items in (
                ("c_min", first), ("f_min", first), ("c_min_5", last_items), ("f_min_5", last_items))
                if level.get(mark) is not None for share in [Fraction(str(level[mark]))])
            found.append(Border(level["level"], basis, parts, sum(FULL * part[3] for part in parts), level.get("total_min"),
                                one["max_total"]))
    return found
