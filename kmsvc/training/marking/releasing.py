"""Releasing results: what is still missing, the act itself, and the end of it when appeals are over. Source: C14."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.errors import RuleBroken
from kmsvc.core.texts import Filled
from kmsvc.core.work import Work
from kmsvc.training.exams.events import ExamFinished, ExamReleased
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.queries import plan_of, scene_counts
from kmsvc.training.exams.states import HINDERED, VERBS, hindrances
from kmsvc.training.marking import appeals
from kmsvc.training.marking.appeals import AppealState
from kmsvc.training.marking.automatic import draw, is_ready
from kmsvc.training.marking.models import MarkAppeal, Regrade
from kmsvc.training.marking.permissions import RELEASE
from kmsvc.training.marking.rules import GAPS, MarkStand, release_gaps
from kmsvc.training.marking.settling import ENDED
from kmsvc.training.sittings.models import Sitting, SittingItem
from kmsvc.training.sittings.rules import SittingState


def gaps_of(session: Session, exam: Exam) -> dict[str, int]:
    """What keeps the results of an exam from being complete, counted by code (rules.GAPS); nothing when they are."""
    counts = dict(session.execute(select(SittingItem.stand, func.count()).join(Sitting, Sitting.id == SittingItem.sitting_id).where(
        Sitting.exam_id == exam.id, Sitting.state.in_(ENDED)).group_by(SittingItem.stand)).all())
    counts[MarkStand.FIRST.value] = counts.get(MarkStand.FIRST.value, 0) + counts.pop("running", 0)
    stands = [stand for stand, count in counts.items() for _ in range(count)]
    states = dict(session.execute(select(Sitting.state, func.count()).where(Sitting.exam_id == exam.id).group_by(
        Sitting.state)).all())
    ended = sum(states.get(one, 0) for one in ENDED)
    regrades = session.scalar(select(func.count()).select_from(Regrade).where(Regrade.exam_id == exam.id, Regrade.state == "open")) or 0
    return release_gaps(stands, running=states.get(SittingState.RUNNING.value, 0), undrawn=0 if exam.seconds_at else ended,
                        regrades=regrades)


def open_appeals(session: Session, exam_id: int) -> int:
    """How many appeals of an exam wait for a decision."""
    return session.scalar(select(func.count()).select_from(MarkAppeal).where(
        MarkAppeal.exam_id == exam_id, MarkAppeal.state == AppealState.OPEN)) or 0


def hindered(session: Session, exam: Exam, verb: str, now: datetime, zone: str) -> list[str]:
    """Why results cannot be released, or not be final yet: codes of exams/states.HINDERED; none when they can."""
    gaps = gaps_of(session, exam)
    scene = replace(scene_counts(session, exam), running=gaps.get("running", 0), appeals=open_appeals(session, exam.id),
                    unmarked=sum(count for code, count in gaps.items() if code != "running"))
    return hindrances(verb, exam.state, plan_of(exam), scene, now, zone)


def said_gaps(gaps: dict[str, int]) -> list[Filled]:
    """The gaps as sentences."""
    return [Filled(GAPS[code], count=count) for code, count in gaps.items()]


def release(work: Work, exam_id: int, *, zone: str, version: int | None = None) -> Exam:
    """Release the results: candidates see theirs, and marks can be contested from now on. Where it comes later than planned, the review
    begins now and stays open until the last day of appeals is over."""
    exam = work.get(Exam, exam_id, lock=True, version=version)
    work.permit(RELEASE, exam)
    if is_ready(work.session, exam, work.now):
        draw(work, exam)
        work.session.flush()
    _check(work, exam, "release", zone)
    exam.state, exam.released_at = VERBS["release"][1].value, work.now
    exam.review_opens_at = max(exam.review_opens_at, work.now)
    if exam.appeal_days:  # whoever may contest a mark may look at it
        exam.review_opens_at = work.now
        exam.review_closes_at = max(exam.review_closes_at, appeals.closes_at(work.now, exam.appeal_days, zone))
    exam.review_closes_at = max(exam.review_closes_at, exam.review_opens_at)
    work.record(ExamReleased(exam.id))
    return exam


def finish(work: Work, exam_id: int, *, zone: str, version: int | None = None) -> Exam:
    """Make the results final, once no appeal is open or possible any more."""
    exam = work.get(Exam, exam_id, lock=True, version=version)
    work.permit(RELEASE, exam)
    _check(work, exam, "finish", zone)
    exam.state, exam.final_at = VERBS["finish"][1].value, work.now
    work.record(ExamFinished(exam.id))
    return exam


def _check(work: Work, exam: Exam, verb: str, zone: str) -> None:
    codes = hindered(work.session, exam, verb, work.now, zone)
    if not codes:
        return
    gaps = {code: count for code, count in gaps_of(work.session, exam).items() if (code == "running") == (codes[0] == "running")}
    if codes[0] in ("running", "unmarked") and gaps:
        code, count = next(iter(gaps.items()))
        raise RuleBroken(f"training.exam.{codes[0]}", GAPS[code], count=count)
    raise RuleBroken(f"training.exam.{codes[0]}", HINDERED[codes[0]])
