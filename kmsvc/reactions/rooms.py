"""What follows from auditor's rooms and second factors: the house hears of requests, the auditor of answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.models import Person
from kmsvc.people.factors.events import FactorReset
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import look_again
from kmsvc.standards.rooms.duties import ANSWER
from kmsvc.standards.rooms.events import RoomAsked, RoomRequestMoved
from kmsvc.standards.rooms.models import RoomRequest, RoomWord
from kmsvc.standards.rooms.rules import AskState

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def _url(row: RoomRequest) -> str:
    return f"/standards/rooms/{row.room_id}/requests#r{row.id}"


def tell_of_room_request(work: Work, fact: RoomAsked, around: Surroundings) -> None:
    """Whoever answers for the room hears of it, and it is a duty from now on."""
    row = work.get(RoomRequest, fact.request_id)
    look_again(work, ANSWER, row.id, local_date(work.now, around.zone))
    tell(work, [row.owner_id], "standards.room.asked", mail=True, url=_url(row), dedup=f"room-asked:{row.id}",
         params={"number": row.number, "clause": row.clause, "name": work.get(Person, row.asked_by_id).name,
                 "due_on": row.due_on.isoformat()})


def tell_of_room_answer(work: Work, fact: RoomRequestMoved, around: Surroundings) -> None:
    """The other side hears of each word; the duty closes with an answer and opens again when the auditor asks further."""
    row, word = work.get(RoomRequest, fact.request_id), work.get(RoomWord, fact.word_id)
    look_again(work, ANSWER, row.id, local_date(work.now, around.zone))
    params = {"number": row.number, "clause": row.clause, "name": work.get(Person, word.by_id).name}
    if fact.verb == "answer":
        tell(work, [row.asked_by_id], "standards.room.answered", mail=True, url=_url(row), dedup=f"room-word:{word.id}", params=params)
        return
    state = {"accept": AskState.ACCEPTED, "withdraw": AskState.WITHDRAWN}.get(fact.verb, AskState.OPEN)
    tell(work, [row.owner_id], "standards.room.moved", mail=fact.verb == "send_back", url=_url(row), dedup=f"room-word:{word.id}",
         params={**params, "outcome": {"code": state.value, "enum": "room_request_state"}})


def remind_of_room_request(work: Work, duty: Obligation, rung: str) -> None:
    """Whoever answers for it hears that an auditor waits."""
    row = work.get(RoomRequest, duty.subject_id)
    if duty.owner_id is not None:
        tell(work, [duty.owner_id], "standards.room.due", mail=True, url=_url(row), dedup=f"reminder:{duty.id}:{rung}",
             params={"number": row.number, "clause": row.clause, "due_on": duty.due_on.isoformat()})


def tell_of_reset_factor(work: Work, fact: FactorReset, around: Surroundings) -> None:
    """Whose second factor was taken away hears of it, in case somebody else asked for it."""
    tell(work, [fact.person_id], "people.factor.reset", mail=True, url="/people/me/factor", params={},
         dedup=f"factor-reset:{fact.person_id}:{fact.turn}")


REACTIONS: dict[Any, tuple[Any, ...]] = {
    RoomAsked: (tell_of_room_request,), RoomRequestMoved: (tell_of_room_answer,), FactorReset: (tell_of_reset_factor,)}
