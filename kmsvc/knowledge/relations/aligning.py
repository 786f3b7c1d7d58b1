"""Which paragraph of a text says what which paragraph of its twin says: the same order, kinds that fit, numbers they share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from kmsvc.markup.blocks import IdentifiedBlock

Pair = tuple[IdentifiedBlock | None, IdentifiedBlock | None]
MOST = 250
"""Blocks of a side that are compared each with each; longer texts are paired by order alone."""
_SIGNS = re.compile(r"\d+(?:[.,]\d+)*|[A-Z][A-Z0-9-]+|https?://\S+")
_HASHES = re.compile(r"\s{0,3}(#{1,6})\s")
_FLUENT = frozenset({"paragraph", "list", "quote"})


def align(left: Sequence[IdentifiedBlock], right: Sequence[IdentifiedBlock]) -> list[Pair]:
    """Both texts in order, each block beside its counterpart, or alone where the other text has none."""
    if len(left) > MOST or len(right) > MOST:
        return list(zip_longest(left, right))
    best = _best(left, right)
    pairs: list[Pair] = []
    i = j = 0
    while i < len(left) or j < len(right):
        if i < len(left) and j < len(right) and _likeness(left[i], right[j]) + best[i + 1][j + 1] == best[i][j] \
                and _likeness(left[i], right[j]) > 0:
            pairs.append((left[i], right[j]))
            i, j = i + 1, j + 1
        elif i < len(left) and best[i + 1][j] == best[i][j]:
            pairs.append((left[i], None))
            i += 1
        else:
            pairs.append((None, right[j]))
            j += 1
    return pairs


def _best(left: Sequence[IdentifiedBlock], right: Sequence[IdentifiedBlock]) -> list[list[float]]:
    """The likeness that the rest of both texts can reach, from each place on."""
    best = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        for j in range(len(right) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + _likeness(left[i], right[j]))
    return best


def _likeness(one: IdentifiedBlock, other: IdentifiedBlock) -> float:
    """How well two blocks fit, 0 for not at all. A lasting id that both have means that one was made from the other."""
    if one.id and one.id == other.id:
        return 10.0
    if one.kind != other.kind:
        return 0.5 if {one.kind, other.kind} <= _FLUENT else 0.0
    if one.kind == "heading" and _depth(one) != _depth(other):
        return 0.5
    if one.kind == "container" and one.level != other.level:
        return 0.5
    mine, theirs = set(_SIGNS.findall(one.text)), set(_SIGNS.findall(other.text))
    return 2.0 + (2.0 * len(mine & theirs) / len(mine | theirs) if mine or theirs else 0.0)


def _depth(block: IdentifiedBlock) -> int:
    marks = _HASHES.match(block.text)
    return len(marks[1]) if marks else 2
