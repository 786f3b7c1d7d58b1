"""Reads over results: one's own once they are released, somebody's marked paper for who may look at it, an exam's for the release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can, require
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.queries import names
from kmsvc.people.units.queries import unit_names
from kmsvc.training.exams.models import Exam
from kmsvc.training.marking import rules, wording
from kmsvc.training.marking.appealing import hindrances_of
from kmsvc.training.marking.appeals import AppealHindrance, last_day
from kmsvc.training.marking.automatic import corrected_keys
from kmsvc.training.marking.changing import RELEASED, history_of
from kmsvc.training.marking.models import MarkAppeal
from kmsvc.training.marking.permissions import APPEAL, READ_RESULT, SEE_OWN, SEE_RESULTS
from kmsvc.training.marking.settling import ENDED, live_marks
from kmsvc.training.questions.kinds import Question
from kmsvc.training.questions.models import QuestionRow, QuestionVersion, Topic
from kmsvc.training.questions.storing import from_json
from kmsvc.training.sittings.models import Sitting, SittingItem
from kmsvc.training.sittings.queries import answers_of

SHOWS = ("score", "marks", "answers")


@dataclass(frozen=True)
class ResultLine:
    """A sitting in a list of results. score, passed: None before the release, whoever asks for the own ones; changed: whether a
    released mark of it changed."""

    sitting_id: int
    exam_id: int
    number: str
    title: str
    person_id: int
    person: str
    unit: str
    attempt: int
    ended_at: datetime | None
    released_at: datetime | None
    most: Decimal
    score: Decimal | None
    passed: bool | None
    changed: bool

    @property
    def url(self) -> str:
        """The page of it."""
        return f"/training/marking/results/{self.sitting_id}"

    @property
    def percent(self) -> Decimal | None:
        """The score as per cent of the points."""
        return None if self.score is None or not self.most else 100 * self.score / self.most


def own_results(session: Session, actor: Actor, *, skip: int = 0, limit: int = 50) -> tuple[list[ResultLine], int]:
    """The caller's own sittings, newest first, and how many; a score stands there once it is released (R-E1)."""
    require(actor, SEE_OWN)
    query = select(Sitting, Exam).join(Exam, Exam.id == Sitting.exam_id).where(
        Sitting.person_id == (actor.person_id or 0), Sitting.state.in_(ENDED))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.execute(query.order_by(Sitting.ended_at.desc(), Sitting.id.desc()).offset(skip).limit(limit)).all()
    return _lines(session, [(sitting, exam) for sitting, exam in rows], hide=True), total


def exam_results(session: Session, actor: Actor, exam: Exam) -> list[ResultLine]:
    """Everybody's results of an exam, by name; each with the score as it stands now."""
    require(actor, SEE_RESULTS)
    rows = session.execute(select(Sitting).where(Sitting.exam_id == exam.id, Sitting.state.in_(ENDED)).order_by(Sitting.id)).scalars()
    lines = _lines(session, [(one, exam) for one in rows], hide=False)
    return sorted(lines, key=lambda one: (one.person, one.attempt))


def _lines(session: Session, rows: Sequence[tuple[Sitting, Exam]], *, hide: bool) -> list[ResultLine]:
    who = names(session, [sitting.person_id for sitting, _ in rows])
    units, people = unit_names(session), directory(session).people
    items = dict(session.execute(select(SittingItem.id, SittingItem.sitting_id).where(
        SittingItem.sitting_id.in_([sitting.id for sitting, _ in rows]))).all())
    changed = {items[one] for one in history_of(session, sorted(items))}
    found = []
    for sitting, exam in rows:
        shown = not hide or exam.state in RELEASED
        unit = people[sitting.person_id].unit_id if sitting.person_id in people else 0
        found.append(ResultLine(
            sitting.id, exam.id, exam.number, exam.title, sitting.person_id, who.get(sitting.person_id, ""), units.get(unit, ""),
            sitting.attempt, sitting.ended_at, exam.released_at, sitting.most, sitting.score if shown else None,
            sitting.passed if shown else None, shown and sitting.id in changed))
    return found


