"""The list of twins, filtered, put in order and paged in the database, for a centre may have thousands of them.

How twins stand is said here in SQL as `rules.stand_of` says it; tests/knowledge/test_relations.py holds the two together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.knowledge.articles.lists import visible_to
from kmsvc.knowledge.relations.models import Relation
from kmsvc.knowledge.relations.queries import TwinLine, behind_of, line_of
from kmsvc.knowledge.relations.rules import WAITING, RelationKind, TwinState
from kmsvc.knowledge.relations.standing import BONDS, SIDES, bond_of, sides, twin_between
from kmsvc.people.accounts.queries import names

PAGE = 50
READ_AT_ONCE = 400
_URGENCY = {state.value: place for place, state in enumerate(TwinState)}


def _twins(actor: Actor) -> Subquery:
    """Each pair of twins of which this caller may see both: state, who is behind (0: from, 1: to), since when."""
    left, right = (SIDES.where(visible_to(actor)).subquery(name) for name in ("left_side", "right_side"))
    bond = BONDS.where(Relation.kind == RelationKind.TWIN).order_by(None).subquery("bond")
    there = and_(*(side.c.published_version_id.is_not(None) for side in (left, right)),
                 *(side.c.since.is_not(None) for side in (left, right)))
    moved = (left.c.content_hash != bond.c.from_hash, right.c.content_hash != bond.c.to_hash)
    first, second = and_(moved[0], not_(moved[1])), and_(moved[1], not_(moved[0]))
    followed = case((right.c.since > left.c.since, right.c.before_hash == bond.c.to_hash), else_=left.c.before_hash == bond.c.from_hash)
    neither, looked_at = not_(or_(*moved)), bond.c.from_version_id.is_not(None)
    later = (left.c.since, right.c.since)
    state = case((not_(there), literal(TwinState.ALONE.value)), (not_(looked_at), literal(TwinState.UNCHECKED.value)),
                 (neither, literal(TwinState.EQUAL.value)), (or_(first, second), literal(TwinState.DRIFTED.value)),
                 (followed, literal(TwinState.BOTH.value)), else_=literal(TwinState.DRIFTED.value))
    behind = case((or_(not_(there), not_(looked_at), neither), null()), (first, literal(1)), (second, literal(0)),
                  (followed, null()), (later[1] > later[0], literal(0)), else_=literal(1)).cast(Integer)
    since = case((or_(not_(there), not_(looked_at), neither), null()), (first, later[0]), (second, later[1]),
                 (later[1] > later[0], later[1]), else_=later[0])
    return select(
        bond.c.id, state.label("state"), behind.label("behind"), since.label("since"),
        *(column.label(f"{name}_{column.name}") for name, side in (("left", left), ("right", right))
          for column in (side.c.number, side.c.title, side.c.owner_id))).select_from(bond).join(
        left, left.c.article_id == bond.c.from_id).join(right, right.c.article_id == bond.c.to_id).subquery("twins")


def _filtered(twins: Subquery, actor: Actor, *columns: Any, q: str | None, state: str | None, view: str | None) -> Select[Any]:
    query = select(*columns).select_from(twins)
    if wanted := (q or "").strip():
        query = query.where(or_(*(twins.c[f"{side}_{name}"].icontains(wanted, autoescape=True)
                                  for side in ("left", "right") for name in ("number", "title"))))
    if state != "all":
        query = query.where(twins.c.state == state if state else twins.c.state.in_([one.value for one in WAITING]))
    return query.where(_is_mine(twins, actor)) if view else query


def _is_mine(twins: Subquery, actor: Actor) -> ColumnElement[bool]:
    if actor.person_id is None:
        return false()
    mine = twins.c.left_owner_id == actor.person_id, twins.c.right_owner_id == actor.person_id
    return and_(twins.c.state.in_([one.value for one in WAITING]), or_(
        and_(twins.c.behind.is_(None), or_(*mine)), and_(twins.c.behind == 0, mine[0]), and_(twins.c.behind == 1, mine[1])))


def twin_lines(session: Session, actor: Actor, *, q: str | None = None, state: str | None = None, view: str | None = None,
               start: int = 0, limit: int = PAGE) -> tuple[list[TwinLine], int | None]:
    """A page of twins of which this caller may see both, what drifted longest ago first, and the place to go on from.

    q: number or title; state: one, None for all that somebody has to look at, `all`; view: `mine`, those that this caller has
    to look at."""
    twins = _twins(actor)
    urgency = case(_URGENCY, value=twins.c.state)
    ids = list(session.scalars(_filtered(twins, actor, twins.c.id, q=q, state=state, view=view).order_by(
        urgency, twins.c.since.is_(None), twins.c.since, twins.c.id).offset(start).limit(limit + 1)))
    found = [line for at in range(0, min(len(ids), limit), READ_AT_ONCE)
             for line in _lines(session, actor, ids[at:min(at + READ_AT_ONCE, limit)])]
    return found, start + limit if len(ids) > limit else None


def count_twins(session: Session, actor: Actor, *, q: str | None = None, state: str | None = None, view: str | None = None) -> int:
    """How many twins fit these filters for this caller."""
    return session.scalar(_filtered(_twins(actor), actor, func.count(), q=q, state=state, view=view)) or 0


def _lines(session: Session, actor: Actor, ids: Sequence[int]) -> list[TwinLine]:
    bonds = {row.id: bond_of(row) for row in session.execute(BONDS.where(Relation.id.in_(ids)))}
    seen = sides(session, actor, [end for bond in bonds.values() for end in (bond.from_id, bond.to_id)])
    twins = [twin_between(bonds[one], seen[bonds[one].from_id], seen[bonds[one].to_id]) for one in ids
             if bonds[one].from_id in seen and bonds[one].to_id in seen]
    who = names(session, [*(one.bond.person_id for one in twins), *(behind_of(one).owner_id for one in twins)])
    return [line_of(twin, who) for twin in twins]
