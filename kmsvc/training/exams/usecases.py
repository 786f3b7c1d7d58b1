"""The verbs of exam plans: plan, change, copy, announce, take back, cancel. Release and finish belong to marking."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from kmsvc.core.clock import local_date
from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.numbers import number_of_year
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.people.accounts.queries import active_people
from kmsvc.training.exams.events import ExamCancelled, ExamMoved, ExamNear, ExamPublished, ExamTakenBack
from kmsvc.training.exams.filling import FIGURES, LABELS, TIMES, WORDS, moved, preset_values
from kmsvc.training.exams.models import Exam, ExamCandidate, ExamMarker, ExamRoom
from kmsvc.training.exams.people import (
    Added,
    add_candidates,
    move_to_make_up,
    offer_make_up,
    place_people,
    remind_of_make_up,
    remove_candidates,
    set_extra,
    set_markers,
    set_rooms,
)
from kmsvc.training.exams.permissions import KEEP_EXAMS, PLAN_EXAM
from kmsvc.training.exams.queries import candidate_ids, markers_of, plan_of, scene_counts
from kmsvc.training.exams.rules import Inconsistency, inconsistencies
from kmsvc.training.exams.states import HINDERED, VERBS, ExamState, Scene, hindrances
from kmsvc.training.exams.templates import ExamTemplate
from kmsvc.training.papers.blueprint import feasibility
from kmsvc.training.papers.giving import asked_in, draw, note_uses, stale_in, undraw
from kmsvc.training.papers.keeping import blueprint_of
from kmsvc.training.papers.models import PaperRow
from kmsvc.training.papers.rules import PaperState, PaperWay
from kmsvc.training.papers.stocking import pool_for
from kmsvc.training.questions.kinds import MANUAL, Kind
from kmsvc.training.questions.models import QuestionRow

__all__ = ["Added", "Wish", "a_week_later", "add_candidates", "cancel", "change_exam", "copy_exam", "move_to_make_up", "offer_make_up",
           "place_people", "plan_exam", "publish", "redraw", "remind", "remind_of_make_up", "remove_candidates",
           "scene_of", "set_extra", "set_markers", "set_rooms",
           "take_back"]

SETTLING, SHOWS = ("mean", "higher", "second"), ("score", "marks", "answers")
MOVED_BY = timedelta(minutes=1)
"""an announced exam has moved when it opens or closes at least this much otherwise"""


@dataclass(frozen=True)
class Wish:
    """What somebody wants of a new exam. template: one of ExamTemplate, None for the weekly figures without its name; changes: columns
    that are to be otherwise than the template says."""

    title: str
    paper_id: int
    opens_at: datetime
    template: str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)


class PlanRefused(RuleBroken):
    """The plan contradicts itself; `found` says where."""

    def __init__(self, found: list[Inconsistency]) -> None:
        self.found = found
        super().__init__(f"training.exam.{found[0].code}", found[0].sentence, **found[0].params)


def plan_exam(work: Work, wish: Wish, *, zone: str) -> Exam:
    """An exam to be planned on: all that the template says, with what is to be otherwise. Nobody hears of it yet."""
    work.permit(PLAN_EXAM)
    values = preset_values(_template(wish.template), wish.opens_at, zone) | {
        "title": wish.title, "about": "", "template": wish.template, "paper_id": wish.paper_id, "proves_id": None, "course_id": None,
        "process_id": None}
    values |= _checked(work, {name: value for name, value in wish.changes.items() if name != "opens_at"} | {"paper_id": wish.paper_id})
    _check_order(values)
    year = local_date(work.now, zone).year
    row = Exam(number=number_of_year(work.session, "EX", "exam", year), state=ExamState.DRAFT, seed=secrets.token_hex(8),
               owner_id=work.actor.person_id, made_at=work.now, **values)
    paper = work.get(PaperRow, row.paper_id)
    row.process_id = row.process_id or paper.process_id
    if "pass_percent" not in wish.changes and wish.template is None:
        row.pass_percent = paper.pass_percent
    work.session.add(row)
    work.session.flush()
    return row


def change_exam(work: Work, exam_id: int, changes: Mapping[str, Any], *, zone: str, reason: str | None = None,
                version: int | None = None) -> Exam:
    """Change columns of a plan. Another `template` fills everything anew but what is given; another `opens_at` moves all instants.
    An announced exam keeps its paper and attempts, changes only before it opens and must stay without contradiction; who is to sit it
    hears when it moves."""
    row = _held(work, exam_id, version)
    announced = row.state == ExamState.PUBLISHED
    if row.state not in (ExamState.DRAFT, ExamState.PUBLISHED) or (announced and work.now >= row.opens_at):
        raise RuleBroken("training.exam.begun", N_("The exam is open or over; its plan does not change any more."))
    given = _checked(work, changes)
    if announced and any(name in given and given[name] != getattr(row, name) for name in ("paper_id", "attempts", "template")):
        raise RuleBroken("training.exam.announced", N_("Take the exam back first: its paper and its attempts are fixed by now."))
    held = {name: getattr(row, name) for name in (*TIMES, *FIGURES, *WORDS)}
    values = dict(held)
    if "template" in given and given["template"] != row.template:
        values |= preset_values(_template(given["template"]), given.get("opens_at", row.opens_at), zone)
    elif "opens_at" in given and given["opens_at"] != row.opens_at:
        values |= moved(held, given["opens_at"], zone)
    values |= given
    _check_order(values)
    work.because(reason)
    before = (row.opens_at, row.closes_at)
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    if announced:
        work.session.flush()
        if found := inconsistencies(plan_of(row), zone, work.now):
            raise PlanRefused(found)
        if any(abs(old - new) >= MOVED_BY for old, new in zip(before, (row.opens_at, row.closes_at), strict=True)):
            row.reminded_at = row.make_up_offered_at = row.make_up_reminded_at = None
            work.record(ExamMoved(row.id, row.opens_at.isoformat(), []))
    work.session.flush()
    return row


def copy_exam(work: Work, exam_id: int, opens_at: datetime, *, zone: str, title: str | None = None) -> Exam:
    """A new plan like this one at another time: its paper, figures, rooms, markers and people who still work here; nobody hears of
    it yet."""
    old = work.get(Exam, exam_id)
    work.permit(PLAN_EXAM, old)
    held = {name: getattr(old, name) for name in (*TIMES, *FIGURES, *WORDS)}
    values = held | moved(held, opens_at, zone) | {"title": title or old.title}
    _check_order(values)
    year = local_date(work.now, zone).year
    row = Exam(number=number_of_year(work.session, "EX", "exam", year), state=ExamState.DRAFT, seed=secrets.token_hex(8),
               owner_id=work.actor.person_id, made_at=work.now, **values)
    work.session.add(row)
    work.session.flush()
    for room in work.session.scalars(select(ExamRoom).where(ExamRoom.exam_id == old.id).order_by(ExamRoom.id)):
        work.session.add(ExamRoom(exam_id=row.id, name=room.name, seats=room.seats))
    here = {one.id for one in active_people(work.session)}
    for person in sorted(here.intersection(markers_of(work.session, old.id))):
        work.session.add(ExamMarker(exam_id=row.id, person_id=person))
    work.session.flush()
    for one in work.session.scalars(select(ExamCandidate).where(ExamCandidate.exam_id == old.id).order_by(ExamCandidate.id)):
        if one.person_id not in here:
            continue
        work.session.add(ExamCandidate(exam_id=row.id, person_id=one.person_id, room=one.room, extra_percent=one.extra_percent,
                                       extra_minutes=one.extra_minutes, made_up=False, because=one.because))
    work.session.flush()
    return row


def a_week_later(row: Exam, now: datetime) -> datetime:
    """When a copy opens where nobody says otherwise: at the same time of a week, never in the past."""
    at = row.opens_at + timedelta(days=7)
    while at <= now:
        at += timedelta(days=7)
    return at


def publish(work: Work, exam_id: int, *, zone: str, version: int | None = None) -> Exam:
    """Announce it: papers are composed for everybody at once and kept, its candidates hear of it."""
    row = _held(work, exam_id, version)
    paper = work.get(PaperRow, row.paper_id, lock=True)
    _refuse(work, "publish", row, scene_of(work, row, paper), zone)
    row.state, row.published_at = VERBS["publish"][1], work.now
    draw(work, row, candidate_ids(work.session, row.id), row.attempts, anew=True)
    row.drawn_at = work.now
    work.record(ExamPublished(row.id))
    work.session.flush()
    return row


def take_back(work: Work, exam_id: int, *, zone: str, reason: str | None = None, version: int | None = None) -> Exam:
    """Plan on an announced exam again, while it is not open and nobody has begun."""
    row = _held(work, exam_id, version)
    _refuse(work, "take_back", row, scene_counts(work.session, row), zone)
    work.because(reason)
    row.state, row.published_at, row.drawn_at, row.reminded_at = VERBS["take_back"][1], None, None, None
    row.make_up_offered_at = row.make_up_reminded_at = None
    undraw(work, row)
    work.record(ExamTakenBack(row.id, candidate_ids(work.session, row.id)))
    return row


def cancel(work: Work, exam_id: int, *, zone: str, reason: str, version: int | None = None) -> Exam:
    """It does not take place. Sittings that were begun stay to be read and give nothing."""
    row = _held(work, exam_id, version)
    _refuse(work, "cancel", row, Scene(), zone)
    work.because(reason)
    announced = row.state == ExamState.PUBLISHED
    if announced and not scene_counts(work.session, row).begun:
        note_uses(work, row, none=True)
    row.state, row.cancelled_at, row.reason = VERBS["cancel"][1], work.now, reason
    work.record(ExamCancelled(row.id, announced))
    return row


def redraw(work: Work, exam_id: int) -> int:
    """Compose the papers anew where questions in them count no more, while nobody has begun. How many were written."""
    row = work.get(Exam, exam_id, lock=True)
    work.permit(KEEP_EXAMS if work.actor.person_id is None else PLAN_EXAM, row)
    if row.state != ExamState.PUBLISHED or scene_counts(work.session, row).begun:
        raise RuleBroken("training.exam.begun", N_("Somebody has begun already."))
    written = draw(work, row, candidate_ids(work.session, row.id), row.attempts, anew=True)
    row.drawn_at = work.now
    return written


def remind(work: Work, exam_id: int) -> bool:
    """An announced exam opens soon: its people hear of it, once. Papers with questions that count no more are composed anew."""
    work.permit(KEEP_EXAMS)
    row = work.get(Exam, exam_id, lock=True)
    if row.state != ExamState.PUBLISHED or row.reminded_at is not None or work.now >= row.opens_at:
        return False
    row.reminded_at = work.now
    paper = work.get(PaperRow, row.paper_id)
    if paper.way == PaperWay.EACH and stale_in(work.session, row) and not scene_of(work, row, paper).short:
        redraw(work, exam_id)  # where the bank has too few left the papers stay: people are reminded all the same
    work.record(ExamNear(row.id))
    return True


def scene_of(work: Work, row: Exam, paper: PaperRow | None = None) -> Scene:
    """Everything outside the plan that its announcement depends on: paper, bank, markers, sittings."""
    session = work.session
    paper = paper or work.get(PaperRow, row.paper_id)
    counted = scene_counts(session, row)
    short = 0
    if paper.way == PaperWay.EACH and paper.blueprint is not None:
        short = feasibility(blueprint_of(paper.blueprint, paper.pass_percent), pool_for(session, paper.banks)).missing
    stale = len(stale_in(session, row)) if row.state == ExamState.PUBLISHED or paper.way != PaperWay.EACH else 0
    return replace(counted, unready=paper.state != PaperState.READY, short=short, stale=stale,
                   unassigned=0 if markers_of(session, row.id) else manual_in(work, row, paper))


def manual_in(work: Work, row: Exam, paper: PaperRow) -> int:
    """Questions of a paper that a person marks."""
    by_hand = [one.value for one in (*MANUAL, Kind.CASE)]
    if paper.way == PaperWay.EACH and paper.blueprint is not None:
        return sum(int(cell["count"]) for cell in paper.blueprint["cells"] if cell["kind"] in by_hand)
    ids = sorted(asked_in(work.session, row))
    return work.session.scalar(select(func.count()).select_from(QuestionRow).where(
        QuestionRow.id.in_(ids), QuestionRow.kind.in_(by_hand))) or 0


def _held(work: Work, exam_id: int, version: int | None) -> Exam:
    row = work.get(Exam, exam_id, lock=True, version=version)
    work.permit(PLAN_EXAM, row)
    return row


def _refuse(work: Work, verb: str, row: Exam, scene: Scene, zone: str) -> None:
    plan = plan_of(row)
    if found := hindrances(verb, row.state, plan, scene, work.now, zone):
        if found[0] == "inconsistent":
            raise PlanRefused(inconsistencies(plan, zone, work.now))
        raise RuleBroken(f"training.exam.{found[0]}", HINDERED[found[0]])


def _template(template: str | None) -> str | None:
    if template is not None and template not in {one.value for one in ExamTemplate}:
        raise InvalidInput({"template": [N_("There is no such template.")]})
    return template


def _checked(work: Work, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that are given, each what it may be."""
    wrong: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in LABELS:
            raise ValueError(f"an exam has no {name}")
        if name in ("border", "limit") and (value is None or not -1 <= value <= 1000 or Decimal(value) * 100 % 1):
            wrong[name] = [N_("Points have two places after the point at most.")]
        elif name == "limit" and value < 0:
            wrong[name] = [N_("This is not below zero.")]
        elif name == "second_percent" and not 0 <= value <= 100:
            wrong[name] = [N_("A share is from 0 to 100 per cent.")]
        elif name == "most_appeals" and not 0 <= value <= 100:
            wrong[name] = [Filled(N_("From 0 to %(most)s are possible."), most=100)]
        elif (name == "settling" and value not in SETTLING) or (name == "shows" and value not in SHOWS):
            wrong[name] = [N_("This cannot be chosen now.")]
        elif name in TIMES and value is None and not name.startswith("make_up"):
            wrong[name] = [N_("This is needed.")]
        elif name == "paper_id":
            paper = work.session.get(PaperRow, value)
            if paper is None or paper.state == PaperState.WITHDRAWN:
                wrong[name] = [N_("This paper cannot be used.")]
    if wrong:
        raise InvalidInput(wrong, labels=LABELS)
    return dict(changes)


def _check_order(values: Mapping[str, Any]) -> None:
    """What the database itself refuses; everything else is said by the check of the plan."""
    if values["opens_at"] >= values["closes_at"]:
        raise InvalidInput({"closes_at": [N_("The exam must not close before it opens.")]}, labels=LABELS)
    if (values["make_up_opens_at"] is None) != (values["make_up_closes_at"] is None):
        raise InvalidInput({"make_up_closes_at": [N_("A make-up needs both its begin and its end.")]}, labels=LABELS)
