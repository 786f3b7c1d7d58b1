"""Reads over sittings: one's own with its paper and kept answers, what is due, the board of an exam."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.training.exams.models import Exam
from kmsvc.training.sittings import rules
from kmsvc.training.sittings.frozen import FrozenItem, faced, frozen_items
from kmsvc.training.sittings.models import Answer, Sitting
from kmsvc.training.sittings.permissions import SIT
from kmsvc.training.sittings.rules import SittingState
from kmsvc.training.sittings.timing import counting_at, until

_OWN = select(Sitting, Exam).join(Exam, Exam.id == Sitting.exam_id).where(Sitting.id == bindparam("sitting"))
_ANSWERS = select(Answer.item_id, Answer.number, Answer.value, Answer.at, Answer.device).where(
    Answer.sitting_id == bindparam("sitting")).order_by(Answer.number, Answer.id)
_RUNNING = select(Sitting).where(Sitting.state == SittingState.RUNNING).order_by(Sitting.id)


@dataclass(frozen=True)
class KeptAnswer:
    """The answer of a question that counts now. answer: None where it was taken back; flag: to be looked at later."""

    place: int
    number: int
    answer: Any
    flag: bool
    at: datetime
    device: str | None


@dataclass(frozen=True)
class OwnSitting:
    """A sitting as its candidate sees it. at: the server's instant that counts; ends_at: when the clock shows nothing left; last_at:
    until when what was under way is still taken. due: the clock has ended it, though nobody has written that yet."""

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

    @property
    def left_s(self) -> int:
        """Whole seconds left."""
        return rules.left_s(rules.Deadline(self.ends_at, self.last_at), self.at)


def own_card(session: Session, actor: Actor, sitting_id: int, now: datetime) -> OwnSitting:
    """The caller's sitting; NotFound for anybody else's."""
    found = session.execute(_OWN, {"sitting": sitting_id}).one_or_none()
    if found is None or not can(actor, SIT, found[0]):
        raise NotFound()
    row, exam = found
    end, at = until(row), counting_at(row, now)
    return OwnSitting(
        id=row.id, exam_id=exam.id, exam_number=exam.number, title=exam.title, about=exam.about, attempt=row.attempt,
        attempts=exam.attempts, state=row.state, seed=row.seed, begun_at=row.begun_at, ended_at=row.ended_at, at=at,
        ends_at=end.ends_at, last_at=end.last_at, grace_s=row.grace_s, more_s=row.more_s, most=row.most,
        due=rules.due_to_time_out(row.state, end, at))


def items_of(session: Session, card: OwnSitting) -> tuple[FrozenItem, ...]:
    """The frozen paper of a sitting, with keys: for rules, never for an answer to anybody."""
    return frozen_items(session, card.id, card.seed)


def paper_of(session: Session, card: OwnSitting) -> list[dict[str, Any]]:
    """What the candidate sees of each question: place, points, and its face (R-E1)."""
    return [{"place": one.place, "points": one.points, **faced(one, card.seed)} for one in items_of(session, card)]


def kept_answers(session: Session, card: OwnSitting, *, above: int = 0) -> list[KeptAnswer]:
    """The answers that count now, by place. above: only those with a higher number."""
    places = {one.id: one.place for one in items_of(session, card)}
    held: dict[int, KeptAnswer] = {}
    for row in session.execute(_ANSWERS, {"sitting": card.id}):
        held[row.item_id] = KeptAnswer(places[row.item_id], row.number, row.value.get("answer"), bool(row.value.get("flag")), row.at,
                                       row.device)
    return sorted((one for one in held.values() if one.number > above), key=lambda one: one.place)


def due_sittings(session: Session, now: datetime) -> list[int]:
    """Ids of running sittings whose time is up, with their grace."""
    return [row.id for row in session.scalars(_RUNNING)
            if rules.due_to_time_out(row.state, until(row), counting_at(row, now))]


def answers_of(session: Session, sitting_ids: Sequence[int]) -> dict[int, Answer]:
    """By id of the item: the answer that counts, for marking. Who shows one to a person notes it first (`looking.py`)."""
    rows = session.scalars(select(Answer).where(Answer.sitting_id.in_(sitting_ids)).order_by(Answer.number, Answer.id))
    return {row.item_id: row for row in rows}
