"""«My day»: one list of what is mine to do, from all slices, overdue first; what I asked for; what I have not confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import whole_cards
from kmsvc.core.clock import local_date
from kmsvc.core.i18n import fmt_when, is_chinese, label, sentence
from kmsvc.core.texts import N_
from kmsvc.home.duty_words import OF_DUTY
from kmsvc.knowledge.bulletins.board import must_read
from kmsvc.knowledge.confirmations.queries import open_confirmations, open_count
from kmsvc.knowledge.feedback.queries import waiting_count, waiting_for
from kmsvc.knowledge.feedback.rules import FeedbackKind
from kmsvc.knowledge.gaps.queries import waiting_count as gaps_count
from kmsvc.knowledge.gaps.queries import waiting_for as gaps_for
from kmsvc.knowledge.proposals.queries import waiting_count as proposals_count
from kmsvc.knowledge.proposals.queries import waiting_for as proposals_for
from kmsvc.knowledge.proposals.rules import ProposalState
from kmsvc.process.audits.queries import waiting_for as audits_for
from kmsvc.process.changes import rules, scenes
from kmsvc.process.changes.fifteen import deadline
from kmsvc.process.changes.models import Change
from kmsvc.process.changes.queries import ChangeLine, lines_of, waiting
from kmsvc.process.definitions.heads import heads
from kmsvc.standards.duties.models import ClauseDuty, Obligation
from kmsvc.standards.duties.proving import way_to
from kmsvc.standards.duties.usecases import open_of
from kmsvc.training.exams.mine import MyExam, to_sit
from kmsvc.training.onboarding.duties import FORM, OWN
from kmsvc.training.onboarding.rules import NewcomerForm, NewcomerTalk
from kmsvc.training.onboarding.waits import OnboardingWaiting
from kmsvc.training.onboarding.waits import waiting_for as onboarding_for
from kmsvc.training.onboarding.weeks import OnboardingStep
from kmsvc.training.plans.waiting import AFTER, Waits, waits_for

DAYS_AHEAD, NEAR = 30, 7
"""days from today within which a duty has its line; of newcomers, where each has several, within the second"""
# what one step takes one person, in minutes; a house estimate that helps to plan the day
MINUTES = {1: 5, 2: 20, 3: 3, 4: 45, 5: 12, 6: 20, 7: 8, 8: 5, 9: 10, 10: 15, 11: 8, 12: 8, 13: 20, 14: 8, 15: 5}


# what stands on the button that opens a step's work; the verb's own label is longer
BUTTONS = {
    "accept": N_("Accept"), "resubmit": N_("Answer"), "record_research": N_("Research"), "confirm_need": N_("Confirm"),
    "name_assistant": N_("Name one"), "accept_assistance": N_("Answer"), "submit_draft": N_("Write"),
    "give_verdict": N_("Review"), "answer_comment": N_("Answer"), "submit_correction": N_("Correct"), "sign": N_("Approve"),
    "release_mail": N_("Release"), "release_kb": N_("Publish"), "plan_training": N_("Plan"), "finish_planning": N_("Finish"),
    "record_sit_in": N_("Record"), "finish_sit_in": N_("Finish"), "record_sample": N_("Sample"),
    "finish_sampling": N_("Finish"), "record_feedback": N_("Record"), "route_feedback": N_("Sort"),
    "finish_feedback": N_("Finish"), "answer_feedback": N_("Answer"), "submit_update": N_("Update"),
    "confirm_unchanged": N_("Confirm"),
}


@dataclass(frozen=True)
class Task:
    """One thing to do: where it comes from, what, why, how long, by when, and the button that finishes it.

    late: working days beyond its limit where that is how the thing counts, else None and the day itself says it. What was
    due on Friday is overdue on Sunday, though no working day is lost yet.
    """

    icon: str
    title: str
    why: str
    minutes: int
    due_on: date | None
    url: str
    button: str
    kind: str
    late: int | None = None

    def is_late(self, today: date) -> bool:
        """Whether its day has passed on the calendar."""
        return self.due_on is not None and self.due_on < today


@dataclass(frozen=True)
class TaskGroup:
    """Tasks of one stretch of time. name: overdue, today, week, later."""

    name: str
    tasks: tuple[Task, ...]

    @property
    def minutes(self) -> int:
        """How long they take together."""
        return sum(task.minutes for task in self.tasks)


def tasks(session: Session, actor: Actor, today: date, zone: str, now: datetime) -> list[Task]:
    """Everything this person is asked to do, earliest due first; without a due day at the end."""
    if actor.person_id is None:
        return []
    found = [*_to_read(session, actor, today, now), *_to_confirm(session, actor), *_to_take_on(session, actor, today, zone),
             *_to_review(session, actor, today), *_to_audit(session, actor), *_to_reply(session, actor),
             *_to_fill(session, actor, today), *_to_decide(session, actor, today),
             *(_exam_task(one, now, zone) for one in to_sit(session, actor.person_id, now)),
             *(_session_task(one, zone) for one in waits_for(session, actor.person_id, now)),
             *(_newcomer_task(one, today) for one in onboarding_for(session, actor, today))]
    return sorted(found, key=lambda task: (task.due_on or date.max, task.title))


def _to_read(session: Session, actor: Actor, today: date, now: datetime) -> list[Task]:
    return [Task("mega", one.title, sentence(N_("%(number)s · must be read before the next call"), {"number": one.number}), 1, today,
                 f"/knowledge/bulletins/{one.id}", sentence(N_("Read it")), "bulletin")
            for one in must_read(session, actor, now)]


def _to_confirm(session: Session, actor: Actor) -> list[Task]:
    return [Task("doc", sentence(N_("Read and confirm «%(title)s» V%(version)s"),
                                 {"title": one.title, "version": one.version_label}),
                 sentence(N_("%(number)s · a new version for you"), {"number": one.number}),
                 max(1, round(one.seconds / 60)), one.due_on, one.url, sentence(N_("Read and confirm")), "confirmation")
            for one in open_confirmations(session, actor)]


def _to_take_on(session: Session, actor: Actor, today: date, zone: str) -> list[Task]:
    caller = scenes.me(actor)
    found = []
    for row, scene in waiting(session, actor):
        step = rules.BY_STATE[row.state]
        verb = next(rule for rule in rules.offered(scene, caller) if rule.forward(scene))
        why = sentence(N_("%(number)s · step %(step)s, %(label)s"),
                       {"number": row.number, "step": step.number, "label": sentence(step.state.label)})
        stands = deadline(row.step_since, step.limit_days, today, zone)
        found.append(Task("branch", row.title, why, MINUTES[step.number], stands.due_on, f"/process/changes/{row.id}",
                          sentence(BUTTONS[verb.name]), "change", stands.late))
    return found


def _duties(session: Session, actor: Actor, today: date) -> list[tuple[Obligation, Any]]:
    """The duties that have a line on the day, each with what it is about: a process, a card, None for a year without a plan."""
    every = [duty for duty in open_of(session, actor.person_id, today + timedelta(days=DAYS_AHEAD))
             if duty.due_on <= today + timedelta(days=NEAR) or not duty.rule.startswith("training.onboarding")]
    of_knowledge = [duty for duty in every if duty.rule_id is None and duty.rule.startswith((
        "knowledge.review", "training.", "standards.", "process.audit.", "process.theme."))]
    cards = {kind: whole_cards(session, actor, kind, {duty.subject_id for duty in of_knowledge if duty.subject_kind == kind})
             for kind in {duty.subject_kind for duty in of_knowledge}}
    processes = heads(session) if any(duty.subject_kind == "process" for duty in every) else {}
    found: list[tuple[Obligation, Any]] = [
        (duty, processes[duty.subject_id]) for duty in every
        if duty.subject_kind == "process" and duty.subject_id in processes and duty.rule_id is None]
    for duty in of_knowledge:
        card = cards[duty.subject_kind].get(duty.subject_id)
        if card is not None or duty.subject_kind in ("knowledge_year", "needs_year"):
            found.append((duty, card))
    rules = {one.id: one for one in session.scalars(select(ClauseDuty).where(ClauseDuty.id.in_({one.rule_id for one in every})))} if any(
        one.rule_id is not None for one in every) else {}
    return found + [(duty, rules[duty.rule_id]) for duty in every if duty.rule_id is not None]


def _to_review(session: Session, actor: Actor, today: date) -> list[Task]:
    return [_review_task(duty, thing, actor) for duty, thing in _duties(session, actor, today)]


def _review_task(duty: Obligation, thing: Any, actor: Actor) -> Task:
    """A process to look at again, or what the yearly review of knowledge asks for: to hold it, to judge articles, to mend one."""
    if duty.rule_id is not None:
        name = f"{thing.name_zh if is_chinese() else thing.name_en} {duty.period}"
        done_by, _, way = way_to(actor, thing)
        if way:
            return Task("shield", name, sentence(N_("Clause %(clause)s · %(done_by)s"), {"clause": duty.clause, "done_by": done_by}),
                        min(thing.minutes, 60), duty.due_on, way, sentence(N_("Go there")), "duty")
        return Task("shield", name,
                    sentence(N_("Clause %(clause)s · note that it is done, with its record"), {"clause": duty.clause}),
                    min(thing.minutes, 60), duty.due_on, f"/standards/duties/{duty.id}", sentence(N_("Note it as done")), "duty")
    if duty.subject_kind == "process":
        return Task("hist", sentence(N_("Review «%(name)s»"), {"name": thing.name}),
                    sentence(N_("%(number)s · confirm that it is still right, or propose a change"), {"number": thing.number}),
                    10, duty.due_on, f"/process/definitions/{duty.subject_id}", sentence(N_("Review")), "review")
    if duty.subject_kind == "article":
        return Task("book", sentence(N_("Mend «%(title)s»"), {"title": thing.title}),
                    sentence(N_("%(number)s · the yearly review asks for it"), {"number": thing.number}),
                    15, duty.due_on, thing.url, sentence(N_("Mend it")), "mend")
    if duty.subject_kind == "course_assignee":
        return Task("cap", sentence(N_("Take the course «%(title)s»"), {"title": thing.title}), thing.number, 20, duty.due_on, thing.url,
                    sentence(N_("Go on learning")), "course")
    of_training = OF_DUTY.get(duty.rule) or OF_DUTY.get(duty.subject_kind)
    if of_training is not None:
        icon, words, button, minutes = of_training
        form = duty.period.split(" ")[0]
        return Task(icon, sentence(words, {"title": thing.title if thing else duty.subject_id, "form": label(
            form, NewcomerForm) if duty.rule in (FORM, OWN) else ""}), thing.number if thing else
                    sentence(N_("not planned yet")), minutes, duty.due_on, thing.url if thing else "/training/needs/new",
                    sentence(button), duty.subject_kind)
    if duty.subject_kind == "review":
        return Task("shield", sentence(N_("Judge articles of the yearly review")), thing.number, 30, duty.due_on, thing.url,
                    sentence(N_("Judge")), "judge")
    return Task("shield", sentence(N_("Hold the yearly review of knowledge %(year)s"), {"year": duty.subject_id}),
                thing.number if thing else sentence(N_("not planned yet")), 30, duty.due_on,
                thing.url if thing else "/knowledge/reviews/new", sentence(N_("Go there")), "year")


def _to_audit(session: Session, actor: Actor) -> list[Task]:
    return [Task("shield", sentence(N_("Audit %(count)s processes"), {"count": many}),
                 sentence(N_("%(number)s · still needed, correct, followed?"), {"number": audit.number}), min(5 * many, 120),
                 audit.due_on, f"/process/audits/items/{first}", sentence(N_("Audit them")), "process_audit")
            for audit, many, first in audits_for(session, actor)]


def _to_reply(session: Session, actor: Actor) -> list[Task]:
    return [Task("chat", sentence(N_("Feedback on «%(title)s»: %(said)s"),
                                  {"title": one.title, "said": label(one.kind, FeedbackKind)}),
                 sentence(N_("%(number)s · you took it over, edit the article"), {"number": one.number}) if one.state == "taken"
                 else sentence(N_("%(number)s · a reader waits for your reply"), {"number": one.number}),
                 5, one.due_on, one.url, sentence(N_("Reply")), "feedback")
            for one in waiting_for(session, actor)]


def _to_fill(session: Session, actor: Actor, today: date) -> list[Task]:
    return [Task("gapq", sentence(N_("Close the gap «%(title)s»"), {"title": one.title}),
                 sentence(N_("%(number)s · searched %(searches)s times by %(people)s people"),
                          {"number": one.number, "searches": one.searches, "people": one.people}),
                 20, one.due_on, one.url, sentence(N_("Close it")), "gap")
            for one in gaps_for(session, actor, today)]


def _to_decide(session: Session, actor: Actor, today: date) -> list[Task]:
    return [Task("pen", sentence(N_("Decide on the proposal «%(title)s»") if one.state == ProposalState.WAITING
                                 else N_("Look at the correction «%(title)s»"), {"title": one.title}),
                 sentence(N_("%(number)s · written by %(author)s"), {"number": one.number, "author": one.author}),
                 8, one.due_on, one.url, sentence(N_("Decide")) if one.state == ProposalState.WAITING else sentence(N_("Look at it")),
                 "proposal")
            for one in proposals_for(session, actor, today)]


def _session_task(one: Waits, zone: str) -> Task:
    words = N_("Say what you thought of «%(title)s»") if one.rate else N_("Go to the training «%(title)s»")
    why = sentence(N_("%(number)s · %(when)s, %(room)s"), {"number": one.number, "when": fmt_when(one.starts_at), "room": one.room})
    return Task("cap", sentence(words, {"title": one.title}), why, one.minutes, local_date(one.ends_at, zone) + timedelta(
        days=AFTER.days if one.rate else 0), one.url, sentence(N_("Give feedback") if one.rate else N_("View")), "session")


def _exam_task(one: MyExam, now: datetime, zone: str) -> Task:
    opened = one.window.opens_at <= now
    words = N_("%(number)s · open until %(when)s") if opened else N_("%(number)s · opens at %(when)s")
    button = N_("Go on") if one.running else N_("Begin") if opened else N_("View")
    at = one.window.closes_at if opened else one.window.opens_at
    said = {"number": one.number, "when": fmt_when(at)}
    return Task("cap", sentence(N_("Sit the exam «%(title)s»"), {"title": one.title}), sentence(words, said), one.minutes,
                local_date(at, zone), "/training/exams/mine", sentence(button), "exam")


_OF_NEWCOMERS = {
    "sign_talk": ("pen", N_("Read and sign: %(title)s"), N_("Read and sign"), 3),
    "sign_decision": ("pen", N_("Read and sign: %(title)s"), N_("Read and sign"), 2),
    "result": ("ear", N_("Note today's results of your newcomers: %(count)s"), N_("Note them"), 3),
    "decide": ("cap", N_("Decide on the week, %(title)s: %(count)s newcomers"), N_("Decide"), 5),
}


def _newcomer_task(one: OnboardingWaiting, today: date) -> Task:
    icon, words, button, minutes = _OF_NEWCOMERS[one.what]
    title = (label(NewcomerTalk(one.title)) if one.what == "sign_talk" else label(OnboardingStep(one.title))
             if one.what == "sign_decision" else one.title)
    return Task(icon, sentence(words, {"title": title, "count": one.count}), one.number, minutes, today, one.url, sentence(button),
                f"newcomer_{one.what}")


def grouped(found: Sequence[Task], today: date) -> list[TaskGroup]:
    """The tasks by when they are due: overdue, today, the rest of this week, later."""
    sunday = today + timedelta(days=6 - today.weekday())
    groups: dict[str, list[Task]] = {"overdue": [], "today": [], "week": [], "later": []}
    for task in found:
        name = ("overdue" if task.is_late(today) else "later" if task.due_on is None or task.due_on > sunday
                else "today" if task.due_on <= today else "week")
        groups[name].append(task)
    return [TaskGroup(name, tuple(its)) for name, its in groups.items()]


def todo_count(session: Session, actor: Actor, today: date, now: datetime) -> int:
    """How many things this person is asked to do: as many as «My day» lists, so a duty without a line there does not count."""
    if actor.person_id is None:
        return 0
    return (len(must_read(session, actor, now)) + open_count(session, actor) + len(waiting(session, actor))
            + len(_duties(session, actor, today)) + len(audits_for(session, actor)) + waiting_count(session, actor)
            + gaps_count(session, actor) + proposals_count(session, actor, today) + len(to_sit(session, actor.person_id, now))
            + len(onboarding_for(session, actor, today)) + len(waits_for(session, actor.person_id, now)))


def asked_by(session: Session, person_id: int | None, *, limit: int = 50, before: int | None = None) -> list[ChangeLine]:
    """What a person asked for: the open ones first, then the latest ends."""
    query = select(Change).where(Change.asker_id == person_id).order_by(Change.closed_at.is_not(None), Change.id.desc())
    if before:
        query = query.where(Change.id < before)
    return lines_of(session, list(session.scalars(query.limit(limit))))
