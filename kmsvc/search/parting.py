"""A text taken apart for somebody who reads it during a call: what to say, the steps, the rest, what stays closed.

Pure: Markdown that was cut to the reader's level before goes in, Markdown comes out; nothing is added or shown twice."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kmsvc.markup import fences
from kmsvc.markup.blocks import Block, join, split
from kmsvc.markup.render import plain_text

MOST_STEPS = 9
LONGEST_STEP = 160
LONGEST_TITLE = 30
_ITEM = re.compile(r"\d{1,3}[.)]\s+(?P<words>.+)\Z")
_RICH = re.compile(r"\]\(|`|!\[|<")
# Colon, full stop, comma, semicolon, full width and plain; a plain one counts before a space only.
_PAUSE = re.compile("[\uff1a\u3002\uff0c\uff1b]|[:.,;](?=\\s)")


@dataclass(frozen=True)
class Parts:
    """script, rest, locked: Markdown. steps: (short title, detail); steps_title: the heading they stood under."""

    script: str = ""
    steps: tuple[tuple[str, str], ...] = ()
    steps_title: str = ""
    rest: str = ""
    locked: str = ""


def take_apart(body: str) -> Parts:
    """The parts of a text. A block inside another goes with the more locked of the two."""
    script: list[str] = []
    locked: list[str] = []
    rest: list[str] = []
    for node in fences.parse(body):
        if isinstance(node, fences.Text):
            rest.append(node.text)
        elif node.kind == "say":
            said, kept = _say(node.inside)
            script.append(fences.write(said).strip())
            locked += [fences.write((one,)) for one in kept]
        else:
            locked.append(fences.write((node,)))
    steps, title, plain = _steps("\n\n".join(part.strip("\n") for part in rest if part.strip()))
    return Parts("\n\n".join(filter(None, script)), steps, title, _headed(plain).strip(), "\n\n".join(locked))


def _headed(text: str) -> str:
    """The text without headings that nothing is left under: what stood there is said, a step, or locked."""
    kept: list[Block] = []
    blocks = split(text)
    for block in reversed(blocks):
        below = kept[-1] if kept else None
        if block.kind == "heading" and (below is None or (below.kind == "heading" and _depth(below.text) <= _depth(block.text))):
            continue
        kept.append(block)
    return join(kept[::-1]) if len(kept) < len(blocks) else text


def _depth(heading: str) -> int:
    return len(heading) - len(heading.lstrip("#"))


def _say(nodes: fences.Nodes) -> tuple[fences.Nodes, fences.Nodes]:
    """What may be said of these nodes, and what of them stays locked however deep it stands."""
    said: list[fences.Text | fences.Fenced] = []
    kept: list[fences.Text | fences.Fenced] = []
    for one in nodes:
        if isinstance(one, fences.Text):
            said.append(one)
        elif one.kind == "say":
            inner, below = _say(one.inside)
            said += inner
            kept += below
        else:
            kept.append(one)
    return tuple(said), tuple(kept)


def _steps(text: str) -> tuple[tuple[tuple[str, str], ...], str, str]:
    """The first short numbered list with its heading, and the text without them."""
    blocks = split(text)
    for index, block in enumerate(blocks):
        found = _items(block.text) if block.kind == "list" else ()
        if not found:
            continue
        before, after = blocks[:index], blocks[index + 1:]
        title = ""
        if before and before[-1].kind == "heading":
            title = plain_text(before.pop().text).strip()
        return found, title, join([*before, *after])
    return (), "", text


def _items(text: str) -> tuple[tuple[str, str], ...]:
    lines = [line for line in text.split("\n") if line.strip()]
    matches = [_ITEM.match(line) for line in lines]
    if not 2 <= len(lines) <= MOST_STEPS or not all(matches):
        return ()
    words = [found["words"].strip() for found in matches if found]
    if any(len(one) > LONGEST_STEP or _RICH.search(one) for one in words):
        return ()
    return tuple(_two(plain_text(one).strip()) for one in words)


def _two(words: str) -> tuple[str, str]:
    """A short title and its detail, cut at the first pause."""
    pause = _PAUSE.search(words)
    if pause is None or pause.start() > LONGEST_TITLE or pause.end() >= len(words):
        return words, ""
    return words[:pause.start()].strip(), words[pause.end():].strip()
