"""The regression gate: clearly above the baseline, and not below what was reached before."""

from __future__ import annotations

import tomllib
from pathlib import Path

from benchmarks.relevance.run import RECALL, Outcome

FILE = Path(__file__).parent / "gate.toml"
ABOVE_BASELINE, BELOW_STORED = 0.03, 0.015


def recalls(outcome: Outcome) -> tuple[float, float]:
    """recall@5 of product and baseline on the whole bench, 0..1."""
    whole = outcome.against()[RECALL]
    return whole.ours, whole.theirs


def complaints(outcome: Outcome, file: Path = FILE) -> list[str]:
    """What the gate holds against an outcome, as sentences; empty when it passes."""
    ours, theirs = recalls(outcome)
    stored = float(tomllib.loads(file.read_text(encoding="utf-8"))["recall_at_5"])
    found = []
    if ours < theirs + ABOVE_BASELINE:
        found.append(f"recall@5 {ours:.4f} is not {ABOVE_BASELINE} above the baseline's {theirs:.4f}")
    if ours < stored - BELOW_STORED:
        found.append(f"recall@5 {ours:.4f} is more than {BELOW_STORED} below the stored {stored:.4f}")
    return found


def set_gate(outcome: Outcome, file: Path = FILE) -> str:
    """Store what is reached now; returns the text written."""
    ours, theirs = recalls(outcome)
    text = ("# Written by `python -m benchmarks.relevance --set-gate`, never by hand.\n"
            f"recall_at_5 = {ours:.4f}\nbaseline = {theirs:.4f}\nquestions = {len(outcome.questions)}\n")
    file.write_text(text, encoding="utf-8")
    return text
