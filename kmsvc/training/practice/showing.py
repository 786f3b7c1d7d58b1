"""Questions of practice as its pages show them: before the answer what a candidate sees, after it the key and the explanation."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_
from kmsvc.markup.render import plain_text, render
from kmsvc.training.practice.choosing import right_answer
from kmsvc.training.practice.queries import RunLine, Turn
from kmsvc.training.practice.rules import PracticeMode
from kmsvc.training.questions.kinds import BLANK_MARK, Kind
from kmsvc.training.questions.scoring import Verdict

_GAP = "\uff3f\uff3f\uff08\\1\uff09\uff3f\uff3f"
_MARKS = {"right": "ok", "partly": "warn"}


def kind_of(kind: str) -> str:
    """The words of a type of question."""
    return sentence(Kind(kind).label)


def mode_of(line: RunLine) -> str:
    """The words of a round."""
    words = sentence(PracticeMode(line.mode).label)
    return f"{words}: {line.name}" if line.name else words


def verdict_of(verdict: str) -> tuple[str, str]:
    """(mark, words) of a verdict."""
    return _MARKS.get(verdict, "bad"), sentence(Verdict(verdict).label)


def shown(turn: Turn) -> dict[str, Any]:
    """A question for the page: texts as HTML; of an answered one what is right and what was chosen."""
    faced = turn.faced or {}
    found: dict[str, Any] = {"kind": faced["kind"], "stem": render(BLANK_MARK.sub(_GAP, faced["stem"])), "unit": faced.get("unit", "")}
    for name in ("options", "items", "lefts", "rights"):
        found[name] = [{"id": one["id"], "html": render(one["text"]), "words": plain_text(one["text"])} for one in faced.get(name, [])]
    found["blanks"] = [one["id"] for one in faced.get("blanks", [])]
    if turn.question is not None:
        right = right_answer(turn.question)
        found |= {"right": right, "right_ids": right if isinstance(right, list) else [right], "value": turn.value,
                  "chosen": turn.value if isinstance(turn.value, list) else [turn.value],
                  "explanation": render(turn.question.explanation) if turn.question.explanation else Markup(""),
                  "words": _words(turn, right)}
    return found


def _words(turn: Turn, right: Any) -> str:
    """The right answer in words, of kinds whose options are not marked themselves."""
    assert turn.question is not None and turn.faced is not None
    if turn.question.kind == Kind.TRUE_FALSE:
        return sentence(N_("True")) if right else sentence(N_("False"))
    said = {one["id"]: plain_text(one["text"]) for name in ("items", "lefts", "rights") for one in turn.faced.get(name, [])}
    if isinstance(right, dict):
        return "; ".join(f"{said.get(left, left)} \u2014 {said.get(other, other)}" for left, other in right.items())
    if turn.question.kind == Kind.ORDERING:
        return " \u2192 ".join(said.get(one, one) for one in right)
    return "" if turn.question.kind in (Kind.SINGLE, Kind.MULTIPLE) else str(right or "")
