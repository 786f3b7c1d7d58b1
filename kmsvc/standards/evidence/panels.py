"""What stands behind a record, part by part, as it stood on a day: the text, its difference to the one before, steps, readers, results.

The parts of the service that know it register for a kind of record, as they do for the records themselves:

    register("process_review", text_of_process)

where `text_of_process(session, record, span)` yields parts; rows that may change later are read as they stood at `span.cut`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from kmsvc.markup.diff import BlockChange
from kmsvc.standards.evidence.register import Span
from kmsvc.standards.evidence.rules import EvidenceRecord


class Word(str):
    """An English source among the cells, said in the reader's language."""

    __slots__ = ()


@dataclass(frozen=True)
class RecordPart:
    """A part. code: its name for programs; label, empty, head, names of facts: English sources; empty: what is said where there is
    nothing; changes: the difference of two texts, None where there are none to compare; text: paragraphs, folded up."""

    code: str
    label: str
    facts: Sequence[tuple[str, Any]] = ()
    head: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    changes: Sequence[BlockChange] | None = None
    text: Sequence[str] = ()
    empty: str = ""
    more: int = field(default=0)
    """rows that are left out"""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but the sentence."""
        return not (self.facts or self.rows or self.text or self.changes)


Reader = Callable[[Session, EvidenceRecord, Span], Iterable[RecordPart]]
READERS: dict[str, Reader] = {}
MOST_ROWS = 200


def register(kind: str, reader: Reader) -> None:
    """Say what stands behind records of a kind; the last word wins so that a module may be loaded again."""
    READERS[kind] = reader


def parts_of(session: Session, record: EvidenceRecord, span: Span) -> list[RecordPart]:
    """What stands behind a record; nothing where nobody registered for its kind."""
    reader = READERS.get(record.kind)
    return list(reader(session, record, span)) if reader is not None else []


def table(code: str, label: str, head: Sequence[str], rows: Sequence[Sequence[Any]], empty: str,
          facts: Sequence[tuple[str, Any]] = ()) -> RecordPart:
    """A part that is a table, cut to what a panel bears."""
    return RecordPart(code, label, facts, head, rows[:MOST_ROWS], empty=empty, more=max(0, len(rows) - MOST_ROWS))
