"""The verbs of courses: write one in a draft version, put its lessons in order, publish, retire, bring back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.numbers import next_number
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.citations.keeping import Ref, cites
from kmsvc.people.accounts.directory import directory
from kmsvc.training.courses import rules
from kmsvc.training.courses.citing import COURSE_LESSON
from kmsvc.training.courses.events import CoursePublished, CourseRetired
from kmsvc.training.courses.models import Course, CourseCategory, CourseLesson, CourseText, CourseVersion
from kmsvc.training.courses.permissions import WRITE_COURSE
from kmsvc.training.courses.rules import CourseState, LessonDraft


@dataclass(frozen=True)
class CourseDraft:
    """What somebody wants of a course. minutes: of learning; keeper: a login, left out whoever makes it."""

    title: str
    summary: str = ""
    category_id: int | None = None
    minutes: int = 0
    elective: bool = False
    keeper: str | None = None


def make_course(work: Work, draft: CourseDraft) -> Course:
    """A course with an empty first version to be written."""
    work.permit(WRITE_COURSE)
    course = Course(number=f"CRS-{next_number(work.session, 'course'):04d}", state=CourseState.DRAFT,
                    category_id=_category(work, draft.category_id), elective=draft.elective, keeper_id=_keeper(work, draft.keeper),
                    made_at=work.now, made_by_id=work.actor.person_id, changed_at=work.now)
    work.session.add(course)
    work.session.flush()
    version = CourseVersion(course_id=course.id, label=1, title=draft.title, summary=draft.summary, minutes=draft.minutes, outline=[],
                            made_at=work.now)
    work.session.add(version)
    work.session.flush()
    course.draft_version_id = version.id
    return course


def change_course(work: Work, course_id: int, draft: CourseDraft, *, version: int | None = None) -> Course:
    """Other words, another category or keeper; words of a published course change with its next version."""
    course = _open(work, course_id, version)
    course.category_id = _category(work, draft.category_id, course.category_id)
    course.elective = draft.elective
    course.keeper_id = _keeper(work, draft.keeper) if draft.keeper else course.keeper_id
    now = begin_draft(work, course) if course.draft_version_id is not None or _differs(work, course, draft) else None
    if now is not None:
        now.title, now.summary, now.minutes = draft.title, draft.summary, draft.minutes
    _touch(work, course)
    return course


def _differs(work: Work, course: Course, draft: CourseDraft) -> bool:
    held = work.get(CourseVersion, course.published_version_id)
    return (held.title, held.summary, held.minutes) != (draft.title, draft.summary, draft.minutes)


def begin_draft(work: Work, course: Course) -> CourseVersion:
    """The version that is written, made from the published one where there is none."""
    if course.draft_version_id is not None:
        return work.get(CourseVersion, course.draft_version_id, lock=True)
    held = work.get(CourseVersion, course.published_version_id)
    made = CourseVersion(course_id=course.id, label=_last_label(work.session, course.id) + 1, title=held.title, summary=held.summary,
                         minutes=held.minutes, outline=list(held.outline), made_at=work.now)
    work.session.add(made)
    work.session.flush()
    course.draft_version_id = made.id
    return made


def _last_label(session: Session, course_id: int) -> int:
    return session.scalar(select(func.max(CourseVersion.label)).where(CourseVersion.course_id == course_id)) or 0


def discard_draft(work: Work, course_id: int, *, version: int | None = None) -> Course:
    """What was written since the last version is left; it stays in the trail."""
    course = _open(work, course_id, version)
    if course.published_version_id is None or course.draft_version_id is None:
        raise RuleBroken("training.course.no_draft", N_("There is no draft beside the published version."))
    course.draft_version_id = None
    _touch(work, course)
    return course


ACTS = ("add_chapter", "rename_chapter", "remove_chapter", "chapter_up", "chapter_down", "lesson_up", "lesson_down", "remove_lesson")


def arrange(work: Work, course_id: int, act: str, *, chapter: int | None = None, lesson: int | None = None, title: str | None = None,
            version: int | None = None) -> Course:
    """Add, name, move or remove a chapter, or move or remove a lesson. chapter: from 1; lesson: its lasting id."""
    course = _open(work, course_id, version)
    draft = begin_draft(work, course)
    outline = [dict(one) for one in draft.outline]
    if act.endswith("chapter") and act != "remove_chapter" and not title:
        raise InvalidInput({"title": [N_("This is needed.")]})
    if act == "add_chapter":
        if len(outline) >= rules.MOST_CHAPTERS:
            raise RuleBroken("training.course.too_many", N_("This is more than a course can hold."))
        outline.append({"title": title, "texts": []})
    elif act in ("lesson_up", "lesson_down", "remove_lesson"):
        outline = _with_lesson(work, outline, act, lesson)
    else:
        at = (chapter or 0) - 1
        if not 0 <= at < len(outline):
            raise InvalidInput({"chapter": [N_("There is no such chapter.")]})
        if act == "rename_chapter":
            outline[at]["title"] = title
        elif act == "remove_chapter":
            if outline[at]["texts"]:
                raise RuleBroken("training.course.chapter_full", N_("This chapter still has lessons. Remove or move them first."))
            del outline[at]
        else:
            outline = rules.moved(outline, at, -1 if act == "chapter_up" else 1)
    draft.outline = outline
    _touch(work, course)
    return course


def _with_lesson(work: Work, outline: list[dict[str, Any]], act: str, lesson: int | None) -> list[dict[str, Any]]:
    rows = texts_of(work.session, outline)
    text = next((row for row in rows.values() if row.lesson_id == lesson), None)
    if text is None:
        raise InvalidInput({"lesson": [N_("There is no such lesson.")]})
    if act == "remove_lesson":
        return [one | {"texts": [held for held in one["texts"] if held != text.id]} for one in outline]
    moved = rules.moved_lesson([one["texts"] for one in outline], text.id, -1 if act == "lesson_up" else 1)
    return [one | {"texts": its} for one, its in zip(outline, moved, strict=True)]


def texts_of(session: Session, outline: Sequence[dict[str, Any]]) -> dict[int, CourseText]:
    """The lessons an outline names, by the id of their text."""
    ids = [held for one in outline for held in one["texts"]]
    return {row.id: row for row in session.scalars(select(CourseText).where(CourseText.id.in_(ids)).order_by(CourseText.id))}


def add_lesson(work: Work, course_id: int, chapter: int, lesson: LessonDraft, *, version: int | None = None) -> CourseText:
    """A lesson at the end of a chapter, from 1; where there is none yet the first is made, of the course's title."""
    course = _open(work, course_id, version)
    draft = begin_draft(work, course)
    outline = [dict(one) for one in draft.outline] or [{"title": draft.title, "texts": []}]
    if not 1 <= chapter <= len(outline):
        raise InvalidInput({"chapter": [N_("There is no such chapter.")]})
    if sum(len(one["texts"]) for one in outline) >= rules.MOST_LESSONS:
        raise RuleBroken("training.course.too_many", N_("This is more than a course can hold."))
    held = CourseLesson(course_id=course.id, made_at=work.now)
    work.session.add(held)
    work.session.flush()
    text = _text(work, held.id, lesson)
    outline[chapter - 1] = outline[chapter - 1] | {"texts": [*outline[chapter - 1]["texts"], text.id]}
    draft.outline = outline
    _touch(work, course)
    return text


