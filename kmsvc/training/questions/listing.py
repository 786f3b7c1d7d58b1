"""Questions as lists, pages and programs see them, for who may: lines, one with all that is known of it, its versions, counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import InvalidInput, NotFound
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.people.accounts.queries import names
from kmsvc.process.definitions.models import Process
from kmsvc.training.questions.citing import address
from kmsvc.training.questions.kinds import Question
from kmsvc.training.questions.models import (
    Bank,
    QuestionFlag,
    QuestionMeasure,
    QuestionRow,
    QuestionVersion,
    Topic,
)
from kmsvc.training.questions.permissions import SEE_QUESTIONS
from kmsvc.training.questions.queries import AT_ONCE, exposures, topics_below
from kmsvc.training.questions.storing import from_json


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; None asks nothing. topic: with those below it; flag: a code of rules.Why; process: an id."""

    q: str | None = None
    bank: int | None = None
    topic: int | None = None
    kind: str | None = None
    band: str | None = None
    state: str | None = None
    language: str | None = None
    process: int | None = None
    author: int | None = None
    flag: str | None = None
    ids: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Line:
    """A question in a list."""

    id: int
    number: str
    external_id: str | None
    bank_id: int
    bank: str
    topic_id: int | None
    topic: str
    kind: str
    band: str
    state: str
    flagged_why: str | None
    language: str
    tags: tuple[str, ...]
    head: str
    process_id: int | None
    process: str
    process_step: str | None
    version_id: int | None
    difficulty: int | None
    discrimination: int | None
    answered: int
    exposure: int
    made_by_id: int | None
    made_by: str
    changed_at: datetime
    version: int

    @property
    def url(self) -> str:
        """Where it stands."""
        return address(self.id)


@dataclass(frozen=True)
class VersionLine:
    """One version. made_by: a name."""

    id: int
    no: int
    content_hash: str
    reason: str
    made_by: str
    made_at: datetime
    current: bool


@dataclass(frozen=True)
class FlagLine:
    """That it left the pool, and who put it back."""

    id: int
    why: str
    note: str
    params: dict[str, Any]
    answered: int
    raised_at: datetime
    raised_by: str
    ended_at: datetime | None
    ended_by: str
    ended_note: str


def _narrowed(session: Session, query: Any, filters: Filters) -> Any:
    for column, value in ((QuestionRow.bank_id, filters.bank), (QuestionRow.kind, filters.kind), (QuestionRow.band, filters.band),
                          (QuestionRow.state, filters.state), (QuestionRow.language, filters.language),
                          (QuestionRow.process_id, filters.process), (QuestionRow.made_by_id, filters.author),
                          (QuestionRow.flagged_why, filters.flag)):
        if value is not None:
            query = query.where(column == value)
    if filters.state is None and filters.ids is None:
        query = query.where(QuestionRow.state != "withdrawn")
    if filters.topic is not None:
        query = query.where(QuestionRow.topic_id.in_(topics_below(session, filters.topic)))
    if filters.ids is not None:
        query = query.where(QuestionRow.id.in_(filters.ids))
    if filters.q:
        query = query.where(or_(*(column.icontains(filters.q, autoescape=True) for column in (
            QuestionRow.head, QuestionRow.number, QuestionRow.external_id))))
    return query


def count_lines(session: Session, actor: Actor, filters: Filters) -> int:
    """How many fit."""
    if not can(actor, SEE_QUESTIONS):
        return 0
    return session.scalar(_narrowed(session, select(func.count(QuestionRow.id)), filters)) or 0


