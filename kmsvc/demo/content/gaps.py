"""What the demo's editors did about searches in vain, as texts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kmsvc.demo.content.files import load


@dataclass(frozen=True, slots=True)
class DeedText:
    """One act on the gap of a query: report, assign, join, dismiss, draft, or answer (written, published and found)."""

    query: str
    act: str
    days_ago: int
    by: str
    into: str = ""
    reason: str = ""
    number: str = ""
    shelf: str = ""
    title: str = ""
    body: str = ""


@cache
def deeds() -> tuple[DeedText, ...]:
    """All of them, as they stand in the file."""
    return tuple(DeedText(**one) for one in load("gaps.toml")["deed"])


@cache
def answered() -> dict[str, DeedText]:
    """query -> what answered it; from the next day on it is found."""
    return {one.query: one for one in deeds() if one.act == "answer"}
