"""The verbs of questions: write one, change it, let it be asked, take it out of the pool and back, withdraw it, move it. What a version
says never changes: a change is the next version, and only when it says something else (R-E5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.numbers import next_number
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.citations.citing import marked_among
from kmsvc.knowledge.citations.keeping import Ref, cites
from kmsvc.training.questions.events import QuestionChanged, QuestionFlagged, QuestionReturned
from kmsvc.training.questions.heads import cut_head
from kmsvc.training.questions.kinds import Question
from kmsvc.training.questions.models import Bank, QuestionFlag, QuestionRow, QuestionVersion, Topic
from kmsvc.training.questions.permissions import WRITE_QUESTIONS
from kmsvc.training.questions.problems import problems_of
from kmsvc.training.questions.rules import VERBS, Band, State, Why, after
from kmsvc.training.questions.saying import problem_said
from kmsvc.training.questions.storing import content_hash, to_json

QUESTION = "question"
LANGUAGES = ("zh_Hans_CN", "en")
MOST_TAGS = 20


@dataclass(frozen=True)
class Around:
    """What is said of a question beside its words. refs: what it cites; None leaves that as it is."""

    topic_id: int | None = None
    band: str = Band.MIDDLE
    language: str = LANGUAGES[0]
    tags: Sequence[str] = ()
    process_id: int | None = None
    process_step: str | None = None
    external_id: str | None = None
    refs: Sequence[Ref] | None = field(default=None)


def write_question(work: Work, bank_id: int, question: Question, around: Around | None = None, *, active: bool = False,
                   reason: str = "") -> QuestionRow:
    """A new question with its first version, as a draft unless it may be asked at once. InvalidInput names everything that is wrong
    with it, by its places (`options/2`, `key`)."""
    work.permit(WRITE_QUESTIONS)
    bank = work.get(Bank, bank_id)
    if bank.removed_at is not None:
        raise InvalidInput({"bank": [N_("This bank was removed.")]})
    check(question)
    about = around or Around()
    row = QuestionRow(number=f"QST-{next_number(work.session, 'question'):06d}", bank_id=bank.id, kind=question.kind.value,
                      state=State.ACTIVE if active else State.DRAFT, head=cut_head(question.stem), made_by_id=work.actor.person_id,
                      made_at=work.now, changed_at=work.now)
    _set_around(work, row, about)
    work.session.add(row)
    work.session.flush()
    _add_version(work, row, question, reason)
    if about.refs is not None:
        cites(work, QUESTION, row.id, about.refs)
    return row


def change_question(work: Work, question_id: int, question: Question, around: Around | None = None, *, reason: str = "",
                    version: int | None = None) -> QuestionRow:
    """Say it otherwise: the next version, but only when it says something else than the one that counts. around: None leaves the rest
    as it is."""
    row = locked(work, question_id, version)
    if row.state == State.WITHDRAWN:
        raise RuleBroken("training.question.state", N_("The question is withdrawn; let it be asked again first."))
    check(question)
    if around is not None:
        _set_around(work, row, around)
    now = current(work, row)
    if now is None or now.content_hash != content_hash(question):
        made = _add_version(work, row, question, reason)
        row.kind, row.head = question.kind.value, cut_head(question.stem)
        row.difficulty, row.discrimination, row.answered = None, None, 0  # figures were those of other words
        work.record(QuestionChanged(row.id, made.id, made.no))
    if around is not None and around.refs is not None:
        cites(work, QUESTION, row.id, around.refs)
    if work.session.is_modified(row):
        row.changed_at = work.now
    return row


def activate(work: Work, question_id: int, *, version: int | None = None) -> QuestionRow:
    """It may be asked from now on; where what it cites waits to be looked at, it is flagged for that instead."""
    row = locked(work, question_id, version)
    row.state = after("activate", row.state)
    row.changed_at = work.now
    if marked_among(work.session, QUESTION, [row.id]):
        raise_flag(work, row, Why.CITATION)
    return row


def withdraw(work: Work, question_id: int, *, reason: str | None = None, version: int | None = None) -> QuestionRow:
    """It is asked no more; who was asked keeps what they were asked. It can be let back in."""
    row = locked(work, question_id, version)
    work.because(reason)
    state = after("withdraw", row.state)
    if row.state == State.FLAGGED:
        _end_flags(work, row, reason or "")
    row.state, row.flagged_why, row.changed_at = state, None, work.now
    return row


def flag(work: Work, question_id: int, why: str = Why.PERSON, *, note: str = "", version: int | None = None) -> QuestionRow:
    """Take it out of the pool until somebody has looked at it."""
    row = locked(work, question_id, version)
    after("flag", row.state)
    raise_flag(work, row, Why(why), note=note)
    return row


def unflag(work: Work, question_id: int, *, note: str = "", version: int | None = None) -> QuestionRow:
    """Back into the pool. What it cites must have been looked at first."""
    row = locked(work, question_id, version)
    after("unflag", row.state)
    if marked_among(work.session, QUESTION, [row.id]):
        raise RuleBroken("training.question.cites", N_("Say first what became of the paragraphs it rests on."))
    lower_flag(work, row, note=note)
    return row


def move(work: Work, question_id: int, *, bank_id: int | None = None, topic_id: int | None = None,
         version: int | None = None) -> QuestionRow:
    """Into another bank or under another topic; what is left out stays."""
    row = locked(work, question_id, version)
    if bank_id is not None:
        bank = work.session.get(Bank, bank_id)
        if bank is None or bank.removed_at is not None:
            raise InvalidInput({"bank": [N_("There is no such question bank.")]})
        if bank.id != row.bank_id and row.external_id is not None and work.session.scalar(select(QuestionRow.id).where(
                QuestionRow.bank_id == bank.id, QuestionRow.external_id == row.external_id)) is not None:
            raise InvalidInput({"bank": [N_("A question with this outside number is in that bank already.")]})
        row.bank_id = bank.id
    if topic_id is not None:
        row.topic_id = _topic(work, topic_id)
    row.changed_at = work.now
    return row


def raise_flag(work: Work, row: QuestionRow, why: Why, *, note: str = "", params: dict[str, Any] | None = None,
               answered: int = 0) -> None:
    """Take an active question out of the pool; for use cases that have asked for their own permission. A withdrawn one or a draft stays
    as it is; one that is out already keeps the reason that took it out, but a changed paragraph comes first."""
    if row.state == State.FLAGGED and why is Why.CITATION and row.flagged_why != why:
        row.flagged_why = why
    elif row.state == State.ACTIVE:
        row.state, row.flagged_why = State.FLAGGED, why
        work.record(QuestionFlagged(row.id, why))
    else:
        return
    row.changed_at = work.now
    work.session.add(QuestionFlag(question_id=row.id, version_id=row.current_version_id, why=why, note=note, params=params or {},
                                  answered=answered, raised_at=work.now, raised_by_id=work.actor.person_id))
    work.session.flush()


def lower_flag(work: Work, row: QuestionRow, *, note: str = "") -> None:
    """Put a flagged question back; for use cases that have asked for their own permission."""
    _end_flags(work, row, note)
    row.state, row.flagged_why, row.changed_at = State.ACTIVE, None, work.now
    work.record(QuestionReturned(row.id))


def open_flags(work: Work, question_id: int) -> list[QuestionFlag]:
    """The reasons that hold a question out of the pool now."""
    return list(work.session.scalars(select(QuestionFlag).where(
        QuestionFlag.question_id == question_id, QuestionFlag.ended_at.is_(None)).order_by(QuestionFlag.id)))


def end_flag(work: Work, one: QuestionFlag, note: str = "") -> None:
    """One reason holds no more."""
    one.ended_at, one.ended_by_id, one.ended_note = work.now, work.actor.person_id, note


def _end_flags(work: Work, row: QuestionRow, note: str) -> None:
    for one in open_flags(work, row.id):
        end_flag(work, one, note)


def locked(work: Work, question_id: int, version: int | None) -> QuestionRow:
    """The question held to the end of the unit, for who may write it."""
    row = work.get(QuestionRow, question_id, lock=True, version=version)
    work.permit(WRITE_QUESTIONS, row)
    return row


def current(work: Work, row: QuestionRow) -> QuestionVersion | None:
    """The version that counts."""
    return work.session.get(QuestionVersion, row.current_version_id) if row.current_version_id is not None else None


def check(question: Question) -> None:
    """InvalidInput with everything that is wrong, by its places."""
    found: dict[str, Any] = {}
    for one in problems_of(question):
        found.setdefault(one.where or "question", []).append(problem_said(one))
    if found:
        raise InvalidInput(found)


def _add_version(work: Work, row: QuestionRow, question: Question, reason: str) -> QuestionVersion:
    last = work.session.scalar(select(QuestionVersion.no).where(QuestionVersion.question_id == row.id)
                               .order_by(QuestionVersion.no.desc()).limit(1))
    made = QuestionVersion(question_id=row.id, no=(last or 0) + 1, content=to_json(question), content_hash=content_hash(question),
                           reason=reason, made_by_id=work.actor.person_id, made_at=work.now)
    work.session.add(made)
    work.session.flush()
    row.current_version_id = made.id
    return made


def _set_around(work: Work, row: QuestionRow, about: Around) -> None:
    if about.band not in {one.value for one in Band}:
        raise InvalidInput({"band": [N_("This cannot be chosen now.")]})
    row.topic_id = _topic(work, about.topic_id)
    row.band, row.language = about.band, about.language
    row.process_id, row.process_step = about.process_id, about.process_step
    tags = list(dict.fromkeys(about.tags))[:MOST_TAGS]
    if row.tags != tags:
        row.tags = tags
    if about.external_id is not None and row.external_id != about.external_id:
        taken = work.session.scalar(select(QuestionRow.id).where(
            QuestionRow.bank_id == row.bank_id, QuestionRow.external_id == about.external_id, QuestionRow.id != (row.id or 0)))
        if taken is not None:
            raise InvalidInput({"external_id": [N_("Another question of this bank has this outside number.")]})
        row.external_id = about.external_id


def _topic(work: Work, topic_id: int | None) -> int | None:
    if topic_id is None:
        return None
    row = work.session.get(Topic, topic_id)
    if row is None or row.removed_at is not None:
        raise InvalidInput({"topic": [N_("There is no such topic.")]})
    return row.id


__all__ = ["LANGUAGES", "QUESTION", "VERBS", "Around", "activate", "change_question", "flag", "move", "unflag", "withdraw",
           "write_question"]
