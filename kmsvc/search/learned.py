"""What use has taught: for a question, documents that stand some places higher. Whoever learns fills this register; the search
knows no teacher, only how to apply it: nobody moves by more places than the greatest lift, up or down, and nobody passes
what was asked for by its number or its whole title."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from sqlalchemy.orm import Session

from kmsvc.search.analysis import literal
from kmsvc.search.noting import without_numbers

One = TypeVar("One")
Lifts = Mapping[str, int]
"""Key of a document -> places."""
Provider = Callable[[Session], Mapping[str, Lifts]]
NONE: Lifts = {}
_provider: list[Provider] = []


def provide(provider: Provider) -> None:
    """Say who learns; the last word wins so that a module may be loaded again."""
    _provider[:] = [provider]


def learned_form(text: str) -> str:
    """The form in which searches are noted and learned from."""
    return without_numbers(literal(text[:1_000]))[:500]


def lifts_for(session: Session, text: str) -> Lifts:
    """What was learned for a question; nothing where nobody learns."""
    known = _provider[0](session) if _provider else {}
    return known.get(learned_form(text), NONE) if known else NONE


def lifted(order: Sequence[One], lifts: Mapping[One, int], fixed: Collection[One] = ()) -> list[One]:
    """The order with some moved up by at most their places. Who is `fixed` stays, and nobody passes them."""
    found: list[One] = []
    part: list[tuple[float, int, One]] = []

    def close() -> None:
        found.extend(one for _, _, one in sorted(part, key=lambda entry: entry[:2]))
        part.clear()
    for at, one in enumerate(order):
        if one in fixed:
            close()
            found.append(one)
        else:
            lift = max(0, lifts.get(one, 0))
            part.append((at - lift - 0.5 if lift else float(at), at, one))
    close()
    return found
