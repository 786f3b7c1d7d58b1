"""Reads over practice: what may be practised at all, a round as its owner sees it, the mistake book. A key is read only for a question
that was answered, and never for one that stands in an exam whose results are not released (R-E1)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.markup.render import attachments
from kmsvc.training.exams.queries import unreleased
from kmsvc.training.papers.giving import asked_in
from kmsvc.training.papers.models import PaperRow
from kmsvc.training.papers.queries import PaperLine, paper_lines, topic_names
from kmsvc.training.papers.rules import PaperState
from kmsvc.training.practice.choosing import PRACTISED
from kmsvc.training.practice.models import MistakeCard, PracticeAnswer, PracticeRun
from kmsvc.training.practice.permissions import PRACTISE
from kmsvc.training.practice.rules import KNOWN, Book
from kmsvc.training.questions.facing import facing
from kmsvc.training.questions.kinds import Question, pictures_of
from kmsvc.training.questions.models import QuestionRow, QuestionVersion, Topic
from kmsvc.training.questions.storing import from_json

KINDS = [one.value for one in PRACTISED]
MOST_PAPERS = 100


@dataclass(frozen=True)
class TopicLine:
    """A topic one can practise. there: questions; met: how many of them this person has answered; right: share of answers, per cent."""

    id: int
    name: str
    there: int
    met: int
    right: int | None


@dataclass(frozen=True)
class RunLine:
    """A round in a list."""

    id: int
    mode: str
    name: str
    asked: int
    answered: int
    right: int
    begun_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Turn:
    """A question of a round. faced: what one may see before answering; question: with its key, only once it is answered; value: the
    answer; withheld: it stands in an exam now, so nothing of it is shown."""

    place: int
    question_id: int
    points: Decimal
    faced: dict[str, Any] | None
    verdict: str | None = None
    given: Decimal | None = None
    value: Any = None
    question: Question | None = None
    withheld: bool = False


@dataclass(frozen=True)
class RunCard:
    """A round as its owner sees it."""

    line: RunLine
    turns: tuple[Turn, ...]
    left_out: int

    @property
    def next(self) -> Turn | None:
        """The first question that waits for an answer."""
        return next((one for one in self.turns if one.verdict is None and not one.withheld), None)

    @property
    def unjudged(self) -> int:
        """Short answers that one has not compared with the model answer yet."""
        return sum(one.verdict == "manual" for one in self.turns)

    @property
    def points(self) -> Decimal:
        """What was got."""
        return sum((one.given or Decimal(0) for one in self.turns), Decimal(0))

    @property
    def most(self) -> Decimal:
        """What could be got."""
        return sum((one.points for one in self.turns if not one.withheld), Decimal(0))


@dataclass(frozen=True)
class Mistake:
    """A question of a mistake book. id: of its card."""

    id: int
    question_id: int
    head: str
    topic: str
    wrong: int
    box: int
    due_on: date
    last_at: datetime


def withheld(session: Session) -> frozenset[int]:
    """Questions that stand in an exam whose results are not released: nobody practises them."""
    return frozenset().union(*(asked_in(session, exam) for exam in unreleased(session)))


def practisable(session: Session, topic_id: int | None = None) -> dict[int, int]:
    """question -> version, of those that may be practised now; of a topic with those below it."""
    query = select(QuestionRow.id, QuestionRow.current_version_id).where(
        QuestionRow.state == "active", QuestionRow.current_version_id.is_not(None), QuestionRow.kind.in_(KINDS)).order_by(QuestionRow.id)
    if topic_id is not None:
        query = query.where(QuestionRow.topic_id.in_(_below(session, topic_id)))
    kept = withheld(session)
    return {one: version or 0 for one, version in session.execute(query) if one not in kept}


def _below(session: Session, topic_id: int) -> list[int]:
    tree = dict(session.execute(select(Topic.id, Topic.parent_id)).all())
    found, wide = {topic_id}, True
    while wide:
        more = {one for one, parent in tree.items() if parent in found} - found
        found, wide = found | more, bool(more)
    return sorted(found)


def topic_lines(session: Session, person_id: int) -> list[TopicLine]:
    """Topics with questions that may be practised, the weakest first."""
    open_now = practisable(session)
    of_topic = dict(session.execute(select(QuestionRow.id, QuestionRow.topic_id).where(QuestionRow.topic_id.is_not(None))).all())
    there: dict[int, set[int]] = {}
    for one in open_now:
        if (topic := of_topic.get(one)) is not None:
            there.setdefault(topic, set()).add(one)
    answered: dict[int, list[tuple[int, bool]]] = {}
    for question, verdict in session.execute(select(PracticeAnswer.question_id, PracticeAnswer.verdict).where(
            PracticeAnswer.person_id == person_id).order_by(PracticeAnswer.id)):
        if (topic := of_topic.get(question)) is not None:
            answered.setdefault(topic, []).append((question, verdict == "right"))
    named = topic_names(session)
    lines = []
    for topic, its in there.items():
        told = answered.get(topic, [])
        lines.append(TopicLine(topic, named.get(str(topic), ""), len(its), len({one for one, _ in told} & its),
                               100 * sum(right for _, right in told) // len(told) if told else None))
    return sorted(lines, key=lambda one: (one.right is None, one.right or 0, one.id))


def mock_papers(session: Session) -> list[PaperLine]:
    """Papers one can try: ready, and in no exam whose results are not released."""
    closed = {one.paper_id for one in unreleased(session)}
    lines, _ = paper_lines(session, state=PaperState.READY.value, limit=MOST_PAPERS)
    return [one for one in lines if one.id not in closed]


def due_cards(session: Session, person_id: int, today: date) -> list[int]:
    """Questions of the mistake book that come back today, the longest overdue first; not those that rest for an exam."""
    open_now = practisable(session)
    return [one for one in session.scalars(select(MistakeCard.question_id).where(
        MistakeCard.person_id == person_id, MistakeCard.box < KNOWN, MistakeCard.due_on <= today).order_by(
        MistakeCard.due_on, MistakeCard.id)) if one in open_now]


def mistakes(session: Session, person_id: int, *, today: date | None = None, q: str | None = None, topic: int | None = None,
             book: str | None = None) -> list[Mistake]:
    """The mistake book, what comes back soonest first; what stands in an exam now rests and is not shown. book: one of Book; without
    it what is not known yet."""
    kept, named = withheld(session), topic_names(session)
    query = select(MistakeCard, QuestionRow.head, QuestionRow.topic_id).join(
        QuestionRow, QuestionRow.id == MistakeCard.question_id).where(MistakeCard.person_id == person_id)
    query = query.where(MistakeCard.box >= KNOWN if book == Book.KNOWN else MistakeCard.box < KNOWN)
    if book == Book.DUE:
        query = query.where(MistakeCard.due_on <= today)
    elif book == Book.LATER:
        query = query.where(MistakeCard.due_on > today)
    if q:
        query = query.where(QuestionRow.head.icontains(q, autoescape=True))
    if topic is not None:
        query = query.where(QuestionRow.topic_id.in_(_below(session, topic)))
    rows = session.execute(query.order_by(MistakeCard.due_on, MistakeCard.id))
    return [Mistake(card.id, card.question_id, head, named.get(str(topic), ""), card.wrong, card.box, card.due_on, card.last_at)
            for card, head, topic in rows if card.question_id not in kept]


@dataclass(frozen=True)
class MistakeCardView:
    """A question of a mistake book with its key and every answer this person has given: (when, verdict, round)."""

    mistake: Mistake
    turn: Turn
    answers: tuple[tuple[datetime, str, int], ...]


def mistake_card(session: Session, actor: Actor, card_id: int) -> MistakeCardView:
    """One question of the own mistake book, or NotFound; not while it stands in an exam."""
    me = actor.person_id or 0
    one = next((one for book in (None, Book.KNOWN) for one in mistakes(session, me, book=book) if one.id == card_id), None)
    if one is None or not can(actor, PRACTISE):
        raise NotFound()
    rows = list(session.scalars(select(PracticeAnswer).where(
        PracticeAnswer.person_id == me, PracticeAnswer.question_id == one.question_id).order_by(PracticeAnswer.id.desc())))
    if not rows:
        raise NotFound()
    run = session.get_one(PracticeRun, rows[0].run_id)
    version = run.items[rows[0].place - 1][1]
    asked = questions_at(session, [version])[version]
    turn = Turn(rows[0].place, one.question_id, Decimal(run.items[rows[0].place - 1][2]), facing(asked, f"{run.seed}/{one.question_id}"),
                rows[0].verdict, rows[0].points, rows[0].value.get("answer"), asked)
    return MistakeCardView(one, turn, tuple((each.at, each.verdict, each.run_id) for each in rows))


def pictures_in(turn: Turn) -> frozenset[str]:
    """SHA-256 of the pictures somebody may see of a question now: with its key only once it is answered."""
    if turn.withheld:
        return frozenset()
    if turn.question is not None:
        return frozenset(pictures_of(turn.question))
    return frozenset(_shown_in(turn.faced))


def _shown_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from attachments(value)
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _shown_in(one)


def met(session: Session, person_id: int) -> frozenset[int]:
    """Every question this person has practised."""
    return frozenset(session.scalars(select(PracticeAnswer.question_id).where(PracticeAnswer.person_id == person_id).distinct()))


def run_lines(session: Session, person_id: int, *, limit: int = 20) -> list[RunLine]:
    """The latest rounds of a person."""
    rows = list(session.scalars(select(PracticeRun).where(PracticeRun.person_id == person_id).order_by(
        PracticeRun.begun_at.desc(), PracticeRun.id.desc()).limit(limit)))
    return _lines(session, rows)


def daily_of(session: Session, person_id: int, today: date) -> RunLine | None:
    """The round of a day, where it was begun."""
    row = session.scalars(select(PracticeRun).where(PracticeRun.person_id == person_id, PracticeRun.on_day == today)).one_or_none()
    return None if row is None else _lines(session, [row])[0]


@dataclass(frozen=True)
class OfTheDay:
    """The five questions of a day as one's own day shows them. daily: None before they were begun."""

    daily: RunLine | None


