"""The packs of a room: the proof of its clauses as of a day, ordered like any other and made by the worker; only what was ordered in
the room is seen there."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import Permission, can
from kmsvc.core.work import Work
from kmsvc.standards.models.queries import clauses_of, model_by_code
from kmsvc.standards.packs.models import PackOrder
from kmsvc.standards.packs.permissions import MAKE_PACK
from kmsvc.standards.packs.queries import PackCard, PackFilters, count_packs, pack_card, pack_cards
from kmsvc.standards.packs.rules import may_cancel
from kmsvc.standards.packs.usecases import cancel_order, order_pack
from kmsvc.standards.rooms.models import Room, RoomPack
from kmsvc.standards.rooms.permissions import VISIT_ROOM
from kmsvc.standards.rooms.queries import visible_room
from kmsvc.standards.rooms.rules import LookKind, shown_day
from kmsvc.standards.rooms.viewing import in_scope, proof_reader
from kmsvc.standards.rooms.visiting import note_look


def asking(actor: Actor) -> Permission:
    """Under which permission a pack of a room is asked for: a guest by the invitation, the house by its own."""
    return VISIT_ROOM if actor.guest else MAKE_PACK


def order(work: Work, room_id: int, *, as_of: date | None, lang: str, today: date) -> PackOrder:
    """Ask the worker for the proof of a room as of a day, none later than the room shows. Raises NotPermitted, RuleBroken while too
    many wait."""
    room = visible_room(work.session, work.actor, room_id, today)
    model = model_by_code(work.session, room.model)
    if model is None:
        raise NotFound()
    named = [one.name for one in in_scope(room, clauses_of(work.session, model.id))] if room.clauses else []
    row = order_pack(work, model=room.model, year=room.year, as_of=shown_day(as_of, room.as_of, today), clauses=named, lang=lang,
                     asking=asking(work.actor))
    work.session.add(RoomPack(order_id=row.id, room_id=room.id))
    note_look(work, room, LookKind.ORDER, thing=row.number, as_of=row.as_of)
    return row


def cancel(work: Work, room_id: int, order_id: int, *, today: date, version: int | None = None) -> PackOrder:
    """Stop one that is under way: a guest their own, the house any. Raises NotFound, RuleBroken."""
    room = visible_room(work.session, work.actor, room_id, today)
    card_of(work.session, work.actor, room, order_id)
    return cancel_order(work, order_id, version=version, asking=asking(work.actor))


def _of(actor: Actor, room: Room) -> ColumnElement[bool]:
    """Orders of a room; a guest sees none of a day that the room does not show any more."""
    found = PackOrder.id.in_(select(RoomPack.order_id).where(RoomPack.room_id == room.id))
    return and_(found, PackOrder.as_of <= room.as_of) if actor.guest and room.as_of is not None else found


def cards_of(session: Session, actor: Actor, room: Room, asked: PackFilters, *, before: int | None = None,
             limit: int = 50) -> tuple[list[PackCard], int | None]:
    """Packs that were ordered in a room, newest first, whoever ordered them, and the id to go on from."""
    return pack_cards(session, proof_reader(actor), asked, before=before, limit=limit, among=_of(actor, room))


def count_of(session: Session, actor: Actor, room: Room, asked: PackFilters) -> int:
    """How many there are."""
    return count_packs(session, proof_reader(actor), asked, _of(actor, room))


def card_of(session: Session, actor: Actor, room: Room, order_id: int) -> PackCard:
    """One of them; NotFound for a pack of elsewhere."""
    if session.scalar(select(PackOrder.id).where(PackOrder.id == order_id, _of(actor, room))) is None:
        raise NotFound()
    return pack_card(session, proof_reader(actor), order_id)


def stoppable(session: Session, actor: Actor, one: PackCard) -> bool:
    """Whether the caller may stop a pack: a guest only their own."""
    if not may_cancel(one.state) or not can(actor, asking(actor)):
        return False
    return not actor.guest or session.scalar(select(PackOrder.person_id).where(PackOrder.id == one.id)) == actor.person_id


def file_of(work: Work, room_id: int, order_id: int, today: date) -> PackCard:
    """The pack somebody takes away; it is noted for a guest. Raises NotFound, NotPermitted."""
    room = visible_room(work.session, work.actor, room_id, today)
    work.permit(asking(work.actor))
    found = card_of(work.session, work.actor, room, order_id)
    note_look(work, room, LookKind.PACK, thing=found.number, as_of=found.as_of)
    return found
