"""A piece of a text in a comparison as readers see it: no fence, picture or heading is shown as the marks that make it.

What a block of some readers is called, and how a piece is drawn, the caller says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kmsvc.markup import fences
from kmsvc.markup.diff import BlockChange
from kmsvc.markup.words import Part, compare

PICTURE = re.compile(r"!\[(?P<words>[^\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_HEADING_MARKS = re.compile(r"\s{0,3}#{1,6}\s+|\s+#+\s*$")


@dataclass(frozen=True)
class Paint:
    """How a piece of Markdown is drawn for one reader, and what the kinds of fenced blocks are called."""

    draw: Callable[[str], Markup]
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Piece:
    """One block of a comparison. html: as readers see it, in place of `parts`; fence: what stands above a block that is
    for some readers only; shown and gone: pictures that are there now, or no longer.
    """

    parts: tuple[Part, ...] = ()
    html: Markup = Markup()
    fence: str = ""
    shown: Markup = Markup()
    gone: Markup = Markup()


def piece_of(change: BlockChange, paint: Paint) -> Piece:
    """What is shown of one block that is no table."""
    if change.kind == "heading":
        return Piece(tuple(compare(bare_heading(change.old_text), bare_heading(change.new_text))))
    if not wants_paint(change.old_text) and not wants_paint(change.new_text):
        return Piece(tuple(tidy(change.parts)))
    old, new = change.old_text, change.new_text
    if change.status != "changed":
        return Piece(html=paint.draw(old if change.status == "removed" else new))
    before, after = pictures(old), pictures(new)
    words = " → ".join(dict.fromkeys(filter(None, (_fence_words(old, paint), _fence_words(new, paint)))))
    return Piece(tuple(tidy(compare(plain_words(old), plain_words(new)))), fence=words, shown=paint.draw("\n\n".join(after)),
                 gone=paint.draw("\n\n".join(one for one in before if one not in after)))


def bare_heading(markdown: str) -> str:
    """A heading without its marks."""
    return _HEADING_MARKS.sub("", markdown)


def wants_paint(markdown: str) -> bool:
    """Whether a piece shows marks instead of meaning when it is written out: a block with a fence, or a picture."""
    return PICTURE.search(markdown) is not None or any(
        fences.opening(line) or fences.is_closing(line) for line in fences.lines_of(markdown))


def plain_words(markdown: str) -> str:
    """A piece without the lines of its fences, a picture as the words that stand for it."""
    lines = (line for line in fences.lines_of(markdown) if not fences.opening(line) and not fences.is_closing(line))
    return PICTURE.sub(lambda found: f"[{found['words']}]", "\n".join(lines))


def pictures(markdown: str) -> list[str]:
    """The pictures of a piece, in order."""
    return [found.group() for found in PICTURE.finditer(markdown)]


def tidy(parts: Sequence[Part]) -> Iterator[Part]:
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


def _fence_words(markdown: str, paint: Paint) -> str:
    opened = next((found for line in fences.lines_of(markdown) if (found := fences.opening(line))), None)
    return paint.labels[opened[0]] if opened else ""
