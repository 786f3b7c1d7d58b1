"""Reads over sittings: one's own with its paper and kept answers, what is due, the board of an exam."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.files.models import Attachment, StoredFile
from kmsvc.training.exams.models import Exam, ExamCandidate, ExamMarker
from kmsvc.training.exams.rules import Extra, seconds_for
from kmsvc.training.exams.states import ExamState
from kmsvc.training.questions.permissions import SEE_QUESTIONS
from kmsvc.training.sittings import rules
from kmsvc.training.sittings.frozen import FrozenItem, faced, frozen_items
from kmsvc.training.sittings.models import Answer, Sitting, SittingDevice, SittingItem
from kmsvc.training.sittings.permissions import SIT
from kmsvc.training.sittings.rules import HEARD_EVERY, BeginHindrance, SittingState
from kmsvc.training.sittings.timing import counting_at, is_paused, until, window_of

MOST_PAPERS = 500
_ALL = select(Sitting, Exam).join(Exam, Exam.id == Sitting.exam_id)
_OWN = _ALL.where(Sitting.id == bindparam("sitting"))
_SEEN = select(SittingDevice.seen_at).where(
    SittingDevice.sitting_id == bindparam("sitting"), SittingDevice.device == bindparam("device"))
_ANSWERS = select(Answer.id, Answer.item_id, Answer.number, Answer.value, Answer.at, Answer.device).where(
    Answer.sitting_id == bindparam("sitting")).order_by(Answer.number, Answer.id)
_RUNNING = select(Sitting).where(Sitting.state == SittingState.RUNNING).order_by(Sitting.id)


@dataclass(frozen=True)
class KeptAnswer:
    """The answer of a question that counts now. mark: of its row, rising as rows are written; answer: None where it was taken back;
    flag: to be looked at later."""

    mark: int
    place: int
    number: int
    answer: Any
    flag: bool
    at: datetime
    device: str | None


@dataclass(frozen=True)
class OwnSitting:
    """A sitting as its candidate sees it. at: the server's instant that counts; ends_at: when the clock shows nothing left; last_at:
    until when what was under way is still taken. due: the clock has ended it, though nobody has written that yet; paused: the exam
    stands still, no question is shown."""

    id: int
    exam_id: int
    exam_number: str
    title: str
    about: str
    attempt: int
    attempts: int
    state: str
    seed: str
    begun_at: datetime
    ended_at: datetime | None
    at: datetime
    ends_at: datetime
    last_at: datetime
    grace_s: int
    more_s: int
    most: Decimal
    due: bool
    paused: bool = False

    @property
    def left_s(self) -> int:
        """Whole seconds left."""
        return rules.left_s(rules.Deadline(self.ends_at, self.last_at), self.at)


def own_card(session: Session, actor: Actor, sitting_id: int, now: datetime) -> OwnSitting:
    """The caller's sitting; NotFound for anybody else's."""
    found = session.execute(_OWN, {"sitting": sitting_id}).one_or_none()
    if found is None or not can(actor, SIT, found[0]):
        raise NotFound()
    return _card(found[0], found[1], now)


def _card(row: Sitting, exam: Exam, now: datetime) -> OwnSitting:
    end, at = until(row), counting_at(row, now)
    return OwnSitting(
        id=row.id, exam_id=exam.id, exam_number=exam.number, title=exam.title, about=exam.about, attempt=row.attempt,
        attempts=exam.attempts, state=row.state, seed=row.seed, begun_at=row.begun_at, ended_at=row.ended_at, at=at,
        ends_at=end.ends_at, last_at=end.last_at, grace_s=row.grace_s, more_s=row.more_s, most=row.most,
        due=rules.due_to_time_out(row.state, end, at), paused=row.paused_at is not None)


def items_of(session: Session, card: OwnSitting) -> tuple[FrozenItem, ...]:
    """The frozen paper of a sitting, with keys: for rules, never for an answer to anybody."""
    return frozen_items(session, card.id, card.seed)


def paper_of(session: Session, card: OwnSitting) -> list[dict[str, Any]]:
    """What the candidate sees of each question: place, points, and its face (R-E1)."""
    return [{"place": one.place, "points": one.points, **faced(one, card.seed)} for one in items_of(session, card)]


def kept_answers(session: Session, card: OwnSitting, *, above: int = 0) -> list[KeptAnswer]:
    """The answers that count now, by place. above: only those written after this mark."""
    places = {one.id: one.place for one in items_of(session, card)}
    held: dict[int, KeptAnswer] = {}
    for row in session.execute(_ANSWERS, {"sitting": card.id}):
        held[row.item_id] = KeptAnswer(row.id, places[row.item_id], row.number, row.value.get("answer"),
                                       bool(row.value.get("flag")), row.at, row.device)
    return sorted((one for one in held.values() if one.mark > above), key=lambda one: one.place)


def due_sittings(session: Session, now: datetime, exam_id: int | None = None) -> list[int]:
    """Ids of running sittings, of one exam or of all, whose time is up, with their grace."""
    return [row.id for row in session.scalars(_RUNNING if exam_id is None else _RUNNING.where(Sitting.exam_id == exam_id))
            if rules.due_to_time_out(row.state, until(row), counting_at(row, now))]


def is_invited(session: Session, exam_id: int, person_id: int) -> bool:
    """Whether somebody is on the list of an exam."""
    return session.scalar(select(ExamCandidate.id).where(
        ExamCandidate.exam_id == exam_id, ExamCandidate.person_id == person_id).limit(1)) is not None


def heard_lately(session: Session, card: OwnSitting, device: str) -> bool:
    """Whether this window has been heard of within the last little while."""
    seen = session.scalar(_SEEN, {"sitting": card.id, "device": device})
    return seen is not None and card.at - seen < HEARD_EVERY


def own_sittings(session: Session, actor: Actor, now: datetime, *, exam_id: int | None = None, state: str | None = None,
                 before: int | None = None, limit: int = 50) -> tuple[list[OwnSitting], int | None]:
    """The caller's sittings, newest first, and the id to go on from."""
    query = _ALL.where(Sitting.person_id == (actor.person_id or 0))
    if exam_id is not None:
        query = query.where(Sitting.exam_id == exam_id)
    if state:
        query = query.where(Sitting.state == state)
    if before:
        query = query.where(Sitting.id < before)
    rows = session.execute(query.order_by(Sitting.id.desc()).limit(limit + 1)).all()
    shown = [_card(row, exam, now) for row, exam in rows[:limit]]
    return shown, shown[-1].id if len(rows) > limit else None


