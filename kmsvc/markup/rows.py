"""A comparison as the rows that templates/components/diff.html draws: number, heading, parts, how much was skipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kmsvc.markup.diff import BlockChange, Skipped, only_changes
from kmsvc.markup.pieces import Paint, Piece, piece_of
from kmsvc.markup.tables import diff_table
from kmsvc.markup.words import Op, Part

CELL = " \u2502 "
MODES = ("inline", "side", "changes")


@dataclass(frozen=True)
class Row:
    """One block. skipped: so many unchanged blocks stand before it. block_id is empty for a row that only says so.

    html, fence, shown, gone: as in `Piece`.
    """

    block_id: str
    status: str
    number: str
    heading: str
    parts: tuple[Part, ...]
    skipped: int = 0
    moved: bool = False
    html: Markup = Markup()
    fence: str = ""
    shown: Markup = Markup()
    gone: Markup = Markup()


def rows(changes: Sequence[BlockChange], paint: Paint, mode: str = "inline", around: int = 1) -> list[Row]:
    """The rows of a comparison; with mode `changes` only what changed, with so many blocks around it."""
    listed: Sequence[BlockChange | Skipped] = only_changes(changes, around) if mode == "changes" else list(changes)
    found: list[Row] = []
    skipped = 0
    for one in listed:
        if isinstance(one, Skipped):
            skipped += one.count
            continue
        plain_heading = one.kind == "heading" and one.status == "same"
        piece = Piece(_table_parts(one)) if one.kind == "table" else piece_of(one, paint)
        found.append(Row(one.block_id, "changed" if one.moved and one.status == "same" else one.status, one.place.section,
                         one.place.path[-1] if plain_heading and one.place.path else "",
                         () if plain_heading else piece.parts, skipped, one.moved, piece.html, piece.fence, piece.shown,
                         piece.gone))
        skipped = 0
    if skipped and found:
        found.append(Row("", "same", "", "", (), skipped))
    return found


def _table_parts(change: BlockChange) -> tuple[Part, ...]:
    """A table as lines of cells, so that one changed fee is one marked cell and no pipes are read."""
    found: list[Part] = []
    for row in diff_table(change.old_text if change.status != "added" else "",
                          change.new_text if change.status != "removed" else ""):
        op: Op = "insert" if row.status == "added" else "delete" if row.status == "removed" else "equal"
        for index, cell in enumerate(row.cells):
            found += [(op, CELL)] * bool(index) + list(cell)
        found.append((op, "\n"))
    return tuple(found)


def picked_pair(old: str | None, new: str | None) -> tuple[int, int] | None:
    """Which two versions were picked, as their ordinals; None where a text is no number."""
    both = [int(one) for one in (old, new) if one and one.isdecimal() and len(one) < 10]
    return (both[0], both[1]) if len(both) == 2 else None


def mode_of(text: str | None) -> str:
    """The view asked for; the first one when there is no such view."""
    return text if text in MODES else MODES[0]
