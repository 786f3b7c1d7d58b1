"""What the product is measured against: BM25 over character bigrams, title and text as one bag, in NumPy.

It has the product's normal form (width, case, script), so that a gain comes from ranking and not from spelling.
Chinese stands in bigrams, a lone character for itself; words of letters and digits stand whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from kmsvc.search.analysis import normalise, runs

K1, B = 1.2, 0.75


def terms(text: str) -> list[str]:
    """The bigrams and words of a text in order."""
    found: list[str] = []
    for chinese, run in runs(normalise(text)):
        if chinese and len(run) > 1:
            found += [run[i : i + 2] for i in range(len(run) - 1)]
        else:
            found.append(run)
    return found


class BigramIndex:
    """Texts by key, asked for the best few keys."""

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        self._keys = [key for key, _ in texts]
        bags = [Counter(terms(text)) for _, text in texts]
        lengths = np.array([bag.total() for bag in bags], float)
        self._norm = K1 * (1 - B + B * lengths / lengths.mean())
        lists: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for place, bag in enumerate(bags):
            for term, count in bag.items():
                lists[term].append((place, count))
        self._lists = {term: np.array(pairs).T for term, pairs in lists.items()}

    def search(self, text: str, limit: int = 10) -> list[str]:
        """Keys of the best texts, best first, ties in the order they came; only what shares a term."""
        scores = np.zeros(len(self._keys))
        for term, times in Counter(terms(text)).items():
            if term in self._lists:
                places, counts = self._lists[term]
                idf = np.log(1 + (len(self._keys) - len(places) + 0.5) / (len(places) + 0.5))
                scores[places] += times * idf * counts * (K1 + 1) / (counts + self._norm[places])
        order = np.argsort(-scores, kind="stable")[:limit]
        return [self._keys[place] for place in order if scores[place] > 0]
