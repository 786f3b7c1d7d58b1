"""What a candidate may see of a question. SHOWN names it field by field and type by type: whatever is not named, today's or a
later one's, is never copied, and a type that is not named shows nothing. Requirement E1."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import is_dataclass
from typing import Any

from kmsvc.training.questions.kinds import (
    Blank,
    Case,
    Choice,
    FileAnswer,
    FillIn,
    Matching,
    Numeric,
    Option,
    Ordering,
    Part,
    Question,
    ShortAnswer,
)

SHOWN: dict[type, tuple[str, ...]] = {
    Question: ("kind", "stem", "body"),
    Choice: ("options",),
    FillIn: ("blanks",),
    Numeric: ("unit",),
    Ordering: ("items",),
    Matching: ("lefts", "rights"),
    ShortAnswer: ("longest",),
    FileAnswer: ("types",),
    Case: ("parts",),
    Part: ("id", "question"),
    Option: ("id", "text"),
    Blank: ("id",),
}
"""type -> fields that a candidate may see"""


def facing(question: Question, seed: str) -> dict[str, Any]:
    """The question as JSON for one candidate. seed: of the sitting and the question; the same seed gives the same order.

    Shape: kind, stem, and what the kind needs: options, items, lefts, rights as lists of {id, text}, blanks as a list of {id},
    unit, longest, types, parts as a list of {id, question}. In `options` the order of a choice that is not shuffled stays; items
    and rights always change theirs, whatever they are, because their own would be a key."""
    return _question(question, seed)


def shuffled(options: Sequence[Option], seed: str) -> tuple[Option, ...]:
    """The options in the order of this seed; pinned ones keep their places."""
    loose = sorted((one for one in options if not one.pinned), key=lambda one: _rank(seed, one.id))
    rest = iter(loose)
    return tuple(one if one.pinned else next(rest) for one in options)


def _rank(seed: str, name: str) -> bytes:
    return hashlib.sha256(f"{seed}\n{name}".encode("utf-8", "surrogatepass")).digest()


def _question(question: Question, seed: str) -> dict[str, Any]:
    seen = {name: getattr(question, name) for name in SHOWN[Question]}
    body = seen.pop("body")
    return {"kind": seen["kind"].value, "stem": seen["stem"], **_of(body, seed)}


def _of(thing: Any, seed: str) -> dict[str, Any]:
    return {name: _value(thing, name, getattr(thing, name), seed) for name in SHOWN.get(type(thing), ())}


def _value(owner: Any, name: str, value: Any, seed: str) -> Any:
    if isinstance(value, Question):
        return _question(value, f"{seed}/{owner.id}")
    if isinstance(value, tuple):
        return [_of(one, seed) if is_dataclass(one) else one for one in _in_order(owner, name, value, seed)]
    return value


def _in_order(owner: Any, name: str, values: tuple[Any, ...], seed: str) -> Sequence[Any]:
    if isinstance(owner, Choice):
        return shuffled(values, f"{seed}/{name}") if owner.shuffled else values
    if isinstance(owner, Ordering) or (isinstance(owner, Matching) and name == "rights"):
        return sorted(values, key=lambda one: _rank(f"{seed}/{name}", one.id))
    return values
