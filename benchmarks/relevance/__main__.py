"""`python -m benchmarks.relevance`: figures of the relevance bench, misses, and the gate."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.relevance.gate import FILE, complaints, set_gate
from benchmarks.relevance.report import misses, table
from benchmarks.relevance.run import run
from benchmarks.relevance.topics import QUESTIONS


def main() -> None:
    """Read the arguments, ask, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.relevance", description=__doc__)
    parser.add_argument("--questions", type=Path, default=QUESTIONS, help="another file of questions")
    parser.add_argument("--misses", action="store_true", help="list what was missed in the dev half")
    parser.add_argument("--held-out-misses", action="store_true", help="of the other half: not while tuning")
    parser.add_argument("--set-gate", action="store_true", help="store what is reached as the figure to hold")
    arguments = parser.parse_args()
    if not arguments.questions.exists():
        parser.error(f"there are no questions in {arguments.questions}")
    outcome = run(arguments.questions)
    for line in table(outcome):
        print(line)
    if arguments.misses:
        print(*misses(outcome), sep="\n")
    if arguments.held_out_misses:
        print(*misses(outcome, held_out=True), sep="\n")
    if arguments.set_gate:
        print(set_gate(outcome))
    elif FILE.exists():
        print(*(complaints(outcome) or ["The gate is held."]), sep="\n")


if __name__ == "__main__":
    main()