def lines(session: Session, actor: Actor, filters: Filters, *, before: int | None = None, limit: int = 50) -> list[Line]:
    """The newest first; withdrawn ones only where they are asked for. before: an id to go on behind."""
    if not can(actor, SEE_QUESTIONS):
        return []
    query = _narrowed(session, select(QuestionRow, Bank.name, Topic.name, Process.number, Process.name).join(
        Bank, Bank.id == QuestionRow.bank_id).outerjoin(Topic, Topic.id == QuestionRow.topic_id).outerjoin(
        Process, Process.id == QuestionRow.process_id), filters).order_by(QuestionRow.id.desc()).limit(limit)
    if before is not None:
        query = query.where(QuestionRow.id < before)
    rows = list(session.execute(query))
    who = names(session, [row.made_by_id for row, *_ in rows if row.made_by_id is not None])
    used = exposures(session, [row.id for row, *_ in rows])
    return [Line(row.id, row.number, row.external_id, row.bank_id, bank, row.topic_id, topic or "", row.kind, row.band, row.state,
                 row.flagged_why, row.language, tuple(row.tags or ()), row.head, row.process_id,
                 f"{number} {name}" if number else "", row.process_step, row.current_version_id, row.difficulty, row.discrimination,
                 row.answered, used.get(row.id, 0), row.made_by_id, who.get(row.made_by_id or 0, ""), row.changed_at, row.version)
            for row, bank, topic, number, name in rows]


def line(session: Session, actor: Actor, question_id: int) -> Line:
    """One, or NotFound for who may not see it."""
    found = lines(session, actor, Filters(ids=(question_id,)), limit=1)
    if not found:
        raise NotFound()
    return found[0]


def content(session: Session, version_id: int | None) -> Question | None:
    """What a version says."""
    row = session.get(QuestionVersion, version_id) if version_id is not None else None
    return from_json(row.content) if row is not None else None


def versions(session: Session, actor: Actor, question_id: int) -> list[VersionLine]:
    """Every version, the newest first."""
    head = line(session, actor, question_id)
    rows = list(session.scalars(select(QuestionVersion).where(QuestionVersion.question_id == question_id)
                                .order_by(QuestionVersion.no.desc())))
    who = names(session, [one.made_by_id for one in rows if one.made_by_id is not None])
    return [VersionLine(one.id, one.no, one.content_hash, one.reason, who.get(one.made_by_id or 0, ""), one.made_at,
                        one.id == head.version_id) for one in rows]


def version_at(session: Session, actor: Actor, question_id: int, no: int) -> tuple[VersionLine, Question]:
    """One version with what it says, or NotFound."""
    found = next((one for one in versions(session, actor, question_id) if one.no == no), None)
    said = content(session, found.id) if found is not None else None
    if found is None or said is None:
        raise NotFound()
    return found, said


def flags_of(session: Session, actor: Actor, question_id: int) -> list[FlagLine]:
    """Why it left the pool, the newest first."""
    line(session, actor, question_id)
    rows = list(session.scalars(select(QuestionFlag).where(QuestionFlag.question_id == question_id).order_by(QuestionFlag.id.desc())))
    who = names(session, sorted({one for row in rows for one in (row.raised_by_id, row.ended_by_id) if one is not None}))
    return [FlagLine(one.id, one.why, one.note, one.params, one.answered, one.raised_at, who.get(one.raised_by_id or 0, ""),
                     one.ended_at, who.get(one.ended_by_id or 0, ""), one.ended_note) for one in rows]


def measures_of(session: Session, question_ids: Iterable[int]) -> list[QuestionMeasure]:
    """What exams have measured of questions; for who has asked whether they may be seen."""
    wanted = sorted(set(question_ids))
    return [one for start in range(0, len(wanted), AT_ONCE) for one in session.scalars(select(QuestionMeasure).where(
        QuestionMeasure.question_id.in_(wanted[start:start + AT_ONCE])).order_by(QuestionMeasure.exam_id, QuestionMeasure.id))]


@dataclass(frozen=True)
class BankLine:
    """A bank in a list. counts: state -> questions."""

    id: int
    number: str
    name: str
    about: str
    keeper_id: int | None
    keeper: str
    counts: dict[str, int]
    removed_at: datetime | None
    version: int