def _text(work: Work, lesson_id: int, lesson: LessonDraft) -> CourseText:
    row = CourseText(lesson_id=lesson_id, kind=lesson.kind, title=lesson.title, required=lesson.required, minutes=lesson.minutes,
                     content=dict(lesson.content), made_at=work.now)
    work.session.add(row)
    work.session.flush()
    return row


def change_lesson(work: Work, course_id: int, lesson_id: int, lesson: LessonDraft, *, version: int | None = None) -> CourseText:
    """What a lesson holds from the version on that is written; what was published stays as it was."""
    course = _open(work, course_id, version)
    draft = begin_draft(work, course)
    row = next((one for one in texts_of(work.session, draft.outline).values() if one.lesson_id == lesson_id), None)
    if row is None:
        raise NotFound()
    if lesson.kind != row.kind:
        raise InvalidInput({"kind": [N_("A lesson keeps its kind. Add another one.")]})
    if row.frozen_at is not None:
        made = _text(work, lesson_id, lesson)
        draft.outline = [one | {"texts": [made.id if held == row.id else held for held in one["texts"]]} for one in draft.outline]
        row = made
    else:
        row.title, row.required, row.minutes, row.content = lesson.title, lesson.required, lesson.minutes, dict(lesson.content)
    _touch(work, course)
    return row


def lesson_draft(row: CourseText) -> LessonDraft:
    """A lesson as rules judge it."""
    return LessonDraft(row.kind, row.title, row.required, row.minutes, row.content)


def problems_of(session: Session, version: CourseVersion) -> list[tuple[str, str]]:
    """What keeps a version from being published."""
    rows = texts_of(session, version.outline)
    return rules.problems([(one["title"], [lesson_draft(rows[held]) for held in one["texts"]]) for one in version.outline])


