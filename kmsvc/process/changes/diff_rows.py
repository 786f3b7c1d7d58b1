"""A comparison as the rows the page draws: headings without their marks, unchanged runs folded, remarks at their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kmsvc.markup.diff import BlockChange, Skipped, only_changes
from kmsvc.markup.tables import RowChange, diff_table
from kmsvc.markup.words import Part, compare
from kmsvc.process.changes.comparison import Comparison
from kmsvc.process.changes.painting import Paint, fence_words, pictures, plain_words, wants_paint
from kmsvc.process.changes.talk import Remark

_MARKS = re.compile(r"\s{0,3}#{1,6}\s+|\s+#+\s*$")


@dataclass(frozen=True)
class BlockRow:
    """One paragraph of the comparison. skipped: so many unchanged ones stand before it; remarks: said about it.

    table: a table compared cell by cell, in place of `parts`. html: the paragraph as readers see it, in place of `parts`;
    fence: what stands above a block that is for some readers only; shown and gone: pictures that are there now or no longer.
    """

    id: str
    status: str
    number: str
    heading: str
    parts: tuple[Part, ...]
    skipped: int
    remarks: tuple[Remark, ...]
    table: tuple[RowChange, ...] = ()
    html: Markup = Markup()
    fence: str = ""
    shown: Markup = Markup()
    gone: Markup = Markup()


def document_rows(comparison: Comparison, mode: str, remarks: Sequence[Remark], paint: Paint) -> tuple[list[BlockRow], int]:
    """The rows of one document and how many unchanged paragraphs follow the last one.

    mode: `changes` shows only what changed, `inline` and `side` one paragraph around it.
    """
    said: dict[str, list[Remark]] = {}
    for remark in reversed(remarks):
        if remark.block_id:
            said.setdefault(remark.block_id, []).append(remark)
    kept = only_changes(comparison.blocks, context=0 if mode == "changes" else 1)
    found: list[BlockRow] = []
    skipped, section = 0, ""
    for one in kept:
        if isinstance(one, Skipped):
            skipped += one.count
            continue
        number = one.place.section if one.place.section != section else ""
        section = one.place.section
        found.append(_row(one, number, skipped, tuple(said.get(one.block_id, ())), paint))
        skipped = 0
    return found, skipped


def _row(change: BlockChange, number: str, skipped: int, remarks: tuple[Remark, ...], paint: Paint) -> BlockRow:
    if change.kind == "table":
        rows = tuple(diff_table(change.old_text, change.new_text))
        return BlockRow(change.block_id, change.status, number, "", (), skipped, remarks, rows)
    if wants_paint(change.old_text) or wants_paint(change.new_text):
        return _painted(change, number, skipped, remarks, paint)
    if change.kind != "heading":
        return BlockRow(change.block_id, change.status, number, "", tuple(_tidy(change.parts)), skipped, remarks)
    old, new = _MARKS.sub("", change.old_text), _MARKS.sub("", change.new_text)
    if change.status == "same":
        return BlockRow(change.block_id, change.status, number, new, (), skipped, remarks)
    return BlockRow(change.block_id, change.status, number, "", tuple(compare(old, new)), skipped, remarks)


def _painted(change: BlockChange, number: str, skipped: int, remarks: tuple[Remark, ...], paint: Paint) -> BlockRow:
    """A paragraph with a picture or a fence: as readers see it, or, where words changed, the words and the pictures."""
    old, new = change.old_text, change.new_text
    if change.status != "changed":
        html = paint(old if change.status == "removed" else new)
        return BlockRow(change.block_id, change.status, number, "", (), skipped, remarks, html=html)
    before, after = pictures(old), pictures(new)
    words = " → ".join(dict.fromkeys(filter(None, (fence_words(old), fence_words(new)))))
    return BlockRow(
        change.block_id, change.status, number, "", tuple(_tidy(compare(plain_words(old), plain_words(new)))), skipped, remarks,
        fence=words, shown=paint("\n\n".join(after)), gone=paint("\n\n".join(one for one in before if one not in after)))


def _tidy(parts: Sequence[Part]) -> Iterator[Part]:
    """The parts with line ends taken out of what is marked, so that no mark stands alone at the end of a line."""
    for op, text in parts:
        inner = text.strip("\n")
        if op == "equal" or not inner or inner == text:
            yield op, text
            continue
        start = text.index(inner)
        if start:
            yield "equal", text[:start]
        yield op, inner
        if text[start + len(inner):]:
            yield "equal", text[start + len(inner):]
