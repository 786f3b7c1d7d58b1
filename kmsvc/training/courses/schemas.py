"""Inputs and answers of courses and of learning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Scalar, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.people.roles import Role
from kmsvc.training.courses.assigning import Whom
from kmsvc.training.courses.mine import HistoryLine, MyLine, Played
from kmsvc.training.courses.queries import AssignmentLine, CourseCard, CourseLine, LearnerLine
from kmsvc.training.courses.rules import CourseState, LessonKind, Standing
from kmsvc.training.courses.usecases import ACTS, CourseDraft

STATES = [one.value for one in CourseState]
KINDS = [one.value for one in LessonKind]
STANDINGS = [one.value for one in Standing]
ROLES = [one.value for one in Role]
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class CourseInput(InputSchema):
    """A course: its words, its category, who keeps it."""

    title = Line(required=True, validate=validate.Length(min=1, max=200), error_messages=NEEDED, metadata={"label": N_("Title")})
    summary = Text(load_default="", allow_none=True, validate=validate.Length(max=2000), metadata={"label": N_("What it is for")})
    category = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1), metadata={
        "label": N_("Category"), "description": "id of a category"})
    minutes = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0, max=100_000), metadata={
        "label": N_("Minutes of learning")})
    elective = fields.Boolean(load_default=False, metadata={"label": N_("Elective"), "description": "offered to whoever may learn"})
    keeper = Scalar(load_default=None, allow_none=True, metadata={"label": N_("Who keeps it"), "description": "a login"})


class CourseFilters(InputSchema):
    """The filters of the list, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(STATES)
    category = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    marked = fields.Boolean(load_default=False)
    cursor = Whole(load_default=0, validate=validate.Range(min=0))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class CoursesQuery(PageQuery):
    """Filters of the list. marked: only those with a lesson that cites something that changed."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    state = Choice(STATES)
    category = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    marked = fields.Boolean(load_default=False)


class ArrangeInput(InputSchema):
    """Put chapters and lessons in order. chapter: from 1; lesson: its id."""

    act = fields.String(required=True, validate=validate.OneOf(ACTS), error_messages=NEEDED, metadata={"label": N_("What to do")})
    chapter = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1, max=1000), metadata={"label": N_("Chapter")})
    lesson = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1), metadata={"label": N_("Lesson")})
    title = Line(load_default=None, allow_none=True, validate=validate.Length(max=200), metadata={"label": N_("Title of the chapter")})


class LessonInput(InputSchema):
    """A lesson. kind: what it holds; a lesson keeps it. body: of a text; cites: of an article or process; lesson: number of a
    knowledge lesson; url: of a link; whole: a video cannot be skipped; taught: being at a
    session of a plan with this course finishes it, nothing else; files come as multipart."""

    kind = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(KINDS), metadata={"label": N_("Kind")})
    chapter = Whole(load_default=1, allow_none=True, validate=validate.Range(min=1, max=1000), metadata={"label": N_("Chapter")})
    title = Line(required=True, validate=validate.Length(min=1, max=200), error_messages=NEEDED, metadata={"label": N_("Title")})
    required = fields.Boolean(load_default=False, metadata={"label": N_("Required")})
    minutes = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0, max=10_000), metadata={"label": N_("Minutes")})
    body = Text(load_default=None, allow_none=True, validate=validate.Length(max=100_000), metadata={"label": N_("Text")})
    cites = Text(load_default=None, allow_none=True, validate=validate.Length(max=5_000), metadata={
        "label": N_("What is read, in this order"), "description":
        "numbers of articles or processes, one a line; a paragraph of one as NUMBER#PARAGRAPH, its lasting id"})
    lesson = Line(load_default=None, allow_none=True, validate=validate.Length(max=60), metadata={
        "label": N_("Number of the knowledge lesson")})
    whole = fields.Boolean(load_default=False, metadata={"label": N_("Must be watched through")})
    taught = fields.Boolean(load_default=False, metadata={"label": N_("Taught in a session")})
    url = Line(load_default=None, allow_none=True, validate=validate.Length(max=2000), metadata={"label": N_("Address")})


class PieceInput(InputSchema):
    """A piece of a large file: the key of the file, nothing for the first piece; where the piece begins, in bytes."""

    key = Line(load_default=None, allow_none=True, validate=validate.Length(max=300), metadata={"label": N_("Key of the upload")})
    offset = Whole(load_default=0, validate=validate.Range(min=0), metadata={"label": N_("Begins at byte")})


class PublishInput(InputSchema):
    """What is new in the version, for those who are in an older one."""

    note = Text(load_default=None, allow_none=True, validate=validate.Length(max=1000), metadata={"label": N_("What is new")})


class RetireInput(InputSchema):
    """Why a course is retired."""

    reason = Text(required=True, validate=validate.Length(min=1, max=300), error_messages=NEEDED, metadata={"label": N_("Reason")})


class AssignInput(InputSchema):
    """To whom a course is assigned: one of person, unit, post and role; by a day, or within days of being concerned."""

    person = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1), metadata={
        "label": N_("Person"), "description": "id of a person"})
    unit = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1), metadata={
        "label": N_("Unit"), "description": "id of a unit; with the units below it"})
    post = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1), metadata={
        "label": N_("Post"), "description": "id of a post"})
    role = Choice(ROLES, metadata={"label": N_("Role")})
    due_on = Day(load_default=None, allow_none=True, metadata={"label": N_("To be done by")})
    days = Whole(load_default=None, allow_none=True, validate=validate.Range(min=0, max=3650), metadata={
        "label": N_("Or within days of being concerned")})
    again = fields.Boolean(load_default=False, metadata={"label": N_("Again after each release of a process in it")})
    reason = Text(load_default=None, allow_none=True, validate=validate.Length(max=300), metadata={"label": N_("Reason")})


class LearnerFilters(InputSchema):
    """The filters of who is how far, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    unit = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    state = Choice(STANDINGS)
    cursor = Whole(load_default=0, validate=validate.Range(min=0))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class LearnersQuery(PageQuery):
    """Filters of who is how far."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    unit = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    state = Choice(STANDINGS)


class CategoryInput(InputSchema):
    """A category of courses; with an id it is changed."""

    id = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1), metadata={"label": N_("Category")})
    name = Line(required=True, validate=validate.Length(min=1, max=100), error_messages=NEEDED, metadata={"label": N_("Name")})
    closed = fields.Boolean(load_default=False, metadata={"label": N_("Offered no longer")})


class LearningFilters(InputSchema):
    """The filters of my training."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    category = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    cursor = Whole(load_default=0, validate=validate.Range(min=0))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class LearningQuery(PageQuery):
    """view: required, elective or history."""

    view = Choice(["required", "elective", "history"])
    q = Line(load_default=None, validate=validate.Length(max=200))
    category = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))


