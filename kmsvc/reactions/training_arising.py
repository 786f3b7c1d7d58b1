"""What training plans arise from, and what follows from being there: events become drafts by rules, step 9 of a change gets its real
plan, who signs in finishes the lesson that was taught, a plan that is done asks for its evaluation."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.events import PersonJoined, PersonMoved
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.rules import PersonState
from kmsvc.process.changes.events import TrainingPlanned
from kmsvc.process.changes.fieldsteps import note_plan
from kmsvc.process.changes.models import Change
from kmsvc.process.changes.rules import is_open
from kmsvc.process.changes.training import training_of
from kmsvc.process.definitions.events import VersionWentLive
from kmsvc.process.definitions.models import Publication
from kmsvc.process.fieldwork.models import PlanLine
from kmsvc.standards.duties.models import Obligation
from kmsvc.training.courses.teaching import was_not_taught, was_taught
from kmsvc.training.evaluations.models import Evaluation
from kmsvc.training.evaluations.permissions import RUN_EVALUATION
from kmsvc.training.evaluations.rules import SubjectKind
from kmsvc.training.needs.arising import of_entry
from kmsvc.training.needs.events import NeedEntered
from kmsvc.training.needs.models import NeedEntry
from kmsvc.training.plans.arising import Arises, Happening, happened, of_person, of_publication, plan_of_line
from kmsvc.training.plans.arising_models import ArisingRule
from kmsvc.training.plans.clashes import was_there
from kmsvc.training.plans.duties import ATTEND_PLAN
from kmsvc.training.plans.events import PlanFinished, SignedIn, SignInTakenBack
from kmsvc.training.plans.models import Plan, SessionPerson, TrainingSession
from kmsvc.training.plans.permissions import MAKE_PLANS
from kmsvc.training.plans.rules import PlanState, SessionState

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def _holders(work: Work, permission: str) -> list[int]:
    return [one.id for one in directory(work.session).active() if permission in one.permissions and one.logins]


def _planners(work: Work) -> list[int]:
    return _holders(work, MAKE_PLANS.name)


def _let_arise(work: Work, it: Happening | None, around: Surroundings) -> None:
    """Rules catch it; who wrote a rule, else who makes plans, hears what it did."""
    if it is None:
        return
    for row in happened(work, it, local_date(around.at or work.now, around.zone)):
        rule, plan = work.get(ArisingRule, row.rule_id), work.get(Plan, row.plan_id)
        writer = [rule.made_by_id] if rule.made_by_id in _planners(work) else _planners(work)
        tell(work, [one for one in writer if one is not None], "training.plan.arisen", url=f"/training/plans/{plan.id}",
             dedup=f"arisen:{row.id}", params={"number": plan.number, "title": plan.title, "event": row.title,
                                               "people": str(len(row.people))})


def plans_for_who_joins(work: Work, fact: PersonJoined, around: Surroundings) -> None:
    """Somebody joined."""
    person = work.get(Person, fact.person_id)
    if person.state == PersonState.ACTIVE and not person.is_first and not person.is_guest:
        _let_arise(work, of_person(person, Arises.JOINED, person.created_at), around)


def plans_for_who_moves(work: Work, fact: PersonMoved, around: Surroundings) -> None:
    """Somebody changed post or unit."""
    _let_arise(work, of_person(work.get(Person, fact.person_id), Arises.MOVED, around.at or work.now, fact.turn), around)


def plans_for_what_is_published(work: Work, fact: VersionWentLive, around: Surroundings) -> None:
    """A process version took effect."""
    _let_arise(work, of_publication(work.session, work.get(Publication, fact.publication_id)), around)


def plans_for_gap(work: Work, fact: NeedEntered, around: Surroundings) -> None:
    """A QA gap was entered."""
    _let_arise(work, of_entry(work.get(NeedEntry, fact.entry_id)), around)


def plan_of_change(work: Work, fact: TrainingPlanned, around: Surroundings) -> None:
    """Step 9 gets its real training plan: a draft, or the one it named; its trainer hears of it."""
    line, change = work.get(PlanLine, fact.line_id), work.get(Change, fact.change_id)
    plan = plan_of_line(work, line_id=line.id, plan_id=fact.plan_id, people=[one.person_id for one in line.people],
                        title=f"{change.number} {line.course}", due_on=line.held_on)
    if line.plan_id is None:
        note_plan(work, line.id, plan.id)
    tell(work, [line.trainer_id], "training.plan.of_change", url=f"/training/plans/{plan.id}", dedup=f"change_line:{line.id}",
         params={"number": plan.number, "title": plan.title, "change": change.number, "due_on": line.held_on.isoformat()})


def finish_taught_lessons(work: Work, fact: SignedIn, around: Surroundings) -> None:
    """Who was at a session of a plan with a course has done its lessons that are taught."""
    plan = work.get(Plan, fact.plan_id)
    line = work.session.scalars(select(SessionPerson).where(
        SessionPerson.session_id == fact.session_id, SessionPerson.person_id == fact.person_id)).one_or_none()
    counts = line is not None and line.present_at is not None and work.get(
        TrainingSession, fact.session_id).state != SessionState.CANCELLED
    if plan.course_id is not None and counts:
        was_taught(work, plan.course_id, fact.person_id)


def open_taught_lessons(work: Work, fact: SignInTakenBack, around: Surroundings) -> None:
    """Who was not at a session after all has not done the lessons that only this sign-in finished."""
    plan = work.get(Plan, fact.plan_id)
    rows = work.session.execute(select(SessionPerson.session_id, SessionPerson.present_at).join(
        TrainingSession, TrainingSession.id == SessionPerson.session_id).join(Plan, Plan.id == TrainingSession.plan_id).where(
        Plan.course_id == plan.course_id, SessionPerson.person_id == fact.person_id, was_there()).order_by(SessionPerson.id)).all()
    if plan.course_id is not None and fact.session_id not in {row.session_id for row in rows}:
        at = datetime.fromisoformat(fact.present_at)
        was_not_taught(work, plan.course_id, fact.person_id, at, [row.present_at for row in rows])
        if any(row.present_at > at for row in rows):  # what a later session taught is done by that one
            was_taught(work, plan.course_id, fact.person_id)


def tell_enough_are_trained(work: Work, fact: SignedIn, around: Surroundings) -> None:
    """The author and who releases hear it, once, when the share that a change asks for is reached."""
    for change_id in sorted(set(work.session.scalars(select(PlanLine.change_id).where(PlanLine.plan_id == fact.plan_id)))):
        change = work.get(Change, change_id)
        if not is_open(change.state):
            continue
        now = training_of(work.session, change, local_date(around.at or work.now, around.zone))
        if now.is_real and now.is_enough:
            people = {*_holders(work, "process.change.release_mail"), change.author_id}
            tell(work, sorted(one for one in people if one is not None), "training.plan.enough", about=("change", change.id),
                 url=f"/process/changes/{change.id}/training", dedup=f"enough:{change.id}:{change.visit(9)}",
                 params={"number": change.number, "title": change.title, "trained": str(now.trained), "people": str(now.people)})


def suggest_evaluation(work: Work, fact: PlanFinished, around: Surroundings) -> None:
    """A plan that is done, with somebody who was there, asks those who run evaluations for its own, once."""
    plan = work.get(Plan, fact.plan_id)
    held = work.session.scalar(select(TrainingSession.id).where(
        TrainingSession.plan_id == plan.id, TrainingSession.state == SessionState.HELD).limit(1))
    known = work.session.scalar(select(Evaluation.id).where(
        Evaluation.subject_kind == SubjectKind.PLAN, Evaluation.subject_id == plan.id, Evaluation.cancelled_at.is_(None)).limit(1))
    if plan.state != PlanState.DONE or held is None or known is not None:
        return
    people = _holders(work, RUN_EVALUATION.name)
    made_by = [plan.made_by_id] if plan.made_by_id in people else people
    tell(work, [one for one in made_by if one is not None], "training.plan.evaluate", url=f"/training/evaluations/new?plan={plan.id}",
         dedup=f"evaluate:{plan.id}", params={"number": plan.number, "title": plan.title})


def remind_of_plan(work: Work, duty: Obligation, rung: str) -> None:
    """Who is to be trained, or who answers for a plan that has no session yet, hears that its day is near or gone."""
    if duty.owner_id is None:
        return
    plan = work.get(Plan, duty.subject_id)
    place = "/training/plans/mine" if duty.rule == ATTEND_PLAN else f"/training/plans/{plan.id}"
    tell(work, [duty.owner_id], "training.plan.due", url=place, dedup=f"reminder:{duty.id}:{duty.due_on}:{rung}",
         params={"number": plan.number, "title": plan.title, "due_on": duty.due_on.isoformat()})


REACTIONS: dict[type[Any], tuple[Any, ...]] = {
    PersonJoined: (plans_for_who_joins,), PersonMoved: (plans_for_who_moves,), VersionWentLive: (plans_for_what_is_published,),
    NeedEntered: (plans_for_gap,), TrainingPlanned: (plan_of_change,), SignedIn: (finish_taught_lessons, tell_enough_are_trained),
    SignInTakenBack: (open_taught_lessons,),
    PlanFinished: (suggest_evaluation,)}
