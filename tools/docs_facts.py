"""Write docs/facts.md: each fact with who records it and what follows, and every periodic job. `make docs` runs it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from kmsvc.core.events import Event
from kmsvc.reactions import FACTS, NO_REACTION_YET, REACTIONS
from kmsvc.schedule import JOBS

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs/facts.md"

TOP = """\
# What follows from what

*Written by `tools/docs_facts.py` from the code; change it there.*

A use case records facts; they are committed with its rows, and the worker delivers each to the reactions named here, each in
a transaction of its own, until it is done. A fact itself is no audit: the rows that changed with it are
([decision 0008](decisions/0008-outbox-and-audit.md)).
"""

CLOCK = """
## By the clock

`kmsvc/schedule.py`; each may run twice without harm, on any number of workers.

| job | every | why |
| --- | --- | --- |
"""


def first_sentence(text: str | None) -> str:
    """A docstring up to the end of its first sentence, on one line."""
    return " ".join((text or "").split()).split(". ")[0].rstrip(".")


def recorded_in() -> dict[str, list[str]]:
    """Class of fact -> `module.function` of every place that records it."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "kmsvc").rglob("*.py")):
        source = path.read_text("utf-8")
        if "work.record(" not in source:
            continue
        for function in ast.walk(ast.parse(source)):
            if not isinstance(function, ast.FunctionDef):
                continue
            for call in ast.walk(function):
                if (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "record"
                        and call.args and isinstance(call.args[0], ast.Call) and isinstance(call.args[0].func, ast.Name)):
                    place = f"{path.relative_to(ROOT / 'kmsvc').with_suffix('').as_posix()}.{function.name}"
                    found.setdefault(call.args[0].func.id, []).append(place)
    return found


def fact_lines(fact: type[Event], places: list[str]) -> Iterator[str]:
    """One fact as a paragraph."""
    yield f"**{fact.__name__}** `{fact.kind}`. {first_sentence(fact.__doc__)}."
    yield f"Recorded by {', '.join(f'`{place}`' for place in places) or 'nobody yet'}."
    if fact in NO_REACTION_YET:
        yield f"- nothing: {NO_REACTION_YET[fact]}"
    for reaction in REACTIONS.get(fact, ()):
        yield f"- `{reaction.__name__}`: {first_sentence(reaction.__doc__)}"
    yield ""


def document() -> str:
    """The whole page."""
    places = recorded_in()
    lines: list[str] = []
    slice_name = ""
    for fact in sorted(FACTS.values(), key=lambda fact: fact.__module__):
        if fact.__module__ != slice_name:
            slice_name = fact.__module__
            lines += [f"## {' / '.join(slice_name.split('.')[1:3])}", ""]
        lines += fact_lines(fact, places.get(fact.__name__, []))
    rows = [f"| `{job.name}` | {_every(job.seconds)} | {job.why} |" for job in JOBS]
    return TOP + "\n" + "\n".join(lines).rstrip() + "\n" + CLOCK + "\n".join(rows) + "\n"


def _every(seconds: int) -> str:
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % size == 0:
            return f"{seconds // size} {word}s" if seconds > size else word
    return f"{seconds} seconds"


if __name__ == "__main__":
    TARGET.write_text(document(), "utf-8")
