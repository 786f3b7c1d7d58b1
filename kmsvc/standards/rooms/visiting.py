"""What happens in a room: looks are noted, samples drawn and frozen, things judged, something asked and answered."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work, centre_day
from kmsvc.standards.evidence.sampling import drawn, population_hash
from kmsvc.standards.models.models import Clause
from kmsvc.standards.models.queries import clauses_of, model_by_code
from kmsvc.standards.rooms.events import RoomAsked, RoomRequestMoved
from kmsvc.standards.rooms.models import Room, RoomLook, RoomMark, RoomRequest, RoomSample, RoomWord
from kmsvc.standards.rooms.permissions import ANSWER_ROOM, VISIT_ROOM
from kmsvc.standards.rooms.queries import marks_of, samples_of, visible_room
from kmsvc.standards.rooms.rules import MOST_SAMPLED, AskState, Item, LookKind, RoomFinding, answer_by, thawed
from kmsvc.standards.rooms.viewing import Seen, clause_in, in_scope, population, seen

LEAVING: Mapping[str, tuple[frozenset[str], AskState]] = {
    "answer": (frozenset({AskState.OPEN.value, AskState.ANSWERED.value}), AskState.ANSWERED),
    "accept": (frozenset({AskState.ANSWERED.value}), AskState.ACCEPTED),
    "send_back": (frozenset({AskState.ANSWERED.value, AskState.ACCEPTED.value}), AskState.OPEN),
    "withdraw": (frozenset({AskState.OPEN.value, AskState.ANSWERED.value}), AskState.WITHDRAWN)}
"""verb -> (states it leaves, state it leads to)"""


def note_look(work: Work, room: Room, what: LookKind, *, clause: str | None = None, thing: str | None = None,
              as_of: date | None = None) -> None:
    """A guest looked at something; what the house looks at in the same room is not noted."""
    if not work.actor.guest:
        return
    work.permit(VISIT_ROOM)
    work.session.add(RoomLook(room_id=room.id, person_id=work.actor.person_id, at=work.now, what=what.value, clause=clause,
                              thing=thing[:200] if thing else None, as_of=as_of))


def _visitor(work: Work, room_id: int, today: date) -> Room:
    """The room, for a guest alone: the house looks on and does nothing in it."""
    room = visible_room(work.session, work.actor, room_id, today)
    work.permit(VISIT_ROOM)
    return room


def draw(work: Work, room_id: int, *, clause: str, size: int, seed: str | None, as_of: date, zone: str, today: date) -> RoomSample:
    """Draw things of a clause's population by a seed, and freeze them as they are shown now. No seed: one is thrown."""
    room = _visitor(work, room_id, today)
    it = seen(work.session, work.actor, room, as_of, zone)
    items = {one.key: one for one in population(work.session, it, clause_in(it, clause))}
    if not items:
        raise RuleBroken("standards.room.empty", N_("There is nothing to draw from: this clause has no record on this day."))
    if not 1 <= size <= MOST_SAMPLED:
        raise InvalidInput({"size": [N_("1 to 200 things.")]})
    seed = (seed or "").strip() or str(secrets.randbelow(9000) + 1000)
    keys = drawn(items, seed, size)
    row = RoomSample(room_id=room.id, clause=clause, as_of=as_of, seed=seed, size=len(keys), population=len(items),
                     population_hash=population_hash(items), rows=[items[key].frozen() for key in keys],
                     drawn_by_id=work.actor.person_id, drawn_at=work.now)
    work.session.add(row)
    note_look(work, room, LookKind.SAMPLE, clause=clause, thing=f"{clause}/{seed}", as_of=as_of)
    work.session.flush()
    return row


def mark(work: Work, room_id: int, *, clause: str, thing: str, finding: str, remark: str | None = None, title: str = "",
         today: date) -> RoomMark:
    """Say what was found of a thing of a clause, or of the clause itself (thing empty); none takes it back. title: how the thing is
    called; remark: None keeps what was remarked before, an empty one takes it away."""
    room = _visitor(work, room_id, today)
    _clause(work, room, clause)
    if finding not in set(RoomFinding):
        raise InvalidInput({"finding": [N_("This cannot be chosen now.")]})
    before = marks_of(work.session, room.id).get((clause, thing))
    said = (remark if remark is not None else before.remark if before is not None else None) if finding != RoomFinding.NONE else None
    row = RoomMark(room_id=room.id, clause=clause, thing=thing, thing_title=title[:300] or None, mark=finding, remark=said or None,
                   by_id=work.actor.person_id, at=work.now)
    work.session.add(row)
    note_look(work, room, LookKind.MARK, clause=clause, thing=f"{title[:180]} {finding}".strip())
    work.session.flush()
    return row


