"""Inputs and answers of sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.offers import Offer
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.training.plans.rules import FACTOR_LABELS, LONGEST, SessionState
from kmsvc.training.plans.schemas import NEEDED, allowed_json, some_people
from kmsvc.training.plans.session_queries import (
    MySession,
    SessionCard,
    SessionFilters,
    SessionLine,
    TrainerChoice,
)

TIMES = ("day", "starts", "ends", "room", "seats", "trainer", "anyway")
STATES = [*(one.value for one in SessionState), "ahead", "open"]
_ID = validate.Range(min=1)


def _reason(**more: Any) -> Line:
    return Line(required=True, validate=validate.Length(max=LONGEST["reason"]), error_messages=NEEDED,
                metadata={"label": N_("Reason")}, **more)


class SessionTimes(InputSchema):
    """When, where, by whom. starts, ends: `09:30` in the centre's zone; anyway: why all the same, where something speaks against it."""

    day = Day(required=True, error_messages=NEEDED, metadata={"label": N_("Day")})
    starts = Line(required=True, validate=validate.Length(max=5), error_messages=NEEDED, metadata={"label": N_("Begins")})
    ends = Line(required=True, validate=validate.Length(max=5), error_messages=NEEDED, metadata={"label": N_("Over at")})
    room = Line(required=True, validate=validate.Length(max=LONGEST["room"]), error_messages=NEEDED, metadata={"label": N_("Classroom")})
    seats = Whole(required=True, validate=validate.Range(min=1, max=5000), error_messages=NEEDED, metadata={"label": N_("Seats")})
    trainer = Whole(required=True, validate=_ID, metadata={"label": N_("Trainer")},
                    error_messages={"required": N_("Choose who teaches."), "null": N_("Choose who teaches.")})
    anyway = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["reason"]),
                  metadata={"label": N_("Why all the same")})


class SessionInput(SessionTimes):
    """A session of a plan. unseated: only for who has no seat in another session of it."""

    unseated = fields.Boolean(load_default=False, metadata={"label": N_("Only those without a seat in another session")})


class SessionChange(SessionTimes):
    """A session as it shall be, and why: everybody concerned reads it."""

    reason = _reason()


class AgainInput(InputSchema):
    """Bringing a cancelled session back. anyway: why all the same."""

    anyway = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["reason"]),
                  metadata={"label": N_("Why all the same")})


class HandInput(InputSchema):
    """People of a session, by id, and why by hand."""

    person = some_people(500)
    reason = _reason()


class LetInInput(InputSchema):
    """Somebody who is on no list. login: account, or a name that only one bears."""

    login = Line(required=True, validate=validate.Length(max=100), error_messages=NEEDED, metadata={"label": N_("Account or name")})
    reason = _reason()


class MinutesInput(InputSchema):
    """The minutes of a session."""

    minutes = Text(required=True, validate=validate.Length(max=LONGEST["minutes"]), error_messages=NEEDED,
                   metadata={"label": N_("Minutes of the session")})


class MaterialsInput(InputSchema):
    """What there is to read, in Markdown."""

    materials = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["minutes"]),
                     metadata={"label": N_("Materials")})


class SignInInput(InputSchema):
    """The code on the wall. take_seat: who has none takes one that is free."""

    code = Line(required=True, validate=validate.Length(max=60), error_messages=NEEDED, metadata={"label": N_("Code on the wall")})
    take_seat = fields.Boolean(load_default=False, metadata={"label": N_("Take a free seat")})


class RateInput(InputSchema):
    """The six factors, 1 to 5, and words."""

    content, trainer, time, method, environment, rules = (
        Whole(load_default=None, allow_none=True, validate=validate.Range(min=1, max=5), metadata={"label": label})
        for label in FACTOR_LABELS.values())
    said = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["said"]),
                metadata={"label": N_("In own words")})


class _Narrowed(InputSchema):
    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(STATES)
    plan = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Training plan")})
    trainer = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Trainer")})


class SessionsAsked(_Narrowed):
    """The filters of the page, all in the address."""

    cursor = Whole(load_default=0, validate=validate.Range(min=0))
    format = Choice(["csv", "xlsx"])


class SessionsQuery(PageQuery, _Narrowed):
    """Filters of the list. state: one of them, `ahead` or `open` (over and not closed); plan, trainer: ids."""


def filters_of(asked: dict[str, Any]) -> SessionFilters:
    """The filters in a loaded query."""
    return SessionFilters(asked["q"], asked["state"], asked["plan"], asked["trainer"])


def line_json(line: SessionLine) -> dict[str, Any]:
    """A session in a list, as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "plan_id": line.plan_id, "plan": line.plan_number,
            "title": line.title, "course": line.course, "state": line.state, "starts_at": line.starts_at, "ends_at": line.ends_at,
            "room": line.room, "seats": line.seats, "trainer_id": line.trainer_id, "trainer": line.trainer, "taken": line.taken,
            "waiting": line.waiting, "came": line.came, "rated": line.rated,
            "mean": None if line.mean is None else round(line.mean, 2), "url": line.url}


def card_json(card: SessionCard, offers: Sequence[Offer]) -> dict[str, Any]:
    """A session with its people and feedback, and what this caller may do."""
    return line_json(card.line) | {
        "people": [{"person_id": one.person_id, "name": one.name, "login": one.login, "unit": one.unit, "place": one.place,
                    "waits": one.waits, "present_at": one.present_at, "how": one.how, "reason": one.reason, "rated": one.rated}
                   for one in card.people],
        "marks": [{"factor": one.factor, "mean": round(one.mean, 2), "n": one.n, "spread": list(one.spread)} for one in card.marks],
        "said": list(card.said), "minutes": card.minutes_text, "materials": card.materials, "anyway": card.all_the_same,
        "reason": card.reason, "allowed": allowed_json(f"/api/v1/training/plans/sessions/{card.line.id}", offers)}


def mine_json(one: MySession) -> dict[str, Any]:
    """A session as the one it concerns sees it."""
    line = one.line
    return {"id": line.id, "number": line.number, "title": line.title, "course": line.course, "state": line.state,
            "starts_at": line.starts_at, "ends_at": line.ends_at, "room": line.room, "trainer": line.trainer, "place": one.place,
            "waits": one.waits, "free": one.free, "present_at": one.present_at, "rated_at": one.rated_at, "marks": one.marks,
            "said": one.said, "materials": one.materials, "minutes": one.minutes_text, "reason": one.reason, "url": line.url}


def trainer_json(one: TrainerChoice, said: Sequence[str]) -> dict[str, Any]:
    """Somebody who may teach, and what speaks against it."""
    return {"id": one.id, "number": one.number, "name": one.name, "until_on": one.until_on, "against": list(said)}
