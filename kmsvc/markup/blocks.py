"""A text as a sequence of blocks, and the ids by which a paragraph is the same paragraph in every version.

Comments, tasks and evidence point to a block id, so an id stays with its paragraph through edits and moves,
and the id of a deleted block is never given again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from kmsvc.markup import fences
from kmsvc.markup.matching import match
from kmsvc.markup.parser import make_parser

KINDS = ("heading", "paragraph", "list", "table", "quote", "code", "rule", "container", "definition")
_KIND_OF = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "blockquote_open": "quote",
    "fence": "code",
    "code_block": "code",
    "hr": "rule",
}
_PARSER = make_parser().disable("inline")  # where blocks begin and end does not hang on what stands in them


@dataclass(frozen=True)
class Block:
    """One block of a text: its kind, its Markdown, its place from 0, the reader's level it needs (0 none)."""

    kind: str
    text: str
    ordinal: int
    level: int = 0


@dataclass(frozen=True)
class IdentifiedBlock(Block):
    """A block with the id that it keeps across versions."""

    id: str = ""


def split(markdown: str) -> list[Block]:
    """The blocks of a text in order. No words are lost: what is no Markdown block comes as a definition."""
    lines = fences.lines_of(markdown)
    blocks: list[Block] = []
    for node in fences.parse(markdown):
        if isinstance(node, fences.Fenced):
            text = "\n".join(lines[node.first : node.last + 1])
            blocks.append(Block("container", text, len(blocks), fences.LEVELS[node.kind]))
            continue
        for kind, text in _plain_blocks(node.text):
            blocks.append(Block(kind, text, len(blocks)))
    return blocks


def join(blocks: Sequence[Block]) -> str:
    """The Markdown of a sequence of blocks, an empty line between them."""
    return "\n\n".join(block.text for block in blocks)


def identify(
    new: Sequence[Block], old: Sequence[IdentifiedBlock], *, seed: str, taken: Collection[str] = ()
) -> list[IdentifiedBlock]:
    """Give each block of a version its id: that of the old block it continues, or a new one.

    old: the version that this one was made from (empty for the first). seed: whatever names this version, for
    example "article:17:3"; the same seed and texts give the same ids. taken: ids of still older versions,
    so that a deleted one is not given again.
    """
    continued = match([(b.kind, b.text) for b in new], [(b.kind, b.text) for b in old])
    used = {block.id for block in old} | set(taken)
    identified = []
    for position, block in enumerate(new):
        source = continued.get(position)
        block_id = old[source].id if source is not None else _new_id(seed, block, used)
        used.add(block_id)
        identified.append(IdentifiedBlock(block.kind, block.text, block.ordinal, block.level, block_id))
    return identified


def visible_blocks(blocks: Sequence[IdentifiedBlock], level: int) -> list[IdentifiedBlock]:
    """The blocks that a reader of this level (1 to 3) may see, ids and places unchanged, deeper blocks
    cut out.
    """
    seen = []
    for block in blocks:
        if block.kind == "container":
            text = fences.visible(block.text, level).strip("\n")
            if text:
                seen.append(IdentifiedBlock(block.kind, text, block.ordinal, block.level, block.id))
        else:
            seen.append(block)
    return seen


def _new_id(seed: str, block: Block, used: Collection[str]) -> str:
    for occurrence in range(len(used) + 1):
        digest = hashlib.blake2b(
            "\x1f".join((seed, block.kind, block.text, str(occurrence))).encode(), digest_size=5
        ).hexdigest()
        if digest not in used:
            return digest
    raise AssertionError("more ids were tried than are used")


def _plain_blocks(text: str) -> Iterator[tuple[str, str]]:
    lines = text.split("\n")
    done = 0
    for token in _PARSER.parse(text):
        if token.level or token.map is None or token.type not in _KIND_OF:
            continue
        first, last = token.map
        yield from _left_over(lines[done:first])
        yield _KIND_OF[token.type], "\n".join(lines[first:last]).rstrip()
        done = last
    yield from _left_over(lines[done:])


def _left_over(lines: list[str]) -> Iterator[tuple[str, str]]:
    text = "\n".join(lines).strip("\n").rstrip()
    if text.strip():
        yield "definition", text
