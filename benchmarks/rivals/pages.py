"""What every engine is given and what each must answer, so that they do the same work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from kmsvc.search.analysis import index_streams
from kmsvc.search.documents import Reach, SearchDocument
from kmsvc.search.questions import parse

TODAY = date(2026, 6, 1)
REACH = Reach(2, frozenset({1, 2}))
UNITS = (0, 1, 2)
LEVEL = 2
TOP = 10


@dataclass(frozen=True)
class Page:
    """A page of results: numbers of the ten best documents, how many match, and how many of each category and kind."""

    best: tuple[int, ...]
    total: int
    categories: Mapping[str, int]
    kinds: Mapping[str, int]


def tokens_of(document: SearchDocument) -> Mapping[str, int]:
    """The pairs of a document, each with how often it stands there: the field that all four engines hold."""
    extra = " | ".join((document.number, *document.aliases, *document.tags))
    return index_streams(" | ".join((document.title, extra, document.summary, document.body))).pairs


@cache
def asked(text: str) -> Sequence[str]:
    """The pairs of a question."""
    return tuple(dict.fromkeys(unit.term for unit in parse(text).units if unit.stream == "p"))
