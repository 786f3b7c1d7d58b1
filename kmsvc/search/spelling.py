"""Letters against spelt names: which characters of a title they stand for, and which names they miss by a slip only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from itertools import accumulate

from rapidfuzz import fuzz, process

SHORTEST, LONGEST = 5, 40
NEAR = 80
"""Least likeness of 0..100: about one slip in five letters."""


def bare(letters: str) -> str:
    """Letters without the marks people put between syllables."""
    return letters.replace(" ", "").replace("'", "")


def near(letters: str, spellings: Sequence[str], starts: Callable[[int], str]) -> list[tuple[float, int]]:
    """Places of the spellings that hold something like these letters where a syllable begins, with their likeness.

    starts(place): a 1 at each letter that begins a syllable. A slip in the first letter is not forgiven: everything would fit."""
    if not SHORTEST <= len(letters) <= LONGEST:
        return []
    found = []
    for spelling, _, place in process.extract(letters, spellings, scorer=fuzz.partial_ratio, score_cutoff=NEAR, limit=None):
        if len(spelling) + 1 < len(letters):
            continue
        at = fuzz.partial_ratio_alignment(letters, spelling)
        if at is None:
            continue
        begins = starts(place)
        likeness = max((fuzz.ratio(letters, spelling[first:first + length])
                        for first in range(max(0, at.dest_start - 1), at.dest_start + 2)
                        for length in range(len(letters) - 1, len(letters) + 2)
                        if spelling[first:first + 1] == letters[0] and begins[first] == "1"), default=0.0)
        if likeness >= NEAR:
            found.append((likeness, place))
    return found


def marked_spelt(title: str, readings: Sequence[str], letters: str) -> str | None:
    """A title, HTML-safe, with the characters marked that these letters spell or begin; None when they do not."""
    kept = [place for place, character in enumerate(title) if character.isalnum()]
    typed = bare(letters)
    for reading in readings:
        syllables = reading.split()
        if len(syllables) != len(kept):
            continue
        ends = list(accumulate(map(len, syllables)))
        first = "".join(one[0] for one in syllables).find(typed)
        last = first + len(typed) - 1
        if first < 0:
            at = "".join(syllables).find(typed)
            while at >= 0 and at not in (0, *ends):
                at = "".join(syllables).find(typed, at + 1)
            if at < 0:
                continue
            first = sum(end <= at for end in ends)
            last = sum(end < at + len(typed) for end in ends)
        begin, stop = kept[first], kept[last] + 1
        return f"{escape(title[:begin])}<mark>{escape(title[begin:stop])}</mark>{escape(title[stop:])}"
    return None
