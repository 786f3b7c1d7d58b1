"""Composing exam papers from a bank of 100,000 questions: the bank as columns, whether a blueprint can be composed, one paper, and a
paper of their own for 500 people.

    python -m benchmarks.composition [--questions 100000]

The bank is made by lot: 50 topics below 5 wider ones, four kinds, three bands. The large blueprint has 42 overlapping lines for 120
questions with shares of difficulty; the usual one 20 lines for 20."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from decimal import Decimal

from kmsvc.training.papers.blueprint import Blueprint, Cell, feasibility
from kmsvc.training.papers.composing import compose
from kmsvc.training.papers.lots import lot
from kmsvc.training.papers.pool import BANDS, Entry, Pool

KINDS = ("single", "multiple", "true_false", "short")
TOPICS = tuple(f"topic-{number}" for number in range(50))
SHARES = (30, 50, 20)
TOLERANCE = 5
USUAL = Blueprint(tuple(Cell(topic, kind, 1, Decimal(5)) for topic in TOPICS[:10] for kind in KINDS[:2]), 60, shares=SHARES)
LARGE = Blueprint((*(Cell(topic, kind, count, Decimal(1)) for topic in TOPICS[:10]
                     for kind, count in zip(KINDS, (3, 2, 3, 2), strict=True)),
                   Cell("wide-1", None, 10, Decimal(1)), Cell(None, "single", 10, Decimal("0.5"))), 60, shares=SHARES)


def bank(count: int) -> list[Entry]:
    """Questions by lot; the same count gives the same bank."""
    return [Entry(number, (TOPICS[lot(1, number) % 50], f"wide-{lot(1, number) % 5}"), KINDS[lot(2, number) % 4],
                  BANDS[lot(3, number) % 3], lot(4, number) % 1001, lot(5, number) % 5) for number in range(1, count + 1)]


def p95_ms(what: Callable[[int], object], times: int = 30) -> float:
    """The 95th percentile of some calls, each with another number, after one that does not count."""
    what(0)
    took = []
    for number in range(1, times + 1):
        began = time.perf_counter()
        what(number)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(took, n=20)[-1]


def measure(questions: int = 100_000) -> dict[str, object]:
    """The figures of one bank."""
    entries = bank(questions)
    began = time.perf_counter()
    pool = Pool.of(entries)
    columns = (time.perf_counter() - began) * 1000
    figures: dict[str, object] = {"questions": questions, "bank to columns, once ms": round(columns)}
    for name, it in (("usual, 20 questions", USUAL), ("large, 120 questions", LARGE)):
        began = time.perf_counter()
        batch = compose(it, pool, "500", range(500), tolerance=TOLERANCE)
        all_s = time.perf_counter() - began
        low, high = batch.spread
        figures |= {
            f"{name}: can it be composed, p95 ms": round(p95_ms(lambda _, it=it: feasibility(it, pool)), 1),
            f"{name}: one paper, p95 ms": round(p95_ms(lambda n, it=it: compose(it, pool, str(n), tolerance=TOLERANCE)), 1),
            f"{name}: 500 papers s": round(all_s, 2),
            f"{name}: their mean difficulty, of 1000": f"{low:.1f} to {high:.1f}, "
            f"{'all different' if batch.all_differ else 'some alike'}"}
    return figures


def main() -> None:
    """Read the arguments and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=100_000)
    for name, value in measure(parser.parse_args().questions).items():
        print(f"{name:52} {value}")


if __name__ == "__main__":
    main()
