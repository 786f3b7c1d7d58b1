"""Search stays as good as it was: at least three points of recall@5 above character bigrams on written questions."""

from __future__ import annotations

from benchmarks.relevance.gate import complaints
from benchmarks.relevance.run import BASELINE, PRODUCT, run


def test_relevance_is_above_the_baseline_and_not_below_what_was_reached() -> None:
    assert complaints(run(only=(PRODUCT, BASELINE))) == []
