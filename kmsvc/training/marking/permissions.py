"""Who marks, who leads the marking, who releases, who sees results, and what candidates do with their own."""

from __future__ import annotations

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.training.sittings.models import Sitting


def is_person(actor: Actor, row: object | None) -> bool:
    """Whether a person speaks: marks are given by people."""
    return actor.person_id is not None


def is_own(actor: Actor, row: Sitting | None) -> bool:
    """Whether it is the caller's own sitting, where one is there."""
    return actor.person_id is not None and (row is None or row.person_id == actor.person_id)


def is_anothers(actor: Actor, row: Sitting | None) -> bool:
    """Whether it is not the caller's own."""
    return row is None or actor.person_id is None or row.person_id != actor.person_id


SEE_MARKING = Permission("training.marking.see", N_("See how far the marking of exams is"))
MARK = Permission("training.marking.mark", N_("Mark answers of the exams one is assigned to"), is_person)
LEAD = Permission("training.marking.lead", N_("Lead the marking: samples, substitutes, corrected keys, drift"))
RELEASE = Permission("training.marking.release", N_("Release results of exams and make them final"))
CORRECT = Permission("training.marking.correct", N_("Correct a mark after the release, with a reason"), is_anothers)
SEE_RESULTS = Permission("training.marking.see_results", N_("See results of exams with the names of people"))
SEE_TEAM_RESULTS = Permission("training.marking.see_team", N_("See how the people of one's own unit stand in exams, and their results"))
READ_RESULT = Permission("training.marking.read_result", N_("Look at the marked paper of somebody, with a reason; each look is noted"),
                         is_anothers)
SEE_OWN = Permission("training.marking.see_own", N_("See one's own results once they are released"), is_own)
APPEAL = Permission("training.marking.appeal", N_("Contest a mark of one's own"), is_own)
DECIDE = Permission("training.marking.decide", N_("Decide appeals against marks of others"), is_person)
FOLLOW = Permission("training.marking.follow", N_("Mark automatically and draw what is marked twice"))
