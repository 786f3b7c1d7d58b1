"""What a new text does to a citation: the paragraph it cites, then and now, by its lasting id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kmsvc.knowledge.citations.rules import Change
from kmsvc.markup.blocks import IdentifiedBlock
from kmsvc.markup.diff import diff_blocks


@dataclass(frozen=True)
class Text:
    """One version of a text as citations see it. valid_to: the last day it says it is valid."""

    version_id: int
    title: str
    summary: str
    blocks: tuple[IdentifiedBlock, ...]
    valid_to: date | None = None


def changes_of(old: Text, new: Text) -> Mapping[str, Change]:
    """Lasting id -> what became of each paragraph of the old text that is not as it was; a new paragraph changes no other."""
    found: dict[str, Change] = {}
    for one in diff_blocks(old.blocks, new.blocks):
        if one.status == "removed":
            found[one.block_id] = Change.GONE
        elif one.status == "changed":
            found[one.block_id] = Change.CHANGED
        elif one.moved:
            found[one.block_id] = Change.MOVED
    return found


def is_other(old: Text, new: Text) -> bool:
    """Whether two texts as a whole say anything different."""
    return (old.title, old.summary, [(one.id, one.text) for one in old.blocks]) != (
        new.title, new.summary, [(one.id, one.text) for one in new.blocks])


def judged(block_id: str | None, old: Text, new: Text | None, today: date, accepted_until: date | None) -> Change | None:
    """What became of one citation: None while it is true. new: what is in force, None when nothing is; accepted_until: the end
    of a validity that its keeper has found no harm in."""
    if new is None:
        return Change.RETIRED
    if new.version_id != old.version_id:
        found = changes_of(old, new).get(block_id) if block_id else (Change.CHANGED if is_other(old, new) else None)
        if found is not None:
            return found
    if new.valid_to is not None and new.valid_to < today and new.valid_to != accepted_until:
        return Change.EXPIRED
    return None
