"""Say, internal and secret blocks: `:::say` … `:::`. Whether a line is read by an agent is decided here
alone.

Fences are found line by line before any Markdown is looked at, wherever they stand (also in a list, a quote
or a code block), so that what is hidden, what is rendered and what is searched can never disagree. When in
doubt a block is more locked, not less: an unknown name counts as secret and a block without an end goes on to
the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

# What a reader needs to see a block; text outside any block belongs to whoever may see the article.
LEVELS = {"say": 1, "internal": 2, "secret": 3}
SAYABLE, INTERNAL, SECRET = 1, 2, 3
DEEPEST = 20

# Indentation, quote marks and one list mark may stand before the colons; full-width colons come from
# Chinese keyboards.
_FENCE = re.compile(r"[\s>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?[:\uff1a]{3,}(?P<rest>.*)\Z")
_COLONS = re.compile("[:\uff1a]{3}")
_LINE_ENDS = re.compile("\r\n?")


@dataclass(frozen=True)
class Text:
    """Lines outside every fence of their level; `first` is the number of the first line, from 0."""

    text: str
    first: int


@dataclass(frozen=True)
class Fenced:
    """One block: its kind, the words after the kind, what is inside, its first and last line, from 0."""

    kind: str
    title: str
    inside: tuple[Text | Fenced, ...]
    first: int
    last: int
    known: bool = True
    closed: bool = True


Nodes = tuple[Text | Fenced, ...]


@dataclass
class _Open:
    kind: str
    title: str
    known: bool
    first: int
    deeper: int = 0
    inside: list[Text | Fenced] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    lines_from: int = 0

    def add(self, line: str, number: int) -> None:
        if not self.lines:
            self.lines_from = number
        self.lines.append(line)

    def flush(self) -> None:
        if self.lines:
            self.inside.append(Text("\n".join(self.lines), self.lines_from))
            self.lines = []

    def done(self, last: int, *, closed: bool) -> Fenced:
        self.flush()
        return Fenced(self.kind, self.title, tuple(self.inside), self.first, last, self.known, closed)


def opening(line: str) -> tuple[str, str, bool] | None:
    """(kind, title, known) when this line opens a block, else None. Unknown names open a secret block."""
    rest = _after_colons(line)
    if not rest:
        return None
    name, _, title = rest.partition(" ")
    if name.lower() in LEVELS:
        return (name.lower(), title.strip(), True)
    return ("secret", rest, False)


def is_closing(line: str) -> bool:
    """Whether this line closes the innermost block."""
    return _after_colons(line) == ""


def lines_of(markdown: str) -> list[str]:
    """The lines as the Markdown parser sees them: CR LF, CR and LF end a line, nothing else does."""
    return _LINE_ENDS.sub("\n", markdown).split("\n")


def parse(markdown: str) -> Nodes:
    """The text as a tree of plain runs and fenced blocks. A closing line with nothing open is plain text.

    Below DEEPEST levels a block is not split further; it takes the level of its most locked part.
    """
    stack = [_Open("", "", True, 0)]
    number = -1
    for number, line in enumerate(lines_of(markdown)):
        opened = opening(line)
        top = stack[-1]
        if opened is not None and len(stack) > DEEPEST:
            top.deeper += 1
            top.kind = max(top.kind, opened[0], key=LEVELS.__getitem__)
        elif opened is not None:
            stack.append(_Open(*opened, number))
        elif top.deeper and is_closing(line):
            top.deeper -= 1
        elif len(stack) > 1 and is_closing(line):
            _close(stack, number, closed=True)
        else:
            top.add(line, number)
    while len(stack) > 1:
        _close(stack, number, closed=False)
    return stack[0].done(number, closed=True).inside


def write(nodes: Nodes) -> str:
    """The Markdown of a tree, fences in their plain form."""
    return "\n".join(_written(nodes))


def visible(markdown: str, level: int) -> str:
    """The text without the blocks above the reader's level (1 sayable, 2 internal, 3 secret).

    Applied before rendering, indexing or comparing, so that locked text never reaches the page.
    """
    if not _COLONS.search(markdown):
        return _LINE_ENDS.sub("\n", markdown)  # most texts have no block at all, and search reads fifty at a keystroke
    return write(_seen(parse(markdown), level))


def level_of(markdown: str) -> int:
    """The level that a reader needs to see every block of this text; 0 when it has none."""
    return _level(parse(markdown))


def secret_parts(markdown: str) -> list[str]:
    """The secret blocks of a text, each as Markdown of its own, from whatever depth, in the order of the text."""
    return [write((node,)) for node in _secret(parse(markdown))]


def problems(markdown: str) -> list[tuple[str, str]]:
    """What an author should look at: (unknown_name, the words) and (unclosed, kind), in the order of
    the text.
    """
    return list(_problems(parse(markdown)))


def _after_colons(line: str) -> str | None:
    found = _FENCE.match(line)
    return found["rest"].strip(" \t:\uff1a") if found else None


def _close(stack: list[_Open], last: int, *, closed: bool) -> None:
    block = stack.pop().done(last, closed=closed)
    stack[-1].flush()
    stack[-1].inside.append(block)


def _written(nodes: Nodes) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Text):
            yield node.text
        else:
            yield f":::{node.kind} {node.title}".rstrip()
            yield from _written(node.inside)
            yield ":::"


def _level(nodes: Nodes) -> int:
    return max((max(LEVELS[n.kind], _level(n.inside)) for n in nodes if isinstance(n, Fenced)), default=0)


def _seen(nodes: Nodes, level: int) -> Nodes:
    seen: list[Text | Fenced] = []
    for node in nodes:
        if isinstance(node, Text):
            seen.append(node)
        elif LEVELS[node.kind] <= level:
            seen.append(replace(node, inside=_seen(node.inside, level)))
        else:
            seen.append(Text("", node.first))  # what stood before and after stays two paragraphs
    return tuple(seen)


def _secret(nodes: Nodes) -> Iterator[Fenced]:
    for node in nodes:
        if isinstance(node, Fenced):
            if LEVELS[node.kind] >= SECRET:
                yield node
            else:
                yield from _secret(node.inside)


def _problems(nodes: Nodes) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if isinstance(node, Fenced):
            if not node.known:
                yield ("unknown_name", node.title)
            if not node.closed:
                yield ("unclosed", node.kind)
            yield from _problems(node.inside)