class ProgressInput(InputSchema):
    """seconds: looked at since the last report; place: where one goes on; length: of a video, in seconds; done: the lesson is."""

    seconds = Whole(load_default=0, validate=validate.Range(min=0, max=86_400), metadata={"label": N_("Seconds")})
    place = Line(load_default=None, allow_none=True, validate=validate.Length(max=60), metadata={"label": N_("Where to go on")})
    length = fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=0, max=86_400), metadata={
        "label": N_("Seconds of the video")})
    done = fields.Boolean(load_default=False, metadata={"label": N_("Done")})


class PackageInput(InputSchema):
    """What a package commits. item: which of its items; cmi: the data model as the player library renders it."""

    item = fields.String(required=True, validate=validate.Length(min=1, max=300), error_messages=NEEDED, metadata={"label": N_("Item")})
    cmi = fields.Dict(required=True, error_messages=NEEDED, metadata={"label": N_("Data of the package")})
    ended = fields.Boolean(load_default=False, metadata={"label": N_("It has ended")})


class LaunchInput(InputSchema):
    """Which item of a package is launched."""

    item = fields.String(required=True, validate=validate.Length(min=1, max=300), error_messages=NEEDED, metadata={"label": N_("Item")})


def draft_of(data: Mapping[str, Any]) -> CourseDraft:
    """The course in a loaded input."""
    return CourseDraft(data["title"], data["summary"] or "", data["category"], data["minutes"] or 0, elective=data["elective"],
                       keeper=data["keeper"])


