"""Tables of an outcome, and what was missed with what was found instead."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.relevance.figures import MEASURES, Compared
from benchmarks.relevance.run import BASELINE, FIRST_STAGE, PRODUCT, UNCUT, WIDER, Outcome
from benchmarks.relevance.topics import DEV

SHOWN = 3


def _gain(one: Compared) -> str:
    """The difference in points with its interval."""
    return f"{100 * one.gain:+.1f} [{100 * one.low:+.1f}, {100 * one.high:+.1f}]"


def table(outcome: Outcome) -> Iterator[str]:
    """A line a group: the product's figures in hundredths, and in points what it gains on the baseline; then all systems."""
    yield f"{'product':28}{'n':>4}" + "".join(f"{name:>10}{'gain [95 %]':>25}" for name in MEASURES)
    for name, among in outcome.groups():
        yield _row(f"{name:28}{among.sum():>4}", outcome.against(among))
    yield ""
    yield f"{'all questions, on bigrams':32}" + "".join(f"{name:>10}{'gain [95 %]':>25}" for name in MEASURES)
    for name in (PRODUCT, UNCUT, FIRST_STAGE, WIDER, BASELINE):
        yield _row(f"{name:32}", outcome.against(ours=name))
    yield ""
    yield _row(f"{'product on ' + WIDER:34}", outcome.against(theirs=WIDER))


def _row(head: str, values: list[Compared]) -> str:
    return head + "".join(f"{100 * one.ours:10.1f}{_gain(one):>25}" for one in values)


def misses(outcome: Outcome, *, held_out: bool = False) -> Iterator[str]:
    """Questions whose answer is not among the first five; of the dev half unless the other is asked for."""
    for place, one in enumerate(outcome.questions):
        if (one.part == DEV) == held_out or outcome.scores[PRODUCT][place][1]:
            continue
        lists = {name: outcome.lists[name][place] for name in (PRODUCT, BASELINE)}
        beside = "bigrams find it" if outcome.scores[BASELINE][place][1] else "bigrams miss it too"
        wanted = " | ".join(f"{key} {outcome.titles[key]}" for key in one.answers)
        yield f"{one.id} [{one.style}, {beside}] {one.text}\n    wanted  {wanted}"
        for key in lists[PRODUCT][:SHOWN]:
            yield f"    found   {key} {outcome.titles[key]}"


def lines_for_document(outcome: Outcome) -> dict[str, object]:
    """Group -> product's figures and gains, for docs/benchmarks.md."""
    found: dict[str, object] = {}
    for name, among in outcome.groups():
        found[f"{name} ({among.sum()} questions)"] = _line(outcome.against(among))
    found["first stage alone, all"] = _line(outcome.against(ours=FIRST_STAGE))
    found["against bigrams with aliases and tags, all"] = _line(outcome.against(theirs=WIDER))
    return found


def _line(values: list[Compared]) -> str:
    return "; ".join(f"{name} {100 * one.ours:.1f} ({_gain(one)})" for name, one in zip(MEASURES, values, strict=True))
