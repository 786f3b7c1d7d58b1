"""Texts on their way in and out: plain words and HTML as Markdown, Markdown as HTML. Marks of blanks stay what they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from kmsvc.convert.escape import escape_text
from kmsvc.convert.walk import to_markdown
from kmsvc.markup.cleaning import scrub
from kmsvc.markup.parser import HEADING_SHIFT
from kmsvc.markup.render import attachments, plain_text, render
from kmsvc.markup.safe_html import clean
from kmsvc.training.questions.kinds import BLANK_MARK

# Pictures travel through the sanitiser under an address of ours, which keeps them and drops all others.
_ADDRESS = "/picture/"
_SOURCE = re.compile(r"(<img\b[^>]*?\bsrc\s*=\s*)(\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_OLD = re.compile(r"<(/?)(?:b|(i))(?=[\s>])", re.IGNORECASE)
_HEADING = re.compile(r"<(/?)h([3-6])>")
_PRE = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)
_GAPS = re.compile(r"[ \t]+")
_HELD = re.compile("\ue000([A-Za-z0-9]{1,12})\ue001")


def from_plain(words: str) -> str:
    """Plain words as Markdown that shows just these words."""
    return _released(escape_text(_hold(scrub(words))))


def from_html(html: str, picture: Callable[[str], str | None] = lambda src: None) -> str:
    """HTML, however foreign, as Markdown. picture: src of an image -> `attachment:` and SHA-256, None to leave it out."""
    kept: list[str] = []

    def address(found: re.Match[str]) -> str:
        shown = picture(found[2][1:-1])
        if shown is None:
            return found[0]
        kept.append(shown)
        return f'{found[1]}"{_ADDRESS}{len(kept) - 1}"'

    known = _OLD.sub(lambda found: f"<{found[1]}{'em' if found[2] else 'strong'}", _hold(scrub(html)))
    safe = clean(_SOURCE.sub(address, known))
    blocks = to_markdown(safe, picture=lambda src: kept[int(src[len(_ADDRESS):])] if src.startswith(_ADDRESS) else None)
    return _released("\n\n".join(blocks)).strip()


def to_html(markdown: str, address: Callable[[str], str]) -> str:
    """The text as safe HTML. address: SHA-256 of an attachment -> what the file calls it."""
    html = str(render(_hold(markdown), attachment_url=lambda sha: f"/files/{sha}"))
    html = _HEADING.sub(lambda found: f"<{found[1]}h{int(found[2]) - HEADING_SHIFT}>", html)
    for sha in attachments(markdown):
        html = html.replace(f'"/files/{sha}"', f'"{escape(address(sha))}"')
    return _released(html).strip()


def to_plain(markdown: str) -> str:
    """The words alone."""
    return plain_text(markdown)


def looks(markdown: str) -> str:
    """How a text looks to a reader, however it is written: as HTML, in which runs of spaces are one outside of code blocks."""
    parts = _PRE.split(to_html(markdown, str))
    return "".join(part if place % 2 else _GAPS.sub(" ", part) for place, part in enumerate(parts))


def _hold(text: str) -> str:
    return BLANK_MARK.sub("\ue000\\1\ue001", text.replace("\ue000", "").replace("\ue001", ""))


def _released(text: str) -> str:
    return _HELD.sub(r"[[\1]]", text)
