"""Inputs and answers of bulletins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError, fields, validate
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput
from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.bulletins.queries import BulletinCard, BulletinLine
from kmsvc.knowledge.bulletins.readers import Reader
from kmsvc.knowledge.bulletins.rules import LONGEST, BulletinState, BulletinUrgency
from kmsvc.knowledge.bulletins.usecases import Message
from kmsvc.people.units.queries import open_units, root_unit

URGENCIES = [one.value for one in BulletinUrgency]
STATES = [one.value for one in BulletinState]
READ_STATES = ["read", "unread"]
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class Moment(fields.Field[Any]):
    """An instant: RFC 3339 with its offset, or without one the clock of the centre."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            found = datetime.fromisoformat(str(value).strip().replace(" ", "T")) if isinstance(value, str) else None
        except ValueError:
            found = None
        if found is None or not 2000 <= found.year <= 2200:
            raise ValidationError(N_("This is no day and time, as 2026-12-15T14:00."))
        return found


class Units(fields.Field[Any]):
    """Codes of units: a list, or a text with commas between."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        parts = value.split(",") if isinstance(value, str) else value
        if not isinstance(parts, list) or len(parts) > 200 or not all(isinstance(one, str) and len(one) <= 64 for one in parts):
            raise ValidationError(N_("A list of unit codes is needed here."))
        return [one.strip() for one in parts if one.strip()]


class BulletinInput(InputSchema):
    """What a sender says, whom, and for how long."""

    title = Line(required=True, validate=validate.Length(max=LONGEST["title"]), error_messages=NEEDED,
                 metadata={"label": N_("In one line")})
    body = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["body"]))
    urgency = fields.String(load_default=BulletinUrgency.URGENT.value, validate=validate.OneOf(URGENCIES))
    must_read = fields.Boolean(load_default=False, metadata={"label": N_("Must be read before the next call")})
    begins_at = Moment(load_default=None, allow_none=True, metadata={
        "description": "left out: now", "type": "string", "label": N_("Begins")})
    ends_at = Moment(required=True, error_messages=NEEDED, metadata={
        "description": "RFC 3339, or the clock of the centre", "type": "string", "label": N_("Ends")})
    units = Units(load_default=list, allow_none=True, metadata={
        "description": "codes of units; none: the whole centre", "type": ["array", "string"],
        "items": {"type": "string"}, "label": N_("For whom")})
    link = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={
        "description": "number of an article or process", "label": N_("Points to")})


class Correction(BulletinInput):
    """The new text with all the rest, and whether it must be read again."""

    again = fields.Boolean(load_default=False, metadata={"label": N_("Everybody reads it again")})
    note = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["note"]))


class End(InputSchema):
    """Why it ends early."""

    reason = Text(required=True, validate=validate.Length(max=LONGEST["note"]), error_messages=NEEDED)


class ReadIt(InputSchema):
    """The text that was read; left out: the one that stands."""

    text_id = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1), metadata={"label": N_("Text")})


class BulletinQuery(PageQuery):
    """Filters of the list."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    state = Choice(STATES)
    urgency = Choice(URGENCIES)


class ReadersQuery(PageQuery):
    """Filters of the people who are to read one."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    state = Choice(READ_STATES)
    unit_id = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))


def message_of(session: Session, data: dict[str, Any], zone: str) -> Message:
    """The message in a loaded input; instants without an offset are the centre's."""
    return Message(title=data["title"], body=data["body"] or "", urgency=data["urgency"], must_read=data["must_read"],
                   begins_at=_instant(data["begins_at"], zone) if data["begins_at"] else None,
                   ends_at=_instant(data["ends_at"], zone), unit_ids=_unit_ids(session, data["units"] or []),
                   link=data["link"])


def _instant(given: datetime, zone: str) -> datetime:
    return (given if given.tzinfo else given.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _unit_ids(session: Session, codes: list[str]) -> tuple[int, ...]:
    if not codes:
        return ()
    known = {unit.code: unit.id for unit in open_units(session)}
    root = root_unit(session)
    missing = [code for code in codes if code not in known]
    if missing:
        raise InvalidInput({"units": [N_("There is no unit with this code.")]})
    found = tuple(dict.fromkeys(known[code] for code in codes))
    return () if root is not None and root.id in found else found


def line_json(line: BulletinLine) -> dict[str, Any]:
    """A bulletin in a list, as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "title": line.title, "urgency": line.urgency,
            "must_read": line.must_read, "state": line.state, "begins_at": line.begins_at, "ends_at": line.ends_at,
            "ended_at": line.ended_at, "sender": line.sender, "units": list(line.units),
            "asked": line.rate.asked if line.rate else None, "read": line.rate.read if line.rate else None,
            "read_at": line.read_at, "url": line.url}


def card_json(card: BulletinCard, allowed: list[dict[str, Any]]) -> dict[str, Any]:
    """One bulletin as JSON, with `allowed` for this caller."""
    return line_json(card) | {
        "body": card.body, "text_id": card.text_id, "link": card.link[0] if card.link else None,
        "link_url": card.link[1] if card.link else None, "sent_at": card.sent_at, "ended_by": card.ended_by or None,
        "texts": [{"id": one.id, "ordinal": one.ordinal, "title": one.title, "body": one.body, "note": one.note,
                   "author": one.author, "recorded_at": one.recorded_at, "again": one.again} for one in card.texts],
        "allowed": allowed}


def reader_json(reader: Reader) -> dict[str, Any]:
    """One person who is to read it, as JSON."""
    return {"id": reader.person_id, "name": reader.name, "login": reader.login, "unit": reader.unit, "read_at": reader.read_at}
