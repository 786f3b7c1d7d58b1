"""The bank as composing sees it: the questions that may be asked, read as columns and remembered until one changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.memory import Family, remembered
from kmsvc.training.papers.pool import BANDS, Pool, column
from kmsvc.training.questions.models import QuestionRow, Topic
from kmsvc.training.questions.queries import exposures

QUESTIONS = Family("question_pool_epoch", frozenset({"training_question", "training_topic", "training_bank"}))
"""moved by hand too when exams begin or cease to ask questions: see `giving.note_uses`"""
USUAL = {"easy": 250, "middle": 500, "hard": 750}
"""difficulty in thousandths of a question nobody has answered yet, by what its author says"""


def pool_for(session: Session, banks: Collection[int] = ()) -> Pool:
    """The active questions of these banks, of all when none is named. Topics are their ids as text; a question counts for the topics
    above its own too."""
    wanted = sorted({int(one) for one in banks})
    return remembered(session, QUESTIONS, f"pool {wanted}", lambda held: _read(held, wanted))


def _read(session: Session, banks: Sequence[int]) -> Pool:
    row = QuestionRow.__table__.c
    query = select(row.id, row.topic_id, row.kind, row.band, row.difficulty).where(
        row.state == "active", row.current_version_id.is_not(None)).order_by(row.id)
    if banks:
        query = query.where(row.bank_id.in_(banks))
    found = session.execute(query).all()
    kinds = {kind: number for number, kind in enumerate(sorted({one[2] for one in found}))}
    above, used = _above(session), exposures(session)
    topics: dict[str, list[int]] = {}
    for number, one in enumerate(found):
        if one[1] is not None:
            for topic in above.get(one[1], (str(one[1]),)):
                topics.setdefault(topic, []).append(number)
    return Pool(column(one[0] for one in found), column(kinds[one[2]] for one in found),
                column(BANDS.index(one[3]) for one in found),
                column(USUAL[one[3]] if one[4] is None else one[4] for one in found), column(used.get(one[0], 0) for one in found),
                kind_codes=kinds, topics={topic: np.array(its, dtype=np.int64) for topic, its in topics.items()})


def _above(session: Session) -> Mapping[int, tuple[str, ...]]:
    """topic id -> itself and every topic above it, as text."""
    tree: dict[int, int | None] = dict(session.execute(select(Topic.id, Topic.parent_id)).all())
    found: dict[int, tuple[str, ...]] = {}
    for topic in tree:
        way: list[str] = []
        at: int | None = topic
        while at is not None and str(at) not in way:
            way.append(str(at))
            at = tree.get(at)
        found[topic] = tuple(way)
    return found


def current_versions(session: Session, question_ids: Collection[int]) -> dict[int, int]:
    """question id -> the version that counts now; of those that may be asked."""
    found: dict[int, int] = {}
    wanted = sorted(set(question_ids))
    for start in range(0, len(wanted), 500):
        rows = session.execute(select(QuestionRow.id, QuestionRow.current_version_id).where(
            QuestionRow.id.in_(wanted[start:start + 500]), QuestionRow.state == "active",
            QuestionRow.current_version_id.is_not(None)))
        found.update({one: version for one, version in rows if version is not None})
    return found


def not_counting(session: Session, asked: Mapping[int, int]) -> frozenset[int]:
    """Of questions at versions those that count no more: flagged, withdrawn, or written anew since."""
    now = current_versions(session, asked)
    return frozenset(one for one, version in asked.items() if now.get(one) != version)



def without(pool: Pool, ids: Collection[int]) -> Pool:
    """A pool that lacks these questions."""
    stays = ~np.isin(pool.ids, np.fromiter(ids, dtype=np.int64))
    place = np.cumsum(stays) - 1
    return Pool(pool.ids[stays], pool.kinds[stays], pool.bands[stays], pool.difficulty[stays], pool.exposure[stays],
                kind_codes=pool.kind_codes, topics={topic: place[rows[stays[rows]]] for topic, rows in pool.topics.items()})
