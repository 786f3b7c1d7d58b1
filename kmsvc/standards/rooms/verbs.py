"""Each act on a room and on a request with its inputs and use case: the tables behind buttons, `allowed`, routes and commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kmsvc.core import forms
from kmsvc.core.forms import Input
from kmsvc.core.i18n import sentence
from kmsvc.core.offers import Offer, offer, schema_of
from kmsvc.core.permissions import can
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.rooms import usecases, visiting
from kmsvc.standards.rooms.models import Room, RoomRequest
from kmsvc.standards.rooms.permissions import ANSWER_ROOM, KEEP_ROOMS, VISIT_ROOM
from kmsvc.standards.rooms.queries import guests_of
from kmsvc.standards.rooms.rules import RoomState

REASON = Input("reason", "line", N_("Reason"), required=True, most=500)
LANGUAGES = (("zh_Hans_CN", N_("Chinese")), ("en", N_("English")))


@dataclass(frozen=True)
class RoomVerb:
    """An act. run(work, id, inputs, today, version, zone); states: where it makes sense; guest: for who comes from outside; said: what
    the page says when it is done; ask, warn: the question and the sentence before; back: it takes something back."""

    name: str
    label: str
    run: Callable[[Work, int, dict[str, Any], date, int | None, str], Any]
    inputs: tuple[Input, ...]
    states: frozenset[str]
    said: str
    ask: str = ""
    warn: str = ""
    guest: bool = False
    back: bool = False
    forward: bool = False
    icon: str = "check"

    def schema(self, of: str = "Room") -> type[InputSchema]:
        """The marshmallow schema of the API route and the form."""
        return schema_of(self.inputs, f"{of}{self.name.title().replace('_', '')}")


_OPEN, _CLOSED = frozenset({RoomState.OPEN.value}), frozenset({RoomState.CLOSED.value})
_ROOM = (
    RoomVerb("invite", N_("Invite an auditor"),
             lambda work, one, data, today, version, zone: usecases.invite(
                 work, one, name=data["name"], email=data["email"], language=data["language"], zone=zone, today=today),
             (Input("name", "line", N_("Name"), required=True), Input("email", "line", N_("E-mail"), required=True, most=254),
              Input("language", "choice", N_("Language"), choices="languages", default="zh_Hans_CN")),
             _OPEN, N_("Invited. The letter with the link is on its way."), N_("Who shall see this room?"),
             N_("The letter holds a link that opens once, within seven days. They choose a password, set up one-time codes, and see "
                "this room and nothing else. Inviting the same address again sends a fresh link."), forward=True, icon="plus"),
    RoomVerb("change", N_("Extend or change"),
             lambda work, one, data, today, version, zone: usecases.change_room(
                 work, one, until_on=data["until_on"], as_of=data["as_of"], keeper_id=data["keeper"], reason=data["reason"], today=today,
                 version=version),
             (Input("until_on", "date", N_("Open until"), required=True),
              Input("as_of", "date", N_("As of"), hint=N_("The latest day whose state is shown; empty for that of each day.")),
              Input("keeper", "choice", N_("Who answers requests"), choices="keepers"), REASON),
             _OPEN, N_("Changed, with your reason."), N_("Until when, and what is shown?"), icon="cal"),
    RoomVerb("revoke", N_("Revoke an invitation"),
             lambda work, one, data, today, version, zone: usecases.revoke(work, one, data["guest"], reason=data["reason"]),
             (Input("guest", "choice", N_("Whose"), required=True, choices="guests"), REASON), _OPEN | _CLOSED,
             N_("Revoked. They are signed out, and the link counts no more."), N_("Whose invitation is revoked?"),
             N_("At once. What they marked and asked stays; inviting them again lets them in anew."), back=True, icon="x"),
    RoomVerb("close", N_("Close the room"),
             lambda work, one, data, today, version, zone: usecases.close_room(work, one, reason=data["reason"], version=version),
             (REASON,), _OPEN, N_("Closed. It can be opened again."), N_("Close this room?"),
             N_("Guests are signed out and let in no more. Everything stays to be read here; it can be opened again."), back=True,
             icon="lock"),
    RoomVerb("reopen", N_("Open it again"),
             lambda work, one, data, today, version, zone: usecases.reopen_room(work, one, reason=data["reason"], version=version),
             (REASON,), _CLOSED, N_("Open again."), N_("Open this room again?"),
             N_("Whoever was invited and not revoked is let in again, within its days."), back=True, icon="swap"),
)
ROOM_VERBS: dict[str, RoomVerb] = {verb.name: verb for verb in _ROOM}


def _text(label: str, *, required: bool = True) -> Input:
    return Input("text", "text", label, required=required, most=4_000)


def _move(name: str) -> Callable[[Work, int, dict[str, Any], date, int | None, str], Any]:
    return lambda work, one, data, today, version, zone: visiting.move_request(
        work, one, name, text=data.get("text"), today=today, version=version)


_REQUEST = (
    RoomVerb("answer", N_("Answer"), _move("answer"), (_text(N_("Answer")),), visiting.LEAVING["answer"][0],
             N_("Answered. The auditor hears of it."), N_("What is the answer?"), forward=True, icon="chat"),
    RoomVerb("accept", N_("Accept the answer"), _move("accept"), (), visiting.LEAVING["accept"][0], N_("Accepted."), guest=True,
             forward=True),
    RoomVerb("send_back", N_("Ask further"), _move("send_back"), (_text(N_("What is missing")),), visiting.LEAVING["send_back"][0],
             N_("Sent. The house hears of it."), N_("What is still missing?"), guest=True, icon="chat"),
    RoomVerb("withdraw", N_("Withdraw it"), _move("withdraw"), (_text(N_("Reason")),), visiting.LEAVING["withdraw"][0],
             N_("Withdrawn. It stays in sight."), N_("Withdraw this request?"), guest=True, back=True, icon="x"),
)
REQUEST_VERBS: dict[str, RoomVerb] = {verb.name: verb for verb in _REQUEST}


def moment(work: Work, row: Room) -> dict[str, Any]:
    """What can be chosen now."""
    return {"languages": [(code, sentence(word)) for code, word in LANGUAGES],
            "default:until_on": row.until_on, "default:as_of": row.as_of, "default:keeper": row.keeper_id,
            "keepers": [(one.id, f"{one.name} {one.login}".strip()) for one in directory(work.session).active()
                        if ANSWER_ROOM.name in one.permissions and one.logins],
            "guests": [(one.id, f"{one.name} {one.email}") for one in guests_of(work.session, row.id, work.now)
                       if one.stand != "revoked"]}


def room_offers(work: Work, row: Room, today: date) -> tuple[Offer, ...]:
    """What this caller may do with a room now."""
    if not can(work.actor, KEEP_ROOMS, row):
        return ()
    now = moment(work, row)
    found = (offer(verb.name, verb.label, verb.inputs, now, today, forward=verb.forward, back=verb.back) for verb in _ROOM
             if row.state in verb.states)
    return tuple(one for one in found if one is not None)


def request_offers(work: Work, row: RoomRequest, today: date) -> tuple[Offer, ...]:
    """What this caller may do with a request now: the house answers, who comes from outside does the rest."""
    found = (offer(verb.name, verb.label, verb.inputs, {}, today, forward=verb.forward, back=verb.back) for verb in _REQUEST
             if row.state in verb.states and (can(work.actor, VISIT_ROOM) and work.actor.guest if verb.guest
                                              else can(work.actor, ANSWER_ROOM, row)))
    return tuple(one for one in found if one is not None)


def act_on_room(work: Work, room_id: int, name: str, data: dict[str, Any], today: date, version: int | None, zone: str) -> Any:
    """Do an act on a room with loaded inputs."""
    verb = ROOM_VERBS[name]
    row = work.get(Room, room_id)
    work.permit(KEEP_ROOMS, row)
    return verb.run(work, room_id, forms.check_against(verb.inputs, moment(work, row), data, today), today, version, zone)


def act_on_request(work: Work, request_id: int, name: str, data: dict[str, Any], today: date, version: int | None) -> Any:
    """Do an act on a request with loaded inputs."""
    return REQUEST_VERBS[name].run(work, request_id, data, today, version, "")