@dataclass(frozen=True)
class ChangeLine:
    """A change of a released mark. who: a name, for who may know it; candidates see the cause and the reason."""

    at: datetime
    who: str
    cause: str
    why: str
    old: Decimal
    new: Decimal
    appeal_id: int | None


@dataclass(frozen=True)
class ReviewItem:
    """A question in the review. parts: of a case, else one, with what was answered and the key; key, explanation, comments: nothing
    where the rule does not show them; appeal: (id, number, state) of the newest; hindered: why it cannot be contested now, None for who
    may not at all."""

    place: int
    question_id: int
    worth: Decimal
    mark: Decimal | None
    verdict: str | None
    parts: tuple[tuple[Question, list[str], list[str]], ...]
    answer: Any
    explanation: str
    comments: tuple[str, ...]
    changes: tuple[ChangeLine, ...]
    appeal: tuple[int, str, str] | None
    hindered: tuple[AppealHindrance, ...] | None


@dataclass(frozen=True)
class Review:
    """A marked paper as its reader may see it. shows: score, marks or answers; own: whether it is the reader's; left: appeals that
    may still be filed; appeals_until: their last day."""

    line: ResultLine
    exam: Exam
    shows: str
    own: bool
    items: tuple[ReviewItem, ...]
    appeals_until: Any
    left: int


def shown_now(exam: Exam, own: bool, now: datetime) -> str:
    """How much of a released paper is shown: to its candidate by the rule of the exam while the review is open, the score always; to
    who may look at others' papers everything."""
    if not own:
        return "answers"
    return exam.shows if exam.review_opens_at <= now < exam.review_closes_at else "score"


def review(session: Session, actor: Actor, sitting_id: int, now: datetime, zone: str) -> Review:
    """A marked paper after the release: the own one, or somebody's for who may look; NotFound for anybody else, and before (R-E1). The
    door notes a look at somebody's paper before it answers."""
    sitting = session.get(Sitting, sitting_id)
    exam = session.get(Exam, sitting.exam_id) if sitting is not None else None
    if sitting is None or exam is None or exam.state not in RELEASED or sitting.state not in ENDED:
        raise NotFound()
    own = can(actor, SEE_OWN, sitting)
    if not own and not can(actor, READ_RESULT, sitting):
        raise NotFound()
    shows = shown_now(exam, own, now)
    until = last_day(exam.released_at, exam.appeal_days, zone) if exam.released_at is not None and exam.appeal_days else None
    used = session.scalar(select(func.count()).select_from(MarkAppeal).where(
        MarkAppeal.exam_id == exam.id, MarkAppeal.person_id == sitting.person_id, MarkAppeal.state.in_(("open", "declined")))) or 0
    line = _lines(session, [(sitting, exam)], hide=False)[0]
    items = () if shows == "score" else tuple(_items(session, actor, sitting, exam, shows, own, now, zone))
    return Review(line, exam, shows, own, items, until, max(0, exam.most_appeals - used))


def _items(session: Session, actor: Actor, sitting: Sitting, exam: Exam, shows: str, own: bool, now: datetime,
           zone: str) -> list[ReviewItem]:
    rows = list(session.scalars(select(SittingItem).where(SittingItem.sitting_id == sitting.id).order_by(SittingItem.place)))
    ids = [row.id for row in rows]
    keys, answers = corrected_keys(session, exam.id), answers_of(session, [sitting.id])
    marks, history = live_marks(session, ids), history_of(session, ids)
    appeals: dict[int, MarkAppeal] = {}
    for one in session.scalars(select(MarkAppeal).where(MarkAppeal.item_id.in_(ids)).order_by(MarkAppeal.id)):
        appeals[one.item_id] = one
    who = names(session, [one.who_id for its in history.values() for one in its])
    contents: dict[int, Any] = dict(session.execute(select(QuestionVersion.id, QuestionVersion.content).where(
        QuestionVersion.id.in_([row.version_id for row in rows]))).all())
    found = []
    for row in rows:
        question = from_json(contents[row.version_id])
        key = keys.get(row.question_id, question)
        kept = answers.get(row.id)
        answer = kept.value.get("answer") if kept is not None else None
        right = {name: one for name, one, _ in wording.parts_of(key, None)}
        parts = tuple((one, wording.answer_words(one, given), wording.key_words(right.get(name, one)) if shows == "answers" else [])
                      for name, one, given in wording.parts_of(question, answer))
        hindered = tuple(hindrances_of(session, sitting, row, exam, now, zone, actor.person_id)) if own and can(actor, APPEAL) else None
        appeal = appeals.get(row.id)
        found.append(ReviewItem(
            row.place, row.question_id, row.points, row.mark, row.verdict, parts, answer if shows == "answers" else None,
            key.explanation if shows == "answers" else "",
            tuple(one.comment for one in marks[row.id] if one.comment) if shows == "answers" else (),
            tuple(ChangeLine(one.at, "" if own else who.get(one.who_id, ""), one.cause, one.why, one.old, one.new, one.appeal_id)
                  for one in history.get(row.id, ())),
            (appeal.id, appeal.number, appeal.state) if appeal is not None else None, hindered))
    return found


