"""Steps 9 to 12: plan the training, sit in, sample live contacts, gather feedback. Source: clauses 63 and 67; domain 6.6."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.queries import active_people
from kmsvc.people.units.queries import downward, parents, unit_by_code
from kmsvc.process.changes import scenes
from kmsvc.process.changes.events import TrainingPlanned
from kmsvc.process.changes.models import Change
from kmsvc.process.changes.moves import finish, start
from kmsvc.process.changes.permissions import LINK_TRAINING
from kmsvc.process.changes.usecases import person_named
from kmsvc.process.fieldwork import gates, teaching
from kmsvc.process.fieldwork.models import FeedbackItem, PlanLine, PlanPerson, Sample, SitIn
from kmsvc.process.fieldwork.rules import (
    FeedbackRoute,
    FeedbackSource,
    SampleResult,
    TaughtVerdict,
    plain_contact,
)

_NUMBER = re.compile(r"TP-[\d-]+", re.IGNORECASE)


def plan_training(work: Work, change_id: int, *, course: str, held_on: date, trainer: str, unit: str | None = None,
                  material: str | None = None, exam: str | None = None, plan: str | None = None, by_hand: bool | None = None,
                  version: int | None = None) -> PlanLine:
    """Step 9: one training; without a unit it plans every affected person who has none yet. A real training plan is made of it, or
    they are put on the one that `plan` numbers; by_hand: neither, what is known is what is entered here."""
    turn = start(work, change_id, "plan_training", version=version)
    change = turn.change
    people = set(scenes.affected_people(work.session, change))
    place = unit_by_code(work.session, str(unit)) if unit else None
    if place is not None:
        inside = {person.id for person in active_people(work.session, downward(parents(work.session), place.id))}
        people &= inside
    people -= gates.counts(work.session, change_id, change.visit(9)).planned
    held = teaching.plan_named(work.session, plan) if plan else None
    numbered = plan is not None and _NUMBER.fullmatch(plan.strip()) is not None  # other words name no plan, and none is refused for them
    if (numbered and held is None) or (held is not None and by_hand):
        raise InvalidInput({"plan": [N_("There is no such training plan, or it is over.") if held is None else
                                     N_("Name a plan, or enter it by hand, not both.")]})
    line = PlanLine(change_id=change_id, visit=change.visit(9), version_id=change.candidate_id, course=course,
                    held_on=held_on, trainer_id=person_named(work, trainer, "trainer").id,
                    unit_id=place.id if place else None, material=material, exam=exam,
                    planned_by_id=work.actor.person_id, recorded_at=work.now, by_hand=bool(by_hand),
                    people=[PlanPerson(person_id=one) for one in sorted(people)])
    work.session.add(line)
    work.session.flush()
    finish(turn, comment=f"{course} · {held_on}", record=("plan_line", line.id))
    if not by_hand:
        work.record(TrainingPlanned(change_id, line.id, held))
    return line


def note_plan(work: Work, line_id: int, plan_id: int) -> None:
    """The real training plan of a line of step 9 is known; called when one was made or linked, twice changes nothing."""
    line = work.get(PlanLine, line_id, lock=True)
    work.permit(LINK_TRAINING, line)
    line.plan_id = plan_id


def record_sit_in(work: Work, change_id: int, *, plan_line: int, held_on: date, verdict: str, session: int | None = None,
                  questions: str | None = None, version: int | None = None) -> SitIn:
    """Step 10: what was seen while sitting in: taught right? which questions? session: the real one, of the plan of this line."""
    turn = start(work, change_id, "record_sit_in", version=version)
    line = work.get(PlanLine, plan_line)
    if line.change_id != change_id or line.visit != turn.change.visit(9):
        raise NotFound()  # a session of another request, or of a round that was taught again
    if verdict != TaughtVerdict.RIGHT and not questions:
        raise InvalidInput({"questions": [N_("Say what was missing or unclear.")]})
    plan = teaching.taught(work.session, [line.plan_id]).get(line.plan_id) if line.plan_id is not None else None
    if session is not None and (plan is None or session not in {one.id for one in plan.sessions}):
        raise InvalidInput({"session": [N_("This session belongs to another training.")]})
    row = SitIn(change_id=change_id, visit=turn.change.visit(9), line_id=line.id, held_on=held_on, session_id=session,
                verdict=TaughtVerdict(verdict), questions=questions, person_id=work.actor.person_id, recorded_at=work.now)
    work.session.add(row)
    work.session.flush()
    finish(turn, comment=questions, record=("sit_in", row.id))
    return row


def record_sample(work: Work, change_id: int, *, contact: str, contacted_on: date, result: str, note: str | None = None,
                  version: int | None = None) -> Sample:
    """Step 11: one real contact: followed, not followed (a note says what happened instead), not applicable."""
    turn = start(work, change_id, "record_sample", version=version)
    if result == SampleResult.NOT_FOLLOWED and not note:
        raise InvalidInput({"note": [N_("Say what was done instead.")]})
    row = Sample(change_id=change_id, visit=turn.change.visit(9), contact=contact, contacted_on=contacted_on,
                 result=SampleResult(result), note=note, person_id=work.actor.person_id, recorded_at=work.now)
    work.session.add(row)
    work.session.flush()
    finish(turn, comment=note or contact, record=("sample", row.id))
    return row


def once_a_round(work: Work, change_id: int, *, contact: str | None = None, **_others: object) -> None:
    """A person who samples the same contact again is told so: five samples are five contacts. Asked for by the page only;
    programs may send texts that are not unique."""
    change = work.get(Change, change_id)
    known = work.session.scalars(select(Sample.contact).where(
        Sample.change_id == change_id, Sample.visit == change.visit(9)))
    if contact is not None and plain_contact(contact) in {plain_contact(other) for other in known}:
        raise InvalidInput({"contact": [N_("This contact is in the sample already. Take another one.")]})


def record_feedback(work: Work, change_id: int, *, text: str, source: str = FeedbackSource.QA, route: str | None = None,
                    version: int | None = None) -> FeedbackItem:
    """Step 12: one thing QA or a test says; its route may follow later."""
    turn = start(work, change_id, "record_feedback", version=version)
    row = FeedbackItem(change_id=change_id, visit=turn.change.visit(9), source=FeedbackSource(source), text=text,
                       route=FeedbackRoute(route) if route else None, person_id=work.actor.person_id, recorded_at=work.now)
    work.session.add(row)
    work.session.flush()
    finish(turn, comment=text, record=("feedback_item", row.id))
    return row


def route_feedback(work: Work, change_id: int, *, item: int, route: str, version: int | None = None) -> None:
    """Step 12: where an item goes."""
    turn = start(work, change_id, "route_feedback", version=version)
    row = work.get(FeedbackItem, item, lock=True)
    if row.change_id != change_id:
        raise NotFound()
    if row.route is not None:
        raise RuleBroken("process.change.item_routed", N_("This item has its route already."))
    row.route = FeedbackRoute(route)
    finish(turn, record=("feedback_item", row.id))


def finish_step(work: Work, change_id: int, verb: str, *, comment: str | None = None, version: int | None = None) -> None:
    """Leave steps 9 to 12 once their gate holds."""
    finish(start(work, change_id, verb, version=version), comment=comment)


