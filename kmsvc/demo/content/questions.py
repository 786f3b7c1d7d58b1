"""The question bank of the demo, out of data/questions.toml.

A line is `kind difficulty step | stem | …`. kind: S single, M multiple (a star marks what is right), T true or false (its word,
an explanation), F fill in (blanks parted by ` ; `, variants by `/`), N numeric (number, unit), O order, L matching (`left => right`),
A short answer and X file (model answer, then `criterion : points`), K case (parts parted by `||`). difficulty: e, m, h."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kmsvc.demo.content.files import load
from kmsvc.training.questions.kinds import (
    Blank,
    Body,
    Case,
    Choice,
    Criterion,
    FileAnswer,
    FillIn,
    Matching,
    Numeric,
    Ordering,
    Part,
    Question,
    ShortAnswer,
    TrueFalse,
    options_of,
)

BANK = "客户服务题库"
ABOUT = "依据现行流程与知识编写；流程一改，相关题目自动离开题库等待复核。"
_BANDS = {"e": "easy", "m": "middle", "h": "hard"}
_POINTS = {"S": 2, "M": 4, "T": 2, "F": 2, "N": 2, "O": 4, "L": 4}


@dataclass(frozen=True)
class QuestionText:
    """A question with the process it rests on. topic: as a path."""

    question: Question
    process: str
    step: str
    topic: str
    band: str


def questions() -> Iterator[QuestionText]:
    """Every question of the demo."""
    for group in load("questions.toml")["set"]:
        for line in filter(None, map(str.strip, group["lines"].split("\n"))):
            first, *parts = line.split("||")
            head, question = _question(first)
            if head[0] == "K":
                made = [_question(part.strip())[1] for part in parts]
                question = Question(question.stem, Case(tuple(Part(str(place), one) for place, one in enumerate(made, 1))),
                                    points=sum((one.points for one in made), Decimal(0)))
            yield QuestionText(question, group["process"], head[2], group["topic"], _BANDS[head[1]])


def _question(line: str) -> tuple[list[str], Question]:
    said, stem, *rest = (part.strip() for part in line.split(" | "))
    head = said.split(" ", 2)
    body, explanation = _body(head[0], rest)
    points = Decimal(_POINTS.get(head[0], 0))
    if isinstance(body, ShortAnswer | FileAnswer):
        points = sum((one.points for one in body.rubric), Decimal(0))
    return head, Question(stem, body, explanation, points)


def _body(kind: str, rest: list[str]) -> tuple[Body, str]:
    if kind in "SM":
        options = options_of(one.removeprefix("*") for one in rest)
        keys = tuple(one.id for one, said in zip(options, rest, strict=True) if said.startswith("*"))
        return Choice(options, keys, kind == "M"), ""
    if kind == "T":
        return TrueFalse(rest[0] == "对"), rest[1] if len(rest) > 1 else ""
    if kind == "F":
        return FillIn(tuple(Blank(str(place), tuple(one.strip() for one in said.split("/")))
                            for place, said in enumerate(rest[0].split(" ; "), 1))), ""
    if kind == "N":
        return Numeric(Decimal(rest[0]), unit=rest[1]), ""
    if kind == "O":
        return Ordering(options_of(rest)), ""
    if kind == "L":
        return _matching(rest), ""
    if kind == "K":
        return Case(()), ""
    rubric = []
    for place, one in enumerate(rest[1:], 1):
        text, _, points = one.rpartition(" : ")
        rubric.append(Criterion(str(place), text, Decimal(points)))
    return (FileAnswer(tuple(rubric), rest[0], ("docx", "txt")) if kind == "X" else ShortAnswer(tuple(rubric), rest[0], 1000)), ""


def _matching(rest: list[str]) -> Matching:
    pairs = [tuple(part.strip() for part in one.split("=>")) for one in rest]
    lefts = options_of(left for left, _ in pairs if left)
    rights = options_of(dict.fromkeys(right for _, right in pairs))
    left_of, right_of = {one.text: one.id for one in lefts}, {one.text: one.id for one in rights}
    return Matching(lefts, rights, tuple((left_of[left], right_of[right]) for left, right in pairs if left))
