"""Order: best first, equal scores by name, and the best fifty refined by what they literally share with the
question.

Ties at the cut are all looked at, so that the order never depends on where a document happens to be stored.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kmsvc.search.analysis import literal
from kmsvc.search.snapshot import Snapshot

REFINED = 50
RUN_WEIGHT = 0.25
_LONGEST_QUESTION = 96
_LONGEST_TEXT = 20_000


def best(
    snapshot: Snapshot, scores: NDArray[np.float64], matches: NDArray[np.bool_], wanted: int
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


def refined(
    question: str, texts: Sequence[tuple[str, str]], scores: Sequence[float], top: float
) -> list[float]:
    """Scores between 0 and 1.25 of candidates, from first-stage scores and (title, text); top is the best
    score."""
    literal_question = literal(question)
    values = []
    for (title, text), value in zip(texts, scores, strict=True):
        whole = literal(title) + "\n" + literal(text[:_LONGEST_TEXT])
        values.append(value / top + RUN_WEIGHT * shared_runs(literal_question, whole))
    return values
