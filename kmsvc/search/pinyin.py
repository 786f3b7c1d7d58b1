"""Pinyin of titles and aliases: full spelling and initials, with the other common reading where one
character has two.

Only short names are spelt, never bodies.
"""

import re
from functools import cache, lru_cache
from typing import Any

from kmsvc.search.analysis import normalise

_STRETCH = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")
_PLAIN = 0  # pypinyin's style without tones
_LONGEST_NAME = 60
_MOST_READINGS = 4


@cache
def _pypinyin() -> Any:
    """The library, loaded where names are spelt: readers find the spellings in the index and spare its 50
    MB."""
    import pypinyin

    return pypinyin


@lru_cache(maxsize=16384)
def _readings(character: str) -> tuple[str, ...]:
    """All plain readings of a character, most usual first."""
    found = _pypinyin().pinyin(character, style=_PLAIN, heteronym=True, errors="ignore")
    return tuple(dict.fromkeys(found[0])) if found else ()


def _syllables(name: str) -> list[str]:
    return [
        syllable
        for part in _STRETCH.findall(name)
        for syllable in (
            list(part) if part.isascii() else _pypinyin().lazy_pinyin(part, style=_PLAIN, errors="ignore")
        )
    ]


def spellings(name: str) -> tuple[str, ...]:
    """Readings of a name with Chinese characters, syllables apart; other letters and digits stand for
    themselves.

    The usual reading comes first; then, at most four in all, those where one character is read in its other
    way.
    """
    short = normalise(name)[:_LONGEST_NAME]
    if not any(_readings(c) for c in short if not c.isascii()):
        return ()
    kept = [c for c in short if c.isalnum()]
    usual = [s for s in _syllables("".join(kept)) if s.isascii() and s.isalnum()]
    found = [tuple(usual)] if usual else []
    if len(usual) == len(kept):
        for place, character in enumerate(kept):
            for other in _readings(character) if not character.isascii() else ():
                if other != usual[place] and len(found) < _MOST_READINGS:
                    found.append((*usual[:place], other, *usual[place + 1 :]))
    return tuple(dict.fromkeys(map(" ".join, found)))
