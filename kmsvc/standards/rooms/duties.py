"""The duty to answer what an auditor asks for, in the one engine; and where a guest begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import centre_day
from kmsvc.people.guests import HOMES
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import Due
from kmsvc.standards.duties.usecases import DutyRule, Wanted, register
from kmsvc.standards.rooms.models import RoomRequest
from kmsvc.standards.rooms.permissions import SEE_ROOMS
from kmsvc.standards.rooms.queries import room_of_guest
from kmsvc.standards.rooms.rules import AskState

ANSWER, REQUEST = "standards.room.answer", "room_request"


def waiting(session: Session) -> Iterator[Any]:
    """Requests without an answer."""
    yield from session.execute(select(RoomRequest.id, RoomRequest.due_on, RoomRequest.owner_id, RoomRequest.clause).where(
        RoomRequest.state == AskState.OPEN.value).order_by(RoomRequest.id))


def wanted(row: Any, today: date) -> Iterator[Wanted]:
    """By the day the auditor was told."""
    yield Wanted(REQUEST, row.id, Due("once", row.due_on), row.owner_id, row.clause)


def answered_on(session: Session, duty: Obligation) -> date | None:
    """The day it was answered; one withdrawn asks nobody for anything."""
    row = session.get(RoomRequest, duty.subject_id)
    return row.answered_on if row is not None else None


def _cards(session: Session, actor: Actor, ids: Any) -> dict[int, cards.ThingCard]:
    if not can(actor, SEE_ROOMS):
        return {}
    return {row.id: cards.ThingCard(REQUEST, row.id, row.number, row.text[:80], f"/standards/rooms/{row.room_id}/requests#r{row.id}",
                                    row.state) for row in session.scalars(select(RoomRequest).where(RoomRequest.id.in_(list(ids))))}


def home(session: Session, person_id: int, now: datetime) -> str | None:
    """The room of a guest."""
    found = room_of_guest(session, person_id, centre_day(session, now))
    return f"/standards/rooms/{found}/room" if found is not None else None


register(DutyRule(ANSWER, N_("Answering what an auditor asks for"), waiting, wanted, REQUEST, answered_on, (1,), again=True))
cards.register(cards.Kind(REQUEST, N_("Requests of auditors"), _cards))
if home not in HOMES:
    HOMES.append(home)
