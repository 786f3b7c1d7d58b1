"""Markdown to the HTML of a page, to plain text for index and snippets, and to the seconds that reading
takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from markdown_it.token import Token
from markupsafe import Markup, escape

from kmsvc.markup import fences
from kmsvc.markup.blocks import IdentifiedBlock
from kmsvc.markup.fences import visible
from kmsvc.markup.parser import ATTACHMENT, make_parser
from kmsvc.markup.safe_html import clean

__all__ = ["attachments", "plain_text", "reading_seconds", "render", "render_blocks", "visible"]

HAN_PER_MINUTE = 400
WORDS_PER_MINUTE = 200

_PARSER = make_parser()
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_ADDRESS = re.compile(r"(?<=\])\([^()\s]*\)|https?://[^\s)>\u3400-\u9fff]+")
_WORD = re.compile("[A-Za-z0-9]+(?:[.,'-][A-Za-z0-9]+)*")


def render(
    markdown: str,
    *,
    attachment_url: Callable[[str], str] | None = None,
    labels: Mapping[str, str] | None = None,
) -> Markup:
    """The text as safe HTML whose headings begin at h3. Call visible() first: this shows every block it
    is given.

    attachment_url: SHA-256 of an attachment -> its address on our site, "" when the reader may not have it;
    without it `attachment:` images are left out. labels: kind of block -> the words shown above it.
    """
    html = _html(fences.parse(markdown), {"attachment_url": attachment_url}, labels or {})
    return Markup(clean(html))


def render_blocks(
    blocks: Sequence[IdentifiedBlock],
    *,
    attachment_url: Callable[[str], str] | None = None,
    labels: Mapping[str, str] | None = None,
) -> Markup:
    """The same for identified blocks, each in a `div.blk` whose id is `b-` and the block's id, to link to."""
    env: dict[str, object] = {"attachment_url": attachment_url}
    for block in blocks:
        if block.kind == "definition":
            _PARSER.parse(block.text, env)
    words = tuple((labels or {}).items())
    alone = not any(block.kind == "definition" for block in blocks)
    parts = []
    for block in blocks:
        if alone and ATTACHMENT.search(block.text) is None:
            html = _kept_html(block.text, words)
        else:
            html = clean(_html(fences.parse(block.text), env, labels or {})).strip()
        if html:
            parts.append(f'<div class="blk" id="b-{escape(block.id)}">\n{html}\n</div>\n')
    return Markup("".join(parts))


@lru_cache(maxsize=4096)
def _kept_html(text: str, labels: tuple[tuple[str, str], ...]) -> str:
    """A block that looks the same to everybody: it names no file and no definition elsewhere in the text."""
    return clean(_html(fences.parse(text), {}, dict(labels))).strip()


def plain_text(markdown: str) -> str:
    """The words of a text without marks: a line for each paragraph, item and table row; image texts
    included.
    """
    lines: list[str] = []
    _collect(fences.parse(markdown), lines)
    return "\n".join(line for line in lines if line)


def attachments(markdown: str) -> list[str]:
    """SHA-256 of each attachment that the text shows or links to, once each, in the order of the text."""
    return list(dict.fromkeys(found["sha"].lower() for found in ATTACHMENT.finditer(markdown)))


def reading_seconds(markdown: str) -> int:
    """Seconds an ordinary reader needs: 400 Chinese characters or 200 other words a minute, rounded up. Addresses behind
    links are not read."""
    text = _ADDRESS.sub(" ", markdown)
    minutes = len(_HAN.findall(text)) / HAN_PER_MINUTE + len(_WORD.findall(text)) / WORDS_PER_MINUTE
    return -int(-minutes * 60 // 1)


def _html(nodes: fences.Nodes, env: dict[str, object], labels: Mapping[str, str]) -> str:
    parts: list[str] = []
    for node in nodes:
        if isinstance(node, fences.Text):
            parts.append(_PARSER.render(node.text, dict(env)))
            continue
        words = " · ".join(filter(None, (labels.get(node.kind, ""), node.title)))
        label = f'<p class="block-label">{escape(words)}</p>\n' if words else ""
        parts.append(f'<div class="{node.kind}">\n{label}{_html(node.inside, env, labels)}</div>\n')
    return "".join(parts)


def _collect(nodes: fences.Nodes, lines: list[str]) -> None:
    for node in nodes:
        if isinstance(node, fences.Fenced):
            if node.title:
                lines.append(node.title)
            _collect(node.inside, lines)
            continue
        row: list[str] | None = None
        for token in _PARSER.parse(node.text):
            if token.type == "tr_open":
                row = []
            elif token.type == "tr_close" and row is not None:
                lines.append("\t".join(row).strip())
                row = None
            elif token.type == "inline":
                words = _words(token.children or [])
                if row is None:
                    lines.extend(part.strip() for part in words.split("\n"))
                else:
                    row.append(words.replace("\n", " ").strip())
            elif token.type in ("code_block", "fence"):
                lines.extend(part.rstrip() for part in token.content.split("\n"))


def _words(tokens: list[Token]) -> str:
    parts: list[str] = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif token.type == "image":
            parts.append(_words(token.children or []))
        else:
            parts.append(token.content)
    return "".join(parts)
