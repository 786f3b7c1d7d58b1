"""`python -m benchmarks [NAME …]`: run benchmarks and write their figures to docs/benchmarks.md, each with its command.

Figures come from one run on one machine that does other things too: compare rows and ratios, not absolute speed."""

from __future__ import annotations

import importlib
import os
import platform
import sys
import time
from pathlib import Path

from kmsvc.core.clock import system_clock

ROOT = Path(__file__).resolve().parent.parent
TABLE = (
    (
        "load",
        "50 clients, 90 % reading, 10 % writing, 10,000 articles; people pause a second between requests, programs never",
        "no 5xx, nothing lost; read and search p95 ≤ 300 ms, write ≤ 500 ms",
    ),
    ("release_to_found", "Release to found by an agent, worker running", "p95 ≤ 1 s"),
    ("keystroke", "Keystroke to painted results, 10,000 articles", "median ≤ 100 ms"),
    ("fifty", "Fifty questions of the demo's agents, from the shortcut to the sentence in sight, in a real browser",
     "all answered, median ≤ 6 keys"),
    ("pages", "Server time of pages, demo, median / p95 ms", "p95 ≤ 300 ms"),
    ("figures", "Figures of finding over a year of two million searches, 40 units, SQLite",
     "page of four weeks ≤ 300 ms, of a year ≤ 1 s; a list ≤ 50 ms; a day counted in ≤ 5 s"),
    ("relevance", "Relevance on written questions, gain in points over character-bigram BM25 with its 95 % interval",
     "recall@5 at least 3 points above the baseline"),
    (
        "rivals",
        "Search of 100,000 articles beside other engines: the same documents, tokens, rights and counts, asked in turns",
        "plain first stage p95 ≤ 2 × tantivy, ≤ ¼ × FTS5, ≤ 1/10 × PostgreSQL; full ranking p95 ≤ 30 ms, none over 100 ms; "
        "change to found p95 ≤ 0.5 s; build ≤ 3 min; ≤ 150 MB",
    ),
    ("agents_typing", "50 agents typing at 20,000 articles, a search after each key over HTTP", "p95 ≤ 100 ms"),
    ("growth", "What the search costs as the centre grows", "a curve, and what to use beyond a million; most of an hour"),
    ("composition", "Composing papers from a bank of 100,000 questions: one, and one of their own for 500 people",
     "what a bank lacks told in ≤ 200 ms; one paper ≤ 200 ms, 500 papers ≤ 30 s"),
    ("sittings", "500 people begin an exam within a minute, each with a paper of their own, and answer every few seconds",
     "answer acknowledged p95 ≤ 300 ms; nothing lost; each handed in once"),
    ("duties", "Duties of 10,000 people by 30 yearly rules: the first tick of a year, one that finds nothing to do",
     "nothing to do ≤ 100 ms; first tick of a year ≤ 10 s, growing linearly"),
    ("assessments", "Self-assessments of 177 items: reckoned, opened, simulated, listed; one round kept and forty, SQLite",
     "a round ≤ 50 ms whatever is kept, a way to a level ≤ 50 ms"),
    ("packs", "A pack of the whole standard for a year of 10,000 records, with ten such years kept, SQLite",
     "≤ 30 s, both packs of the same day alike; reading a year ≤ 1 s"),
    ("start", "Second start and memory, demo", "≤ 5 s; ≤ 400 MB"),
    ("cold", "First `make run` in a fresh clone", "≤ 90 s"),
)
ONLY_WHEN_NAMED = {"growth"}
PART = "<!-- {name} -->"


def yardstick_ms() -> float:
    """The quickest of some rounds of a million additions: tells a quick machine, and a Python built for speed, from others."""
    def once() -> float:
        began, total = time.perf_counter(), 0
        for number in range(1_000_000):
            total += number
        return (time.perf_counter() - began) * 1000
    return min(once() for _ in range(9))


def section(name: str, title: str, goal: str, figures: dict[str, object]) -> str:
    """One benchmark as Markdown."""
    lines = [
        PART.format(name=name),
        f"## {title}",
        "",
        f"Goal: {goal}. Command: `python -m benchmarks {name}`",
        "",
        f"Run on {system_clock():%Y-%m-%d}, {os.cpu_count()} processors, Python {platform.python_version()}, "
        f"a million additions in {yardstick_ms():.0f} ms.",
        "",
        "| figure | value |",
        "| --- | --- |",
        *(f"| {key} | {value} |" for key, value in figures.items()),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Run what was asked for and put its section into the document, leaving the others as they are."""
    wanted = sys.argv[1:] or [name for name, _, _ in TABLE if name not in ONLY_WHEN_NAMED]
    path = ROOT / "docs" / "benchmarks.md"
    head = "# Benchmarks\n\nWritten by `python -m benchmarks`; never by hand. Machines differ: compare rows, not seconds.\n"
    kept: dict[str, str] = {}
    if path.exists():
        for part in path.read_text().split("<!-- ")[1:]:
            name, _, rest = part.partition(" -->\n")
            kept[name] = f"{PART.format(name=name)}\n{rest.rstrip()}\n"
    for name, title, goal in TABLE:
        if name in wanted:
            figures = importlib.import_module(f"benchmarks.{name}").measure()
            kept[name] = section(name, title, goal, figures)
            for key, value in figures.items():
                print(f"{name:18} {key:40} {value}")
            path.write_text(head + "\n" + "\n".join(kept[one] for one, _, _ in TABLE if one in kept))


if __name__ == "__main__":
    main()
