"""What follows from duties."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kmsvc.core.work import Work
from kmsvc.notices.usecases import tell
from kmsvc.process.definitions.models import Process
from kmsvc.reactions.licences import remind_of_licence
from kmsvc.reactions.reviews import remind_of_review
from kmsvc.reactions.training_arising import remind_of_plan
from kmsvc.reactions.training_certificates import remind_of_certificate
from kmsvc.reactions.training_courses import remind_of_course
from kmsvc.reactions.training_evaluations import remind_of_evaluation
from kmsvc.reactions.training_marking import remind_of_appeal, remind_of_marking
from kmsvc.reactions.training_needs import remind_of_needs
from kmsvc.reactions.training_onboarding import remind_of_onboarding
from kmsvc.reactions.training_plans import remind_of_authorisation
from kmsvc.standards.duties.events import ReminderDue
from kmsvc.standards.duties.models import Obligation
from kmsvc.training.courses.citing import ASSIGNEE
from kmsvc.training.marking.duties import APPEAL, MARKING
from kmsvc.training.onboarding import duties

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


REMINDERS: dict[str, Callable[[Work, Obligation, str], None]] = {
    "certificate": remind_of_certificate,
    "licence": remind_of_licence, APPEAL: remind_of_appeal, MARKING: remind_of_marking, ASSIGNEE: remind_of_course,
    "needs_year": remind_of_needs, "needs_answer": remind_of_needs,
    duties.NEWCOMER: remind_of_onboarding, duties.CLASS: remind_of_onboarding,
    "training_plan": remind_of_plan,
    "trainer": remind_of_authorisation, "evaluation_rating": remind_of_evaluation, "adjustment": remind_of_evaluation}
"""By the kind of its subject, how a duty is reminded of."""


def remind_owner(work: Work, fact: ReminderDue, around: Surroundings) -> None:
    """The owner of a process hears that its review is near or late."""
    duty = work.get(Obligation, fact.obligation_id)
    if duty.state != "open" or duty.owner_id is None:
        return
    if duty.subject_kind in REMINDERS:
        REMINDERS[duty.subject_kind](work, duty, fact.rung)
        return
    if duty.subject_kind != "process":
        remind_of_review(work, duty, fact.rung)
        return
    process = work.get(Process, duty.subject_id)
    tell(work, [duty.owner_id], "process.review.due", mail=True, about=("process", process.id),
         params={"number": process.number, "title": process.name, "due_on": duty.due_on.isoformat()},
         url=f"/process/definitions/{process.id}", dedup=f"reminder:{duty.id}:{fact.rung}")


REACTIONS: dict[Any, tuple[Any, ...]] = {ReminderDue: (remind_owner,)}
