"""What a process remembers from one request to the next: things worked out from rows that seldom change.

Each family of tables has an epoch, a counter that moves in the same transaction as any of its rows. A session reads the epoch
with its other rows, so what it is given fits the state of the centre it sees; the next one after a change works it out anew."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kmsvc.core.numbers import Counter, next_number

Thing = TypeVar("Thing")

FAMILIES: dict[str, Family] = {}
MOST = 2_000
"""Things kept at once; beyond it the one kept longest goes."""
_EPOCHS = select(Counter.__table__.c.name, Counter.__table__.c.value).where(
    Counter.__table__.c.name.in_(bindparam("names", expanding=True)))


@dataclass(frozen=True)
class Family:
    """Tables whose rows are remembered together. `name` is that of the counter. Without tables: moved by hand, see `move_one`."""

    name: str
    tables: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        FAMILIES[self.name] = self


@dataclass
class Memory:
    """By family and name of the thing: the epoch it was worked out at, and the thing. Shared by threads; never changed in place."""

    kept: dict[tuple[str, str], tuple[int, Any]] = field(default_factory=dict)

    def keep(self, place: tuple[str, str], epoch: int, thing: Any) -> None:
        """Keep one thing more."""
        self.kept[place] = (epoch, thing)
        if len(self.kept) > MOST:
            with suppress(StopIteration, KeyError, RuntimeError):  # another thread made room meanwhile
                del self.kept[next(iter(self.kept))]


def remembered(session: Session, family: Family, name: str, make: Callable[[Session], Thing]) -> Thing:
    """What `make` works out from the rows of this family, once for each state they are in.

    Nobody may change what is returned. A unit that has itself changed rows of the family gets it made for itself alone.
    """
    memory: Memory | None = session.info.get("memory")
    if memory is None:
        return make(session)
    if _touched(session, family):
        session.flush()
        return make(session)
    now = epoch(session, family)
    place = (family.name, name)
    held = memory.kept.get(place)
    if held is not None and held[0] == now:
        found: Thing = held[1]
        return found
    found = make(session)
    if "moves" in session.info:
        forget_epochs(session)  # rows that came while it was made would be kept under the epoch before them
    if epoch(session, family) == now:
        memory.keep(place, now, found)
    return found


def forget_epochs(session: Session) -> None:
    """Ask for the epochs again, as others may have moved them meanwhile."""
    session.info.pop("epochs", None)


def epoch(session: Session, family: Family) -> int:
    """The epoch of a family in the state this session sees; those of all families are asked for together, once a session."""
    known: dict[str, int] = session.info.setdefault("epochs", {})
    if family.name not in known:
        missing = [name for name in FAMILIES if name not in known]
        found = {row.name: row.value for row in session.connection().execute(_EPOCHS, {"names": missing})}
        known.update({name: found.get(name, 0) for name in missing})
    return known[family.name]


def note_epoch(session: Session, family: Family, value: int) -> None:
    """Tell a session the epoch that came with another question."""
    session.info.setdefault("epochs", {})[family.name] = value


def move(session: Session, changed: set[str]) -> None:
    """Move the epochs of the families whose tables were changed; part of every commit."""
    for family in FAMILIES.values():
        if not changed.isdisjoint(family.tables):
            next_number(session, family.name)


def move_one(session: Session, family: Family) -> None:
    """Move the epoch of one family in this transaction, where not every change of its tables matters."""
    next_number(session, family.name)
    forget_epochs(session)


def _touched(session: Session, family: Family) -> bool:
    if "work" not in session.info:
        return False
    if not family.tables.isdisjoint(session.info.get("changed", ())):
        return True
    return any(row.__tablename__ in family.tables for rows in (session.new, session.dirty, session.deleted) for row in rows)
