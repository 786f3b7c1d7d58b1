"""The lines by which a person gives points: those of a rubric, or one for the whole; of a case, those of each part that a person
marks, beside what the machine gives the others. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from kmsvc.training.marking.rules import CENT
from kmsvc.training.questions.kinds import MANUAL, Case, FileAnswer, Question, ShortAnswer
from kmsvc.training.questions.scoring import Score, Verdict, score


@dataclass(frozen=True)
class Line:
    """A line of a rubric. key: by which points are given, empty for a whole answer; most: its points here."""

    key: str
    words: str
    most: Decimal


@dataclass(frozen=True)
class Asked:
    """What a person marks of a question: of a case each part of its own. part: its id, empty for a question that is no case."""

    part: str
    stem: str
    model_answer: str
    lines: tuple[Line, ...]
    most: Decimal


def asked_of(question: Question, worth: Decimal) -> tuple[Asked, ...]:
    """What a person marks of it; nothing where the machine marks all. worth: what it is worth in this exam; lines of a rubric that was
    written for other points grow and shrink with it."""
    if isinstance(question.body, Case):
        mosts = dict(score(question, None, worth).parts)
        return tuple(one for part in question.body.parts if part.question.kind in MANUAL
                     for one in [_one(part.question, mosts[part.id].most, part.id)])
    return (_one(question, worth, ""),) if question.kind in MANUAL else ()


def _one(question: Question, worth: Decimal, part: str) -> Asked:
    body = question.body
    assert isinstance(body, ShortAnswer | FileAnswer)
    total = sum((one.points for one in body.rubric), Decimal(0))
    grows = worth / total if total > 0 and total < worth else Decimal(1)
    lines = tuple(Line(f"{part}/{one.id}" if part else one.id, one.text, min(
        (one.points * grows).quantize(CENT, ROUND_HALF_UP), worth)) for one in body.rubric)
    return Asked(part, question.stem, body.model_answer, lines or (Line(part, "", worth),), worth)


def tops(asked: Sequence[Asked]) -> dict[str, Decimal]:
    """Key of a line -> its most points, of all parts."""
    return {line.key: line.most for one in asked for line in one.lines}


def given(asked: Sequence[Asked], points: Mapping[str, Decimal]) -> Decimal:
    """What points by line make, each part capped at what it is worth."""
    return sum((min(sum((points.get(line.key, Decimal(0)) for line in one.lines), Decimal(0)), one.most) for one in asked), Decimal(0))


def by_machine(judged: Score) -> Decimal:
    """What the machine gives by itself of an answer that a person still marks: the parts of a case it can judge."""
    return sum((one.points for _, one in judged.parts if one.points is not None), Decimal(0))


def left_empty(judged: Score) -> bool:
    """Whether everything a person would mark was left empty, so that there is nothing to judge."""
    if not judged.parts:
        return judged.verdict is Verdict.UNANSWERED
    return all(one.verdict is Verdict.UNANSWERED for _, one in judged.parts if one.points is None)


def words_of(answer: Any) -> str | None:
    """An answer as a text that can be compared; None for one that is no text."""
    if isinstance(answer, str):
        return answer
    return None
