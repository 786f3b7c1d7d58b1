"""The acts behind pages and JSON: loaded inputs to use cases, the same for each door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.errors import InvalidInput
from kmsvc.core.schemas import Day, InputSchema, Line, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.queries import person_by_login
from kmsvc.training.onboarding import usecases
from kmsvc.training.onboarding.deciding import VERBS
from kmsvc.training.onboarding.rules import NewcomerForm, NewcomerTalk

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
PARTS = ("newcomer", "class_teacher", "trainer", "mentor", "qa_inspector")


class _Mark(fields.Decimal):
    """A number from 0 to 100 with two places at most; left empty: none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if value in ("", None):
            return None
        found = super()._deserialize(value, attr, data, **kwargs)
        if found is None or not 0 <= found <= 100 or found * 100 != int(found * 100):
            raise validate.ValidationError(N_("A number from 0 to 100 with two places at most."))
        return Decimal(found)


def _mark(label: str) -> _Mark:
    return _Mark(load_default=None, allow_none=True, metadata={"label": label})


def _one_of(codes: Any, label: str) -> fields.String:
    return fields.String(required=True, error_messages=NEEDED, validate=validate.OneOf([str(one) for one in codes]),
                         metadata={"label": label})


class ClassInput(InputSchema):
    """A class of newcomers."""

    name = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=200), metadata={"label": N_("Name of the class")})
    teacher = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=64),
                   metadata={"label": N_("Class teacher (account)")})
    starts_on = Day(required=True, error_messages=NEEDED, metadata={"label": N_("Day of entry")})
    material = Text(load_default=None, allow_none=True, validate=validate.Length(max=4000), metadata={"label": N_("Training material")})


class TraineeInput(InputSchema):
    """A newcomer of a class."""

    person = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=64), metadata={"label": N_("Newcomer (account)")})
    mentor = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={"label": N_("Mentor (account)")})
    confirmation_on = Day(load_default=None, allow_none=True, metadata={"label": N_("End of probation")})


class HourInput(InputSchema):
    """A line of the timetable."""

    day = Whole(required=True, error_messages=NEEDED, validate=validate.Range(1, 60),
                metadata={"label": N_("Working day of the programme")})
    begins = Line(required=True, error_messages=NEEDED, validate=validate.Regexp(r"^([01]\d|2[0-3]):[0-5]\d$"),
                  metadata={"label": N_("Begins")})
    ends = Line(required=True, error_messages=NEEDED, validate=validate.Regexp(r"^([01]\d|2[0-3]):[0-5]\d$"),
                metadata={"label": N_("Ends")})
    title = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=200), metadata={"label": N_("What is taught")})
    place = Line(load_default=None, allow_none=True, validate=validate.Length(max=200), metadata={"label": N_("Room")})


class FormInput(InputSchema):
    """One part of a form of a day."""

    form = _one_of(NewcomerForm, N_("Form"))
    day = Whole(required=True, error_messages=NEEDED, validate=validate.Range(1, 100),
                metadata={"label": N_("Working day of the programme")})
    part = _one_of(PARTS, N_("Filled in as"))
    text = Text(required=True, error_messages=NEEDED, validate=validate.Length(max=4000),
                metadata={"label": N_("What was learned and seen")})
    score = _mark(N_("Score"))
    mark = _mark(N_("Pass mark"))


class NoteInput(InputSchema):
    """What was noted of a day."""

    kind = _one_of(("quality", "absent", "attention", "note"), N_("What is noted"))
    on = Day(load_default=None, allow_none=True, metadata={"label": N_("Day")})
    text = Text(load_default=None, allow_none=True, validate=validate.Length(max=2000), metadata={"label": N_("Note")})
    score = _mark(N_("Score"))


class TalkInput(InputSchema):
    """A formal talk."""

    talk = _one_of(NewcomerTalk, N_("Talk"))
    held_on = Day(load_default=None, allow_none=True, metadata={"label": N_("Held on")})
    shortcomings = Text(required=True, error_messages=NEEDED, validate=validate.Length(max=2000), metadata={"label": N_("Shortcomings")})
    advice = Text(required=True, error_messages=NEEDED, validate=validate.Length(max=2000), metadata={"label": N_("Advice")})


class TickInput(InputSchema):
    """A point of the welcome pack, or of what must be there before going live."""

    item = _one_of(sorted(usecases.TICKED), N_("Point"))
    proof = Line(load_default=None, allow_none=True, validate=validate.Length(max=500), metadata={"label": N_("Proof")})


class DecideInput(InputSchema):
    """A decision on the week."""

    verb = _one_of(("go_on", *(one for one in VERBS if one != "begin")), N_("Decision"))
    days = Whole(load_default=None, allow_none=True, validate=validate.Range(1, 20), metadata={"label": N_("Working days")})
    reason = Text(required=True, error_messages=NEEDED, validate=validate.Length(max=2000), metadata={"label": N_("Reason")})


def plan(work: Work, data: Mapping[str, Any]) -> Any:
    """Plan a class with loaded inputs."""
    return usecases.plan_class(work, name=data["name"], teacher_id=_person(work, data, "teacher") or 0, starts_on=data["starts_on"],
                               material=data["material"])


def join(work: Work, class_id: int, data: Mapping[str, Any]) -> Any:
    """Take somebody into a class with loaded inputs."""
    return usecases.add_trainee(work, class_id, _person(work, data, "person") or 0, mentor_id=_person(work, data, "mentor"),
                                confirmation_on=data["confirmation_on"])


def _person(work: Work, data: Mapping[str, Any], name: str) -> int | None:
    found = person_by_login(work.session, data[name]) if data[name] else None
    if data[name] and found is None:
        raise InvalidInput({name: [N_("There is no such account.")]})
    return found.id if found else None


Act = Callable[[Work, int, Mapping[str, Any], date, int | None], Any]
ACTS: dict[str, tuple[type[InputSchema], Act, str]] = {
    "hand_in": (FormInput, lambda work, one, data, today, version: usecases.hand_in(
        work, one, form=data["form"], day=data["day"], part=data["part"], answers={"text": data["text"]}, score=data["score"],
        mark=data["mark"], today=today), N_("Handed in.")),
    "note": (NoteInput, lambda work, one, data, today, version: usecases.note_day(
        work, one, kind=data["kind"], on=data["on"] or today, text=data["text"], score=data["score"], today=today), N_("Noted.")),
    "talk": (TalkInput, lambda work, one, data, today, version: usecases.hold_talk(
        work, one, talk=data["talk"], held_on=data["held_on"] or today, shortcomings=data["shortcomings"], advice=data["advice"],
        today=today), N_("Noted.")),
    "tick": (TickInput, lambda work, one, data, today, version: usecases.tick(work, one, data["item"], proof=data["proof"]),
             N_("Noted.")),
    "decide": (DecideInput, lambda work, one, data, today, version: usecases.decide(
        work, one, data["verb"], days=data["days"], reason=data["reason"], today=today, version=version), N_("Decided.")),
}
