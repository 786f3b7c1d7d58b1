"""What change requests have to say about a process. The noun above gives it, so that this one need not know it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor


@dataclass(frozen=True)
class OpenChange:
    """An open change request about a process, as far as the caller may see it. step: 1 to 15. live_on: all is
    done, the text waits for this day."""

    id: int
    process_id: int
    number: str
    title: str
    step: int
    step_label: str
    holders: tuple[str, ...]
    url: str
    live_on: date | None = None


@dataclass
class Beside:
    """Three questions: open requests about processes; signatures under versions, given as id -> content hash; numbers of
    requests by id."""

    open_changes: Callable[[Session, Actor, Sequence[int]], list[OpenChange]]
    approvals: Callable[[Session, Mapping[int, str]], Mapping[int, list[dict[str, Any]]]]
    numbers: Callable[[Session, Iterable[int]], Mapping[int, str]]


given = Beside(lambda session, actor, ids: [], lambda session, versions: {}, lambda session, ids: {})


def give(source: Beside) -> None:
    """Called once, by the noun above, when it is loaded."""
    given.open_changes, given.approvals, given.numbers = source.open_changes, source.approvals, source.numbers
