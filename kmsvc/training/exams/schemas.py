"""Inputs and answers of exam plans."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError, fields, validate

from kmsvc.core.errors import InvalidInput
from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Scalar, Text, Whole, Words
from kmsvc.core.texts import N_
from kmsvc.training.exams.filling import LABELS, TIMES
from kmsvc.training.exams.queries import CandidateCard, ExamFilters, ExamLine
from kmsvc.training.exams.rules import MOST_EXTRA_MIN, MOST_EXTRA_PERCENT, Room
from kmsvc.training.exams.states import ExamPhase, ExamState
from kmsvc.training.exams.templates import ExamTemplate
from kmsvc.training.exams.usecases import SETTLING, SHOWS
from kmsvc.training.papers.schemas import NEEDED, Number

STATES = [ExamState.DRAFT.value, *(one.value for one in ExamPhase if one not in (ExamPhase.OVER, ExamPhase.REVIEW)),
          ExamState.RELEASED.value, ExamState.FINAL.value, ExamState.CANCELLED.value]
"""what a list can be narrowed to: a state, and of announced ones their phase"""
TEMPLATES = [one.value for one in ExamTemplate]


class Moment(fields.Field[Any]):
    """An instant: RFC 3339 with its offset, or without one the clock of the centre."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            found = datetime.fromisoformat(value.strip().replace(" ", "T")) if isinstance(value, str) else None
        except ValueError:
            found = None
        if found is None or not 2000 <= found.year <= 2200:
            raise ValidationError(N_("This is no day and time, as 2026-12-15T14:00."))
        return found


def _moment(name: str, **more: Any) -> Moment:
    return Moment(metadata={"label": LABELS[name], "type": "string", "description": "RFC 3339, or the clock of the centre"}, **more)


def _whole(name: str, least: int, most: int, **more: Any) -> Whole:
    return Whole(validate=validate.Range(min=least, max=most), metadata={"label": LABELS[name]}, **more)


class RulesInput(InputSchema):
    """Columns of a plan that are to be otherwise; what is left out stays, or is what the template says."""

    title = Line(validate=validate.Length(min=1, max=200), metadata={"label": LABELS["title"]})
    about = Text(allow_none=True, validate=validate.Length(max=2000), metadata={"label": LABELS["about"]})
    template = fields.String(allow_none=True, validate=validate.OneOf(TEMPLATES), metadata={"label": LABELS["template"]})
    paper = Whole(metadata={"label": LABELS["paper_id"], "description": "id of a paper"})
    opens_at = _moment("opens_at")
    closes_at = _moment("closes_at")
    make_up_opens_at = _moment("make_up_opens_at", allow_none=True)
    make_up_closes_at = _moment("make_up_closes_at", allow_none=True)
    release_at = _moment("release_at")
    review_opens_at = _moment("review_opens_at")
    review_closes_at = _moment("review_closes_at")
    duration_min = _whole("duration_min", 1, 480)
    grace_s = _whole("grace_s", 0, 600)
    attempts = _whole("attempts", 1, 10)
    pass_percent = _whole("pass_percent", 1, 100)
    appeal_days = _whole("appeal_days", 0, 30)
    most_appeals = _whole("most_appeals", 0, 100)
    border = Number(metadata={"label": LABELS["border"], "type": ["number", "string"], "description": "points; below zero: none"})
    second_percent = _whole("second_percent", 0, 100)
    limit = Number(metadata={"label": LABELS["limit"], "type": ["number", "string"]})
    settling = fields.String(validate=validate.OneOf(SETTLING), metadata={"label": LABELS["settling"]})
    shows = fields.String(validate=validate.OneOf(SHOWS), metadata={"label": LABELS["shows"]})
    author_may_mark = fields.Boolean(metadata={"label": LABELS["author_may_mark"]})
    proves = Whole(allow_none=True, metadata={"label": LABELS["proves_id"], "description": "id of a kind of certificate"})
    course = Whole(allow_none=True, metadata={"label": LABELS["course_id"], "description": "id of a course"})
    reason = Text(load_default=None, allow_none=True, validate=validate.Length(max=300), metadata={"label": N_("Reason")})


class ExamInput(RulesInput):
    """A new exam: title, paper and when it opens; everything else comes from the template."""

    title = Line(required=True, validate=validate.Length(min=1, max=200), error_messages=NEEDED, metadata={"label": LABELS["title"]})
    paper = Whole(required=True, error_messages=NEEDED, metadata={"label": LABELS["paper_id"], "description": "id of a paper"})
    opens_at = _moment("opens_at", required=True, error_messages=NEEDED)


class CopyInput(InputSchema):
    """When the copy opens, and its name where it is another one."""

    opens_at = _moment("opens_at", required=True, error_messages=NEEDED)
    title = Line(load_default=None, allow_none=True, validate=validate.Length(max=200), metadata={"label": LABELS["title"]})


class RuleInput(InputSchema):
    """People by rule: a unit, a post, a role, a change request …"""

    rule = Line(required=True, validate=validate.Length(max=40), error_messages=NEEDED, metadata={"label": N_("Rule")})
    value = Scalar(required=True, error_messages=NEEDED, metadata={"label": N_("Who")})


