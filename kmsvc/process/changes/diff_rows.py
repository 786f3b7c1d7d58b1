"""A comparison as the rows the page draws: headings without their marks, unchanged runs folded, remarks at their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kmsvc.markup.diff import BlockChange, Skipped, only_changes
from kmsvc.markup.pieces import Paint, bare_heading, piece_of
from kmsvc.markup.tables import RowChange, diff_table
from kmsvc.markup.words import Part
from kmsvc.process.changes.comparison import Comparison
from kmsvc.process.changes.talk import Remark


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
    if change.kind == "heading" and change.status == "same":
        return BlockRow(change.block_id, change.status, number, bare_heading(change.new_text), (), skipped, remarks)
    piece = piece_of(change, paint)
    return BlockRow(change.block_id, change.status, number, "", piece.parts, skipped, remarks, html=piece.html,
                    fence=piece.fence, shown=piece.shown, gone=piece.gone)
