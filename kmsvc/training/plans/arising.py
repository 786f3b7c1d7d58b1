"""How training plans arise from what happens: somebody joins or changes post, a process is published, a QA gap is entered. Rules say
for whom; an event is caught once by each rule, and what a rule has done can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.events import Fact
from kmsvc.core.numbers import next_number
from kmsvc.core.texts import N_, Labelled, compared
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.events import PersonMoved
from kmsvc.people.accounts.models import Person
from kmsvc.people.units.models import Post, Unit
from kmsvc.people.units.queries import downward, parents
from kmsvc.process.changes.models import AffectedUnit
from kmsvc.process.definitions.models import Process, ProcessVersion, Publication
from kmsvc.process.definitions.rules import PublicationKind
from kmsvc.training.courses.models import Course
from kmsvc.training.plans.arising_models import ArisingCatch, ArisingRule
from kmsvc.training.plans.clashes import was_there
from kmsvc.training.plans.models import Plan, PlanParticipant, SessionPerson, TrainingSession
from kmsvc.training.plans.opening import OVER
from kmsvc.training.plans.people import put_in
from kmsvc.training.plans.permissions import MAKE_PLANS
from kmsvc.training.plans.rules import PlanState, Purpose
from kmsvc.training.plans.usecases import cancel, make_plan, plan_for, remove_people

PREVIEW_DAYS = 90


class Arises(Labelled):
    """What a rule waits for."""

    JOINED = "joined", N_("Somebody joins")
    MOVED = "moved", N_("Somebody changes post or unit")
    PUBLISHED = "published", N_("A process version takes effect")
    GAP = "gap", N_("A QA gap is entered")


@dataclass(frozen=True)
class Happening:
    """Something that happened. key: names it for ever; title: what it was; people: whom it concerns, none: whoever the rule names;
    group, klass: of the process."""

    event: str
    key: str
    at: datetime
    title: str
    url: str
    people: frozenset[int] | None = None
    group: str | None = None
    klass: str | None = None


@dataclass(frozen=True)
class RuleText:
    """What a rule says. course, plan: numbers; unit, post: ids."""

    name: str
    event: str
    hours: int
    days: int
    group: str | None = None
    klass: str | None = None
    words: str | None = None
    unit: int | None = None
    post: int | None = None
    course: str | None = None
    plan: str | None = None


History = Callable[[Session, datetime], Iterable[Happening]]
HISTORY: dict[str, list[History]] = {}
"""What happened since an instant, by what rules wait for; the slice of needs adds the gaps."""


def register(event: str, history: History) -> None:
    """Add where the past of an event is read."""
    if history not in HISTORY.setdefault(event, []):
        HISTORY[event].append(history)


def meant_by(session: Session, rule: ArisingRule | RuleText, it: Happening) -> set[int]:
    """Whom this rule catches with this event: active people of its unit and post, of those the event concerns."""
    if it.event != rule.event or (rule.group and it.group != rule.group) or (rule.klass and it.klass != rule.klass):
        return set()
    if rule.words and compared(rule.words) not in compared(it.title):
        return set()
    unit, post = (rule.unit, rule.post) if isinstance(rule, RuleText) else (rule.unit_id, rule.post_id)
    units = downward(parents(session), unit) if unit else None
    return {one.id for one in directory(session).active() if (it.people is None or one.id in it.people)
            and (units is None or one.unit_id in units) and (not post or one.post_id == post)}


def happened(work: Work, it: Happening, today: date) -> list[ArisingCatch]:
    """Let every rule that is on catch an event. Twice adds nothing: also not what somebody took back."""
    work.permit(MAKE_PLANS)
    rules = work.session.scalars(select(ArisingRule).where(
        ArisingRule.event == it.event, ArisingRule.on_since <= it.at).order_by(ArisingRule.id).with_for_update()).all()
    return [made for rule in rules if (made := _catch(work, rule, it, today)) is not None]


def _catch(work: Work, rule: ArisingRule, it: Happening, today: date) -> ArisingCatch | None:
    if work.session.scalar(select(ArisingCatch.id).where(ArisingCatch.rule_id == rule.id, ArisingCatch.key == it.key)) is not None:
        return None
    people = meant_by(work.session, rule, it)
    if not people:
        return None
    running = work.session.get(Plan, rule.plan_id) if rule.plan_id is not None else None
    if running is not None and running.state in OVER:
        running = None
    plan = running or _draft(work, rule, it, today)
    row = ArisingCatch(rule_id=rule.id, key=it.key, title=it.title[:200], url=it.url, plan_id=plan.id, made=running is None, people=[],
                       at=work.now)
    work.session.add(row)
    work.session.flush()
    row.people = put_in(work, plan, dict.fromkeys(people, f"arising:{row.id}"))
    return row


def _draft(work: Work, rule: ArisingRule, it: Happening, today: date) -> Plan:
    """The draft of an event; who joins or moves within a month comes onto one of that month, while it can still be changed."""
    by_month = it.event in (Arises.JOINED, Arises.MOVED)
    because = f"rule:{rule.id}:{today:%Y-%m}" if by_month else f"rule:{rule.id}:{it.key}"
    row = work.session.scalars(select(Plan).where(Plan.because == because)).one_or_none()
    if row is not None and row.state in OVER:
        because = f"rule:{rule.id}:{it.key}"
        row = None
    if row is None:
        title = f"{rule.name} {today:%Y-%m}" if by_month else f"{rule.name} · {it.title}"
        row = plan_for(work, (), title=title[:200], because=because, year=today.year,
                       purpose=Purpose.ONBOARDING if it.event == Arises.JOINED else Purpose.OTHER)
        row.course_id, row.minutes, row.due_on = rule.course_id, rule.hours * 60, today + timedelta(days=rule.days)
        row.target = it.title
        work.session.flush()
    return row


def write_rule(work: Work, said: RuleText, *, rule_id: int | None = None, version: int | None = None) -> ArisingRule:
    """Make a rule, off at first so that nothing happens unseen, or put one as given."""
    row = work.get(ArisingRule, rule_id, lock=True, version=version) if rule_id is not None else None
    work.permit(MAKE_PLANS, row)
    wrong: dict[str, list[str]] = {}
    if said.event == Arises.GAP and not (said.unit or said.post):
        wrong["unit"] = [N_("Say who is trained when a gap is entered: a unit, a post or both.")]
    if said.event != Arises.PUBLISHED and (said.group or said.klass):
        wrong["group" if said.group else "klass"] = [N_("Only rules on processes ask for this.")]
    course_id = _id(work, Course, said.course, "course", N_("There is no such course."), wrong)
    plan_id = _id(work, Plan, said.plan, "plan", N_("There is no such training plan."), wrong)
    if plan_id is not None and work.get(Plan, plan_id).state in OVER:
        wrong["plan"] = [N_("This plan is over.")]
    for field, it in (("unit", work.session.get(Unit, said.unit or 0)), ("post", work.session.get(Post, said.post or 0))):
        if getattr(said, field) and (it is None or it.closed_at is not None):
            wrong[field] = [N_("This cannot be chosen now.")]
    if wrong:
        raise InvalidInput(wrong)
    if row is None:
        row = ArisingRule(number=f"PR-{next_number(work.session, 'training-plan-rule'):04d}", made_at=work.now,
                          made_by_id=work.actor.person_id)
        work.session.add(row)
    row.name, row.event, row.hours, row.days, row.group, row.klass = (
        said.name, said.event, said.hours, said.days, said.group, said.klass)
    row.words, row.unit_id, row.post_id, row.course_id, row.plan_id = said.words, said.unit, said.post, course_id, plan_id
    work.session.flush()
    return row


def _id(work: Work, model: Any, number: str | None, field: str, sentence: str, wrong: dict[str, list[str]]) -> int | None:
    found = work.session.scalar(select(model.id).where(model.number == number.strip().upper())) if number else None
    if number and found is None:
        wrong[field] = [sentence]
    return found


def switch(work: Work, rule_id: int, on: bool, *, version: int | None = None) -> ArisingRule:
    """Let a rule catch what happens from now on, or stop it; what it has done stays."""
    row = work.get(ArisingRule, rule_id, lock=True, version=version)
    work.permit(MAKE_PLANS, row)
    row.on_since = (row.on_since or work.now) if on else None
    return row


def take_back(work: Work, rule_id: int, *, catch: int | None, reason: str, version: int | None = None) -> int:
    """Take back what a rule did with one event, or all that can be: those it put on a plan go off it again, unless they were at a
    session; a draft that is empty then is cancelled. The same event is not caught again. Returns how many events."""
    rule = work.get(ArisingRule, rule_id, lock=True, version=version)
    work.permit(MAKE_PLANS, rule)
    query = select(ArisingCatch).where(ArisingCatch.rule_id == rule.id, ArisingCatch.taken_back_at.is_(None)).order_by(ArisingCatch.id)
    rows = list(work.session.scalars(query if catch is None else query.where(ArisingCatch.id == catch)))
    if not rows:
        raise NotFound() if catch is not None else RuleBroken("training.plan.nothing_caught", N_("There is nothing to take back."))
    work.because(reason)
    for row in rows:
        plan = work.get(Plan, row.plan_id)
        if plan.state not in OVER:
            _undo(work, row, plan, reason)
        row.taken_back_at, row.taken_back_by_id, row.reason = work.now, work.actor.person_id, reason
    return len(rows)


def _undo(work: Work, row: ArisingCatch, plan: Plan, reason: str) -> None:
    present = set(work.session.scalars(select(SessionPerson.person_id).join(
        TrainingSession, TrainingSession.id == SessionPerson.session_id).where(
        TrainingSession.plan_id == plan.id, was_there())))
    mine = set(work.session.scalars(select(PlanParticipant.person_id).where(
        PlanParticipant.plan_id == plan.id, PlanParticipant.because == f"arising:{row.id}")))
    if mine - present:
        remove_people(work, plan.id, mine - present, reason=reason)
    left = work.session.scalar(select(PlanParticipant.id).where(PlanParticipant.plan_id == plan.id).limit(1))
    if row.made and plan.state == PlanState.DRAFT and left is None:
        cancel(work, plan.id, reason=reason)


def would_catch(session: Session, rule: ArisingRule | RuleText, now: datetime, *, days: int = PREVIEW_DAYS
                ) -> list[tuple[Happening, set[int]]]:
    """What this rule would have caught in the last days, the newest first, with whom."""
    since = now - timedelta(days=days)
    found = [(it, people) for history in HISTORY.get(rule.event, ()) for it in history(session, since)
             if it.at >= since and (people := meant_by(session, rule, it))]
    return sorted(found, key=lambda one: (one[0].at, one[0].key), reverse=True)


def of_person(person: Person, event: Arises, at: datetime, turn: int | None = None) -> Happening:
    """Somebody joined or moved."""
    return Happening(event, f"{event}:{person.id}" + (f":{turn}" if turn is not None else ""), at, person.name,
                     f"/people/accounts/{person.id}", frozenset({person.id}))


def of_publication(session: Session, row: Publication) -> Happening | None:
    """A process version that took effect: it concerns the units of its change, else those the process is for."""
    process, version = session.get(Process, row.process_id), session.get(ProcessVersion, row.new_version_id or 0)
    if process is None or version is None or row.done_at is None or row.kind != PublicationKind.PUBLISH:
        return None
    units = set(session.scalars(select(AffectedUnit.unit_id).where(AffectedUnit.change_id == row.change_id))) if row.change_id else set()
    if not units and process.audience_unit_id is not None:
        units = {process.audience_unit_id}
    tree = parents(session)
    wide = {below for unit in units for below in downward(tree, unit)}
    people = frozenset(one.id for one in directory(session).active() if one.unit_id in wide) if units else None
    return Happening(Arises.PUBLISHED, f"published:{row.id}", row.done_at, f"{process.number} {version.name} V{version.label}",
                     f"/process/definitions/{process.id}", people, process.group, process.klass)


def _joined(session: Session, since: datetime) -> Iterator[Happening]:
    for person in session.scalars(select(Person).where(
            Person.created_at >= since, Person.is_first.is_(False), Person.is_guest.is_(False)).order_by(Person.id)):
        yield of_person(person, Arises.JOINED, person.created_at)


def _moved(session: Session, since: datetime) -> Iterator[Happening]:
    for row in session.scalars(select(Fact).where(Fact.kind == PersonMoved.kind, Fact.at >= since).order_by(Fact.id)):
        fact = PersonMoved.from_payload(row.payload)
        person = session.get(Person, fact.person_id)
        if person is not None:
            yield of_person(person, Arises.MOVED, row.at, fact.turn)


def _published(session: Session, since: datetime) -> Iterator[Happening]:
    for row in session.scalars(select(Publication).where(Publication.done_at >= since).order_by(Publication.id)):
        if (found := of_publication(session, row)) is not None:
            yield found


for _event, _history in ((Arises.JOINED, _joined), (Arises.MOVED, _moved), (Arises.PUBLISHED, _published)):
    register(_event, _history)


def plan_of_line(work: Work, *, line_id: int, plan_id: int | None, people: Mapping[int, Any] | Iterable[int], title: str,
                 due_on: date) -> Plan:
    """The real plan of a training that step 9 of a change asks for: the linked one, or a draft of its own; who is missing is added."""
    work.permit(MAKE_PLANS)
    because = f"change_line:{line_id}"
    row = work.session.get(Plan, plan_id) if plan_id is not None else work.session.scalars(
        select(Plan).where(Plan.because == because)).one_or_none()
    if row is None:
        row = make_plan(work, title=title[:200], year=due_on.year, purpose=Purpose.OTHER, hours=1, cost=0, target=title, evaluation="",
                        because=because, due_on=due_on)
    if row.state not in OVER:
        put_in(work, row, dict.fromkeys(people, because))
    return row
