"""An answer and a key in words: what stands beside a mark when papers are looked at. Pure functions; texts are Markdown as written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kmsvc.core.texts import N_
from kmsvc.training.questions.kinds import (
    Case,
    Choice,
    FileAnswer,
    FillIn,
    Matching,
    Numeric,
    Option,
    Ordering,
    Question,
    ShortAnswer,
    TrueFalse,
)

TRUE, FALSE = N_("Right"), N_("Wrong")
ARROW = "\u2192"


def answer_words(question: Question, answer: Any) -> list[str]:
    """What was answered, line by line; nothing where nothing was. True and false are English sources."""
    body = question.body
    if answer is None or answer == "" or answer == [] or answer == {}:
        return []
    if isinstance(body, Choice):
        return _named(body.options, [answer] if isinstance(answer, str) else answer)
    if isinstance(body, TrueFalse):
        return [TRUE if answer in (True, "true") else FALSE]
    if isinstance(body, Ordering):
        return _named(body.items, answer)
    if isinstance(body, FillIn):
        held = answer if isinstance(answer, Mapping) else {}
        return [str(held.get(one.id) or "\u2014") for one in body.blanks]
    if isinstance(body, Matching):
        return _pairs(body, answer.items() if isinstance(answer, Mapping) else ())
    if isinstance(body, FileAnswer):
        return [str(answer.get("name", ""))] if isinstance(answer, Mapping) else []
    if isinstance(body, Case):
        return []
    return [f"{answer} {body.unit}".strip() if isinstance(body, Numeric) else str(answer)]


def key_words(question: Question) -> list[str]:
    """What is right, line by line; a model answer where a person marks."""
    body = question.body
    if isinstance(body, Choice):
        return _named(body.options, body.keys)
    if isinstance(body, TrueFalse):
        return [] if body.key is None else [TRUE if body.key else FALSE]
    if isinstance(body, Ordering):
        return [one.text for one in body.items]
    if isinstance(body, FillIn):
        return [" / ".join(one.accepted) for one in body.blanks]
    if isinstance(body, Matching):
        return _pairs(body, body.key)
    if isinstance(body, Numeric):
        if body.value is None:
            return []
        spread = f" \u00b1 {body.tolerance}" + (" \u00d7" if body.relative else "") if body.tolerance else ""
        return [f"{body.value.normalize():f}{spread} {body.unit}".strip()]
    if isinstance(body, ShortAnswer | FileAnswer):
        return [body.model_answer] if body.model_answer else []
    return []


def parts_of(question: Question, answer: Any) -> list[tuple[str, Question, Any]]:
    """(id, question, answer) of each part of a case; of any other the whole under an empty id."""
    if not isinstance(question.body, Case):
        return [("", question, answer)]
    held = answer if isinstance(answer, Mapping) else {}
    return [(part.id, part.question, held.get(part.id)) for part in question.body.parts]


def _named(options: Iterable[Option], ids: Any) -> list[str]:
    words = {one.id: one.text for one in options}
    return [words[one] for one in ids if isinstance(one, str) and one in words] if isinstance(ids, list | tuple) else []


def _pairs(body: Matching, pairs: Iterable[Any]) -> list[str]:
    lefts, rights = ({one.id: one.text for one in side} for side in (body.lefts, body.rights))
    return [f"{lefts[left]} {ARROW} {rights[right]}" for left, right in pairs if left in lefts and right in rights]
