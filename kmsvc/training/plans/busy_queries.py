"""Busy times as lists read them, and the files they came with. For who plans: leave is nobody else's concern."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.people.accounts.directory import directory
from kmsvc.training.plans.busy_models import BusyImport, BusyImportRow
from kmsvc.training.plans.models import Busy
from kmsvc.training.plans.permissions import MAKE_PLANS

EVERYTHING = 1_000_000


@dataclass(frozen=True)
class BusyLine:
    """A time in a list. person, login: empty for a peak; file: it came with, none by hand."""

    id: int
    kind: str
    person_id: int | None
    person: str
    login: str
    starts_at: datetime
    ends_at: datetime
    note: str | None
    import_id: int | None
    file: str | None


@dataclass(frozen=True)
class BusyImportLine:
    """A file that was taken in. made, changed: times; undone_at: taken back."""

    id: int
    file: str
    at: datetime
    by: str
    made: int
    changed: int
    undone_at: datetime | None
    undone_by: str
    reason: str | None
    version: int


def busy_lines(session: Session, actor: Actor, *, q: str | None = None, kind: str | None = None, begins: datetime | None = None,
               ends: datetime | None = None, import_id: int | None = None, before: int | None = None,
               limit: int = 50) -> tuple[list[BusyLine], int | None]:
    """Times, entered last first, and the id to go on from. begins, ends: instants they must overlap; q: name, account or note."""
    if not can(actor, MAKE_PLANS):
        return [], None
    query, people = select(Busy), directory(session).people
    if q:
        word = q.casefold()
        named = [one.id for one in people.values() if word in f"{one.name} {' '.join(one.logins)}".casefold()]
        query = query.where(or_(Busy.person_id.in_(named), Busy.note.icontains(q, autoescape=True)))
    query = query.where(Busy.kind == kind) if kind else query
    query = query.where(Busy.import_id == import_id) if import_id else query
    query = query.where(Busy.ends_at > begins) if begins else query
    query = query.where(Busy.starts_at < ends) if ends else query
    query = query.where(Busy.id < before) if before else query
    rows = list(session.scalars(query.order_by(Busy.id.desc()).limit(limit + 1)))
    files = dict(session.execute(select(BusyImport.id, BusyImport.file).where(
        BusyImport.id.in_({one.import_id for one in rows if one.import_id}))).all())
    found = []
    for row in rows[:limit]:
        who = people.get(row.person_id or 0)
        found.append(BusyLine(row.id, row.kind, row.person_id, who.name if who else "", who.login if who else "", row.starts_at,
                              row.ends_at, row.note, row.import_id, files.get(row.import_id or 0)))
    return found, rows[limit - 1].id if len(rows) > limit else None


def busy_line(session: Session, actor: Actor, busy_id: int) -> BusyLine:
    """One time, or NotFound."""
    found, _ = busy_lines(session, actor, before=busy_id + 1, limit=1)
    if not found or found[0].id != busy_id:
        raise NotFound()
    return found[0]


def busy_import_lines(session: Session, actor: Actor, *, before: int | None = None,
                      limit: int = 50) -> tuple[list[BusyImportLine], int | None]:
    """Files that were taken in, newest first, and the id to go on from."""
    if not can(actor, MAKE_PLANS):
        return [], None
    query = select(BusyImport).where(BusyImport.id < before) if before else select(BusyImport)
    rows = list(session.scalars(query.order_by(BusyImport.id.desc()).limit(limit + 1)))
    counts = {one: (every, changed) for one, every, changed in session.execute(select(
        BusyImportRow.import_id, func.count(), func.count(BusyImportRow.id).filter(BusyImportRow.before.is_not(None))).where(
        BusyImportRow.import_id.in_([one.id for one in rows[:limit]])).group_by(BusyImportRow.import_id))}
    people = directory(session).people

    def name(person_id: int | None) -> str:
        return people[person_id].name if person_id in people else ""
    return [BusyImportLine(one.id, one.file, one.at, name(one.by_id), counts.get(one.id, (0, 0))[0] - counts.get(one.id, (0, 0))[1],
                           counts.get(one.id, (0, 0))[1], one.undone_at, name(one.undone_by_id), one.reason, one.version)
            for one in rows[:limit]], rows[limit - 1].id if len(rows) > limit else None


def busy_import_line(session: Session, actor: Actor, import_id: int) -> BusyImportLine:
    """One of them, or NotFound."""
    found, _ = busy_import_lines(session, actor, before=import_id + 1, limit=1)
    if not found or found[0].id != import_id:
        raise NotFound()
    return found[0]
