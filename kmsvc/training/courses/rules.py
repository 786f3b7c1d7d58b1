"""What a course is made of, when it may be published, when it is done, until when it is due: pure rules. Source: domain 5.2."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from kmsvc.core.texts import N_, Labelled

T = TypeVar("T")
MOST_CHAPTERS, MOST_LESSONS = 60, 400
LATE_GRACE = 7
"""Calendar days for who comes to be concerned when the day of the others has passed already."""
FEW_DAYS = 14
"""Calendar days where an assignment names neither a day nor days."""


class CourseState(Labelled):
    """Where a course is."""

    DRAFT = "draft", N_("Draft")
    PUBLISHED = "published", N_("Published")
    RETIRED = "retired", N_("Retired")


class LessonKind(Labelled):
    """What a lesson holds."""

    TEXT = "text", N_("Text")
    ARTICLE = "article", N_("Knowledge article")
    LESSON = "lesson", N_("Knowledge lesson")
    PROCESS = "process", N_("Process")
    VIDEO = "video", N_("Video")
    PDF = "pdf", N_("PDF document")
    SLIDES = "slides", N_("Slides")
    LINK = "link", N_("Link")
    PACKAGE = "package", N_("Package (SCORM, cmi5)")


CITING = frozenset({LessonKind.ARTICLE, LessonKind.PROCESS})
WITH_FILE = frozenset({LessonKind.VIDEO, LessonKind.PDF, LessonKind.SLIDES, LessonKind.PACKAGE})


class Target(Labelled):
    """Whom a course is assigned to."""

    PERSON = "person", N_("Person")
    UNIT = "unit", N_("Unit with those below it")
    POST = "post", N_("Post")
    ROLE = "role", N_("Role")


class Standing(Labelled):
    """How far somebody is in a course that was assigned."""

    OPEN = "open", N_("Not begun")
    BEGUN = "begun", N_("Being learned")
    LATE = "late", N_("Late")
    DONE = "done", N_("Done")


@dataclass(frozen=True)
class LessonDraft:
    """A lesson as somebody writes it. content: what its kind needs: body; cites as (kind, id, paragraph); lesson_id;
    attachment_id with name and media_type; url; package_id. minutes: how long it takes."""

    kind: str
    title: str
    required: bool
    minutes: int
    content: Mapping[str, Any]


def lacks(lesson: LessonDraft) -> str | None:
    """What a lesson still needs before learners may have it, as an English sentence; None when it is whole."""
    held = lesson.content
    if lesson.kind == LessonKind.TEXT:
        return None if str(held.get("body") or "").strip() else N_("This lesson has no text yet.")
    if lesson.kind in CITING:
        return None if held.get("cites") else N_("This lesson names no text yet.")
    if lesson.kind == LessonKind.LESSON:
        return None if held.get("lesson_id") else N_("This lesson names no knowledge lesson yet.")
    if lesson.kind == LessonKind.LINK:
        return None if held.get("url") else N_("This lesson has no address yet.")
    if lesson.kind == LessonKind.PACKAGE:
        return None if held.get("package_id") else N_("This lesson has no package yet.")
    return None if held.get("attachment_id") else N_("This lesson has no file yet.")


def problems(chapters: Sequence[tuple[str, Sequence[LessonDraft]]]) -> list[tuple[str, str]]:
    """What keeps a course from being published: (title of the place, English sentence)."""
    found = []
    if not any(lessons for _, lessons in chapters):
        found.append(("", N_("A course needs at least one lesson.")))
    elif not any(one.required for _, lessons in chapters for one in lessons):
        found.append(("", N_("At least one lesson must be required, or nobody could ever be done.")))
    for title, lessons in chapters:
        if not lessons:
            found.append((title, N_("This chapter has no lesson.")))
        found += [(one.title, missing) for one in lessons if (missing := lacks(one)) is not None]
    return found


def moved(rows: Sequence[T], at: int, step: int) -> list[T]:
    """The rows with the one at this place one step up (-1) or down (1); at an end nothing changes."""
    found, to = list(rows), at + step
    if 0 <= at < len(found) and 0 <= to < len(found):
        found[at], found[to] = found[to], found[at]
    return found


def moved_lesson(chapters: Sequence[Sequence[int]], lesson: int, step: int) -> list[list[int]]:
    """The lessons of all chapters with one a step on; over the end of its chapter it goes into the next one."""
    found = [list(one) for one in chapters]
    at = next((number for number, one in enumerate(found) if lesson in one), None)
    if at is None:
        return found
    place = found[at].index(lesson)
    if 0 <= place + step < len(found[at]):
        found[at] = moved(found[at], place, step)
    elif 0 <= at + step < len(found):
        found[at].pop(place)
        found[at + step].insert(0 if step > 0 else len(found[at + step]), lesson)
    return found


def is_done(required: Iterable[int], done: Iterable[int]) -> bool:
    """Whether every required lesson is done; a course without one never is."""
    needed = set(required)
    return bool(needed) and needed <= set(done)


def share(required: Iterable[int], done: Iterable[int]) -> int:
    """Whole percent of the required lessons that are done, cut: 100 means all."""
    needed = set(required)
    return len(needed & set(done)) * 100 // len(needed) if needed else 0


def due_for(today: date, due_on: date | None, days: int | None) -> date:
    """The day by which somebody who is concerned from today on must be done: the day of the assignment, or so many calendar days
    from today. Who comes later than that day gets a week."""
    if due_on is not None:
        return due_on if due_on >= today else today + timedelta(days=LATE_GRACE)
    return today + timedelta(days=FEW_DAYS if days is None else days)


def standing(today: date, due_on: date | None, *, begun: bool, done: bool) -> Standing:
    """How far somebody is, as a list shows it."""
    if done:
        return Standing.DONE
    if due_on is not None and due_on < today:
        return Standing.LATE
    return Standing.BEGUN if begun else Standing.OPEN
