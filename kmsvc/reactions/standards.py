"""What follows from duties."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.core.cards import whole_card
from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.knowledge.reviews.events import ReviewSigned
from kmsvc.knowledge.reviews.models import Review
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.events import PersonJoined, PersonRightsChanged
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.queries import actor_of
from kmsvc.people.accounts.rules import PersonState
from kmsvc.people.units.queries import root_unit
from kmsvc.process.definitions.events import VersionWentLive
from kmsvc.process.definitions.models import Process, ProcessVersion
from kmsvc.reactions.licences import remind_of_licence
from kmsvc.reactions.reviews import remind_of_review
from kmsvc.reactions.rooms import remind_of_room_request
from kmsvc.reactions.training_arising import remind_of_plan
from kmsvc.reactions.training_certificates import remind_of_certificate
from kmsvc.reactions.training_courses import remind_of_course
from kmsvc.reactions.training_evaluations import remind_of_evaluation
from kmsvc.reactions.training_marking import remind_of_appeal, remind_of_marking
from kmsvc.reactions.training_needs import remind_of_needs
from kmsvc.reactions.training_onboarding import remind_of_onboarding
from kmsvc.reactions.training_plans import remind_of_authorisation
from kmsvc.standards.duties.events import DutiesDue, DutyChanged, ReminderDue
from kmsvc.standards.duties.life import settle
from kmsvc.standards.duties.models import ClauseDuty, DutyStep, Obligation
from kmsvc.standards.duties.rules import DutyTrigger
from kmsvc.standards.duties.triggers import happened
from kmsvc.standards.rooms.duties import REQUEST as ROOM_REQUEST
from kmsvc.training.certificates.events import NeedChanged
from kmsvc.training.certificates.models import CertificateKind, CertificateNeed
from kmsvc.training.courses.citing import ASSIGNEE
from kmsvc.training.marking.duties import APPEAL, MARKING
from kmsvc.training.needs.events import NeedEntered
from kmsvc.training.needs.models import NeedEntry
from kmsvc.training.needs.rules import SourceKind
from kmsvc.training.onboarding import duties

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


REMINDERS: dict[str, Callable[[Work, Obligation, str], None]] = {
    "certificate": remind_of_certificate,
    "licence": remind_of_licence, APPEAL: remind_of_appeal, MARKING: remind_of_marking, ASSIGNEE: remind_of_course,
    "needs_year": remind_of_needs, "needs_answer": remind_of_needs,
    duties.NEWCOMER: remind_of_onboarding, duties.CLASS: remind_of_onboarding,
    "training_plan": remind_of_plan,
    ROOM_REQUEST: remind_of_room_request,
    "trainer": remind_of_authorisation, "evaluation_rating": remind_of_evaluation, "adjustment": remind_of_evaluation}
"""By the kind of its subject, how a duty is reminded of."""


def remind_of_turn(work: Work, duty: Obligation, rung: str) -> None:
    """An audit, a turn of a finding, a proof that expires, a round: whoever has it hears that its day is near or gone, by the card of
    what it is about."""
    person = work.get(Person, duty.owner_id)
    card = whole_card(work.session, actor_of(work.session, person, login="", via="worker"), duty.subject_kind, duty.subject_id)
    if card is not None:
        tell(work, [person.id], "standards.duty.turn", mail=True, url=card.url, about=(card.kind, card.id),
             dedup=f"reminder:{duty.id}:{duty.due_on}:{rung}",
             params={"number": card.number, "title": card.title, "due_on": duty.due_on.isoformat()})


def remind_owner(work: Work, fact: ReminderDue, around: Surroundings) -> None:
    """Whoever answers for it hears that a duty is near or late."""
    duty = work.get(Obligation, fact.obligation_id)
    if duty.state != "open" or duty.owner_id is None:
        return
    if duty.subject_kind in REMINDERS:
        REMINDERS[duty.subject_kind](work, duty, fact.rung)
        return
    if duty.rule.startswith(("standards.", "process.audit.", "process.theme.")):
        remind_of_turn(work, duty, fact.rung)
        return
    if duty.subject_kind != "process":
        remind_of_review(work, duty, fact.rung)
        return
    process = work.get(Process, duty.subject_id)
    tell(work, [duty.owner_id], "process.review.due", mail=True, about=("process", process.id),
         params={"number": process.number, "title": process.name, "due_on": duty.due_on.isoformat()},
         url=f"/process/definitions/{process.id}", dedup=f"reminder:{duty.id}:{fact.rung}")


KINDS = {"superior": "standards.duty.late_of", "manager": "standards.duty.late_centre"}


def tell_of_duties(work: Work, fact: DutiesDue, around: Surroundings) -> None:
    """Whoever answers for duties of clauses hears of all of a morning at once; of late ones the superior, then the managers."""
    dedup = f"duties:{fact.person_id}:{fact.step}:{fact.day}:{fact.duties[0]}:{fact.count}"
    params = {"count": str(fact.count), "late": str(fact.late), "due_on": fact.first_on}
    if fact.step in KINDS:
        tell(work, [fact.person_id], KINDS[fact.step], mail=True, url="/standards/duties?state=late", params=params, dedup=dedup)
        return
    if fact.count > 1:
        tell(work, [fact.person_id], "standards.duty.due_many", mail=True, params=params, dedup=dedup,
             url=f"/standards/duties?state=open&owner={fact.person_id}")
        return
    _tell_one(work, work.get(Obligation, fact.duties[0]), fact.person_id, "standards.duty.due", dedup)


def _tell_one(work: Work, duty: Obligation, person_id: int, kind: str, dedup: str) -> None:
    rule = work.get(ClauseDuty, duty.rule_id)
    person = work.get(Person, person_id)
    tell(work, [person_id], kind, mail=True, url=f"/standards/duties/{duty.id}", dedup=dedup,
         params={"title": rule.name_zh if person.language.startswith("zh") else rule.name_en, "period": duty.period,
                 "due_on": duty.due_on.isoformat()})


def tell_of_duty(work: Work, fact: DutyChanged, around: Surroundings) -> None:
    """A duty was given to somebody else: both hear of it."""
    if fact.verb != "give":
        return
    duty = work.get(Obligation, fact.obligation_id)
    step = work.session.scalars(select(DutyStep).where(DutyStep.obligation_id == duty.id, DutyStep.verb == "give").order_by(
        DutyStep.id.desc())).first()
    before = step.before.get("owner_id") if step is not None else None
    for person_id, kind in ((fact.owner_id, "standards.duty.given"), (before, "standards.duty.taken")):
        if person_id is not None and person_id != fact.by_id:
            _tell_one(work, duty, person_id, kind, f"{kind}:{duty.id}:{step.id if step is not None else 0}")


def duties_of_who_joins(work: Work, fact: PersonJoined, around: Surroundings) -> None:
    """What clauses ask for when somebody joins."""
    person = work.get(Person, fact.person_id)
    if person.state == PersonState.ACTIVE and not person.is_first and not person.is_guest:
        happened(work, DutyTrigger.PERSON_JOINED, subject_kind="person", subject_id=person.id, key="",
                 on=local_date(person.created_at, around.zone), unit_id=person.unit_id)


def duties_of_who_leaves(work: Work, fact: PersonRightsChanged, around: Surroundings) -> None:
    """What clauses ask for when somebody leaves: the account was suspended."""
    person = work.get(Person, fact.person_id)
    if person.state == PersonState.SUSPENDED:
        happened(work, DutyTrigger.PERSON_LEFT, subject_kind="person", subject_id=person.id, key="",
                 on=local_date(around.at or work.now, around.zone), unit_id=person.unit_id, while_open=False)


def duties_of_what_is_published(work: Work, fact: VersionWentLive, around: Surroundings) -> None:
    """What clauses ask for when a version of a process takes effect."""
    version = work.get(ProcessVersion, fact.version_id)
    happened(work, DutyTrigger.PROCESS_PUBLISHED, subject_kind="process", subject_id=fact.process_id,
             key=f"V{version.major}.{version.minor}", on=local_date(around.at or work.now, around.zone))


def duties_of_changed_need(work: Work, fact: NeedChanged, around: Surroundings) -> None:
    """What clauses ask for when the requirement of a post changes: everybody who holds it passes anew."""
    need = work.get(CertificateNeed, fact.need_id)
    kind = work.get(CertificateKind, need.kind_id)
    root = root_unit(work.session)
    if root is not None:
        happened(work, DutyTrigger.REQUIREMENT_CHANGED, subject_kind="unit", subject_id=root.id, key=f"{kind.number}/{need.id}",
                 on=local_date(around.at or work.now, around.zone))


def duties_of_result_below(work: Work, fact: NeedEntered, around: Surroundings) -> None:
    """What clauses ask for when quality was found below what it should be: coaching, with what it was about."""
    entry, root = work.get(NeedEntry, fact.entry_id), root_unit(work.session)
    if entry.source == SourceKind.QA and entry.removed_at is None and root is not None:
        happened(work, DutyTrigger.RESULT_BELOW, subject_kind="unit", subject_id=root.id, key=f"{entry.subject[:40]}/{entry.id}",
                 on=local_date(entry.entered_at, around.zone))


def duty_of_knowledge_review(work: Work, fact: ReviewSigned, around: Surroundings) -> None:
    """A yearly review of knowledge that is signed proves clause 61 of its year."""
    review = work.get(Review, fact.review_id)
    if review.signed_at is not None:
        settle(work, "61", on=local_date(review.signed_at, around.zone), kind="review", thing_id=review.id, number=review.number,
               url=f"/knowledge/reviews/{review.id}")


REACTIONS: dict[Any, tuple[Any, ...]] = {
    ReminderDue: (remind_owner,), DutiesDue: (tell_of_duties,), DutyChanged: (tell_of_duty,), PersonJoined: (duties_of_who_joins,),
    PersonRightsChanged: (duties_of_who_leaves,), VersionWentLive: (duties_of_what_is_published,),
    NeedChanged: (duties_of_changed_need,), NeedEntered: (duties_of_result_below,), ReviewSigned: (duty_of_knowledge_review,)}