def given_of(session: Session, card: OwnSitting) -> tuple[int, int]:
    """How many questions of a sitting are answered, and how many there are."""
    asked = session.scalar(select(func.count(SittingItem.id)).where(SittingItem.sitting_id == card.id)) or 0
    return given_counts(session, Sitting.id == card.id).get(card.id, 0), asked


def given_counts(session: Session, which: ColumnElement[bool]) -> dict[int, int]:
    """Of these sittings: how many questions are answered by the answer that counts."""
    newest = select(Answer.item_id, func.max(Answer.number).label("number")).join(
        Sitting, Sitting.id == Answer.sitting_id).where(which).group_by(Answer.item_id).subquery()
    counted = select(Answer.sitting_id, func.count(Answer.id)).join(
        newest, and_(newest.c.item_id == Answer.item_id, newest.c.number == Answer.number))
    return dict(session.execute(counted.where(Answer.given).group_by(Answer.sitting_id)).all())


def papers_in_reach(session: Session, actor: Actor, now: datetime) -> Iterator[list[dict[str, Any]]]:
    """The faces of the papers the caller sits, sat and has back, or marks."""
    own = _ALL.where(Sitting.person_id == (actor.person_id or 0),
                     or_(Sitting.state == SittingState.RUNNING, Exam.state.in_((ExamState.RELEASED, ExamState.FINAL))))
    marked = _ALL.join(ExamMarker, ExamMarker.exam_id == Exam.id).where(
        ExamMarker.person_id == (actor.person_id or 0), Sitting.state != SittingState.RUNNING)
    for query in (own, marked):
        for row, exam in session.execute(query.order_by(Sitting.id.desc()).limit(MOST_PAPERS)):
            yield paper_of(session, _card(row, exam, now))


def sees_picture(session: Session, actor: Actor, sha256: str) -> bool:
    """Whether the caller sees questions, and this is a picture of one."""
    return can(actor, SEE_QUESTIONS) and session.scalar(select(Attachment.id).where(
        Attachment.sha256 == sha256, Attachment.subject_kind == "question", Attachment.removed_at.is_(None)).limit(1)) is not None


def stored_picture(session: Session, sha256: str) -> StoredFile:
    """The bytes of a picture that a question names; NotFound where they were never stored."""
    found = session.get(StoredFile, sha256)
    if found is None:
        raise NotFound()
    return found


@dataclass(frozen=True)
class Invitation:
    """An exam as somebody sees it who is on its list. hindered: why it cannot be begun now; running: the sitting to go on with;
    sittings: ids and states of those there are; length_s: with this person's extra time."""

    exam_id: int
    number: str
    title: str
    about: str
    opens_at: datetime
    closes_at: datetime
    length_s: int
    grace_s: int
    attempts: int
    release_at: datetime
    room: str | None
    hindered: tuple[BeginHindrance, ...]
    running: int | None
    sittings: tuple[tuple[int, str], ...]


def invitation(session: Session, actor: Actor, exam_id: int, now: datetime) -> Invitation:
    """What an exam is for the caller; NotFound for who is not on its list, and while it is planned or after it was cancelled."""
    found = session.execute(select(Exam, ExamCandidate).join(ExamCandidate, ExamCandidate.exam_id == Exam.id).where(
        Exam.id == exam_id, ExamCandidate.person_id == (actor.person_id or 0))).one_or_none()
    if found is None or not can(actor, SIT) or found[0].state in (ExamState.DRAFT, ExamState.CANCELLED):
        raise NotFound()
    exam, one = found
    opens_at, closes_at = window_of(exam, one)
    rows = list(session.scalars(select(Sitting).where(Sitting.exam_id == exam_id, Sitting.person_id == one.person_id).order_by(
        Sitting.attempt)))
    hindered = rules.begin_hindrances(
        invited=True, opens_at=opens_at, closes_at=closes_at if exam.state == ExamState.PUBLISHED else opens_at, at=now,
        sittings=[row.state for row in rows], passed=False, attempts=exam.attempts, paused=is_paused(session, exam_id))
    return Invitation(
        exam.id, exam.number, exam.title, exam.about, opens_at, closes_at,
        seconds_for(exam.duration_min, Extra(one.extra_percent, one.extra_minutes)), exam.grace_s, exam.attempts, exam.release_at,
        one.room, tuple(hindered), next((row.id for row in rows if row.state == SittingState.RUNNING), None),
        tuple((row.id, row.state) for row in rows))


def answers_of(session: Session, sitting_ids: Sequence[int]) -> dict[int, Answer]:
    """By id of the item: the answer that counts, for marking. Who shows one to a person notes it first (`looking.py`)."""
    rows = session.scalars(select(Answer).where(Answer.sitting_id.in_(sitting_ids)).order_by(Answer.number, Answer.id))
    return {row.item_id: row for row in rows}