def bank_lines(session: Session, actor: Actor, *, removed: bool = False) -> list[BankLine]:
    """Banks by name, with how many questions stand how."""
    if not can(actor, SEE_QUESTIONS):
        return []
    rows = list(session.scalars(select(Bank).where(Bank.removed_at.is_not(None) if removed else Bank.removed_at.is_(None))
                                .order_by(Bank.name, Bank.id)))
    counts: dict[int, dict[str, int]] = {}
    for bank, state, count in session.execute(select(QuestionRow.bank_id, QuestionRow.state, func.count(QuestionRow.id)).group_by(
            QuestionRow.bank_id, QuestionRow.state)):
        counts.setdefault(bank, {})[state] = count
    who = names(session, [one.keeper_id for one in rows if one.keeper_id is not None])
    return [BankLine(one.id, one.number, one.name, one.about, one.keeper_id, who.get(one.keeper_id or 0, ""), counts.get(one.id, {}),
                     one.removed_at, one.version) for one in rows]


def bank_line(session: Session, actor: Actor, bank_id: int) -> BankLine:
    """One bank, or NotFound."""
    for removed in (False, True):
        for one in bank_lines(session, actor, removed=removed):
            if one.id == bank_id:
                return one
    raise NotFound()


def bank_named(session: Session, name: str) -> int:
    """The bank of this name; InvalidInput where there is none."""
    found = session.scalar(select(Bank.id).where(or_(Bank.name == name, Bank.number == name.upper()), Bank.removed_at.is_(None)))
    if found is None:
        raise InvalidInput({"bank": [N_("There is no such question bank.")]})
    return found


@dataclass(frozen=True)
class TopicLine:
    """A topic in its tree. level: 0 at the top; own, below: questions that are not withdrawn, of itself and with those below."""

    id: int
    name: str
    parent_id: int | None
    level: int
    own: int
    below: int
    version: int


def topic_lines(session: Session, actor: Actor) -> list[TopicLine]:
    """The tree from top to bottom, by name."""
    if not can(actor, SEE_QUESTIONS):
        return []
    rows = list(session.scalars(select(Topic).where(Topic.removed_at.is_(None)).order_by(Topic.name, Topic.id)))
    own: dict[int, int] = {}
    for topic, count in session.execute(select(QuestionRow.topic_id, func.count(QuestionRow.id)).where(
            QuestionRow.state != "withdrawn", QuestionRow.topic_id.is_not(None)).group_by(QuestionRow.topic_id)):
        own[topic or 0] = count
    known = {one.id for one in rows}
    below: dict[int | None, list[Topic]] = {}
    for one in rows:
        below.setdefault(one.parent_id if one.parent_id in known else None, []).append(one)
    found: list[TopicLine] = []

    def add(parent: int | None, level: int) -> int:
        total = 0
        for one in below.get(parent, []):
            at = len(found)
            found.append(TopicLine(one.id, one.name, one.parent_id, level, own.get(one.id, 0), 0, one.version))
            under = own.get(one.id, 0) + add(one.id, level + 1)
            found[at] = TopicLine(one.id, one.name, one.parent_id, level, own.get(one.id, 0), under, one.version)
            total += under
        return total
    add(None, 0)
    return found


def authors(session: Session) -> Sequence[tuple[int, str]]:
    """Who has written questions, for the filter."""
    ids = [one for one in session.scalars(select(QuestionRow.made_by_id).where(QuestionRow.made_by_id.is_not(None)).distinct()) if one]
    return sorted(names(session, ids).items(), key=lambda one: one[1])


def processes(session: Session) -> Sequence[tuple[int, str]]:
    """Processes that questions are linked to, for the filter."""
    rows = session.execute(select(Process.id, Process.number, Process.name).where(Process.id.in_(
        select(QuestionRow.process_id).where(QuestionRow.process_id.is_not(None)))).order_by(Process.number))
    return [(one, f"{number} {name}") for one, number, name in rows]


def removed_topics(session: Session, actor: Actor) -> Sequence[tuple[int, str]]:
    """Topics that were removed, by name."""
    if not can(actor, SEE_QUESTIONS):
        return []
    rows = session.scalars(select(Topic).where(Topic.removed_at.is_not(None)).order_by(Topic.name, Topic.id))
    return [(one.id, one.name) for one in rows]
