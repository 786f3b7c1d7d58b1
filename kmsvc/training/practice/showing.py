"""Questions of practice as its pages show them: before the answer what a candidate sees, after it the key and the explanation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_
from kmsvc.markup.render import plain_text, render
from kmsvc.training.practice.choosing import right_answer
from kmsvc.training.practice.queries import Mistake, RunLine, Turn
from kmsvc.training.practice.rules import PracticeMode
from kmsvc.training.questions.kinds import Case, FileAnswer, Kind, Question, ShortAnswer
from kmsvc.training.questions.scoring import Verdict, score
from kmsvc.training.questions.showing import with_blanks

_MARKS = {"right": "ok", "partly": "warn", "manual": "due"}
BOOK_HEAD = (N_("Exam question"), N_("Topic"), N_("Times wrong"), N_("Right since"), N_("Comes back"), N_("Last answered"))


def kind_of(kind: str) -> str:
    """The words of a type of question."""
    return sentence(Kind(kind).label)


def mode_of(line: RunLine) -> str:
    """The words of a round."""
    words = sentence(PracticeMode(line.mode).label)
    return f"{words}: {line.name}" if line.name else words


def verdict_of(verdict: str) -> tuple[str, str]:
    """(mark, words) of a verdict."""
    words = N_("Compare it with the model answer") if verdict == Verdict.MANUAL else Verdict(verdict).label
    return _MARKS.get(verdict, "bad"), sentence(words)


def book_rows(lines: Iterable[Mistake], at: Callable[[datetime], datetime]) -> list[list[Any]]:
    """A mistake book as a table. at: an instant in the centre's zone."""
    return [[one.head, one.topic, one.wrong, one.box, one.due_on, at(one.last_at)] for one in lines]


def shown(turn: Turn, pictures: str) -> dict[str, Any]:
    """A question for the page: texts as HTML; of an answered one what is right and what was chosen; of a case that of each part.
    pictures: the address under which those of this question stand."""
    def html(text: str) -> Markup:
        return Markup(render(text, attachment_url=lambda sha: f"{pictures}/{sha}"))
    return _shown(turn.faced or {}, turn.question, turn.value, turn.points, html)


def _shown(faced: dict[str, Any], question: Question | None, value: Any, points: Decimal,
           html: Callable[[str], Markup]) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": faced["kind"], "stem": with_blanks(html(faced["stem"])), "unit": faced.get("unit", ""),
                             "longest": faced.get("longest", 0), "typed": {}, "chosen": []}
    for name in ("options", "items", "lefts", "rights"):
        found[name] = [{"id": one["id"], "html": html(one["text"]), "words": plain_text(one["text"])} for one in faced.get(name, [])]
    found["blanks"] = [one["id"] for one in faced.get("blanks", [])]
    body = question.body if question is not None else None
    if faced["kind"] == Kind.CASE:
        judged = dict(score(question, value, points).parts) if question is not None else {}
        asked = {one.id: one.question for one in body.parts} if isinstance(body, Case) else {}
        given = value if isinstance(value, dict) else {}
        found["parts"] = [(one["id"], _shown(one["question"], asked.get(one["id"]), given.get(one["id"]), points, html),
                           verdict_of(judged[one["id"]].verdict) if one["id"] in judged else None) for one in faced["parts"]]
    if question is not None:
        right = right_answer(question)
        found |= {"right": right, "right_ids": right if isinstance(right, list) else [right], "value": value,
                  "chosen": value if isinstance(value, list) else [value],
                  "explanation": html(question.explanation) if question.explanation else Markup(""),
                  "words": _words(question, faced, right)}
        if isinstance(body, ShortAnswer | FileAnswer):
            found |= {"model": html(body.model_answer) if body.model_answer else Markup(""),
                      "rubric": [(html(one.text), f"{one.points.normalize():f}") for one in body.rubric]}
    return found


def typed(q: dict[str, Any], form: dict[str, str], several: Callable[[str], list[str]], before: str = "") -> dict[str, Any]:
    """A question as `shown` gives it with what was typed into its fields. form, several: the fields; before: what their names begin
    with."""
    parts = [(name, typed(part, form, several, f"{before}{name}-"), mark) for name, part, mark in q.get("parts", [])]
    return q | {"typed": form, "chosen": several(f"{before}a"), "parts": parts}


def _words(question: Question, faced: dict[str, Any], right: Any) -> str:
    """The right answer in words, of kinds whose options are not marked themselves."""
    if question.kind == Kind.TRUE_FALSE:
        return sentence(N_("True")) if right else sentence(N_("False"))
    said = {one["id"]: plain_text(one["text"]) for name in ("items", "lefts", "rights") for one in faced.get(name, [])}
    if isinstance(right, dict):
        return "" if question.kind == Kind.CASE else "; ".join(
            f"{said.get(left, left)} \u2014 {said.get(other, other)}" for left, other in right.items())
    if question.kind == Kind.ORDERING:
        return " \u2192 ".join(said.get(one, one) for one in right)
    return "" if question.kind in (Kind.SINGLE, Kind.MULTIPLE, Kind.SHORT_ANSWER) else str(right or "")
