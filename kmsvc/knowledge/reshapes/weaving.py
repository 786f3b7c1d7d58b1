"""The paragraphs of several texts in one order, each beside what the text that stays has in its place, with the words that differ."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kmsvc.knowledge.relations.aligning import Pair
from kmsvc.markup.blocks import IdentifiedBlock
from kmsvc.markup.diff import BlockChange, Place
from kmsvc.markup.pieces import Paint
from kmsvc.markup.rows import Row, rows
from kmsvc.markup.words import compare

ALIKE = 0.4
"""Of two paragraphs that have less than this in common, marks at each word would tell nothing."""


@dataclass(frozen=True)
class Theirs:
    """A paragraph of another article, beside the paragraph it says the same as. same: word for word."""

    article_id: int
    block: IdentifiedBlock
    alone: bool
    same: bool


@dataclass(frozen=True)
class Slot:
    """A paragraph of the article that stays (None: before its first), and what others have in its place."""

    mine: IdentifiedBlock | None
    theirs: tuple[Theirs, ...]


def woven(mine: Sequence[IdentifiedBlock], others: Sequence[tuple[int, Sequence[Pair]]]) -> tuple[Slot, ...]:
    """All paragraphs in one order: those of the article that stays, and after each those of others that belong there.
    others: (article, its pairs with the text that stays)."""
    places: dict[int, list[Theirs]] = {}
    for article_id, pairs in others:
        last = -1
        for left, right in pairs:
            last += left is not None
            if right is not None:
                places.setdefault(last, []).append(Theirs(article_id, right, left is None, left is not None and left.text == right.text))
    first = (Slot(None, tuple(places[-1])),) if -1 in places else ()
    return first + tuple(Slot(block, tuple(places.get(place, ()))) for place, block in enumerate(mine))


def marked(mine: IdentifiedBlock, theirs: IdentifiedBlock, paint: Paint) -> Row | None:
    """Two paragraphs with the words that differ, as a comparison of versions shows them; None where hardly anything is the same."""
    parts = compare(mine.text, theirs.text)
    same = sum(_said(words) for op, words in parts if op == "equal")
    if mine.kind != theirs.kind or 2 * same < ALIKE * (_said(mine.text) + _said(theirs.text)):
        return None
    change = BlockChange(theirs.id, theirs.kind, "changed", Place("", ()), tuple(parts), old_text=mine.text, new_text=theirs.text)
    return rows([change], paint)[0]


def _said(words: str) -> int:
    return sum(one.isalnum() for one in words)  # what is written around words is the same in most texts


def proposed(stays: int, slots: Sequence[Slot], under: Mapping[str, Sequence[str]]) -> set[str]:
    """What is ticked first, as the page names it: the text that stays, and what others alone have; of their headings those with
    something below them that is. under: each heading with what stands below it."""
    alone = {f"{its.article_id}:{its.block.id}" for slot in slots for its in slot.theirs if its.alone}
    bare = {one for one in alone if under.get(one) and alone.isdisjoint(under[one])}
    return {f"{stays}:{slot.mine.id}" for slot in slots if slot.mine is not None} | (alone - bare)


def contained(draft: Collection[str], stays: int, mine: Sequence[str], theirs: Mapping[int, Collection[str]]) -> set[str]:
    """What a draft is made of, as the page names it. draft: its paragraphs; mine: those of the text that stays; theirs: those that
    were taken from each of the others."""
    taken = {one for its in theirs.values() for one in its}
    return ({f"{stays}:{one}" for one in mine if one in draft and one not in taken}
            | {f"{article_id}:{one}" for article_id, its in theirs.items() for one in its if one in draft})
