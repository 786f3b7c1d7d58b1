"""The first words of a question, as lists show it."""

from __future__ import annotations

from kmsvc.markup.render import plain_text
from kmsvc.training.questions.kinds import BLANK_MARK

MARKED = frozenset("\\*_`![]|#<>~")
"""characters without which a text of Markdown reads as it is written"""


def cut_head(stem: str, most: int = 300) -> str:
    """The first words of a stem, for lists: without marks and line breaks; a blank is a line."""
    stem = BLANK_MARK.sub("\uff3f\uff3f\uff3f", stem)
    words = " ".join((plain_text(stem) if MARKED.intersection(stem) else stem).split()) or " ".join(stem.split())
    return words if len(words) <= most else words[:most - 1] + "\u2026"
