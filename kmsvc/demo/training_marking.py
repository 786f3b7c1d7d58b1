"""Two exams of the demo beyond their sitting: one with twenty short answers that wait for markers, one released, with an appeal open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from kmsvc.demo.content.marking import APPEAL, COMMENTS, MARKED, SAMPLES, WAITING
from kmsvc.demo.training_sittings import sit
from kmsvc.training.exams.people import add_candidates, set_markers
from kmsvc.training.exams.usecases import Wish, plan_exam, publish
from kmsvc.training.marking.appealing import file_appeal
from kmsvc.training.marking.desk import Points, give_mark, take_next
from kmsvc.training.marking.releasing import release
from kmsvc.training.marking.rubrics import asked_of
from kmsvc.training.marking.samples import add_sample, mark_sample, question_of, samples_of
from kmsvc.training.papers.rules import PaperWay
from kmsvc.training.papers.usecases import Draft, make_paper, pick, ready
from kmsvc.training.questions.kinds import Kind
from kmsvc.training.questions.models import QuestionRow
from kmsvc.training.sittings.models import Sitting, SittingItem

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

Told = Callable[[datetime], None]
LEAD, FIRST, SECOND = "fangyuan", "chengyuqing", "hejia"
PEOPLE = 10


def marked(stage: Stage) -> list[Iterator[tuple[datetime, Told]]]:
    """One exam a week ago, marked, released, contested; one two days ago that waits."""
    return [_released(stage), _waiting(stage)]


def _agents(stage: Stage) -> list[str]:
    return [login for login, person in sorted(stage.cast.items()) if "agent" in person.role_names][:PEOPLE]


def _plan(stage: Stage, exams: list[int], now: datetime, title: str, opens_at: datetime, kinds: Sequence[tuple[Kind, int]]) -> None:
    """A picked paper and its exam, announced; nothing where the bank has too few of a kind."""
    with stage.db.begin(stage.actor(LEAD), now) as work:
        chosen: list[tuple[int, Decimal | None]] = []
        for kind, count in kinds:
            chosen += [(one, Decimal(10)) for one in work.session.scalars(select(QuestionRow.id).where(
                QuestionRow.kind == kind.value, QuestionRow.state == "active").order_by(QuestionRow.id).limit(count))]
        if len(chosen) < sum(count for _, count in kinds):
            return
        paper = make_paper(work, Draft(title, PaperWay.PICKED.value, pass_percent=60))
        pick(work, paper.id, chosen)
        ready(work, paper.id)
        exam = plan_exam(work, Wish(title, paper.id, opens_at, changes={
            "closes_at": opens_at + timedelta(minutes=90), "duration_min": 60, "make_up_opens_at": None, "make_up_closes_at": None,
            "release_at": opens_at + timedelta(days=1), "review_opens_at": opens_at + timedelta(days=1), "attempts": 1,
            "review_closes_at": opens_at + timedelta(days=30), "appeal_days": 10, "border": Decimal(5), "second_percent": 10,
            "limit": Decimal(3), "shows": "answers", "pass_percent": 60}), zone=stage.zone)
        add_candidates(work, exam.id, [stage.cast[login].id for login in _agents(stage)])
        set_markers(work, exam.id, [stage.cast[FIRST].id, stage.cast[SECOND].id])
        publish(work, exam.id, zone=stage.zone)
        exams.append(exam.id)


def _sit(stage: Stage, exams: list[int], now: datetime) -> None:
    for exam_id in exams:
        for place, login in enumerate(_agents(stage), 1):
            sit(stage, exam_id, login, now + timedelta(minutes=place), skill=0.45 + place * 0.05, place=place)


def _released(stage: Stage) -> Iterator[tuple[datetime, Told]]:
    exams: list[int] = []
    yield stage.at(9, 9), lambda now: _plan(stage, exams, now, MARKED, stage.at(8, 10), ((Kind.SINGLE, 5), (Kind.TRUE_FALSE, 3),
                                                                                           (Kind.SHORT_ANSWER, 1)))
    yield stage.at(8, 10, 2), lambda now: _sit(stage, exams, now)
    yield stage.at(7, 9, 30), lambda now: _mark(stage, exams, now)
    yield stage.at(4, 16), lambda now: _release(stage, exams, now)
    yield stage.at(1, 10, 40), lambda now: _contest(stage, exams, now)


def _waiting(stage: Stage) -> Iterator[tuple[datetime, Told]]:
    exams: list[int] = []
    yield stage.at(3, 9), lambda now: _plan(stage, exams, now, WAITING, stage.at(2, 10), ((Kind.SINGLE, 4), (Kind.SHORT_ANSWER, 2)))
    yield stage.at(2, 10, 2), lambda now: _sit(stage, exams, now)
    yield stage.at(2, 16), lambda now: _samples(stage, exams, now)


def _open_questions(stage: Stage, exam_id: int, now: datetime) -> list[int]:
    with stage.db.look(stage.actor(LEAD), now) as work:
        return list(work.session.scalars(select(SittingItem.question_id).join(Sitting, Sitting.id == SittingItem.sitting_id).join(
            QuestionRow, QuestionRow.id == SittingItem.question_id).where(
            Sitting.exam_id == exam_id, QuestionRow.kind == Kind.SHORT_ANSWER.value).distinct().order_by(SittingItem.question_id)))


def _samples(stage: Stage, exams: list[int], now: datetime) -> None:
    stage.drain()
    for exam_id in exams:
        for question_id in _open_questions(stage, exam_id, now)[:1]:
            with stage.db.begin(stage.actor(LEAD), now) as work:
                question, worth = question_of(work.session, exam_id, question_id)
                for answer, share, why in SAMPLES:
                    lines = {line.key: (line.most * share).quantize(Decimal(1)) for one in asked_of(question, worth)
                             for line in one.lines}
                    add_sample(work, exam_id, question_id, answer=answer, lines=lines, why=why)


def _mark(stage: Stage, exams: list[int], now: datetime) -> None:
    stage.drain()
    for exam_id in exams:
        for question_id in _open_questions(stage, exam_id, now):
            for login in (FIRST, SECOND):
                count = 0
                while _one(stage, exam_id, question_id, login, now + timedelta(minutes=2 * count)):
                    count += 1


def _one(stage: Stage, exam_id: int, question_id: int, login: str, now: datetime) -> bool:
    """The next answer, marked by how much was written; both markers see it alike."""
    with stage.db.begin(stage.actor(login), now) as work:
        for sample in samples_of(work.session, exam_id, question_id):
            mark_sample(work, sample.id, {key: Decimal(points) for key, points in sample.lines.items()})
        found = take_next(work, exam_id, question_id)
        if found is None:
            return False
        share = Decimal(min(len(str(found.answer or "")), 50)) / 50
        lines = {line.key: (line.most * share).quantize(Decimal(1)) for one in found.asked for line in one.lines}
        give_mark(work, exam_id, question_id, found.handle, Points(lines, found.part.value, COMMENTS[len(found.handle) % len(COMMENTS)]))
    return True


def _release(stage: Stage, exams: list[int], now: datetime) -> None:
    for exam_id in exams:
        with stage.db.begin(stage.actor(LEAD), now) as work:
            release(work, exam_id, zone=stage.zone)


def _contest(stage: Stage, exams: list[int], now: datetime) -> None:
    logins = stage.logins
    for exam_id in exams:
        with stage.db.look(stage.actor(LEAD), now) as work:
            found = work.session.execute(select(Sitting.id, Sitting.person_id, SittingItem.place).join(
                SittingItem, SittingItem.sitting_id == Sitting.id).join(QuestionRow, QuestionRow.id == SittingItem.question_id).where(
                Sitting.exam_id == exam_id, QuestionRow.kind == Kind.SHORT_ANSWER.value, SittingItem.mark < SittingItem.points).order_by(
                SittingItem.mark, Sitting.id)).first()
        if found is not None:
            with stage.db.begin(stage.actor(logins[found.person_id]), now) as work:
                file_appeal(work, found.id, found.place, reason=APPEAL, zone=stage.zone)
