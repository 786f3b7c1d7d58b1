"""What a word may be, and which way it leads. Words lead one step, never further."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kmsvc.core.errors import RuleBroken
from kmsvc.core.texts import N_, Labelled

LONGEST = 60
MOST_SAYINGS = 50
LONGEST_NOTE = 500
_BETWEEN = re.compile("[,\uff0c;\uff1b\u3001|\r\n]")


class Direction(Labelled):
    """Which way a search goes from word to word."""

    BOTH = "both", N_("Both ways")
    INWARD = "inward", N_("From the customer's words to ours only")


class AboutTerm(RuleBroken):
    """The term itself cannot stand like this."""


class AboutSayings(RuleBroken):
    """Something that customers say cannot stand like this."""


def split_sayings(text: str) -> list[str]:
    """The words in a text: one a line, or with commas or semicolons between."""
    return [word for word in (" ".join(part.split()) for part in _BETWEEN.split(text)) if word]


def check_word(word: str, key: Sequence[str], broken: type[RuleBroken], *, character: bool = False) -> None:
    """Refuse what is too long, has a sign in it that parts words, or would be met in every second question.

    key: the marks the search knows it by. character: it is one character that is a word, met only where it stands as one.
    """
    if len(word) > LONGEST:
        raise broken("knowledge.vocabulary.long", N_("\u201c%(word)s\u201d is longer than %(most)s characters."), word=word[:20],
                     most=LONGEST)
    if _BETWEEN.search(word):
        raise broken("knowledge.vocabulary.several", N_("\u201c%(word)s\u201d is several words; give one."), word=word)
    if sum(map(len, key)) < 2 and not character:
        raise broken("knowledge.vocabulary.short", N_("\u201c%(word)s\u201d is too short: two characters or more."), word=word)
