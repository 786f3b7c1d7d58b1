"""Figures of merit a question, and how sure a difference between two systems is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MEASURES = ("hit@1", "hit@5", "recall@5", "MRR@10")
ROUNDS, SEED = 2000, 20_260_601


def judged(found: Sequence[str], answers: Sequence[str]) -> tuple[float, float, float, float]:
    """hit@1, hit@5, recall@5 and reciprocal rank of one answer list, best first.

    An acceptable article counts like the expected one. recall@5: of all that answer, the share among the first five.
    """
    good = set(answers)
    ranks = [rank for rank, key in enumerate(found[:10], start=1) if key in good]
    in_five = sum(rank <= 5 for rank in ranks)
    return (float(1 in ranks), float(in_five > 0), in_five / min(5, len(good)), 1 / ranks[0] if ranks else 0.0)


@dataclass(frozen=True)
class Compared:
    """One measure over some questions: means of both systems, the difference and its 95 % interval, all 0..1."""

    ours: float
    theirs: float
    low: float
    high: float

    @property
    def gain(self) -> float:
        """How much better ours is."""
        return self.ours - self.theirs


def compared(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> list[Compared]:
    """Each measure (column) over the same questions (rows): a paired bootstrap, questions drawn with repetition."""
    rng = np.random.default_rng(SEED)
    difference = ours - theirs
    drawn = rng.integers(0, len(difference), (ROUNDS, len(difference)))
    means = difference[drawn].mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5), axis=0)
    return [Compared(*map(float, row)) for row in zip(ours.mean(axis=0), theirs.mean(axis=0), low, high, strict=True)]
