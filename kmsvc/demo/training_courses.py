"""Courses of the demo: one that everybody on the phones must take, one for newcomers, one to be chosen; some are done, some late."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from kmsvc.demo.content.courses import AUTHOR, CATEGORIES, COURSES, NOTE, REASONS
from kmsvc.knowledge.articles.models import Article
from kmsvc.training.courses import learning, usecases
from kmsvc.training.courses.assigning import Whom, assign_course
from kmsvc.training.courses.models import CourseText
from kmsvc.training.courses.rules import LessonDraft, LessonKind
from kmsvc.training.courses.usecases import CourseDraft

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

Told = Callable[[datetime], None]
LEARNERS = 9


def taught(stage: Stage, shown_since: Mapping[str, int]) -> list[Iterator[tuple[datetime, Told]]]:
    """Written a month ago, assigned three weeks ago, taken since."""
    steady = [one for one in sorted(shown_since) if shown_since[one] > 40][:3]
    return [_played(stage, steady)] if steady else []


def _played(stage: Stage, steady: list[str]) -> Iterator[tuple[datetime, Told]]:
    ids: list[int] = []
    yield stage.at(30, 10, 20), lambda now: ids.extend(_write(stage, steady, now))
    yield stage.at(21, 9, 40), lambda now: _assign(stage, ids, now)
    agents = [login for login, person in sorted(stage.cast.items()) if "agent" in person.role_names][:LEARNERS]
    for place, login in enumerate(agents):
        when = stage.at(18 - 2 * place if place < 8 else 2, 14, 5 * place)
        yield when, lambda now, place=place, login=login: _take(stage, ids, login, place, now)  # type: ignore[misc]
    yield stage.at(3, 16, 10), lambda now: _new_version(stage, ids, now)


def _write(stage: Stage, steady: list[str], now: datetime) -> Iterator[int]:
    with stage.quiet.begin(stage.actor(AUTHOR), now) as work:
        shelves = {name: usecases.keep_category(work, name).id for name in CATEGORIES}
        articles = [one.id for one in work.session.scalars(select(Article).where(Article.external_id.in_(steady)).order_by(Article.id))]
        for title, summary, category, minutes, elective, chapters in COURSES:
            course = usecases.make_course(work, CourseDraft(title, summary, shelves[category], minutes, elective))
            for number, (name, lessons) in enumerate(chapters, 1):
                usecases.arrange(work, course.id, "add_chapter", title=name)
                for said, body in lessons:
                    lesson = (LessonDraft(LessonKind.TEXT, said, True, minutes // 2, {"body": body}) if body else LessonDraft(
                        LessonKind.ARTICLE, said, True, minutes // 2, {"cites": [["article", one, None] for one in articles]}))
                    usecases.add_lesson(work, course.id, number, lesson)
            usecases.publish_course(work, course.id)
            yield course.id


def _assign(stage: Stage, ids: list[int], now: datetime) -> None:
    today = stage.today - timedelta(days=21)
    with stage.quiet.begin(stage.actor(AUTHOR), now) as work:
        assign_course(work, ids[0], Whom(role="agent"), today=today, due_on=stage.today - timedelta(days=1), reason=REASONS[0])
        units = sorted({person.unit_id for person in stage.cast.values() if "agent" in person.role_names})
        assign_course(work, ids[1], Whom(unit_id=units[0]), today=today, due_on=stage.today + timedelta(days=12), reason=REASONS[1])


def _take(stage: Stage, ids: list[int], login: str, place: int, now: datetime) -> None:
    """Most do the first course, some begin another one."""
    with stage.quiet.begin(stage.actor(login), now) as work:
        wanted = [ids[0]] if place % 4 != 3 else []
        for course_id in wanted + ([ids[2]] if place % 3 == 0 else []):
            attempt = learning.begin_course(work, course_id)
            lessons = learning.lessons_of(work.session, attempt)
            for at, lesson_id in enumerate(lessons):
                if at == 0 or place % 2 == 0:
                    learning.note_progress(work, attempt.id, lesson_id, seconds=30, done=True)


def _new_version(stage: Stage, ids: list[int], now: datetime) -> None:
    with stage.quiet.begin(stage.actor(AUTHOR), now) as work:
        course_id = ids[2]
        row = work.session.scalars(select(CourseText).where(CourseText.title == COURSES[2][5][0][1][0][0])).one()
        usecases.change_lesson(work, course_id, row.lesson_id, LessonDraft(
            row.kind, row.title, row.required, row.minutes, {"body": row.content["body"] + "\n\n" + COURSES[2][1]}))
        usecases.publish_course(work, course_id, note=NOTE)
