"""Blocks as a version row keeps them: a JSON list of {id, kind, text, level}."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kmsvc.markup.blocks import IdentifiedBlock, identify, split


def revive(kept: list[dict[str, Any]] | None) -> list[IdentifiedBlock]:
    """The kept list as blocks again."""
    return [
        IdentifiedBlock(one["kind"], one["text"], place, one.get("level", 0), one["id"])
        for place, one in enumerate(kept or [])
    ]


def carry(body: str, before: list[dict[str, Any]] | None, *, seed: str) -> list[dict[str, Any]]:
    """The blocks of a text for keeping; what continues a block of the version before keeps its id."""
    return keep(identify(split(body), revive(before), seed=seed))


def keep(blocks: Sequence[IdentifiedBlock]) -> list[dict[str, Any]]:
    """Blocks as a version row keeps them."""
    return [{"id": block.id, "kind": block.kind, "text": block.text, "level": block.level} for block in blocks]
