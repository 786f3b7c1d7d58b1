"""Reads over the tree of units."""

from __future__ import annotations

from sqlalchemy import column, func, select, table
from sqlalchemy.orm import Session

from kmsvc.core.memory import remembered
from kmsvc.people.family import PEOPLE
from kmsvc.people.units.models import Post, Unit


def parents(session: Session) -> dict[int, int | None]:
    """unit id -> parent id, for the whole (small) tree; reader groups are not part of it."""
    return remembered(session, PEOPLE, "tree", _parents)


def _parents(session: Session) -> dict[int, int | None]:
    return {row.id: row.parent_id for row in session.execute(select(Unit.id, Unit.parent_id).where(Unit.readers.is_(None)))}


def unit_names(session: Session) -> dict[int, str]:
    """unit id -> name, closed units too, in the order of `all_units`; reader groups behind them."""
    return remembered(session, PEOPLE, "unit names", lambda held: {
        unit.id: unit.name for unit in [*all_units(held), *all_groups(held)]})


def upward(tree: dict[int, int | None], unit_id: int | None) -> frozenset[int]:
    """The unit and every unit above it."""
    found: set[int] = set()
    while unit_id is not None and unit_id not in found:
        found.add(unit_id)
        unit_id = tree.get(unit_id)
    return frozenset(found)


def downward(tree: dict[int, int | None], unit_id: int) -> frozenset[int]:
    """The unit and every unit below it."""
    return frozenset(one for one in tree if unit_id in upward(tree, one))


def all_units(session: Session) -> list[Unit]:
    """Every unit, by code; the root first."""
    rows = list(session.scalars(select(Unit).where(Unit.readers.is_(None)).order_by(Unit.code)))
    return sorted(rows, key=lambda unit: (unit.parent_id is not None, unit.code))


def open_units(session: Session, held: int | None = None) -> list[Unit]:
    """The units that can be chosen, the root first. held: the one chosen now, which stays on offer though it is closed."""
    return [unit for unit in all_units(session) if unit.closed_at is None or unit.id == held]


def all_groups(session: Session) -> list[Unit]:
    """Every reader group, by code."""
    return list(session.scalars(select(Unit).where(Unit.readers.is_not(None)).order_by(Unit.code)))


def audiences(session: Session, held: int | None = None) -> list[Unit]:
    """Whom a text may be for: the open units, the root first, then the open reader groups. held: as in `open_units`."""
    return open_units(session, held) + [one for one in all_groups(session) if one.closed_at is None or one.id == held]


def all_posts(session: Session) -> list[Post]:
    """Every post, by code."""
    return list(session.scalars(select(Post).order_by(Post.code)))


def open_posts(session: Session, held: int | None = None) -> list[Post]:
    """The posts that can be chosen, by code. held: the one held now."""
    return [post for post in all_posts(session) if post.closed_at is None or post.id == held]


def unit_by_code(session: Session, code: str) -> Unit | None:
    """The unit with this code."""
    return session.scalars(select(Unit).where(Unit.code == code, Unit.readers.is_(None))).one_or_none()


def audience_by_code(session: Session, code: str) -> Unit | None:
    """The unit or reader group with this code."""
    return session.scalars(select(Unit).where(Unit.code == code)).one_or_none()


def post_by_code(session: Session, code: str) -> Post | None:
    """The post with this code."""
    return session.scalars(select(Post).where(Post.code == code)).one_or_none()


def root_unit(session: Session) -> Unit | None:
    """The unit everything hangs on."""
    return session.scalars(select(Unit).where(Unit.parent_id.is_(None), Unit.readers.is_(None)).order_by(Unit.id)).first()


def heads_of_units(session: Session) -> dict[int, int]:
    """unit id -> active people of that unit alone."""
    return _heads(session, "unit_id")


def heads_of_posts(session: Session) -> dict[int, int]:
    """post id -> active people who hold it."""
    return _heads(session, "post_id")


def _heads(session: Session, by: str) -> dict[int, int]:
    people = table("people_person", column("id"), column("state"), column(by))  # the noun above owns the class
    rows = session.execute(select(people.c[by], func.count()).where(people.c.state == "active").group_by(people.c[by]))
    return {row[0]: row[1] for row in rows if row[0] is not None}
