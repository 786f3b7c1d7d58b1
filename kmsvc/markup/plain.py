"""A text without its marks, quickly: for quoting a sentence while somebody types. `render.plain_text` is the exact one."""

from __future__ import annotations

import re

# Fences, rules and lines of dashes go; heading, quote and list marks at the head of a line go; emphasis, code and
# links leave their words; a table row becomes its cells.
_LINES = re.compile(r"^[ \t>]*(?:[:\uff1a]{3,}.*|[-*_=]{3,}[ \t]*|\|?[ \t:|-]*-{2,}[ \t:|-]*)$", re.MULTILINE)
_HEADS = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+|\|[ \t]*)", re.MULTILINE)
_TAILS = re.compile(r"[ \t]*\|[ \t]*$", re.MULTILINE)
_CELLS = re.compile(r"[ \t]*\|[ \t]*")
_LINKS = re.compile(r"!?\[([^\]\n]*)\]\([^()\s]*(?:[ \t]+\"[^\"\n]*\")?\)")
_MARKS = re.compile(r"\*\*|__|~~|`+|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|<br[ \t]*/?>")
_GAPS = re.compile(r"\n{2,}")


def quick_plain(markdown: str) -> str:
    """The words of a text, about one line a line; good enough to quote from, never used to decide who sees what."""
    text = _LINES.sub("", markdown)
    text = _TAILS.sub("", _HEADS.sub("", text))
    text = _CELLS.sub(" \u00b7 ", text) if "|" in text else text
    text = _MARKS.sub("", _LINKS.sub(r"\1", text))
    return _GAPS.sub("\n", text).strip()
