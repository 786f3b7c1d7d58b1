"""Works of other systems in a list, and one with what it cites."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.knowledge.citations.following import STANDING
from kmsvc.knowledge.citations.models import Citation, OutsideWork
from kmsvc.knowledge.citations.outside import OUTSIDE, card, sees
from kmsvc.people.accounts.queries import names


@dataclass(frozen=True)
class WorkLine:
    """A work of another system. cites, marked: how many citations it has, and how many of them somebody has to look at."""

    id: int
    number: str
    kind: str
    name: str
    address: str
    keeper_id: int
    keeper: str
    cites: int
    marked: int
    made_at: datetime
    removed_at: datetime | None
    version: int
    may_keep: bool
    url: str


def work_lines(session: Session, actor: Actor, *, q: str | None = None, kind: str | None = None, state: str | None = None,
               outside_id: int | None = None) -> list[WorkLine]:
    """Works this caller may know of, newest first. state: `removed` or `marked`; left out, all that were not removed."""
    mine = Citation.citing_kind == OUTSIDE, Citation.citing_id == OutsideWork.id, Citation.state.in_(STANDING)
    query = select(OutsideWork, func.count(Citation.id), func.sum(case((Citation.state == "marked", 1), else_=0))).outerjoin(
        Citation, mine[0] & mine[1] & mine[2]).group_by(OutsideWork.id).order_by(OutsideWork.id.desc())
    if outside_id is not None:
        query = query.where(OutsideWork.id == outside_id)
    else:
        query = query.where(OutsideWork.removed_at.is_not(None) if state == "removed" else OutsideWork.removed_at.is_(None))
    if q:
        query = query.where(or_(*(column.icontains(q, autoescape=True) for column in (
            OutsideWork.number, OutsideWork.name, OutsideWork.address))))
    if kind:
        query = query.where(OutsideWork.kind == kind)
    rows = [row for row in session.execute(query) if sees(actor, row[0])]
    who = names(session, [row.keeper_id for row, *_ in rows])
    lines = [WorkLine(row.id, row.number, row.kind, row.name, row.address or "", row.keeper_id, who.get(row.keeper_id, ""), cites,
                      int(marked or 0), row.made_at, row.removed_at, row.version, card(row, actor, "").may_keep,
                      f"/knowledge/citations/works/{row.id}") for row, cites, marked in rows]
    return [line for line in lines if state != "marked" or line.marked]


def work_line(session: Session, actor: Actor, outside_id: int) -> WorkLine:
    """One of them, or NotFound."""
    found = work_lines(session, actor, outside_id=outside_id)
    if not found:
        raise NotFound()
    return found[0]
