"""How the articles of the demo belong together, as texts; playing it is not this package's business."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from kmsvc.demo.content.files import load


@dataclass(frozen=True, slots=True)
class ChangeText:
    """Words that were put in place of others, in the twin or in its article."""

    side: str
    days_ago: int
    replace: str
    put: str
    note: str


@dataclass(frozen=True, slots=True)
class TwinText:
    """An article in the other language, written days_ago as the twin of `article`; equal: when both were found to say the
    same once more."""

    article: str
    language: str
    title: str
    owner: str
    summary: str
    body: str
    days_ago: int
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    changed: tuple[ChangeText, ...] = field(default=())
    equal: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TieText:
    """What the other article is to this one."""

    article: str
    word: str
    other: str
    days_ago: int


@cache
def twins() -> tuple[TwinText, ...]:
    """The articles written in a second language."""
    return tuple(_twin(one) for one in load("relations.toml")["twin"])


def _twin(row: dict[str, Any]) -> TwinText:
    lists = {name: tuple(row.get(name, ())) for name in ("tags", "aliases", "equal")}
    return TwinText(**row | lists | {"changed": tuple(ChangeText(**one) for one in row.get("changed", ()))})


@cache
def ties() -> tuple[TieText, ...]:
    """The other relations."""
    return tuple(TieText(**one) for one in load("relations.toml")["tie"])
