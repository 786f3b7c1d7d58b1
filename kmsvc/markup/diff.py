"""What changed between two versions, block by block and word by word. Text only: templates choose the
look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from kmsvc.markup.blocks import IdentifiedBlock
from kmsvc.markup.render import attachments
from kmsvc.markup.words import Part, compare, new_side, old_side

Status = Literal["same", "changed", "added", "removed"]

_HEADING = re.compile(r"\s{0,3}(?P<marks>#{1,6})(?:\s+(?P<title>.*?))?(?:\s+#+)?\s*\Z", re.DOTALL)


@dataclass(frozen=True)
class Place:
    """Where a block stands: the section number ("2.1", "" before the first heading) and the headings
    above it.
    """

    section: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class BlockChange:
    """One block in both versions. `parts` lead from the old text to the new; `moved` when its order
    changed.
    """

    block_id: str
    kind: str
    status: Status
    place: Place
    parts: tuple[Part, ...]
    moved: bool = False
    old_text: str = ""
    new_text: str = ""


@dataclass(frozen=True)
class Skipped:
    """A run of unchanged blocks that is not shown."""

    count: int


@dataclass(frozen=True)
class Pair:
    """One row of the two-column view; a side is empty where the block did not exist."""

    change: BlockChange
    left: tuple[Part, ...]
    right: tuple[Part, ...]


def diff_blocks(old: Sequence[IdentifiedBlock], new: Sequence[IdentifiedBlock]) -> list[BlockChange]:
    """Every block of both versions in reading order; a removed one stands where it stood."""
    before = {block.id: block for block in old}
    after = {block.id for block in new}
    moved = _moved(old, new)
    old_places, new_places = places(old), places(new)
    removed = _removed_after(old, after)
    changes = [_removed(block, old_places) for block in removed.get("", ())]
    for block in new:
        source = before.get(block.id)
        place = new_places[block.id]
        if source is None:
            parts: tuple[Part, ...] = (("insert", block.text),)
            changes.append(BlockChange(block.id, block.kind, "added", place, parts, new_text=block.text))
        else:
            status: Status = "same" if source.text == block.text else "changed"
            changes.append(
                BlockChange(
                    block.id, block.kind, status, place, tuple(compare(source.text, block.text)),
                    moved=block.id in moved, old_text=source.text, new_text=block.text,
                )
            )  # fmt: skip
        changes += [_removed(gone, old_places) for gone in removed.get(block.id, ())]
    return changes


def count_changes(changes: Sequence[BlockChange]) -> dict[str, int]:
    """How many blocks were added, removed, changed and only moved."""
    counts = {"added": 0, "removed": 0, "changed": 0, "moved": 0}
    for change in changes:
        if change.status != "same":
            counts[change.status] += 1
        elif change.moved:
            counts["moved"] += 1
    return counts


def only_changes(changes: Sequence[BlockChange], context: int = 1) -> list[BlockChange | Skipped]:
    """The changed blocks with `context` unchanged ones on each side; the rest as counts."""
    wanted: set[int] = set()
    for index, change in enumerate(changes):
        if change.status != "same" or change.moved:
            wanted.update(range(index - context, index + context + 1))
    shown: list[BlockChange | Skipped] = []
    for index, change in enumerate(changes):
        if index in wanted:
            shown.append(change)
        elif shown and isinstance(shown[-1], Skipped):
            shown[-1] = Skipped(shown[-1].count + 1)
        else:
            shown.append(Skipped(1))
    return shown


def side_by_side(changes: Sequence[BlockChange]) -> list[Pair]:
    """Rows of the two-column view: old parts to the left, new parts to the right."""
    return [Pair(c, tuple(old_side(c.parts)), tuple(new_side(c.parts))) for c in changes]


def attachment_changes(old: str, new: str) -> tuple[list[str], list[str]]:
    """SHA-256 of the attachments that the new text shows and the old did not, and the other way round."""
    before, after = attachments(old), attachments(new)
    return [sha for sha in after if sha not in before], [sha for sha in before if sha not in after]


def places(blocks: Sequence[IdentifiedBlock]) -> dict[str, Place]:
    """Block id -> its section number and the headings above it (a heading counts as its own)."""
    found: dict[str, Place] = {}
    numbers: list[int] = []
    titles: list[tuple[int, str]] = []
    for block in blocks:
        head = heading_of(block)
        if head is not None:
            depth, title = head
            while titles and titles[-1][0] >= depth:
                titles.pop()
            titles.append((depth, title))
            kept = len(titles)
            numbers = [*numbers[: kept - 1], (numbers[kept - 1] if len(numbers) >= kept else 0) + 1]
        section = ".".join(map(str, numbers))
        found[block.id] = Place(section, tuple(title for _, title in titles))
    return found


def heading_of(block: IdentifiedBlock) -> tuple[int, str] | None:
    """The rank of a heading, 1 the highest, and its words; None of a block that is none."""
    if block.kind != "heading":
        return None
    marked = _HEADING.match(block.text)
    if marked is not None:
        return len(marked["marks"]), (marked["title"] or "").strip()
    *lines, underline = block.text.split("\n")
    return (1 if underline.strip().startswith("=") else 2), " ".join(lines).strip()


def _removed(block: IdentifiedBlock, old_places: dict[str, Place]) -> BlockChange:
    place = old_places[block.id]
    return BlockChange(block.id, block.kind, "removed", place, (("delete", block.text),), old_text=block.text)


def _removed_after(old: Sequence[IdentifiedBlock], after: set[str]) -> dict[str, list[IdentifiedBlock]]:
    """Kept block id ("" for the start) -> the removed blocks that followed it."""
    followed: dict[str, list[IdentifiedBlock]] = {}
    last_kept = ""
    for block in old:
        if block.id in after:
            last_kept = block.id
        else:
            followed.setdefault(last_kept, []).append(block)
    return followed


def _moved(old: Sequence[IdentifiedBlock], new: Sequence[IdentifiedBlock]) -> set[str]:
    """Ids of the blocks outside the longest run of blocks that kept their order."""
    position = {block.id: index for index, block in enumerate(old)}
    kept = [block.id for block in new if block.id in position]
    return set(kept) - set(_longest_rising(kept, position))


def _longest_rising(ids: list[str], position: dict[str, int]) -> Iterator[str]:
    tails: list[int] = []
    before: list[int] = []
    for index, block_id in enumerate(ids):
        low, high = 0, len(tails)
        while low < high:
            middle = (low + high) // 2
            if position[ids[tails[middle]]] < position[block_id]:
                low = middle + 1
            else:
                high = middle
        before.append(tails[low - 1] if low else -1)
        tails[low : low + 1] = [index]
    index = tails[-1] if tails else -1
    while index >= 0:
        yield ids[index]
        index = before[index]