def whom_of(data: Mapping[str, Any]) -> Whom:
    """To whom, in a loaded input."""
    return Whom(data["person"], data["unit"], data["post"], data["role"])


def line_json(line: CourseLine) -> dict[str, Any]:
    """A course in a list, as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "title": line.title, "summary": line.summary or None,
            "category": line.category or None, "minutes": line.minutes, "state": line.state, "elective": line.elective,
            "keeper": line.keeper or None, "version_label": line.label, "lessons": line.lessons, "marked": line.marked,
            "has_draft": line.has_draft, "open": line.open, "done": line.done, "changed_at": line.changed_at, "url": line.url}


def card_json(card: CourseCard) -> dict[str, Any]:
    """A course with the lessons of the version that is written or published, as JSON."""
    return line_json(card.line) | {
        "is_draft": card.is_draft, "note": card.shown.note or None,
        "problems": [{"place": place or None, "says": says} for place, says in card.problems],
        "chapters": [{"title": title, "lessons": [
            {"id": one.id, "kind": one.kind, "title": one.title, "required": one.required, "minutes": one.minutes, "marked": one.marked,
             "lack": one.lack} for one in lessons]} for title, lessons in card.chapters],
        "versions": [{"label": one.label, "title": one.title, "note": one.note or None, "published_at": one.published_at,
                      "by": one.by or None} for one in card.versions]}


def assignment_json(line: AssignmentLine) -> dict[str, Any]:
    """An assignment, as JSON."""
    return {"id": line.id, "version": line.version, "target": line.target, "whom": line.whom, "due_on": line.due_on, "days": line.days,
            "again": line.again, "reason": line.reason or None, "source": line.source, "made_at": line.made_at,
            "made_by": line.made_by or None, "ended_at": line.ended_at, "people": line.total, "done": line.done}


def learner_json(line: LearnerLine) -> dict[str, Any]:
    """How far one person is, as JSON. score: percent."""
    return {"person_id": line.person_id, "person": line.person, "unit": line.unit, "state": line.standing, "due_on": line.due_on,
            "share": line.share, "version_label": line.label, "seconds": line.seconds, "score": percent(line.score),
            "begun_at": line.begun_at, "done_at": line.done_at}


def percent(score: int | None) -> float | None:
    """Hundredths of a percent as percent."""
    return None if score is None else score / 100


def my_json(line: MyLine) -> dict[str, Any]:
    """A course for its reader, as JSON."""
    return {"course_id": line.course_id, "number": line.number, "title": line.title, "summary": line.summary or None,
            "category": line.category or None, "minutes": line.minutes, "due_on": line.due_on, "state": line.standing,
            "share": line.share, "newer": line.newer, "done_at": line.done_at, "url": line.url}


def history_json(line: HistoryLine) -> dict[str, Any]:
    """One attempt of the history, as JSON."""
    return {"id": line.attempt_id, "course_id": line.course_id, "number": line.number, "title": line.title, "version_label": line.label,
            "attempt": line.attempt, "state": line.how, "share": line.share, "seconds": line.seconds, "score": percent(line.score),
            "begun_at": line.begun_at, "done_at": line.done_at, "left_at": line.left_at}


def played_json(view: Played) -> dict[str, Any]:
    """An attempt with its lessons, as JSON."""
    return {"id": view.attempt.id, "course_id": view.course.id, "number": view.course.number, "title": view.version.title,
            "version_label": view.version.label, "attempt": view.attempt.number, "share": view.share, "newer": view.newer,
            "begun_at": view.attempt.begun_at, "done_at": view.attempt.done_at, "left_at": view.attempt.left_at,
            "chapters": [{"title": title, "lessons": [
                {"id": one.id, "kind": one.kind, "title": one.title, "required": one.required, "minutes": one.minutes,
                 "begun": one.begun, "done": one.done, "score": percent(one.score)} for one in steps]}
                for title, steps in view.chapters]}


def categories_json(rows: Sequence[tuple[Any, int]]) -> list[dict[str, Any]]:
    """Categories, as JSON."""
    return [{"id": row.id, "version": row.version, "name": row.name, "closed_at": row.closed_at, "courses": n} for row, n in rows]
