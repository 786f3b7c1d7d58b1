"""What training plans arise from, and what follows from being there: events become drafts by rules, step 9 of a change gets its real
plan, who signs in finishes the lesson that was taught, a plan that is done asks for its evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
from kmsvc.process.definitions.events import VersionWentLive
from kmsvc.process.definitions.models import Publication
from kmsvc.process.fieldwork.models import PlanLine
from kmsvc.training.needs.arising import of_entry
from kmsvc.training.needs.events import NeedEntered
from kmsvc.training.needs.models import NeedEntry
from kmsvc.training.plans.arising import Arises, Happening, happened, of_person, of_publication, plan_of_line
from kmsvc.training.plans.arising_models import ArisingRule
from kmsvc.training.plans.models import Plan
from kmsvc.training.plans.permissions import MAKE_PLANS

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def _planners(work: Work) -> list[int]:
    return [one.id for one in directory(work.session).active() if MAKE_PLANS.name in one.permissions and one.logins]


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
    if person.state == PersonState.ACTIVE and not person.is_first:
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


REACTIONS: dict[type[Any], tuple[Any, ...]] = {
    PersonJoined: (plans_for_who_joins,), PersonMoved: (plans_for_who_moves,), VersionWentLive: (plans_for_what_is_published,),
    NeedEntered: (plans_for_gap,), TrainingPlanned: (plan_of_change,)}
