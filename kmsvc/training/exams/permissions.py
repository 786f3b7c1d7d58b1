"""Who plans exams, who sees them with their people, who sees the own ones."""

from __future__ import annotations

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_


def is_person(actor: Actor, row: object | None) -> bool:
    """Whether a person speaks: a program without one sits no exam."""
    return actor.person_id is not None


SEE_EXAMS = Permission("training.exam.see", N_("See exam plans with their candidates"))
PLAN_EXAM = Permission("training.exam.plan", N_("Plan exams, announce, move and cancel them"))
SEE_MY_EXAMS = Permission("training.exam.mine", N_("See one's own exams"), is_person)
KEEP_EXAMS = Permission("training.exam.keep_time", N_("Remind of exams and keep their papers up to date"))