def thing_of(work: Work, room_id: int, clause: str, thing: str, as_of: date, zone: str, today: date) -> Item:
    """A thing of a clause as it is called on the day that is shown, or was when it was drawn. NotFound for one that is not there."""
    room = visible_room(work.session, work.actor, room_id, today)
    for sample in samples_of(work.session, room.id, clause):
        if row := next((row for row in sample.rows if row["key"] == thing), None):
            return thawed(row)
    return thing_in(work.session, seen(work.session, work.actor, room, as_of, zone), clause, thing)


def thing_in(session: Session, it: Seen, clause: str, thing: str) -> Item:
    """A thing of a clause's population, or NotFound."""
    found = next((one for one in population(session, it, clause_in(it, clause)) if one.key == thing), None)
    if found is None:
        raise NotFound()
    return found


def _clause(work: Work, room: Room, name: str) -> Clause:
    model = model_by_code(work.session, room.model)
    held = in_scope(room, clauses_of(work.session, model.id)) if model is not None else []
    found = next((one for one in held if one.name == name), None)
    if found is None:
        raise NotFound()
    return found


def ask(work: Work, room_id: int, *, clause: str, thing: str, thing_title: str, text: str, today: date) -> RoomRequest:
    """Ask the house for something; whoever keeps the room hears of it and has a duty. What it is about counts as to be asked."""
    room = _visitor(work, room_id, today)
    _clause(work, room, clause)
    row = RoomRequest(room_id=room.id, clause=clause, thing=thing, thing_title=thing_title[:300], text=text, state=AskState.OPEN.value,
                      due_on=answer_by(today, room.until_on), owner_id=room.keeper_id, asked_by_id=work.actor.person_id,
                      asked_at=work.now)
    work.session.add(row)
    if thing:
        work.session.add(RoomMark(room_id=room.id, clause=clause, thing=thing, mark=RoomFinding.QUESTION.value,
                                  by_id=work.actor.person_id, at=work.now))
    work.session.flush()
    note_look(work, room, LookKind.ASK, clause=clause, thing=row.number)
    work.record(RoomAsked(row.id))
    return row


def move_request(work: Work, request_id: int, verb: str, *, text: str | None, today: date, version: int | None = None) -> RoomRequest:
    """Answer it (the house), or accept the answer, send it back, withdraw it (whoever asks). Raises RuleBroken out of turn."""
    row = work.get(RoomRequest, request_id, lock=True, version=version)
    visible_room(work.session, work.actor, row.room_id, today)
    if verb == "answer":
        work.permit(ANSWER_ROOM, row)
    else:
        work.permit(VISIT_ROOM)
        if not work.actor.guest:
            raise NotPermitted()
    states, state = LEAVING[verb]
    if row.state not in states:
        raise RuleBroken("standards.room.out_of_turn", N_("This request is at another stage by now."))
    if verb != "accept" and not (text or "").strip():
        raise InvalidInput({"text": [N_("This is needed.")]})
    row.state = state.value
    row.answered_on = centre_day(work.session, work.now) if verb == "answer" else row.answered_on if state is AskState.ACCEPTED else None
    if verb == "send_back":
        row.due_on = max(row.due_on, answer_by(today, work.get(Room, row.room_id).until_on))
    word = RoomWord(request_id=row.id, verb=verb, text=text or "", by_id=work.actor.person_id, at=work.now)
    work.session.add(word)
    work.session.flush()
    work.record(RoomRequestMoved(row.id, verb, word.id))
    return row


def frozen_of(work: Work, it: Seen, sample_id: int) -> RoomSample:
    """A sample of this room, or NotFound."""
    row = work.get(RoomSample, sample_id)
    if row.room_id != it.room.id:
        raise NotFound()
    return row
