"""Snippets: the window of a text that shows most of the question, HTML-safe, with the hits in `<mark>`.

Matching happens on the normal form, display on the original; a map of positions ties the two together.
"""

import re
from dataclasses import dataclass
from html import escape
from itertools import islice
from unicodedata import normalize

from kmsvc.search.analysis import RUN, normalise, simplifier, stem
from kmsvc.search.caching import BoundedCache
from kmsvc.search.questions import Question

LONGEST = 120
_LONGEST_TEXT = 50_000
_SENTENCE_END = re.compile("[\u3002\uff01\uff1f\uff1b!?;\n]|\\.\\s")
_SPACES = re.compile(r"\s+")
_LEAD = 24


@dataclass(frozen=True)
class _Folded:
    """Normal form of a text and, for each of its characters, the place in the original."""

    text: str
    places: list[int] | range

    @classmethod
    def of(cls, original: str) -> "_Folded":
        """Made once for a text: the same documents are quoted again and again."""
        found = _folded.get(original)
        if found is None:
            found = cls._made(original)
            _folded.put(original, found)
        return found

    @classmethod
    def _made(cls, original: str) -> "_Folded":
        whole = normalise(original)
        if len(whole) == len(original):
            return cls(whole, range(len(original) + 1))
        parts, places = [], []
        for place, character in enumerate(original):
            part = normalize("NFKC", character).lower()
            parts.append(part)
            places.extend([place] * len(part))
        joined = "".join(parts)
        simple = str(simplifier().convert(joined.encode("utf-8", "replace").decode("utf-8")))
        return cls(simple if len(simple) == len(joined) else joined, [*places, len(original)])


_folded: BoundedCache[_Folded] = BoundedCache(8 * 1024 * 1024, lambda one: 4 * len(one.text) + (
    0 if isinstance(one.places, range) else 36 * len(one.places)))


def spans(folded: str, question: Question) -> list[tuple[int, int, float]]:
    """Places in a normalised text to mark with their worth, in order, not overlapping."""
    found: list[tuple[int, int, float]] = []
    for needle in question.needles:
        start = folded.find(needle)
        while start >= 0 and len(found) < 2000:
            found.append((start, start + len(needle), float(len(needle) ** 2)))
            start = folded.find(needle, start + len(needle))
    if stems := question.stems:
        found += [
            (match.start(), match.end(), 4.0)
            for match in RUN.finditer(folded)
            if match.lastgroup == "word" and stem(match.group()) in stems
        ]
    return _disjoint(found)


def _disjoint(found: list[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """Overlapping and touching spans joined."""
    joined: list[tuple[int, int, float]] = []
    for start, end, worth in sorted(found):
        if joined and start <= joined[-1][1]:
            first, last, before = joined[-1]
            joined[-1] = (first, max(last, end), max(before, worth, float((max(last, end) - first) ** 2)))
        else:
            joined.append((start, end, worth))
    return joined


def marked(text: str, question: Question) -> str:
    """A short text in full, HTML-safe, hits marked."""
    folded = _Folded.of(text)
    return _render(text, folded, spans(folded.text, question), 0, len(text))


def snippet(text: str, question: Question, longest: int = LONGEST) -> str:
    """The best window of a text, HTML-safe, hits marked, at most about `longest` visible characters."""
    text = text[:_LONGEST_TEXT]
    folded = _Folded.of(text)
    found = spans(folded.text, question)
    start = _best_start(text, [(folded.places[a], folded.places[b], worth) for a, b, worth in found], longest)
    end = min(len(text), start + longest)
    window = _render(text, folded, found, start, end)
    return ("\u2026" if start else "") + window + ("\u2026" if end < len(text) else "")


def _best_start(text: str, found: list[tuple[int, int, float]], longest: int) -> int:
    """Where the window with the most different, most valuable hits begins, at a sentence if one is near."""
    best, best_worth = 0, -1.0
    named = [(end, text[start:end].lower(), worth) for start, end, worth in found]
    for i, (first, _, _) in enumerate(found):
        seen: dict[str, float] = {}
        for end, name, worth in islice(named, i, None):
            if end > first + longest - _LEAD:
                break
            seen[name] = worth
        worth = sum(seen.values())
        if worth > best_worth:
            best, best_worth = first, worth
    if best + longest >= len(text) and len(text) <= longest:
        return 0
    ends = [match.end() for match in _SENTENCE_END.finditer(text, max(0, best - _LEAD), best)]
    start = ends[-1] if ends else max(0, best - _LEAD // 2)
    while start < best and text[start].isspace():
        start += 1
    return max(0, min(start, len(text) - 1)) if best > _LEAD else 0


def _render(text: str, folded: _Folded, found: list[tuple[int, int, float]], start: int, end: int) -> str:
    parts: list[str] = []
    at = start
    for first, last, _ in found:
        begin, stop = folded.places[first], folded.places[last - 1] + 1
        if begin >= end:
            break
        begin, stop = max(begin, at), min(stop, end)
        if begin >= stop:
            continue
        parts += [_plain(text[at:begin]), "<mark>", _plain(text[begin:stop]), "</mark>"]
        at = stop
    return "".join([*parts, _plain(text[at:end])]).strip()


def _plain(text: str) -> str:
    """Escaped, on one line."""
    return escape(_SPACES.sub(" ", text))