def of_the_day(session: Session, actor: Actor, today: date) -> OfTheDay | None:
    """What the own day says of practice; None for who does not practise and where there is no question at all."""
    if not can(actor, PRACTISE) or session.scalar(select(QuestionRow.id).where(
            QuestionRow.state == "active", QuestionRow.kind.in_(KINDS)).limit(1)) is None:
        return None
    return OfTheDay(daily_of(session, actor.person_id or 0, today))


def _lines(session: Session, rows: Sequence[PracticeRun]) -> list[RunLine]:
    ids = [row.id for row in rows]
    counts = {run: (answered, right) for run, answered, right in session.execute(select(
        PracticeAnswer.run_id, func.count(), func.count().filter(PracticeAnswer.verdict == "right")).where(
        PracticeAnswer.run_id.in_(ids)).group_by(PracticeAnswer.run_id))}
    topics = topic_names(session)
    papers = dict(session.execute(select(PaperRow.id, PaperRow.title).where(PaperRow.id.in_([row.paper_id for row in rows]))).all())
    return [RunLine(row.id, row.mode, topics.get(str(row.topic_id), "") if row.topic_id else papers.get(row.paper_id or 0, ""),
                    len(row.items), *counts.get(row.id, (0, 0)), row.begun_at, row.ended_at) for row in rows]