@dataclass(frozen=True)
class Group:
    """Results of a team or a topic. passed, people: for teams; share: mean share of the points, per cent."""

    name: str
    people: int
    passed: int
    share: Decimal | None


@dataclass(frozen=True)
class Summary:
    """An exam's results together. people: with a result, each by the best sitting; bands: of ten per cent of the points -> people."""

    people: int
    passed: int
    absent: int
    mean: Decimal | None
    best: Decimal | None
    lowest: Decimal | None
    teams: tuple[Group, ...]
    topics: tuple[Group, ...]
    steps: tuple[Group, ...]
    bands: Mapping[int, int]
    unscored: int

    @property
    def rate(self) -> Decimal | None:
        """Who passed, per cent of those with a result."""
        return 100 * Decimal(self.passed) / self.people if self.people else None


def summary(session: Session, actor: Actor, exam: Exam, lines: Sequence[ResultLine], invited: Sequence[int]) -> Summary:
    """Pass rate, by team, by topic and by step of the process. invited: who was to sit it."""
    require(actor, SEE_RESULTS)
    best: dict[int, ResultLine] = {}
    for one in lines:
        if one.score is not None and (one.person_id not in best or (best[one.person_id].score or 0) < one.score):
            best[one.person_id] = one
    held = list(best.values())
    shares = [one.percent for one in held if one.percent is not None]
    teams: dict[str, list[ResultLine]] = {}
    for one in held:
        teams.setdefault(one.unit, []).append(one)
    topics, steps = _by_subject(session, [one.sitting_id for one in held])
    bands = Counter(min(9, int(share // 10)) for share in shares)
    sat = {one.person_id for one in lines}
    return Summary(
        len(held), sum(bool(one.passed) for one in held), len(set(invited) - sat), _mean(shares), max(shares, default=None),
        min(shares, default=None),
        tuple(Group(name, len(its), sum(bool(one.passed) for one in its), _mean([one.percent for one in its if one.percent is not None]))
              for name, its in sorted(teams.items())),
        topics, steps, {band: bands.get(band, 0) for band in range(10)}, sum(one.score is None for one in lines))


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    return (sum(values, Decimal(0)) / len(values)).quantize(rules.CENT) if values else None


def _by_subject(session: Session, sitting_ids: Sequence[int]) -> tuple[tuple[Group, ...], tuple[Group, ...]]:
    """Mean share of the points by topic and by step of the process."""
    sums: tuple[dict[str, list[Any]], dict[str, list[Any]]] = ({}, {})
    rows = session.execute(select(Topic.name, QuestionRow.process_step, SittingItem.points, SittingItem.mark).join(
        QuestionRow, QuestionRow.id == SittingItem.question_id).outerjoin(Topic, Topic.id == QuestionRow.topic_id).where(
        SittingItem.sitting_id.in_(sitting_ids), SittingItem.mark.is_not(None)).order_by(SittingItem.id))
    for topic, step, worth, mark in rows:
        for held, name in zip(sums, (topic, step), strict=True):
            if name:
                held.setdefault(name, []).append((mark, worth))
    made = []
    for held in sums:
        made.append(tuple(Group(name, len(its), 0, (100 * sum((mark for mark, _ in its), Decimal(0)) / sum(
            (worth for _, worth in its), Decimal(0))).quantize(rules.CENT)) for name, its in sorted(held.items())))
    return made[0], made[1]
