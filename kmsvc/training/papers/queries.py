"""Reads over papers: the list, one with its questions, the grid of a blueprint with its stock, the check before it is kept, previews."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import column, func, or_, select, table
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound, NotPermitted
from kmsvc.core.texts import N_
from kmsvc.people.accounts.queries import names
from kmsvc.training.papers.blueprint import Blueprint, Feasibility, Flaw, feasibility, flaws, targets
from kmsvc.training.papers.composing import Batch
from kmsvc.training.papers.giving import composed, rows_of
from kmsvc.training.papers.keeping import blueprint_of, kinds_of
from kmsvc.training.papers.models import PaperQuestion, PaperRow
from kmsvc.training.papers.pool import BANDS, Pool
from kmsvc.training.papers.rules import PaperState, PaperWay, minutes_for
from kmsvc.training.papers.stocking import current_versions, not_counting, pool_for
from kmsvc.training.questions.models import Bank, QuestionRow, QuestionUse, QuestionVersion, Topic

_EXAMS = table("training_exam", column("id"), column("paper_id"), column("number"), column("title"), column("state"))
_CANDIDATES = table("training_exam_candidate", column("exam_id"), column("person_id"))  # nouns above own these classes
MOST_ROWS = 60
"""topics a grid shows: those with the most questions"""


@dataclass(frozen=True)
class PaperLine:
    """A paper in a list. questions: how many are asked; minutes: about how long it takes; exams: how many use it."""

    id: int
    number: str
    title: str
    about: str
    way: str
    state: str
    questions: int
    total: Decimal
    pass_percent: int
    minutes: int
    keeper_id: int | None
    keeper: str
    exams: int
    changed_at: datetime
    version: int
    url: str


@dataclass(frozen=True)
class Asked:
    """A question of a paper as lists show it. stale: it counts no more, or was written anew since."""

    place: int
    id: int
    version_id: int
    number: str
    head: str
    kind: str
    band: str
    topic: str
    points: Decimal
    difficulty: int | None
    stale: bool = False


@dataclass(frozen=True)
class GridRow:
    """A topic of a grid. stock: kind -> questions there are; counts: kind -> questions asked for."""

    topic: str | None
    name: str
    stock: Mapping[str, int]
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Check:
    """What a blueprint comes to before it is kept. flaws: what contradicts itself; found: what the bank says, None while there are
    flaws; bands: (band, asked, there); papers: about how many different papers there are at least, None while it cannot be composed."""

    blueprint: Blueprint
    flaws: tuple[Flaw, ...]
    found: Feasibility | None
    minutes: int
    bands: tuple[tuple[str, int | None, int], ...]
    pool: int


def paper_lines(session: Session, *, q: str | None = None, state: str | None = None, way: str | None = None,
                ids: Collection[int] | None = None, skip: int = 0, limit: int | None = None) -> tuple[list[PaperLine], int]:
    """Papers, changed last first, and how many there are."""
    query = select(PaperRow)
    if ids is not None:
        query = query.where(PaperRow.id.in_(list(ids)))
    if q:
        query = query.where(or_(*(one.icontains(q, autoescape=True) for one in (PaperRow.number, PaperRow.title, PaperRow.about))))
    if state:
        query = query.where(PaperRow.state == state)
    if way:
        query = query.where(PaperRow.way == way)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = list(session.scalars(query.order_by(PaperRow.changed_at.desc(), PaperRow.id.desc()).offset(skip).limit(limit)))
    return _lines(session, rows), total


def can_be_asked(session: Session, paper_id: int) -> bool:
    """Whether an exam could be announced with this paper now: it is ready, its questions all count, its banks have enough."""
    row = paper_row(session, paper_id)
    if row.state != PaperState.READY:
        return False
    if row.way == PaperWay.EACH and row.blueprint is not None:
        return not feasibility(blueprint_of(row.blueprint, row.pass_percent), pool_for(session, row.banks)).missing
    return not not_counting(session, {question: version for _, question, version, _ in rows_of(session, row.id)})


def paper_line(session: Session, paper_id: int) -> PaperLine:
    """One of them, or NotFound."""
    return _lines(session, [paper_row(session, paper_id)])[0]


def paper_row(session: Session, paper_id: int, actor: Actor | None = None) -> PaperRow:
    """Its row, or NotFound. actor: whoever looks into it; NotPermitted to who is to sit an exam with it that is not released (R-E1)."""
    row = session.get(PaperRow, paper_id)
    if row is None:
        raise NotFound()
    if actor is not None and actor.person_id is not None and session.scalar(select(_EXAMS.c.id).join(
            _CANDIDATES, _CANDIDATES.c.exam_id == _EXAMS.c.id).where(
            _EXAMS.c.paper_id == paper_id, _EXAMS.c.state.in_(("draft", "published")),
            _CANDIDATES.c.person_id == actor.person_id).limit(1)) is not None:
        raise NotPermitted(N_("You are to sit an exam with this paper; it opens to you once the results are released."))
    return row


def _lines(session: Session, rows: Sequence[PaperRow]) -> list[PaperLine]:
    ids = [row.id for row in rows]
    kinds: dict[int, dict[str | None, int]] = {}
    for paper, kind, count in session.execute(select(PaperQuestion.paper_id, QuestionRow.kind, func.count()).join(
            QuestionRow, QuestionRow.id == PaperQuestion.question_id).where(PaperQuestion.paper_id.in_(ids)).group_by(
            PaperQuestion.paper_id, QuestionRow.kind)):
        kinds.setdefault(paper, {})[kind] = count
    for row in rows:
        if row.blueprint is not None and row.id not in kinds:
            kinds[row.id] = kinds_of(blueprint_of(row.blueprint, row.pass_percent).cells)
    used: Mapping[int, int] = dict(session.execute(select(_EXAMS.c.paper_id, func.count()).where(
        _EXAMS.c.paper_id.in_(ids)).group_by(_EXAMS.c.paper_id)).all())
    who = names(session, [row.keeper_id for row in rows])
    return [PaperLine(
        row.id, row.number, row.title, row.about, row.way, row.state, sum(kinds.get(row.id, {}).values()), row.total, row.pass_percent,
        minutes_for(kinds[row.id]) if kinds.get(row.id) else 0, row.keeper_id, who.get(row.keeper_id or 0, ""), used.get(row.id, 0),
        row.changed_at, row.version, f"/training/papers/{row.id}") for row in rows]


def used_by(session: Session, paper_id: int) -> list[tuple[int, str, str]]:
    """(id, number, title) of the exams that use a paper."""
    return [(row.id, row.number, row.title) for row in session.execute(select(
        _EXAMS.c.id, _EXAMS.c.number, _EXAMS.c.title).where(_EXAMS.c.paper_id == paper_id).order_by(_EXAMS.c.id))]


def banks_open(session: Session) -> list[tuple[int, str]]:
    """Banks that were not removed: (id, name)."""
    return [(one, name) for one, name in session.execute(select(Bank.id, Bank.name).where(
        Bank.removed_at.is_(None)).order_by(Bank.name))]


def topic_names(session: Session) -> dict[str, str]:
    """topic id as text -> name."""
    return {str(one): name for one, name in session.execute(select(Topic.id, Topic.name).order_by(Topic.id))}


def questions_asked(session: Session, row: PaperRow) -> list[Asked]:
    """The questions of a paper that is the same for all."""
    return asked_lines(session, [(question, version, points) for _, question, version, points in rows_of(session, row.id)])


def asked_lines(session: Session, rows: Sequence[tuple[int, int, Decimal]]) -> list[Asked]:
    """Questions at versions as lists show them, in this order."""
    ids = sorted({question for question, *_ in rows})
    found: dict[int, Any] = {}
    for start in range(0, len(ids), 500):
        found.update({one.id: one for one in session.execute(select(
            QuestionRow.id, QuestionRow.number, QuestionRow.head, QuestionRow.kind, QuestionRow.band, QuestionRow.topic_id,
            QuestionRow.difficulty).where(QuestionRow.id.in_(ids[start:start + 500])))})
    topics = topic_names(session)
    stale = not_counting(session, {question: version for question, version, _ in rows})
    return [Asked(place, question, version, found[question].number, found[question].head, found[question].kind, found[question].band,
                  topics.get(str(found[question].topic_id), ""), points, found[question].difficulty, question in stale)
            for place, (question, version, points) in enumerate(rows, 1)]


def choosable(session: Session, *, q: str | None = None, topic: int | None = None, kind: str | None = None, band: str | None = None,
              banks: Sequence[int] = (), without: Collection[int] = (), skip: int = 0, limit: int = 50) -> tuple[list[Asked], int]:
    """Questions that can be picked, and how many there are."""
    query = select(QuestionRow.id, QuestionRow.current_version_id).where(
        QuestionRow.state == "active", QuestionRow.current_version_id.is_not(None))
    if q:
        query = query.where(or_(QuestionRow.head.icontains(q, autoescape=True), QuestionRow.number.icontains(q, autoescape=True)))
    if topic:
        query = query.where(QuestionRow.topic_id == topic)
    if kind:
        query = query.where(QuestionRow.kind == kind)
    if band:
        query = query.where(QuestionRow.band == band)
    if banks:
        query = query.where(QuestionRow.bank_id.in_(list(banks)))
    if without:
        query = query.where(QuestionRow.id.not_in(sorted(without)))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    used = select(func.count()).where(QuestionUse.question_id == QuestionRow.id).correlate(QuestionRow).scalar_subquery()
    rows = session.execute(query.order_by(used, QuestionRow.id).offset(skip).limit(limit))
    return asked_lines(session, [(one, version or 0, Decimal(0)) for one, version in rows]), total


def grid_of(session: Session, banks: Sequence[int], cells: Mapping[tuple[str | None, str], int], kinds: Sequence[str]) -> list[GridRow]:
    """A grid of topics and kinds with the stock of each field: all topics asked for, then those with the most questions."""
    pool, named = pool_for(session, banks), topic_names(session)
    asked = {topic for (topic, _), count in cells.items() if count}
    topics = sorted(pool.topics, key=lambda one: (-len(pool.topics[one]), int(one)))
    shown = [one for one in named if one in asked] + [one for one in topics if one not in asked][:MOST_ROWS]
    rows = [GridRow(one, named.get(one, ""), _stock(pool, one, kinds), {kind: cells.get((one, kind), 0) for kind in kinds})
            for one in shown if one in named]
    rows.sort(key=lambda one: int(one.topic or 0))
    return [*rows, GridRow(None, "", _stock(pool, None, kinds), {kind: cells.get((None, kind), 0) for kind in kinds})]


def _stock(pool: Pool, topic: str | None, kinds: Sequence[str]) -> dict[str, int]:
    rows = pool.matching(topic, None, None)
    counts = np.bincount(pool.kinds[rows], minlength=len(pool.kind_codes)) if len(rows) else np.zeros(len(pool.kind_codes), np.int64)
    return {kind: int(counts[pool.kind_codes[kind]]) if kind in pool.kind_codes else 0 for kind in kinds}


def check(session: Session, blueprint: Blueprint, banks: Sequence[int]) -> Check:
    """What a blueprint comes to with these banks."""
    pool = pool_for(session, banks)
    wrong = tuple(flaws(blueprint))
    by_band = np.bincount(pool.bands, minlength=len(BANDS)) if len(pool) else np.zeros(len(BANDS), np.int64)
    wanted: Sequence[int | None] = [None] * len(BANDS)
    if blueprint.shares is not None and not any(one.code == "shares" for one in wrong):
        wanted = targets(blueprint)
    return Check(blueprint, wrong, None if wrong else feasibility(blueprint, pool), minutes_for(kinds_of(blueprint.cells)),
                 tuple((band, asked, int(there)) for band, asked, there in zip(BANDS, wanted, by_band, strict=True)), len(pool))


@dataclass(frozen=True)
class Preview:
    """Papers side by side. difficulty: of each, thousandths, weighted by points; spread: of all; differ: whether no two are alike."""

    papers: tuple[tuple[Asked, ...], ...]
    difficulty: tuple[float, ...]
    even: bool
    differ: bool
    seed: str


def preview(session: Session, row: PaperRow, people: Sequence[int] = (1, 2, 3), seed: str | None = None) -> Preview:
    """A paper as people would get it: one where it is the same for all, else one for each of these numbers."""
    if row.way != PaperWay.EACH:
        asked = questions_asked(session, row)
        points = sum((one.points for one in asked), Decimal(0))
        hard = sum(float(one.points) * (one.difficulty or 500) for one in asked) / float(points) if points else 0.0
        return Preview((tuple(asked),), (hard,), even=True, differ=True, seed=row.seed)
    batch: Batch = composed(session, row, seed or row.seed, people)
    versions = current_versions(session, {placed.question_id for one in batch.papers for placed in one.questions})
    shown = partial(asked_lines, session)
    return Preview(
        tuple(tuple(shown([(one.question_id, versions[one.question_id], one.points) for one in paper.questions]))
              for paper in batch.papers),
        tuple(paper.load / float(batch.points * 100) for paper in batch.papers), batch.is_even, batch.all_differ, seed or row.seed)


def contents(session: Session, version_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """version -> its stored words and key; for who may see them."""
    ids = sorted(set(version_ids))
    return {one: content for start in range(0, len(ids), 500) for one, content in session.execute(select(
        QuestionVersion.id, QuestionVersion.content).where(QuestionVersion.id.in_(ids[start:start + 500])))}
