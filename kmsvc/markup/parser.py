"""The one Markdown parser: CommonMark with tables and strikethrough, raw HTML off, made to work in Chinese.

Two repairs: emphasis beside Chinese punctuation (the flanking rule of CommonMark looks for spaces that
Chinese does not have), and cell alignment as a class instead of a style attribute, which the pages' policy
forbids.
"""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline.state_inline import Scanned, StateInline
from markdown_it.token import Token

# Scripts that are written without spaces, with their punctuation and full-width forms.
_CJK = re.compile(
    "[\u2018\u2019\u201c\u201d\u2014\u2026\u2e80-\u312f\u3130-\u318f\u3190-\u9fff\ua960-\ua97f"
    "\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)
ATTACHMENT = re.compile(r"attachment:(?P<sha>[0-9a-f]{64})", re.IGNORECASE)
_OWN_FILE = re.compile(r"/files/[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-][A-Za-z0-9_.%-]*)*")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_ALIGNED = {"text-align:right": "text-end", "text-align:center": "text-center"}

# A page owns h1 and h2: the first heading level of a text is h3.
HEADING_SHIFT = 2
# Longer runs of quote marks and lists inside lists than this are shown as text.
NESTING = 20


class CjkInline(StateInline):
    """Inline state in which a run of * or ~ beside a Chinese character opens or closes unless white
    space is there.
    """

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        scanned = super().scanDelims(start, canSplitWord)
        if not canSplitWord:
            return scanned
        end = start + scanned.length
        before = self.src[start - 1] if start else " "
        after = self.src[end] if end < self.posMax else " "
        if not (_CJK.match(before) or _CJK.match(after)):
            return scanned
        return Scanned(
            scanned.can_open or not isWhiteSpace(ord(after)),
            scanned.can_close or not isWhiteSpace(ord(before)),
            scanned.length,
        )


class _CjkParserInline(ParserInline):
    """The inline parser with CjkInline as its state."""

    def parse(
        self, src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[Token]
    ) -> list[Token]:
        state = CjkInline(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


class Renderer(RendererHTML):
    """HTML with our headings, classes for alignment, and header cells that say that they are."""

    def heading_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f"<{_shifted(tokens[idx].tag)}>"

    def heading_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f"</{_shifted(tokens[idx].tag)}>\n"

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        alt = escapeHtml(self.renderInlineAsText(token.children or [], options, env))
        address = own_image(str(token.attrGet("src") or ""), env.get("attachment_url"))
        if address is None:
            return alt
        title = f' title="{escapeHtml(str(token.attrs["title"]))}"' if token.attrs.get("title") else ""
        return f'<img src="{escapeHtml(address)}" alt="{alt}"{title}>'

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        target = str(token.attrGet("href") or "")
        if target.startswith("attachment:"):
            target = own_image(target, env.get("attachment_url")) or ""
        title = f' title="{escapeHtml(str(token.attrs["title"]))}"' if token.attrs.get("title") else ""
        return f'<a href="{escapeHtml(target)}"{title}>' if target else "<a>"

    def th_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f'<th scope="col"{_alignment(tokens[idx])}>'

    def td_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f"<td{_alignment(tokens[idx])}>"


def own_image(address: str, attachment_url: Callable[[str], str] | None) -> str | None:
    """Where a file of ours is served, or None for anything that is not ours.

    address: `attachment:` and a SHA-256, or a path below /files/. Remote addresses are never ours.
    """
    found = ATTACHMENT.fullmatch(address)
    if found is not None:
        served = attachment_url(found["sha"].lower()) if attachment_url else ""
        return served or None
    return address if _OWN_FILE.fullmatch(address) else None


def make_parser() -> MarkdownIt:
    """A parser; it keeps no state between texts. A single line end inside a paragraph is a line break."""
    md = MarkdownIt(
        "commonmark", {"html": False, "breaks": True, "maxNesting": NESTING}, renderer_cls=Renderer
    )
    inline = _CjkParserInline()
    md.inline = inline
    md.configure("commonmark", {"html": False, "breaks": True, "maxNesting": NESTING})
    md.enable(["table", "strikethrough"])
    inline.ruler.before("autolink", "line_break_tag", _line_break_tag)
    return md


def _line_break_tag(state: StateInline, silent: bool) -> bool:
    """`<br>`, the one tag that is understood: a table cell cannot hold a line end in Markdown."""
    if state.src[state.pos] != "<":
        return False
    found = _BREAK.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos = found.end()
    return True


def _shifted(tag: str) -> str:
    return f"h{min(int(tag[1]) + HEADING_SHIFT, 6)}"


def _alignment(token: Token) -> str:
    name = _ALIGNED.get(str(token.attrGet("style") or ""))
    return f' class="{name}"' if name else ""
