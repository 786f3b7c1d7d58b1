"""Figures of questions as people look at them: what exams measured, together and one by one, each with the way to where it came from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import column, select, table
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.training.questions import listing
from kmsvc.training.questions.kinds import Choice, Question
from kmsvc.training.questions.listing import Filters, Line
from kmsvc.training.questions.measuring import remarks_on, together
from kmsvc.training.questions.models import QuestionMeasure, QuestionUse
from kmsvc.training.questions.permissions import SEE_QUESTIONS
from kmsvc.training.questions.statistics import Flag, ItemFigures, OptionFigures

_EXAMS = table("training_exam", column("id"), column("number"), column("title"))  # the noun above owns the class


def _exam(exam_id: int, question_id: int) -> str:
    return f"/training/exams/{exam_id}"


ADDRESS: list[Callable[[int, int], str]] = [_exam]
"""(exam, question) -> the sittings a figure came from; the last one counts, so that marking may give a better one"""


@dataclass(frozen=True)
class OfExam:
    """What one exam measured. reliability: Cronbach's alpha of all its questions; url: where it came from."""

    exam_id: int
    exam: str
    item: ItemFigures
    options: tuple[OptionFigures, ...]
    reliability: float | None
    persons: int
    current: bool
    url: str


@dataclass(frozen=True)
class Figures:
    """Of the version that counts: over all exams, each exam, what speaks for a look; words of the options by id."""

    item: ItemFigures
    options: tuple[OptionFigures, ...]
    exams: tuple[OfExam, ...]
    remarks: tuple[Flag, ...]
    words: dict[str, str]


def figures_of(session: Session, actor: Actor, line: Line, question: Question | None) -> Figures | None:
    """Of one question; None before any exam has measured it, and for who may not see it."""
    if not can(actor, SEE_QUESTIONS):
        return None
    held = listing.measures_of(session, [line.id])
    if not held:
        return None
    now = [one for one in held if one.version_id == line.version_id]
    item, options = together(now) if now else (ItemFigures(0, None, None, None, None), ())
    words = {one.id: one.text for one in question.body.options} if question is not None and isinstance(question.body, Choice) else {}
    names = _exams(session, [one.exam_id for one in held])
    exams = tuple(OfExam(one.exam_id, names.get(one.exam_id, ""), ItemFigures(**one.figures), tuple(
        OptionFigures(**each) for each in one.options), one.paper.get("alpha"), one.paper.get("persons", 0),
        one.version_id == line.version_id, ADDRESS[-1](one.exam_id, line.id)) for one in held[::-1])
    return Figures(item, options, exams, tuple(remarks_on(item, options)), words)


@dataclass(frozen=True)
class BankFigures:
    """Of a bank: lines that need a look with their remarks, gravest first; reliability of each exam that used it."""

    looked_at: tuple[tuple[Line, ItemFigures, tuple[Flag, ...]], ...]
    measured: int
    exams: tuple[tuple[str, float | None, int, int, str], ...]


def bank_figures(session: Session, actor: Actor, bank_id: int) -> BankFigures:
    """What exams have measured of the questions of a bank. exams: (name, alpha, persons, questions of it, address)."""
    lines = {one.id: one for one in listing.lines(session, actor, Filters(bank=bank_id), limit=20_000) if one.answered}
    by_question: dict[int, list[QuestionMeasure]] = defaultdict(list)
    by_exam: dict[int, list[QuestionMeasure]] = defaultdict(list)
    for one in listing.measures_of(session, lines):
        by_exam[one.exam_id].append(one)
        if one.version_id == lines[one.question_id].version_id:
            by_question[one.question_id].append(one)
    found: list[tuple[Line, ItemFigures, tuple[Flag, ...]]] = []
    for question, its in by_question.items():
        item, options = together(its)
        found.append((lines[question], item, tuple(remarks_on(item, options))))
    names = _exams(session, list(by_exam))
    told = [row for row in found if row[2]]
    gravest = sorted(told, key=lambda row: (1 if row[1].discrimination is None else row[1].discrimination, row[0].id))
    used = tuple((names.get(exam, ""), its[0].paper.get("alpha"), its[0].paper.get("persons", 0), len(its), f"/training/exams/{exam}")
                 for exam, its in sorted(by_exam.items(), reverse=True))
    return BankFigures(tuple(gravest), len(found), used)


def asked_by(session: Session, actor: Actor, question_id: int) -> list[tuple[str, str]]:
    """(number and title, address) of every announced exam that asks a question, the latest first."""
    if not can(actor, SEE_QUESTIONS):
        return []
    ids = list(session.scalars(select(QuestionUse.exam_id).where(QuestionUse.question_id == question_id).order_by(
        QuestionUse.exam_id.desc())))
    names = _exams(session, ids)
    return [(names.get(one, ""), _exam(one, question_id)) for one in ids]


def _exams(session: Session, ids: Sequence[int]) -> dict[int, str]:
    rows: Any = session.execute(select(_EXAMS.c.id, _EXAMS.c.number, _EXAMS.c.title).where(_EXAMS.c.id.in_(sorted(set(ids)))))
    return {one: f"{number} {title}" for one, number, title in rows}
