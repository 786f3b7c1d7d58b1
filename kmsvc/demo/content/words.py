"""The vocabulary of the demo and its saved searches, as texts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kmsvc.demo.content.files import load


@dataclass(frozen=True, slots=True)
class TermText:
    """A term of ours and what customers say for it."""

    term: str
    sayings: tuple[str, ...]
    direction: str = "both"
    note: str = ""


@dataclass(frozen=True, slots=True)
class SearchText:
    """A search as it is typed, and the title of the article it must find."""

    query: str
    title: str
    kind: str | None = None
    note: str = ""


@cache
def terms() -> tuple[TermText, ...]:
    """The terms, in the order in which they were added."""
    return tuple(TermText(**{**one, "sayings": tuple(one["sayings"])}) for one in load("words.toml")["term"])


@cache
def saved_searches() -> tuple[SearchText, ...]:
    """The saved searches."""
    return tuple(SearchText(**one) for one in load("words.toml")["search"])
