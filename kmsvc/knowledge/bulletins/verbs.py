"""Each act on a bulletin with what it asks for and its use case: the one table behind buttons, `allowed`, routes and commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.bulletins import usecases
from kmsvc.knowledge.bulletins.permissions import SEE_TEAM, SEND_BULLETIN
from kmsvc.knowledge.bulletins.queries import BulletinCard, visible_bulletin
from kmsvc.knowledge.bulletins.rules import LONGEST, VERBS
from kmsvc.knowledge.bulletins.schemas import URGENCIES, Correction, End, ReadIt, message_of
from kmsvc.people.units.queries import open_units

Data = dict[str, Any]


@dataclass(frozen=True)
class Around:
    """What a verb needs beside its inputs: the centre's zone and the version the caller saw."""

    zone: str
    version: int | None = None


@dataclass(frozen=True)
class Verb:
    """An act. may(actor, card): whether it is this caller's; forward: it takes the thing on; said: what the page says then."""

    name: str
    label: str
    schema: type[InputSchema]
    run: Callable[[Work, int, Data, Around], Any]
    may: Callable[[Actor, BulletinCard], bool]
    forward: bool
    said: str


def _read(work: Work, one: int, data: Data, around: Around) -> Any:
    return usecases.confirm_bulletin(work, one, text_id=data["text_id"])


def _correct(work: Work, one: int, data: Data, around: Around) -> Any:
    message = message_of(work.session, data, around.zone)
    return usecases.correct_bulletin(work, one, message, again=data["again"], note=data["note"], version=around.version)


def _end(work: Work, one: int, data: Data, around: Around) -> Any:
    return usecases.end_bulletin(work, one, reason=data["reason"], version=around.version)


def _remind(work: Work, one: int, data: Data, around: Around) -> Any:
    return usecases.remind_unread(work, one)


def _sends(actor: Actor, card: BulletinCard) -> bool:
    return can(actor, SEND_BULLETIN)


def _reminds(actor: Actor, card: BulletinCard) -> bool:
    return (can(actor, SEND_BULLETIN) or can(actor, SEE_TEAM)) and card.rate is not None and card.rate.left > 0


BY_NAME: dict[str, Verb] = {verb.name: verb for verb in (
    Verb("read", N_("I have read it"), ReadIt, _read, lambda actor, card: card.asks and card.read_at is None, True,
         N_("Noted: you have read it.")),
    Verb("correct", N_("Correct"), Correction, _correct, _sends, False, N_("Corrected. Everybody concerned sees the new text.")),
    Verb("remind", N_("Remind who has not read it"), InputSchema, _remind, _reminds, False, N_("They were reminded.")),
    Verb("end", N_("End it now"), End, _end, _sends, False, N_("It is over; nobody sees it on their pages any more.")),
)}
assert set(BY_NAME) == set(VERBS)


def offered(actor: Actor, card: BulletinCard) -> dict[str, Verb]:
    """What this caller may do with it now."""
    return {name: verb for name, verb in BY_NAME.items() if card.state in VERBS[name] and verb.may(actor, card)}


def allowed(session: Session, actor: Actor, card: BulletinCard) -> list[dict[str, Any]]:
    """The same as a program reads it, with self-contained schemas."""
    return [{"verb": name, "href": f"/api/v1/knowledge/bulletins/{card.id}/{name}", "method": "POST", "forward": verb.forward,
             "schema": _schema(session, name, card)} for name, verb in offered(actor, card).items()]


def _schema(session: Session, name: str, card: BulletinCard) -> Data:
    text = {"type": "string"}
    if name == "read":
        return _object({"text_id": {"type": "integer", "title": N_("Text"), "const": card.text_id}})
    if name == "end":
        return _object({"reason": text | {"title": N_("Reason"), "maxLength": LONGEST["note"]}}, "reason")
    if name == "remind":
        return _object({})
    codes = {unit.id: unit.code for unit in open_units(session)}
    instant = text | {"format": "date-time"}
    return _object({
        "title": text | {"title": N_("In one line"), "default": card.title, "maxLength": LONGEST["title"]},
        "body": text | {"title": N_("Text"), "default": card.body, "maxLength": LONGEST["body"]},
        "urgency": text | {"title": N_("Urgency"), "enum": URGENCIES, "default": card.urgency},
        "must_read": {"type": "boolean", "title": N_("Must be read before the next call"), "default": card.must_read},
        "begins_at": instant | {"title": N_("Begins"), "default": card.begins_at},
        "ends_at": instant | {"title": N_("Ends"), "default": card.ends_at},
        "units": {"type": "array", "title": N_("For whom"), "items": text | {"enum": sorted(codes.values())},
                  "default": [codes[one] for one in card.unit_ids if one in codes]},
        "link": text | {"title": N_("Points to")} | ({"default": card.link[0]} if card.link else {}),
        "again": {"type": "boolean", "title": N_("Everybody reads it again"), "default": False},
        "note": text | {"title": N_("What changed"), "maxLength": LONGEST["note"]}}, "title", "ends_at")


def _object(properties: Data, *required: str) -> Data:
    return {"type": "object", "properties": properties, "required": list(required)}


def act(work: Work, bulletin_id: int, name: str, data: Data, around: Around) -> Any:
    """Do an act with loaded inputs; what the caller may not see is not there."""
    visible_bulletin(work.session, work.actor, bulletin_id, work.now)
    return BY_NAME[name].run(work, bulletin_id, data, around)
