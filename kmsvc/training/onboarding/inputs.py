"""The inputs of onboarding, the same for pages and JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Text, Whole, Words
from kmsvc.core.texts import N_
from kmsvc.training.onboarding.deciding import VERBS, OnboardingState
from kmsvc.training.onboarding.points import OnboardingList
from kmsvc.training.onboarding.rules import BEST, FACTORS, NewcomerForm, NewcomerTalk

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


def _factor(name: str) -> Whole:
    return Whole(load_default=None, allow_none=True, validate=validate.Range(1, BEST), metadata={"label": FACTORS[name]})


def _time() -> validate.Regexp:
    return validate.Regexp(r"^([01]\d|2[0-3]):[0-5]\d$", error=N_("A time as 09:30."))


def _one_of(codes: Any, label: str) -> fields.String:
    return fields.String(required=True, error_messages=NEEDED, validate=validate.OneOf([str(one) for one in codes]),
                         metadata={"label": label})


class ClassInput(InputSchema):
    """A class of newcomers."""

    name = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=200), metadata={"label": N_("Name of the class")})
    teacher = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=64),
                   metadata={"label": N_("Class teacher (account)")})
    starts_on = Day(required=True, error_messages=NEEDED, metadata={"label": N_("Day of entry")})
    inspector = Line(load_default=None, allow_none=True, validate=validate.Length(max=64),
                     metadata={"label": N_("QA inspector (account)")})
    exams = Words(metadata={"label": N_("Exam days")})
    material = Text(load_default=None, allow_none=True, validate=validate.Length(max=4000), metadata={"label": N_("Training material")})


class TraineeInput(InputSchema):
    """A newcomer of a class."""

    person = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=64), metadata={"label": N_("Newcomer (account)")})
    mentor = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={"label": N_("Mentor (account)")})
    confirmation_on = Day(load_default=None, allow_none=True, metadata={"label": N_("End of probation")})
    confidential = fields.Boolean(load_default=True, metadata={"label": N_("Gets access to confidential information")})


class ChangeTraineeInput(InputSchema):
    """What may change about a newcomer."""

    mentor = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={"label": N_("Mentor (account)")})
    confirmation_on = Day(load_default=None, allow_none=True, metadata={"label": N_("End of probation")})
    confidential = fields.Boolean(load_default=False, metadata={"label": N_("Gets access to confidential information")})


class NewcomerInput(InputSchema):
    """One person of a list."""

    person = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=200), metadata={"label": N_("Newcomer (account)")})
    mentor = Line(load_default=None, allow_none=True, validate=validate.Length(max=200), metadata={"label": N_("Mentor (account)")})
    confirmation_on = Line(load_default=None, allow_none=True, validate=validate.Length(max=40),
                           metadata={"label": N_("End of probation")})


class NewcomersInput(InputSchema):
    """Several newcomers at once."""

    people = fields.List(fields.Nested(NewcomerInput), required=True, error_messages=NEEDED, validate=validate.Length(min=1, max=1000),
                         metadata={"label": N_("Newcomers")})


class HourInput(InputSchema):
    """A line of the timetable."""

    day = Whole(required=True, error_messages=NEEDED, validate=validate.Range(1, 60),
                metadata={"label": N_("Working day of the programme")})
    begins = Line(required=True, error_messages=NEEDED, validate=_time(), metadata={"label": N_("Begins at")})
    ends = Line(required=True, error_messages=NEEDED, validate=_time(), metadata={"label": N_("Ends at")})
    title = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=200), metadata={"label": N_("What is taught")})
    place = Line(load_default=None, allow_none=True, validate=validate.Length(max=200), metadata={"label": N_("Where it is")})
    speaker = Line(load_default=None, allow_none=True, validate=validate.Length(max=200), metadata={"label": N_("Who teaches")})


class CopyInput(InputSchema):
    """From where a timetable is copied: another class by its number, or the template."""

    from_class = Line(load_default=None, allow_none=True, validate=validate.Length(max=64),
                      metadata={"label": N_("Number of the class, or nothing for the template")})
    replace = fields.Boolean(load_default=False, metadata={"label": N_("Replace what stands in the timetable")})


class ItemInput(InputSchema):
    """A point of a list."""

    list = _one_of([one.value for one in OnboardingList], N_("List"))
    title = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=200), metadata={"label": N_("Point")})


class ItemWords(InputSchema):
    """Other words for a point."""

    title = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=200), metadata={"label": N_("Point")})


class WhyInput(InputSchema):
    """Why it is done."""

    reason = Text(required=True, error_messages=NEEDED, validate=validate.Length(max=2000), metadata={"label": N_("Reason")})


class FormInput(InputSchema):
    """One part of a form of a day. The six factors, from 1 to 5, are asked by the evaluation."""

    form = _one_of(NewcomerForm, N_("Form of the day"))
    day = Whole(required=True, error_messages=NEEDED, validate=validate.Range(1, 100),
                metadata={"label": N_("Working day of the programme")})
    part = _one_of(PARTS, N_("Filled in as"))
    text = Text(required=True, error_messages=NEEDED, validate=validate.Length(max=4000),
                metadata={"label": N_("What was learned and seen")})
    score = _mark(N_("Score"))
    mark = _mark(N_("Pass mark"))
    content = _factor("content")
    trainer = _factor("trainer")
    time = _factor("time")
    method = _factor("method")
    environment = _factor("environment")
    rules = _factor("rules")


class DraftInput(InputSchema):
    """What is written of a part of a form so far; nothing has to be complete."""

    form = _one_of(NewcomerForm, N_("Form of the day"))
    day = Whole(required=True, error_messages=NEEDED, validate=validate.Range(1, 100),
                metadata={"label": N_("Working day of the programme")})
    part = _one_of(PARTS, N_("Filled in as"))
    text = Text(load_default=None, allow_none=True, validate=validate.Length(max=4000),
                metadata={"label": N_("What was learned and seen")})
    score = Line(load_default=None, allow_none=True, validate=validate.Length(max=20), metadata={"label": N_("Score")})
    mark = Line(load_default=None, allow_none=True, validate=validate.Length(max=20), metadata={"label": N_("Pass mark")})
    content = _factor("content")
    trainer = _factor("trainer")
    time = _factor("time")
    method = _factor("method")
    environment = _factor("environment")
    rules = _factor("rules")


class DayTextInput(InputSchema):
    """The word of the class teacher on one newcomer."""

    trainee_id = Whole(required=True, error_messages=NEEDED, validate=validate.Range(1), metadata={"label": N_("Newcomer")})
    text = Text(required=True, error_messages=NEEDED, validate=validate.Length(max=4000),
                metadata={"label": N_("What was learned and seen")})


class DayInput(InputSchema):
    """The training forms of one day for several newcomers at once, filled in as their class teacher."""

    day = Whole(required=True, error_messages=NEEDED, validate=validate.Range(1, 100),
                metadata={"label": N_("Working day of the programme")})
    texts = fields.List(fields.Nested(DayTextInput), required=True, error_messages=NEEDED, validate=validate.Length(min=1, max=200),
                        metadata={"label": N_("What was learned and seen")})


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

    item = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=64), metadata={"label": N_("Point")})
    reason = Text(load_default=None, allow_none=True, validate=validate.Length(max=2000), metadata={"label": N_("Reason")})
    proof = Line(load_default=None, allow_none=True, validate=validate.Length(max=500), metadata={"label": N_("Proof")})


class LeaveOutInput(InputSchema):
    """A point that is left out for a newcomer."""

    item = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=64), metadata={"label": N_("Point")})
    reason = Text(required=True, error_messages=NEEDED, validate=validate.Length(max=2000), metadata={"label": N_("Reason")})


class UntickInput(InputSchema):
    """A point whose tick is taken back."""

    item = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=64), metadata={"label": N_("Point")})


class UnnoteInput(InputSchema):
    """A note that is taken back."""

    note_id = Whole(required=True, error_messages=NEEDED, validate=validate.Range(1), metadata={"label": N_("Note")})


class SignInput(InputSchema):
    """What the newcomer adds when signing."""

    word = Text(load_default=None, allow_none=True, validate=validate.Length(max=2000), metadata={"label": N_("In own words")})


class DecideInput(InputSchema):
    """A decision on the week."""

    verb = _one_of(("go_on", *(one for one in VERBS if one != "begin")), N_("Decision"))
    days = Whole(load_default=None, allow_none=True, validate=validate.Range(1, 20), metadata={"label": N_("Working days")})
    reason = Text(required=True, error_messages=NEEDED, validate=validate.Length(max=2000), metadata={"label": N_("Reason")})


class ClassesQuery(PageQuery):
    """Which classes."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(("open", "over"))


class NewcomersQuery(PageQuery):
    """Which newcomers."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    class_id = Whole(load_default=None, allow_none=True, validate=validate.Range(1))
    mentor = Whole(load_default=None, allow_none=True, validate=validate.Range(1))
    unit = Whole(load_default=None, allow_none=True, validate=validate.Range(1))
    state = Choice(("open", "red", "amber", *(one.value for one in OnboardingState)))


class OverdueQuery(PageQuery):
    """What of it."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    class_id = Whole(load_default=None, allow_none=True, validate=validate.Range(1))
    what = Choice(("form", "talk", "week", "pack"))


class OverdueList(OverdueQuery):
    """The list as a page."""

    format = Choice(("csv", "xlsx"))


class BoardQuery(NewcomersQuery):
    """What the board shows: scores, what is missing, or quality."""

    show = Choice(("score", "missing", "quality"))
    format = Choice(("csv", "xlsx"))


class ClassesList(ClassesQuery):
    """The list of classes as a page."""

    format = Choice(("csv", "xlsx"))