def own_run(session: Session, actor: Actor, run_id: int) -> PracticeRun:
    """The row of an own round, or NotFound."""
    row = session.get(PracticeRun, run_id)
    if row is None or not can(actor, PRACTISE, row):
        raise NotFound()
    return row


def run_card(session: Session, actor: Actor, run_id: int) -> RunCard:
    """A round with what its owner may see of each question now."""
    row = own_run(session, actor, run_id)
    answers = {one.place: one for one in session.scalars(select(PracticeAnswer).where(PracticeAnswer.run_id == row.id).order_by(
        PracticeAnswer.place))}
    questions = questions_at(session, [version for _, version, _ in row.items])
    kept = withheld(session)
    turns = []
    for place, (question, version, points) in enumerate(row.items, 1):
        if question in kept:
            turns.append(Turn(place, question, Decimal(points), None, withheld=True))
            continue
        answer, asked = answers.get(place), questions[version]
        faced = facing(asked, f"{row.seed}/{question}")
        turns.append(Turn(place, question, Decimal(points), faced) if answer is None else Turn(
            place, question, Decimal(points), faced, answer.verdict, answer.points, answer.value.get("answer"), asked))
    return RunCard(_lines(session, [row])[0], tuple(turns), row.left_out)


def questions_at(session: Session, version_ids: Collection[int]) -> dict[int, Question]:
    """version -> the question as it stands in it."""
    return {one: from_json(content) for one, content in session.execute(select(QuestionVersion.id, QuestionVersion.content).where(
        QuestionVersion.id.in_(sorted(set(version_ids)))))}
