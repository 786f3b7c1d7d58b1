"""How much a correction changes: whether it is a small one, and how much of a proposal was published."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from rapidfuzz.distance import Indel

from kmsvc.knowledge.proposals.rules import NotSmall
from kmsvc.markup.blocks import split

_NUMBER = re.compile(r"\d+(?:[.,:/\-]\d+)*")
_DIGITS = str.maketrans({0xFF10 + n: str(n) for n in range(10)})
_MARKS = {kind: re.compile("|".join(words), re.IGNORECASE) for kind, words in tomllib.loads(
    (Path(__file__).parent / "heavy_words.toml").read_text("utf-8")).items()}
"""What turns a meaning round, and figures written as words: patterns by kind."""


def not_small(old: tuple[str, str, str], new: tuple[str, str, str], *, most: int, secret: bool = False) -> NotSmall | None:
    """Why a correction has to wait for a publisher; None: it is small. old, new: title, summary, text; most: characters taken away
    and added; secret: the article is secret as a whole."""
    if old[0] != new[0]:
        return NotSmall.TITLE
    before, after = "\n".join(old[1:]), "\n".join(new[1:])
    shape, shape_now = split(old[2]), split(new[2])
    held, now = ([one.text for one in blocks if one.level == 3] for blocks in (shape, shape_now))
    if secret or held != now:
        return NotSmall.SECRET
    if [(one.kind, one.level) for one in shape] != [(one.kind, one.level) for one in shape_now]:
        return NotSmall.PARTS
    for found, why in ((_NUMBER, NotSmall.FIGURES), (_MARKS["figures"], NotSmall.FIGURES), (_MARKS["not"], NotSmall.NOT)):
        if found.findall(before.translate(_DIGITS)) != found.findall(after.translate(_DIGITS)):
            return why
    return NotSmall.MUCH if Indel.distance(before, after, score_cutoff=most) > most else None


def likeness(old: tuple[str, str, str], new: tuple[str, str, str]) -> int:
    """How much two texts (title, summary, text) are the same, per cent, rounded down."""
    return int(100 * Indel.normalized_similarity("\n".join(old), "\n".join(new)))
