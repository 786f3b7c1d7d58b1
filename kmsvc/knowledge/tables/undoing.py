"""Taking an import back as a whole and bringing it back: what is the same for every sort of rows. A row keeps what its thing
said before, none where the row made it, and after; what says something else by now stays as it is, and is counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import eq
from typing import Any, Generic, Protocol, TypeVar

from kmsvc.core.errors import RuleBroken
from kmsvc.core.work import Work


@dataclass(frozen=True)
class Settled:
    """What taking an import back, or bringing it back, did. stayed: things that were left as they are."""

    done: int
    stayed: int


class Import(Protocol):
    """A file that was taken in."""

    undone_at: Any
    undone_by_id: Any
    reason: Any


class ImportRow(Protocol):
    """What a row of it did."""

    before: Any
    after: Any


_Row = TypeVar("_Row", bound=ImportRow)


@dataclass(frozen=True)
class Things(Generic[_Row]):
    """The things of a sort of rows, by row of an import. said: what the thing says now, as `before` and `after` are kept, none where it
    is gone; put: let it say this; remove; make: make it again as it was, or say no; open: whether it may still change; same: whether two
    such sayings are one."""

    said: Callable[[_Row], Any]
    put: Callable[[_Row, Any], None]
    remove: Callable[[_Row], None]
    make: Callable[[_Row], bool]
    open: Callable[[_Row], bool] = lambda row: True
    same: Callable[[Any, Any], bool] = eq


def take_back(work: Work, held: Import, rows: Sequence[_Row], things: Things[_Row], *, reason: str, refusal: tuple[str, str]) -> Settled:
    """Things the import made go, those it changed say what they said before, the last row first. refusal: code and sentence where it was
    taken back already."""
    if held.undone_at is not None:
        raise RuleBroken(*refusal)
    done = 0
    for one in reversed(rows):
        now = things.said(one) if things.open(one) else None
        if now is None or not things.same(now, one.after):
            continue
        done += 1
        if one.before is None:
            things.remove(one)
        else:
            things.put(one, one.before)
    work.because(reason)
    _note(held, work.now, work.actor.person_id, reason)
    work.session.flush()
    return Settled(done, len(rows) - done)


def bring_back(work: Work, held: Import, rows: Sequence[_Row], things: Things[_Row], *, refusal: tuple[str, str]) -> Settled:
    """The other way round, the first row first. refusal: code and sentence where the import stands."""
    if held.undone_at is None:
        raise RuleBroken(*refusal)
    done = 0
    for one in rows:
        if not things.open(one):
            continue
        now = things.said(one)
        if one.before is None and now is None:
            done += things.make(one)
        elif one.before is not None and now is not None and things.same(now, one.before):
            things.put(one, one.after)
            done += 1
    _note(held, None, None, None)
    work.session.flush()
    return Settled(done, len(rows) - done)


def _note(held: Import, at: datetime | None, by: int | None, reason: str | None) -> None:
    held.undone_at, held.undone_by_id, held.reason = at, by, reason
