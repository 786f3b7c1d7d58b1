"""Reads over questions for whoever stands above: the pool as columns, questions as they are at a version."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.errors import NotFound
from kmsvc.training.questions.kinds import Question
from kmsvc.training.questions.models import Bank, QuestionRow, QuestionUse, QuestionVersion, Topic
from kmsvc.training.questions.rules import State
from kmsvc.training.questions.storing import from_json

AT_ONCE = 500
"""ids in one statement"""


def topic_ways(session: Session) -> dict[int, tuple[int, ...]]:
    """topic -> itself and every topic above it, nearest first; a ring in the tree ends where it begins."""
    tree: dict[int, int | None] = dict(
        session.execute(select(Topic.id, Topic.parent_id).order_by(Topic.id)).all())
    found: dict[int, tuple[int, ...]] = {}
    for topic in tree:
        way: list[int] = []
        at: int | None = topic
        while at is not None and at not in way:
            way.append(at)
            at = tree.get(at)
        found[topic] = tuple(way)
    return found


def topics_below(session: Session, topic_id: int) -> list[int]:
    """A topic and everything below it."""
    return sorted(one for one, way in topic_ways(session).items() if topic_id in way)


def pool_of(session: Session, banks: Collection[int] = ()) -> Iterator[tuple[int, tuple[int, ...], str, str, int | None, int]]:
    """(question, its topic and those above, kind, band, difficulty in thousandths or None before it is measured, exposure) of what
    may be asked out of these banks, of all when none is named; by rising id, without objects."""
    row = QuestionRow.__table__.c
    query = select(row.id, row.topic_id, row.kind, row.band, row.difficulty).where(
        row.state == State.ACTIVE.value, row.current_version_id.is_not(None)).order_by(row.id)
    if banks:
        query = query.where(row.bank_id.in_(sorted(set(banks))))
    ways, used = topic_ways(session), exposures(session)
    for question, topic, kind, band, difficulty in session.execute(query):
        yield question, ways.get(topic, ()), kind, band, difficulty, used.get(question, 0)


def exposures(session: Session, question_ids: Collection[int] | None = None) -> dict[int, int]:
    """question -> in how many announced exams it was asked; of all where none is named. Who was in none is not there."""
    query = select(QuestionUse.question_id, func.count()).group_by(QuestionUse.question_id).order_by(QuestionUse.question_id)
    found: dict[int, int] = {}
    for part in [None] if question_ids is None else _parts(question_ids):
        found.update(dict(session.execute(query if part is None else query.where(QuestionUse.question_id.in_(part))).all()))
    return found


def question_of(session: Session, version_id: int) -> Question:
    """A question as it stood at this version, or NotFound."""
    found = questions_of(session, [version_id])
    if version_id not in found:
        raise NotFound()
    return found[version_id]


def questions_of(session: Session, version_ids: Collection[int]) -> Mapping[int, Question]:
    """version -> the question as it says it."""
    found: dict[int, Question] = {}
    for part in _parts(version_ids):
        rows: Any = session.execute(select(QuestionVersion.id, QuestionVersion.content).where(QuestionVersion.id.in_(part)))
        found.update({one: from_json(content) for one, content in rows})
    return found


def version_ids(session: Session, question_ids: Collection[int]) -> dict[int, int]:
    """question -> the version that counts now, whatever state it is in."""
    found: dict[int, int] = {}
    for part in _parts(question_ids):
        rows: Any = session.execute(select(QuestionRow.id, QuestionRow.current_version_id).where(
            QuestionRow.id.in_(part), QuestionRow.current_version_id.is_not(None)))
        found.update(dict(rows.all()))
    return found


def bank_names(session: Session) -> dict[int, str]:
    """bank -> its name, of those that were not removed."""
    rows = session.execute(select(Bank.id, Bank.name).where(Bank.removed_at.is_(None)).order_by(Bank.name, Bank.id))
    return dict(rows.all())


def topic_names(session: Session) -> dict[int, str]:
    """topic -> its name, of those that were not removed."""
    rows = session.execute(select(Topic.id, Topic.name).where(Topic.removed_at.is_(None)).order_by(Topic.name, Topic.id))
    return dict(rows.all())


def _parts(ids: Collection[int]) -> Iterator[list[int]]:
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), AT_ONCE):
        yield wanted[start:start + AT_ONCE]
