"""The paper of a sitting as it was frozen: questions at their versions, parsed once, and what the candidate may see of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kmsvc.training.exams.models import Exam
from kmsvc.training.papers.giving import paper_for
from kmsvc.training.questions.facing import facing
from kmsvc.training.questions.kinds import Question
from kmsvc.training.questions.models import QuestionVersion
from kmsvc.training.questions.storing import from_json
from kmsvc.training.sittings.models import SittingItem

MOST_KEPT = 5_000
_ITEMS = select(SittingItem.id, SittingItem.place, SittingItem.question_id, SittingItem.version_id, SittingItem.points,
                QuestionVersion.content_hash).join(QuestionVersion, QuestionVersion.id == SittingItem.version_id).where(
    SittingItem.sitting_id == bindparam("sitting")).order_by(SittingItem.place)
_CONTENT = select(QuestionVersion.content_hash, QuestionVersion.content).where(
    QuestionVersion.id.in_(bindparam("versions", expanding=True)))


@dataclass(frozen=True)
class Drawn:
    """A question somebody is to get, at a version."""

    place: int
    question_id: int
    version_id: int
    points: Decimal


@dataclass(frozen=True)
class FrozenItem:
    """A question of a sitting. question: with its key, for rules alone; a candidate gets what `faced` makes of it."""

    id: int
    place: int
    question_id: int
    points: Decimal
    question: Question


class _Kept:
    """The things used last, by a name that nothing else ever has: a random seed, a hash of the content."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str) -> Any:
        with self._lock:
            found = self._held.get(name)
            if found is not None:
                self._held.move_to_end(name)
            return found

    def keep(self, name: str, thing: Any) -> None:
        with self._lock:
            self._held[name] = thing
            while len(self._held) > MOST_KEPT:
                self._held.popitem(last=False)


_papers, _questions = _Kept(), _Kept()


def frozen_items(session: Session, sitting_id: int, seed: str) -> tuple[FrozenItem, ...]:
    """The questions of a sitting in their order. They never change, so each process reads them once."""
    held: tuple[FrozenItem, ...] | None = _papers.get(seed)
    if held is not None:
        return held
    rows = session.execute(_ITEMS, {"sitting": sitting_id}).all()
    questions = _parsed(session, {row.content_hash: row.version_id for row in rows})
    made = tuple(FrozenItem(row.id, row.place, row.question_id, row.points, questions[row.content_hash]) for row in rows)
    if made:
        _papers.keep(seed, made)
    return made


def _parsed(session: Session, versions: dict[str, int]) -> dict[str, Question]:
    """Questions by the hash of their content; equal contents are one question."""
    found = {name: held for name in versions if (held := _questions.get(name)) is not None}
    missing = [version for name, version in versions.items() if name not in found]
    if missing:
        for row in session.execute(_CONTENT, {"versions": missing}):
            found[row.content_hash] = from_json(row.content)
            _questions.keep(row.content_hash, found[row.content_hash])
    return found


def faced(item: FrozenItem, seed: str) -> dict[str, Any]:
    """What the candidate sees of a question, the same each time it is asked for (R-E1)."""
    return facing(item.question, f"{seed}/{item.question_id}")


def drawn_for(session: Session, exam: Exam, person_id: int, attempt: int = 1) -> tuple[Drawn, ...]:
    """The questions this person gets at this attempt. One composed for each person was kept when the exam was announced."""
    return tuple(Drawn(*one) for one in paper_for(session, exam, [person_id], attempt)[person_id])
