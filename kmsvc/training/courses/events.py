"""What happens to courses and to those who take them."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class CoursePublished(Event):
    """A version of a course is published; who began an older one keeps it and hears of the new one."""

    kind = "training.course.published"
    course_id: int
    version_id: int


@dataclass(frozen=True)
class CourseRetired(Event):
    """A course is offered and asked for no longer."""

    kind = "training.course.retired"
    course_id: int


@dataclass(frozen=True)
class CourseAssigned(Event):
    """These people (ids of CourseAssignee) are to take a course from now on."""

    kind = "training.course.assigned"
    course_id: int
    assignment_id: int
    assignee_ids: list[int]


@dataclass(frozen=True)
class CourseDone(Event):
    """Somebody has done every required lesson of a course."""

    kind = "training.course.done"
    course_id: int
    attempt_id: int
    person_id: int


@dataclass(frozen=True)
class CourseUndone(Event):
    """An attempt that was done is not: what finished one of its lessons was taken back. The person goes on in another attempt."""

    kind = "training.course.undone"
    course_id: int
    attempt_id: int
    person_id: int
