"""Who learns, who writes and publishes courses, who assigns them and sees how far others are."""

from __future__ import annotations

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_


def is_person(actor: Actor, row: object | None) -> bool:
    """Whether a person speaks: a program without one learns nothing."""
    return actor.person_id is not None


SEE_LEARNING = Permission("training.learning.see", N_("See one's own training"))
LEARN = Permission("training.learning.learn", N_("Take courses: what one must and what one may"), is_person)
SEE_COURSES = Permission("training.course.see", N_("See all courses with their drafts"))
WRITE_COURSE = Permission("training.course.write", N_("Write courses, publish and retire them"))
ASSIGN_COURSE = Permission("training.course.assign", N_("Assign courses to people, units, posts and roles"))
SEE_LEARNERS = Permission("training.course.see_people", N_("See how far each person is in a course"))
FOLLOW_COURSES = Permission("training.course.follow", N_("Assign and end courses as facts ask for it"))