def publish_course(work: Work, course_id: int, *, note: str | None = None, version: int | None = None) -> Course:
    """The draft is what learners get from now on; it does not change any more. Who began an older version keeps it."""
    course = _open(work, course_id, version)
    if course.draft_version_id is None:
        raise RuleBroken("training.course.nothing_new", N_("There is nothing new to publish."))
    draft = work.get(CourseVersion, course.draft_version_id, lock=True)
    found = problems_of(work.session, draft)
    if found:
        raise RuleBroken("training.course.not_ready", N_("This cannot be published yet: %(why)s"), why=found[0][1])
    texts = texts_of(work.session, draft.outline)
    _cite(work, course, list(texts.values()))
    for row in texts.values():
        row.frozen_at = row.frozen_at or work.now
    draft.note, draft.published_at, draft.published_by_id = note, work.now, work.actor.person_id
    course.state, course.published_version_id, course.draft_version_id = CourseState.PUBLISHED, draft.id, None
    _touch(work, course)
    work.record(CoursePublished(course.id, draft.id))
    return course


def _cite(work: Work, course: Course, texts: Sequence[CourseText]) -> None:
    """The lessons of the version that learners get are those that are marked when a paragraph changes, and no others."""
    now = {row.lesson_id: row for row in texts if row.kind in rules.CITING}
    gone = work.session.scalars(select(CourseLesson.id).where(CourseLesson.course_id == course.id, CourseLesson.id.not_in(list(now)))
                                .order_by(CourseLesson.id))
    for lesson_id in gone:
        cites(work, COURSE_LESSON, lesson_id, [])
    for lesson_id, row in now.items():
        cites(work, COURSE_LESSON, lesson_id, refs_in(row.content))


def refs_in(content: dict[str, Any]) -> list[Ref]:
    """The texts and paragraphs that a lesson shows."""
    return [Ref(kind, text_id, block_id) for kind, text_id, block_id in content.get("cites") or ()]


def retire_course(work: Work, course_id: int, *, reason: str, version: int | None = None) -> Course:
    """It is offered no longer and asks nothing of anybody any more; what was learned stays."""
    course = _open(work, course_id, version)
    work.because(reason)
    if course.published_version_id is None:
        raise RuleBroken("training.course.not_published", N_("This course was never published."))
    course.state, course.retired_at = CourseState.RETIRED, work.now
    for lesson_id in work.session.scalars(select(CourseLesson.id).where(CourseLesson.course_id == course.id).order_by(CourseLesson.id)):
        cites(work, COURSE_LESSON, lesson_id, [])
    _touch(work, course)
    work.record(CourseRetired(course.id))
    return course


def restore_course(work: Work, course_id: int, *, version: int | None = None) -> Course:
    """A retired course is offered again; what was assigned is asked for again."""
    course = work.get(Course, course_id, lock=True, version=version)
    work.permit(WRITE_COURSE, course)
    if course.state != CourseState.RETIRED:
        raise RuleBroken("training.course.not_retired", N_("This course is not retired."))
    course.state, course.retired_at = CourseState.PUBLISHED, None
    _cite(work, course, list(texts_of(work.session, work.get(CourseVersion, course.published_version_id).outline).values()))
    _touch(work, course)
    return course


def keep_category(work: Work, name: str, *, category_id: int | None = None, closed: bool = False,
                  version: int | None = None) -> CourseCategory:
    """Add a category, or change the name of one, close it or open it again."""
    work.permit(WRITE_COURSE)
    if category_id is not None:
        row = work.get(CourseCategory, category_id, lock=True, version=version)
    else:
        row = CourseCategory(name=name)
        work.session.add(row)
    twin = select(CourseCategory.id).where(CourseCategory.name == name)
    with work.session.no_autoflush:
        found = work.session.scalar(twin)
    if found is not None and found != row.id:
        raise InvalidInput({"name": [N_("There is a category of this name.")]})
    row.name = name
    row.closed_at = (row.closed_at or work.now) if closed else None
    work.session.flush()
    return row


def _open(work: Work, course_id: int, version: int | None) -> Course:
    course = work.get(Course, course_id, lock=True, version=version)
    work.permit(WRITE_COURSE, course)
    if course.state == CourseState.RETIRED:
        raise RuleBroken("training.course.retired", N_("This course is retired. Bring it back first."))
    return course


def _touch(work: Work, course: Course) -> None:
    course.changed_at = work.now


def _category(work: Work, category_id: int | None, held: int | None = None) -> int | None:
    if category_id is None or category_id == held:
        return category_id
    row = work.session.get(CourseCategory, category_id)
    if row is None or row.closed_at is not None:
        raise InvalidInput({"category": [N_("There is no such category.")]})
    return row.id


def _keeper(work: Work, login: str | None) -> int:
    if login is None and work.actor.person_id is not None:
        return work.actor.person_id
    found = next((one for one in directory(work.session).active() if one.login == login), None)
    if found is None or WRITE_COURSE.name not in found.permissions:
        raise InvalidInput({"keeper": [N_("Nobody with this login may write courses.")]})
    return found.id
