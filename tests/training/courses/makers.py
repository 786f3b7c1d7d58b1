"""Courses as tests need them, through the real use cases."""

from __future__ import annotations

from typing import Any

from kmsvc.training.courses import usecases
from kmsvc.training.courses.rules import LessonDraft
from kmsvc.training.courses.usecases import CourseDraft
from tests.support.centre import Centre


def text_lesson(title: str, *, body: str = "正文", required: bool = True) -> LessonDraft:
    """A lesson of text."""
    return LessonDraft("text", title, required, 5, {"body": body})


def a_course(world: Centre, *, title: str = "课程", elective: bool = True, who: str = "trainer") -> Any:
    """An empty course."""
    with world.begin(who) as work:
        return usecases.make_course(work, CourseDraft(title, "讲什么", None, 30, elective=elective))


def add(world: Centre, course: Any, lesson: LessonDraft, *, chapter: int = 1, who: str = "trainer") -> Any:
    """A lesson more."""
    with world.begin(who) as work:
        return usecases.add_lesson(work, course.id, chapter, lesson)


def publish(world: Centre, course: Any, *, who: str = "trainer") -> Any:
    """Published as it is."""
    with world.begin(who) as work:
        return usecases.publish_course(work, course.id)


def published(world: Centre, *lessons: LessonDraft, elective: bool = True, title: str = "课程") -> tuple[Any, list[int]]:
    """A published course with these lessons, and their lasting ids."""
    course = a_course(world, title=title, elective=elective)
    ids = [add(world, course, one).lesson_id for one in lessons or (text_lesson("a"), text_lesson("b"))]
    publish(world, course)
    return course, ids
