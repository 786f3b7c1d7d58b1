"""How a search ended, told by itself and by what the same person searched within a minute after it: pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kmsvc.knowledge.figures.rules import END, Outcome
from kmsvc.knowledge.gaps.rules import AGAIN, Noted


def outcomes_of(searches: Sequence[Noted]) -> Iterator[tuple[Noted, Outcome]]:
    """How each of one person's searches ended, in the order of time; what follows within a minute tells of the one before."""
    for place, one in enumerate(searches):
        after = searches[place + 1] if place + 1 < len(searches) else None
        yield one, _outcome(one, after if after is not None and after.at - one.at <= AGAIN else None)


def _outcome(one: Noted, after: Noted | None) -> Outcome:
    if not one.query or (after is not None and after.query and (
            after.query.startswith(one.query) or one.query.startswith(after.query))):
        return END.PASSED
    if not one.found:
        return END.ZERO
    if after is None or not after.query:
        return END.READ  # what stands there is read without a click: only other words after it tell that it was no answer
    return END.AGAIN if one.opened else END.UNOPENED
