"""Which paragraph stands below which heading, so that a heading and all below it go by one choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kmsvc.markup.blocks import IdentifiedBlock
from kmsvc.markup.diff import heading_of

STAYS = "0"


def above(blocks: Sequence[IdentifiedBlock]) -> dict[str, str]:
    """Each block with the heading it stands below, empty before the first; a heading with the one of higher rank before it."""
    found: dict[str, str] = {}
    open_: list[tuple[int, str]] = []
    for block in blocks:
        mine = heading_of(block)
        while mine is not None and open_ and open_[-1][0] >= mine[0]:
            open_.pop()
        found[block.id] = open_[-1][1] if open_ else ""
        if mine is not None:
            open_.append((mine[0], block.id))
    return found


def below(blocks: Sequence[IdentifiedBlock]) -> dict[str, tuple[str, ...]]:
    """Each heading with all that stands below it, smaller headings and their text included."""
    over = above(blocks)
    found: dict[str, list[str]] = {block.id: [] for block in blocks if block.kind == "heading"}
    for one in over:
        place = over[one]
        while place:
            found[place].append(one)
            place = over[place]
    return {one: tuple(its) for one, its in found.items()}


def goes(over: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Where each block goes: where it was sent itself, else where the heading over it goes, else it stays. over: in reading order."""
    found: dict[str, str] = {"": STAYS}
    for one, head in over.items():
        found[one] = chosen.get(one) or found[head]
    del found[""]
    return found
