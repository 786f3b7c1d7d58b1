"""The values as pages, imports and the search ask for them: read once, until one of them changes."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput
from kmsvc.core.memory import Family, remembered
from kmsvc.core.texts import N_, Filled
from kmsvc.knowledge.scopes.models import ScopeValue
from kmsvc.knowledge.scopes.rules import MOST_OF_AN_ARTICLE, Dimension, key_of, nearest
from kmsvc.search.scopes import Register, Value, dimension_of, mark_of, packed, provide, unpacked

SCOPES = Family("scopes_epoch", frozenset({"knowledge_scope"}))
_ROW = ScopeValue.__table__.c
_ALL = select(_ROW.id, _ROW.dimension, _ROW.name, _ROW.name_en, _ROW.unused_at, _ROW.merged_into_id).order_by(_ROW.place, _ROW.id)
_ORDER = {one.value: place for place, one in enumerate(Dimension)}


def register(session: Session) -> Register:
    """All values in the state this session sees."""
    return remembered(session, SCOPES, "register", _register)


def _register(session: Session) -> Register:
    rows = sorted(session.execute(_ALL).all(), key=lambda row: _ORDER[row.dimension])
    into = {row.id: row.merged_into_id for row in rows if row.merged_into_id is not None}
    merged: dict[str, str] = {}
    older: dict[str, tuple[str, ...]] = {}
    for row in rows:
        if row.id in into:
            last, seen = into[row.id], {row.id}
            while last in into and last not in seen:
                seen.add(last)
                last = into[last]
            own, now = mark_of(row.dimension, row.id), mark_of(row.dimension, last)
            merged[own] = now
            older[now] = (*older.get(now, ()), own)
    values = {mark_of(row.dimension, row.id): Value(row.id, row.dimension, row.name, row.name_en, row.unused_at is None)
              for row in rows if row.id not in into}
    names: dict[tuple[str, str], str] = {}
    for row in rows:
        own = mark_of(row.dimension, row.id)
        for name in filter(None, (row.name, row.name_en)):
            if own in values or (row.dimension, key_of(name)) not in names:
                names[row.dimension, key_of(name)] = merged.get(own, own)
    return Register({one.value: one.label for one in Dimension}, values, merged, older, names)


def marks_named(session: Session, dimension: str, given: Iterable[str | int]) -> tuple[str, ...]:
    """The marks behind names or ids. InvalidInput names what is unknown, with the nearest that is known."""
    known = register(session)
    found: dict[str, None] = {}
    wrong: list[str] = []
    for one in given:
        mark = known.named(dimension, str(one))
        if mark is None:
            wrong.append(str(one))
        else:
            found[mark] = None
    if wrong:
        raise UnknownValue(dimension, wrong, _near(known, dimension, wrong[0]))
    if len(found) > MOST_OF_AN_ARTICLE:
        raise InvalidInput({dimension: [N_("At most 100 of these; leave it empty where it applies to all.")]})
    return tuple(found)


def _near(known: Register, dimension: str, name: str) -> str | None:
    return nearest(name, [name for one in known.values.values() if one.dimension == dimension
                          for name in (one.name, one.name_en) if name])


class UnknownValue(InvalidInput):
    """Names that no value has. dimension, unknown: which; near: the known name that is most like the first of them."""

    def __init__(self, dimension: str, unknown: list[str], near: str | None) -> None:
        self.dimension, self.unknown, self.near = dimension, unknown, near
        said = (N_("There is no \u201c%(name)s\u201d in the register. The nearest is \u201c%(near)s\u201d.") if near
                else N_("There is no \u201c%(name)s\u201d in the register."))
        super().__init__({dimension: [Filled(said, name=", ".join(unknown)[:100], near=near or "")]})


def settled(session: Session, text: str) -> str:
    """Marks as a column holds them, brought to what they are today."""
    return packed(register(session).settled(unpacked(text))) if text else ""


def by_dimension(marks: Iterable[str]) -> dict[str, list[str]]:
    """Marks by dimension, in the order of dimensions; all dimensions are there."""
    found: dict[str, list[str]] = {one.value: [] for one in Dimension}
    for mark in marks:
        found[dimension_of(mark)].append(mark)
    return found


def spoken(session: Session, text: str, language: str) -> dict[str, list[str]]:
    """Dimension -> names in a language, of the marks in a column."""
    known = register(session)
    return {name: known.spoken(marks, language) for name, marks in by_dimension(known.settled(unpacked(text))).items()}


provide(register)
