"""The register of facts: each part of the service says what it knows, once; coverage, lists and packs read only this.

    register(EvidenceKind("process_review", N_("Review of a process"), reviews))

where `reviews(session, first, last, cut)` yields records that happened from `first` to `last`, each as it was known at the instant
`cut` (the end of the as-of day). Rows that may change later are read as they stood then: `as_was` says what the trail knows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.audit import AuditEntry
from kmsvc.core.clock import start_of_day
from kmsvc.core.texts import N_
from kmsvc.core.trail_words import spoken
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.evidence.rules import Asked, EvidenceRecord


@dataclass(frozen=True)
class Span:
    """What is asked for: days from first to last, as known at the end of as_of in the centre's zone."""

    first: date
    last: date
    as_of: date
    zone: str

    @property
    def cut(self) -> datetime:
        """The first instant that no longer counts."""
        return start_of_day(self.as_of + timedelta(days=1), self.zone)

    @property
    def over(self) -> datetime:
        """The first instant after the days that are asked for."""
        return start_of_day(self.last + timedelta(days=1), self.zone)


Gather = Callable[[Session, Span], Iterable[EvidenceRecord]]


@dataclass(frozen=True)
class EvidenceKind:
    """A kind of record. label: English source; more: its own columns, name -> English source; act: what one does to get such a record,
    (English source, address; none is that of the subject)."""

    name: str
    label: str
    gather: Gather
    more: Mapping[str, str]
    act: tuple[str, str]


AT_ONCE = 500
"""so many ids in one question to the database"""
KINDS: dict[str, EvidenceKind] = {}
SUBJECTS: dict[str, Callable[[Session, Span], Mapping[int, Asked]]] = {}
"""By kind of subject (`process`, `newcomer`): what was there at the cut and had to be looked after, by id."""


def register(name: str, label: str, gather: Gather, more: Mapping[str, str] | None = None,
             act: tuple[str, str] = (N_("Open"), "")) -> None:
    """Add a kind; the last word wins so that a module may be loaded again."""
    KINDS[name] = EvidenceKind(name, label, gather, more or {}, act)


def parts(ids: Collection[int]) -> Iterator[list[int]]:
    """Ids in order, so many at once as one question to the database bears."""
    every = sorted(ids)
    for first in range(0, len(every), AT_ONCE):
        yield every[first:first + AT_ONCE]


def as_was(session: Session, table: str, column: str, cut: datetime, among: Collection[int] | None = None) -> dict[str, Any]:
    """Row id -> what a column said at `cut`, of rows in which it changed since. The trail is never changed, so this stays the same.
    among: only these rows, where a table is large and few are wanted; instants and days are texts, as the trail has them."""
    found: dict[str, Any] = {}
    asked = select(AuditEntry.subject_id, AuditEntry.before).where(
        AuditEntry.subject == table, AuditEntry.act == "update", AuditEntry.at >= cut).order_by(AuditEntry.seq)
    for query in [asked] if among is None else [asked.where(AuditEntry.subject_id.in_(map(str, part))) for part in parts(among)]:
        for row_id, before in session.execute(query):
            if before and column in before:
                found.setdefault(row_id, before[column])
    return found


def names_at(session: Session, cut: datetime) -> dict[int, str]:
    """Person -> name as it was at `cut`."""
    [older] = spoken(session, [as_was(session, "people_person", "name", cut)])
    return {one.id: older.get(str(one.id), one.name) for one in directory(session).people.values()}
