"""Order: best first, equal scores by name, and the best fifty refined by what they literally share with the
question.

Ties at the cut are all looked at, so that the order never depends on where a document happens to be stored.
"""

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from sys import getsizeof

import numpy as np
from numpy.typing import NDArray

from kmsvc.search.analysis import literal
from kmsvc.search.caching import BoundedCache
from kmsvc.search.snapshot import Snapshot

REFINED = 50
RUN_WEIGHT = 0.25
TITLE_WEIGHT = 0.25
SERIES_STEP = 0.08
MOST_STEPS = 2
_LONGEST_QUESTION = 96
_LONGEST_TEXT = 20_000
_COLON = re.compile("[:\uff1a]")


def best(
    snapshot: Snapshot, scores: NDArray[np.float32], matches: NDArray[np.bool_], wanted: int
) -> list[int]:
    """The wanted number of matching documents, best first, ties by kind and id."""
    candidates = np.flatnonzero(matches)
    if wanted <= 0 or not len(candidates):
        return []
    values = scores[candidates]
    if len(candidates) > wanted:
        cut = np.partition(values, len(values) - wanted)[len(values) - wanted]
        kept = values >= cut
        candidates, values = candidates[kept], values[kept]
    order = np.lexsort((snapshot.ids[candidates], snapshot.kind[candidates], -values))
    return [int(document) for document in candidates[order][:wanted]]


def shared_runs(question: str, text: str) -> float:
    """How much of a question stands in a text in one piece: root of the squared run lengths over its
    length, 0..1.

    Both literal forms. Runs have at least two characters and are taken greedily from the left.
    """
    question = question[:_LONGEST_QUESTION]
    squares = 0
    start = 0
    while start < len(question) - 1:
        if question[start] == " " or question[start : start + 2] not in text:
            start += 1
            continue
        end = start + 2
        while end < len(question) and question[start : end + 1] in text:
            end += 1
        run = len(question[start:end].strip())
        if run > 1:
            squares += run * run
        start = end
    return math.sqrt(squares) / len(question) if question else 0.0


def refined(question: str, title: str, text: str, value: float) -> float:
    """Score between 0 and 1.5 from a first-stage score of 0..1, what the document's text shares with a question in
    literal form, and how much of its title the question is."""
    shared = shared_runs(question, _literal_text(title, text[:_LONGEST_TEXT]))
    return value + RUN_WEIGHT * shared + TITLE_WEIGHT * title_share(question, _literal_title(title))


def title_share(question: str, title: str) -> float:
    """How near a title and a question are as wholes, 0..1: what they share in one piece, of each; both literal forms.

    A short title that says what was asked comes before a long one that says much else; the part before a colon
    counts as a title of its own."""
    if not title or not question:
        return 0.0
    return max(shared_runs(question, part) * shared_runs(part, question) for part in {title, head_of(title)})


def head_of(title: str) -> str:
    """What stands before the first colon: the name of a series, else the whole title."""
    return _COLON.split(title, maxsplit=1)[0].strip() or title


def behind_their_first(order: Sequence[tuple[str, float]]) -> list[float]:
    """Values of (title, value), best first, when each further one of a series with one head steps back a little.

    Three answers that differ behind the colon leave room for another kind of answer among the first few."""
    seen: dict[str, int] = {}
    values = []
    for title, value in order:
        whole = _literal_title(title)
        head = head_of(whole)
        before = seen.get(head, 0) if head != whole else 0
        seen[head] = seen.get(head, 0) + 1
        values.append(value - SERIES_STEP * min(before, MOST_STEPS))
    return values


def worth_refining(documents: Sequence[int], scores: NDArray[np.float32], page_end: int) -> list[int]:
    """Of documents in first-stage order, those that refinement could bring onto a page that ends there."""
    head = list(documents[:REFINED])
    if len(head) <= page_end:
        return head
    reach = RUN_WEIGHT + TITLE_WEIGHT + SERIES_STEP * MOST_STEPS
    least = float(scores[head[page_end - 1]]) - reach * float(scores[head[0]])
    return [document for document in head if scores[document] >= least]


@lru_cache(maxsize=4096)
def _literal_title(title: str) -> str:
    return literal(title)


def _literal_text(title: str, text: str) -> str:
    """Literal form of a document, remembered: the same documents are candidates again and again. By what the texts hash to, for the
    texts themselves would take as much room again."""
    name = hash((title, text))
    found = _literals.get(name)
    if found is None:
        found = _literal_title(title) + "\n" + literal(text)
        _literals.put(name, found)
    return found


_literals: BoundedCache[str] = BoundedCache(16 * 1024 * 1024, getsizeof)
