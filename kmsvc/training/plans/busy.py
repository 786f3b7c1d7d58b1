"""Busy times, that is leave, shifts and peaks: entering one, deleting one, taking an import back as a whole and bringing it back, until
a slice of scheduling keeps them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.knowledge.tables import undoing
from kmsvc.knowledge.tables.undoing import Settled
from kmsvc.people.accounts.directory import Entry
from kmsvc.people.accounts.naming import SEVERAL, called_twice
from kmsvc.training.plans.busy_models import BusyImport, BusyImportRow
from kmsvc.training.plans.busy_reading import Interval
from kmsvc.training.plans.models import Busy
from kmsvc.training.plans.permissions import MAKE_PLANS
from kmsvc.training.plans.rules import BusyKind


def person_named(session: Session, login: str, name: str) -> Entry:
    """Whom an account or a name stands for. InvalidInput says why there is none, or more than one."""
    found, field = called_twice(session, login, name)
    working = [one for one in found if one.is_active] or found
    if len(working) > 1:
        raise InvalidInput({field: [Filled(SEVERAL, word=name[:60])]})
    return working[0]


def person_of(session: Session, kind: str, login: str, name: str) -> int | None:
    """Of whom the time is: of nobody when it is a peak. InvalidInput where a peak names somebody, or something else nobody."""
    if kind == BusyKind.PEAK:
        if login or name:
            raise InvalidInput({"name": [N_("A peak is everybody's: leave the name out.")]})
        return None
    return person_named(session, login, name).id


def overlapping(session: Session, person_id: int | None, it: Interval) -> list[Busy]:
    """Times of the same kind and person that share an instant with it, by time."""
    whose = Busy.person_id.is_(None) if person_id is None else Busy.person_id == person_id
    return list(session.scalars(select(Busy).where(
        whose, Busy.kind == it.kind, Busy.starts_at < it.ends_at, Busy.ends_at > it.starts_at).order_by(Busy.starts_at, Busy.id)))


def add(work: Work, person_id: int | None, it: Interval, import_id: int | None = None) -> Busy:
    """The row of a time that was judged."""
    row = Busy(kind=it.kind, person_id=person_id, starts_at=it.starts_at, ends_at=it.ends_at, note=it.note, import_id=import_id)
    work.session.add(row)
    work.session.flush()
    return row


def put(row: Busy, it: Interval) -> None:
    """Let a time say this."""
    row.starts_at, row.ends_at, row.note = it.starts_at, it.ends_at, it.note


def enter(work: Work, person_id: int | None, times: list[Interval]) -> list[Busy]:
    """Enter times by hand. InvalidInput where one overlaps what is there."""
    work.permit(MAKE_PLANS)
    made = []
    for one in times:
        if overlapping(work.session, person_id, one):
            raise InvalidInput({"on": [N_("A time of this kind is there already at that time.")]})
        made.append(add(work, person_id, one))
    return made


def remove(work: Work, busy_id: int, *, reason: str) -> Busy:
    """Delete one, with a reason; what it said is given back, so that it can be entered again."""
    work.permit(MAKE_PLANS)
    row = work.get(Busy, busy_id, lock=True)
    work.because(reason)
    work.session.delete(row)
    work.session.flush()
    return row


def as_json(row: Busy) -> dict[str, Any]:
    """A time as a row of an import keeps it."""
    return {"kind": row.kind, "person_id": row.person_id, "starts_at": row.starts_at.isoformat(), "ends_at": row.ends_at.isoformat(),
            "note": row.note}


def interval_of(kept: dict[str, Any]) -> Interval:
    """The same back."""
    return Interval(kept["kind"], datetime.fromisoformat(kept["starts_at"]), datetime.fromisoformat(kept["ends_at"]), kept["note"])


def _rows(work: Work, held: BusyImport) -> list[BusyImportRow]:
    return list(work.session.scalars(select(BusyImportRow).where(BusyImportRow.import_id == held.id).order_by(BusyImportRow.id)))


def _things(work: Work, held: BusyImport) -> undoing.Things[BusyImportRow]:
    def row(one: BusyImportRow) -> Busy | None:
        return work.session.get(Busy, one.busy_id)

    def said(one: BusyImportRow) -> dict[str, Any] | None:
        found = row(one)
        return as_json(found) if found is not None else None

    def make(one: BusyImportRow) -> bool:
        after = interval_of(one.after)
        if overlapping(work.session, one.after["person_id"], after):
            return False
        one.busy_id = add(work, one.after["person_id"], after, held.id).id
        return True
    return undoing.Things(said, lambda one, kept: put(work.session.get_one(Busy, one.busy_id), interval_of(kept)),
                          lambda one: work.session.delete(row(one)), make)


def take_back(work: Work, import_id: int, *, reason: str, version: int | None = None) -> Settled:
    """Take an import back: times it made go, times it changed say what they said before. What was changed since stays."""
    work.permit(MAKE_PLANS)
    held = work.get(BusyImport, import_id, lock=True, version=version)
    return undoing.take_back(work, held, _rows(work, held), _things(work, held), reason=reason, refusal=(
        "training.busy.import_undone", N_("This import was taken back already.")))


def bring_back(work: Work, import_id: int, *, version: int | None = None) -> Settled:
    """Bring an import back that was taken back; what overlaps something that came since stays out."""
    work.permit(MAKE_PLANS)
    held = work.get(BusyImport, import_id, lock=True, version=version)
    return undoing.bring_back(work, held, _rows(work, held), _things(work, held), refusal=(
        "training.busy.import_stands", N_("This import stands.")))
