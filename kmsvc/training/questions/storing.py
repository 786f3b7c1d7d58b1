"""A question as JSON that carries its schema version: stored for ever, read by every later release, hashed by its content."""

from __future__ import annotations

import functools
import hashlib
import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from kmsvc.training.questions import kinds
from kmsvc.training.questions.kinds import Question

SCHEMA = 1
UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""schema version -> what makes the next one of it; a step once released is never changed"""

SORTS: dict[str, type] = {"choice": kinds.Choice, "true_false": kinds.TrueFalse, "fill_in": kinds.FillIn, "numeric": kinds.Numeric,
                          "ordering": kinds.Ordering, "matching": kinds.Matching, "short_answer": kinds.ShortAnswer,
                          "file": kinds.FileAnswer, "case": kinds.Case}
_NAMES = {sort: name for name, sort in SORTS.items()}
DEEPEST = 12


class StoredWrong(ValueError):
    """This JSON is no question. code: newer, schema, field, missing, value; where: the way to it."""

    def __init__(self, code: str, where: str = "") -> None:
        self.code, self.where = code, where
        super().__init__(f"{code} {where}".strip())


def to_json(question: Question) -> dict[str, Any]:
    """The question as JSON of the newest schema; numbers are texts, so that none loses a digit."""
    return {"schema": SCHEMA, **_packed(question)}


def from_json(data: Mapping[str, Any]) -> Question:
    """The question out of JSON of this or an earlier schema. Raises StoredWrong, and nothing else."""
    if not isinstance(data, Mapping):
        raise StoredWrong("value")
    values = upgraded(dict(data), UPGRADES, SCHEMA)
    del values["schema"]
    made = _unpacked(values, Question, "", 0)
    assert isinstance(made, Question)
    return made


def upgraded(data: dict[str, Any], steps: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]], newest: int) -> dict[str, Any]:
    """JSON of any earlier schema as the newest, step by step. Raises StoredWrong for one that is newer or has no step."""
    version = data.get("schema")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise StoredWrong("schema")
    if version > newest:
        raise StoredWrong("newer")
    for step in range(version, newest):
        if step not in steps:
            raise StoredWrong("schema")
        data = {**steps[step](data), "schema": step + 1}
    return data


def canonical(question: Question) -> bytes:
    """The one form of a question as bytes: equal questions have equal bytes, whatever wrote them."""
    return json.dumps(to_json(question), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")


def content_hash(question: Question) -> str:
    """SHA-256 of the canonical bytes, as hex."""
    return hashlib.sha256(canonical(question)).hexdigest()


def _packed(value: Any) -> Any:
    if is_dataclass(value):
        packed = {one.name: _packed(getattr(value, one.name)) for one in fields(value)}
        return {"sort": _NAMES[type(value)], **packed} if type(value) in _NAMES else packed
    if isinstance(value, tuple):
        return [_packed(one) for one in value]
    if isinstance(value, Decimal):
        return _plain(value)
    return value.value if isinstance(value, StrEnum) else value


def _plain(value: Decimal) -> str:
    """1, 1.0 and 1E+0 are one number and have one form. Exact, without the rounding of a context."""
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return str(value)
    figures = "".join(map(str, digits)).lstrip("0")
    short = figures.rstrip("0")
    if not short:
        return "0"
    return str(Decimal((sign, tuple(map(int, short)), exponent + len(figures) - len(short))))


@functools.cache
def _hints(sort: type) -> dict[str, Any]:
    return typing.get_type_hints(sort, vars(kinds))


def _unpacked(value: Any, wanted: Any, where: str, depth: int) -> Any:
    if depth > DEEPEST:
        raise StoredWrong("value", where)
    if wanted is kinds.Body:
        return _body(value, where, depth)
    if is_dataclass(wanted):
        return _thing(value, typing.cast(type, wanted), where, depth)
    origin = typing.get_origin(wanted)
    if origin is tuple:
        return _row(value, typing.get_args(wanted), where, depth)
    if origin in (types.UnionType, typing.Union):
        return None if value is None else _unpacked(value, typing.get_args(wanted)[0], where, depth)
    return _single(value, wanted, where)


def _body(value: Any, where: str, depth: int) -> Any:
    sort = value.get("sort") if isinstance(value, dict) else None
    if not isinstance(sort, str) or sort not in SORTS:
        raise StoredWrong("value", where)
    return _thing({name: one for name, one in value.items() if name != "sort"}, SORTS[sort], where, depth)


def _thing(value: Any, wanted: type, where: str, depth: int) -> Any:
    if not isinstance(value, dict):
        raise StoredWrong("value", where)
    hints = _hints(wanted)
    for name in value:
        if name not in hints:
            raise StoredWrong("field", f"{where}/{name}"[:200])
    for one in fields(wanted):
        if one.name not in value and one.default is MISSING:
            raise StoredWrong("missing", f"{where}/{one.name}")
    return wanted(**{name: _unpacked(one, hints[name], f"{where}/{name}", depth + 1) for name, one in value.items()})


def _row(value: Any, wanted: tuple[Any, ...], where: str, depth: int) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise StoredWrong("value", where)
    if wanted[-1] is not Ellipsis:
        if len(value) != len(wanted):
            raise StoredWrong("value", where)
        return tuple(_unpacked(one, sort, f"{where}/{place}", depth + 1)
                     for place, (one, sort) in enumerate(zip(value, wanted, strict=True), 1))
    return tuple(_unpacked(one, wanted[0], f"{where}/{place}", depth + 1) for place, one in enumerate(value, 1))


def _single(value: Any, wanted: Any, where: str) -> Any:
    if wanted in (str, int, bool):
        if type(value) is not wanted:
            raise StoredWrong("value", where)
        return value
    if not isinstance(value, str):
        raise StoredWrong("value", where)
    try:
        made = wanted(value)
    except (ValueError, InvalidOperation):
        raise StoredWrong("value", where) from None
    if isinstance(made, Decimal) and not made.is_finite():
        raise StoredWrong("value", where)
    return made
