"""Whether an answer has the form of an answer to its question: pure functions. What it is worth is `questions/scoring.py`'s.

The forms stand there too. None is no answer, at any kind: it was taken back, or the question is only flagged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from kmsvc.core.texts import N_
from kmsvc.training.questions.kinds import (
    Case,
    Choice,
    FileAnswer,
    FillIn,
    Matching,
    Numeric,
    Ordering,
    Question,
    ShortAnswer,
    TrueFalse,
)

LONGEST_TEXT = 20_000
LONGEST_BLANK = 500
NO_TEXT = N_("A text is needed here.")
TOO_LONG = N_("This is longer than an answer may be.")
NO_CHOICE = N_("This cannot be chosen here.")
BAD_TYPE = N_("Files of this kind are not taken here.")
BAD_FORM = N_("This has not the form of an answer to this question.")


def wrong_form(question: Question, answer: Any) -> str | None:
    """Why this is no answer to the question, as an English source; None where it is one."""
    if answer is None:
        return None
    body = question.body
    if isinstance(body, Choice):
        return _ids(answer, {one.id for one in body.options}) if body.several else _one(answer, {one.id for one in body.options})
    if isinstance(body, TrueFalse):
        return None if isinstance(answer, bool) else BAD_FORM
    if isinstance(body, FillIn):
        return _texts(answer, {one.id for one in body.blanks}, LONGEST_BLANK)
    if isinstance(body, Numeric):
        return _text(answer if isinstance(answer, str) else str(answer) if type(answer) in (int, float) else None, LONGEST_BLANK)
    if isinstance(body, Ordering):
        return _ids(answer, {one.id for one in body.items})
    if isinstance(body, Matching):
        return _pairs(answer, {one.id for one in body.lefts}, {one.id for one in body.rights})
    if isinstance(body, ShortAnswer):
        return _text(answer, min(body.longest or LONGEST_TEXT, LONGEST_TEXT))
    if isinstance(body, FileAnswer):
        return _file(body, answer)
    return _case(body, answer)


def _one(answer: Any, known: set[str]) -> str | None:
    return None if isinstance(answer, str) and answer in known else NO_CHOICE


def _ids(answer: Any, known: set[str]) -> str | None:
    if not isinstance(answer, list) or not all(isinstance(one, str) for one in answer):
        return BAD_FORM
    return None if len(set(answer)) == len(answer) and set(answer) <= known else NO_CHOICE


def _text(answer: Any, longest: int) -> str | None:
    if not isinstance(answer, str):
        return NO_TEXT
    if "\x00" in answer or any(0xD800 <= ord(one) <= 0xDFFF for one in answer):
        return BAD_FORM
    return TOO_LONG if len(answer) > longest else None


def _texts(answer: Any, known: set[str], longest: int) -> str | None:
    if not isinstance(answer, dict):
        return BAD_FORM
    if not set(answer) <= known:
        return NO_CHOICE
    return next((wrong for one in answer.values() if (wrong := _text(one, longest))), None)


def _pairs(answer: Any, lefts: set[str], rights: set[str]) -> str | None:
    if not isinstance(answer, dict) or not all(isinstance(one, str) for one in answer.values()):
        return BAD_FORM
    return None if set(answer) <= lefts and set(answer.values()) <= rights else NO_CHOICE


def _file(body: FileAnswer, answer: Any) -> str | None:
    if not (isinstance(answer, dict) and set(answer) == {"attachment", "name"} and type(answer["attachment"]) is int
            and isinstance(answer["name"], str) and len(answer["name"]) <= 200):
        return BAD_FORM
    ending = answer["name"].rpartition(".")[2].lower()
    return None if not body.types or ending in {one.lower().lstrip(".") for one in body.types} else BAD_TYPE


def _case(body: Case, answer: Any) -> str | None:
    if not isinstance(answer, dict):
        return BAD_FORM
    parts = {part.id: part.question for part in body.parts}
    if not set(answer) <= set(parts):
        return NO_CHOICE
    return next((wrong for name, one in answer.items() if (wrong := wrong_form(parts[name], one))), None)


def files_in(question: Question, answer: Any) -> Iterator[tuple[int, str]]:
    """(id of an attachment, its name) of each file in an answer that has its form."""
    if isinstance(question.body, FileAnswer) and answer is not None:
        yield answer["attachment"], answer["name"]
    elif isinstance(question.body, Case) and answer is not None:
        for part in question.body.parts:
            yield from files_in(part.question, answer.get(part.id))


def is_given(answer: Any) -> bool:
    """Whether something was answered: an empty text, list or mapping is nothing."""
    if isinstance(answer, dict):
        return any(is_given(one) for one in answer.values())
    return answer is not None and (not isinstance(answer, str | list) or bool(answer.strip() if isinstance(answer, str) else answer))


def digest_of(value: dict[str, Any]) -> str:
    """SHA-256 of what is kept, as hex: what tells a replay from another answer under the same number."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
                          .encode("utf-8", "surrogatepass")).hexdigest()
