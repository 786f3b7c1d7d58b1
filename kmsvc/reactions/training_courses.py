"""The story of courses: who hears that one is to be taken, when belonging changes, when a process in it is released, when it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.events import PersonRightsChanged
from kmsvc.process.definitions.events import VersionWentLive
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import complete
from kmsvc.training.courses.assigning import follow_people, follow_release
from kmsvc.training.courses.citing import ASSIGNEE
from kmsvc.training.courses.duties import TAKE
from kmsvc.training.courses.events import CourseAssigned, CourseDone, CoursePublished
from kmsvc.training.courses.models import Course, CourseAssignee, CourseAttempt, CourseVersion
from kmsvc.training.courses.rules import CourseState

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def _title(work: Work, course: Course) -> str:
    return work.get(CourseVersion, course.published_version_id).title


def tell_learners(work: Work, fact: CourseAssigned, around: Surroundings) -> None:
    """Whoever is to take it hears until when; nobody hears of a course that was retired meanwhile."""
    course = work.get(Course, fact.course_id)
    if course.state != CourseState.PUBLISHED:
        return
    for row in work.session.scalars(select(CourseAssignee).where(
            CourseAssignee.id.in_(fact.assignee_ids), CourseAssignee.done_at.is_(None), CourseAssignee.ended_at.is_(None))
            .order_by(CourseAssignee.id)):
        tell(work, [row.person_id], "training.course.assigned", mail=True, url=f"/training/learning/courses/{course.id}",
             dedup=f"course_assigned:{row.id}",
             params={"number": course.number, "title": _title(work, course), "due_on": row.due_on.isoformat()})


def tell_of_newer(work: Work, fact: CoursePublished, around: Surroundings) -> None:
    """Whoever is in an older version keeps it, and hears that there is a newer one."""
    course = work.get(Course, fact.course_id)
    if course.published_version_id != fact.version_id or course.state != CourseState.PUBLISHED:
        return
    people = list(work.session.scalars(select(CourseAttempt.person_id).where(
        CourseAttempt.course_id == course.id, CourseAttempt.version_id != fact.version_id, CourseAttempt.done_at.is_(None),
        CourseAttempt.left_at.is_(None)).order_by(CourseAttempt.person_id)))
    tell(work, people, "training.course.newer", url=f"/training/learning/courses/{course.id}",
         dedup=f"course_newer:{fact.version_id}", params={"number": course.number, "title": _title(work, course)})


def assign_to_who_belongs(work: Work, fact: PersonRightsChanged | CoursePublished, around: Surroundings) -> None:
    """Somebody came to another unit, post or role, or a course is published again: its standing assignments meet who is meant."""
    person_id = fact.person_id if isinstance(fact, PersonRightsChanged) else None
    follow_people(work, local_date(work.now, around.zone), person_id)


def assign_after_release(work: Work, fact: VersionWentLive, around: Surroundings) -> None:
    """A process took effect: courses that show it are taken again where that was asked for."""
    follow_release(work, fact.process_id, local_date(work.now, around.zone))


def end_course_duty(work: Work, fact: CourseDone, around: Surroundings) -> None:
    """What is done is not reminded of."""
    attempt = work.get(CourseAttempt, fact.attempt_id)
    for assignee_id in work.session.scalars(select(CourseAssignee.id).where(CourseAssignee.attempt_id == attempt.id)
                                            .order_by(CourseAssignee.id)):
        complete(work, rule=TAKE, subject_kind=ASSIGNEE, subject_id=assignee_id, person_id=attempt.person_id,
                 done_on=local_date(attempt.done_at or work.now, around.zone))


def remind_of_course(work: Work, duty: Obligation, rung: str) -> None:
    """Whoever is to take a course hears that its day is near or gone; nobody hears of a retired one."""
    row = work.get(CourseAssignee, duty.subject_id)
    course = work.get(Course, row.course_id)
    if course.state != CourseState.PUBLISHED or row.done_at is not None or row.ended_at is not None:
        return
    tell(work, [row.person_id], "training.course.due", mail=True, url=f"/training/learning/courses/{course.id}",
         dedup=f"reminder:{duty.id}:{duty.due_on}:{rung}",
         params={"number": course.number, "title": _title(work, course), "due_on": row.due_on.isoformat()})


REACTIONS: dict[Any, tuple[Any, ...]] = {
    CourseAssigned: (tell_learners,),
    CoursePublished: (tell_of_newer, assign_to_who_belongs),
    CourseDone: (end_course_duty,),
    PersonRightsChanged: (assign_to_who_belongs,),
    VersionWentLive: (assign_after_release,),
}