class PeopleInput(InputSchema):
    """People by login, or by names that only one person bears; for lists of people: one a line."""

    people = Words(most=5_000, metadata={"label": N_("People")})
    reason = Text(load_default=None, allow_none=True, validate=validate.Length(max=300), metadata={"label": N_("Reason")})


class ExtraInput(InputSchema):
    """More time for one person: per cent or minutes, and why."""

    person = Whole(required=True, error_messages=NEEDED, metadata={"label": N_("Person"), "description": "id of a person"})
    percent = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0, max=MOST_EXTRA_PERCENT), metadata={
        "label": N_("Per cent more")})
    minutes = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0, max=MOST_EXTRA_MIN), metadata={
        "label": N_("Minutes more")})
    reason = Text(required=True, validate=validate.Length(max=300), error_messages=NEEDED, metadata={"label": N_("Reason")})


class MakeUpInput(PeopleInput):
    """Who sits it in the make-up; back: in the first window again."""

    back = fields.Boolean(load_default=False, metadata={"label": N_("Back to the first window")})


class RoomInput(InputSchema):
    """A room and its seats."""

    name = Line(required=True, validate=validate.Length(max=100), error_messages=NEEDED, metadata={"label": N_("Room")})
    seats = Whole(required=True, validate=validate.Range(min=1, max=10_000), error_messages=NEEDED, metadata={"label": N_("Seats")})


class RoomsInput(InputSchema):
    """All rooms of an exam."""

    rooms = fields.List(fields.Nested(RoomInput), required=True, validate=validate.Length(max=100), error_messages=NEEDED,
                        metadata={"label": N_("Rooms")})


class MarkersInput(InputSchema):
    """Everybody who marks an exam."""

    markers = Words(metadata={"label": N_("Markers"), "description": "logins"})


class CancelInput(InputSchema):
    """Why it does not take place."""

    reason = Text(required=True, validate=validate.Length(max=300), error_messages=NEEDED, metadata={"label": N_("Reason")})


class ListFilters(InputSchema):
    """The filters of the list, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(STATES)
    template = Choice(TEMPLATES)
    cursor = Whole(load_default=0, validate=validate.Range(min=0))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class ExamsQuery(PageQuery):
    """The same for programs."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    state = Choice(STATES)
    template = Choice(TEMPLATES)


def filters_of(asked: Mapping[str, Any]) -> ExamFilters:
    """What the filters ask for."""
    return ExamFilters(q=asked["q"], state=asked["state"], template=asked["template"])


def in_zone(given: datetime, zone: str) -> datetime:
    """An instant as UTC; one without an offset is the clock of the centre."""
    return (given if given.tzinfo else given.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


_COLUMNS = {"paper": "paper_id", "proves": "proves_id", "course": "course_id"}


def changes_of(data: Mapping[str, Any], zone: str) -> dict[str, Any]:
    """The columns an input names."""
    found = {}
    for name, value in data.items():
        if name == "reason":
            continue
        column = _COLUMNS.get(name, name)
        found[column] = in_zone(value, zone) if column in TIMES and value is not None else value
    if "about" in found:
        found["about"] = found["about"] or ""
    return found


def rooms_in(data: Mapping[str, Any]) -> list[Room]:
    """The rooms an input names."""
    return [Room(one["name"], one["seats"]) for one in data["rooms"]]


def rooms_of_text(text: str) -> list[dict[str, str]]:
    """Rooms out of a text, one a line: name and seats. InvalidInput for a line that is none."""
    found = []
    for line in text.splitlines():
        name, _, seats = line.strip().rpartition(" ")
        if line.strip():
            if not name or not seats.strip().isdecimal():
                raise InvalidInput({"rooms": [N_("One room a line: its name, a space, its seats.")]})
            found.append({"name": name.strip(), "seats": seats.strip()})
    return found


def line_json(line: ExamLine) -> dict[str, Any]:
    """An exam in a list, as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "title": line.title, "template": line.template,
            "state": line.state, "phase": line.phase, "paper": {"id": line.paper_id, "title": line.paper}, "opens_at": line.opens_at,
            "closes_at": line.closes_at, "make_up_opens_at": line.make_up_opens_at, "make_up_closes_at": line.make_up_closes_at,
            "release_at": line.release_at, "duration_min": line.duration_min, "pass_percent": line.pass_percent,
            "attempts": line.attempts, "owner": line.owner or None, "candidates": line.candidates,
            "begun": line.counts.people, "running": line.counts.running, "handed_in": line.counts.over,
            "unmarked": line.counts.unmarked, "url": line.url}


def candidate_json(one: CandidateCard) -> dict[str, Any]:
    """A candidate, as JSON, for who plans exams."""
    return {"person_id": one.person_id, "name": one.name, "room": one.room, "extra_percent": one.extra_percent,
            "extra_minutes": one.extra_minutes, "made_up": one.made_up, "because": one.because, "opens_at": one.window.opens_at,
            "closes_at": one.window.closes_at, "minutes": -(-one.length_s // 60), "sitting": one.sat, "attempts": one.attempts}
