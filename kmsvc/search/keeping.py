"""What a person narrowed the search by stays for their next search, in every window; else what their unit starts with holds.

Kept are kind, category and where a text applies; never a day or what has expired, which belong to one question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.units.models import Unit
from kmsvc.people.units.queries import parents
from kmsvc.search.models import KeptFilter, UnitFilter
from kmsvc.search.permissions import SEARCH, SET_UNIT_FILTER
from kmsvc.search.scopes import register_of

WORDS = ("kind", "category")


@dataclass(frozen=True)
class Chosen:
    """What a search is narrowed by: a kind, a category, marks of where a text applies."""

    kind: str | None = None
    category: str | None = None
    scopes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.kind or self.category or self.scopes)

    def as_row(self) -> dict[str, Any]:
        """As it is kept."""
        found: dict[str, Any] = {name: getattr(self, name) for name in WORDS if getattr(self, name)}
        return found | ({"scopes": list(self.scopes)} if self.scopes else {})


@dataclass(frozen=True)
class Kept:
    """What the next search begins with. own: the person chose it; unit: name of the unit it comes from otherwise. start: what
    the unit starts with, whatever the person chose."""

    chosen: Chosen = field(default_factory=Chosen)
    own: bool = False
    unit: str | None = None
    start: Chosen = field(default_factory=Chosen)


def chosen_of(session: Session, held: Mapping[str, Any]) -> Chosen:
    """A kept choice as it counts today: values that were merged are what they are now, unknown ones are gone."""
    return Chosen(held.get("kind"), held.get("category"), register_of(session).settled(held.get("scopes", ())))


def kept_for(session: Session, actor: Actor) -> Kept:
    """What this person's next search begins with."""
    own = session.scalar(select(KeptFilter.chosen).where(KeptFilter.person_id == (actor.person_id or 0)))
    start, unit = start_of_unit(session, actor.unit_id)
    if own is not None:
        return Kept(chosen_of(session, own), own=True, unit=unit, start=start)
    return Kept(start, unit=unit, start=start)


def start_of_unit(session: Session, unit_id: int | None) -> tuple[Chosen, str | None]:
    """What the search of a unit starts with, set for it or for the nearest unit above, and the name of that unit."""
    tree = parents(session)
    way: list[int] = []
    while unit_id is not None and unit_id not in way:
        way.append(unit_id)
        unit_id = tree.get(unit_id)
    rows = {row.unit_id: row for row in session.execute(
        select(UnitFilter.unit_id, UnitFilter.chosen, Unit.name).join(Unit, Unit.id == UnitFilter.unit_id)
        .where(UnitFilter.unit_id.in_(way)))} if way else {}
    nearest = next((rows[one] for one in way if one in rows), None)
    return (chosen_of(session, nearest.chosen), nearest.name) if nearest is not None else (Chosen(), None)


def keep(work: Work, chosen: Chosen) -> None:
    """The caller's next search begins with this; nothing chosen is a choice too."""
    work.permit(SEARCH)
    if work.actor.person_id is None:
        return
    dialect = sqlite if work.session.get_bind().dialect.name == "sqlite" else postgresql
    values = {"chosen": chosen.as_row(), "at": work.now}
    work.session.execute(dialect.insert(KeptFilter.__table__).values(person_id=work.actor.person_id, **values)
                         .on_conflict_do_update(index_elements=["person_id"], set_=values))


def forget(work: Work) -> None:
    """The caller's next search begins with what the unit starts with."""
    work.permit(SEARCH)
    row = work.session.get(KeptFilter, work.actor.person_id or 0)
    if row is not None:
        work.session.delete(row)


def set_start(work: Work, chosen: Chosen) -> None:
    """What the searches of the caller's own unit, and of those below that have none, start with; nothing chosen takes it away."""
    work.permit(SET_UNIT_FILTER)
    if work.actor.unit_id is None:
        raise RuleBroken("search.filter.no_unit", N_("You belong to no unit."))
    row = work.session.scalars(select(UnitFilter).where(UnitFilter.unit_id == work.actor.unit_id).with_for_update()).one_or_none()
    if not chosen:
        if row is not None:
            work.session.delete(row)
        return
    if row is None:
        row = UnitFilter(unit_id=work.actor.unit_id, chosen={}, set_at=work.now)
        work.session.add(row)
    if row.chosen != chosen.as_row():
        row.chosen, row.set_at, row.set_by_id = chosen.as_row(), work.now, work.actor.person_id


def known_marks(session: Session, given: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The marks behind ids or names by dimension, as they stand in addresses; what nobody knows is passed over."""
    known = register_of(session)
    found = [known.named(dimension, word) for dimension, words in given.items() for word in words]
    return known.settled(mark for mark in found if mark is not None)
