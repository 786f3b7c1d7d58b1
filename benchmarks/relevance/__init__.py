"""How well search finds: written questions over a known corpus, the product beside character-bigram BM25.

    python -m benchmarks relevance        figures into docs/benchmarks.md
    python -m benchmarks.relevance -h     tables, misses, the gate

Whoever wrote the questions saw `topics.toml` only, never an article. Tuning looks at the dev half alone."""

from __future__ import annotations


def measure() -> dict[str, object]:
    """The figures for docs/benchmarks.md, one line a group of questions."""
    from benchmarks.relevance.report import lines_for_document
    from benchmarks.relevance.run import run

    return lines_for_document(run())
