"""What happens to the words."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class VocabularyChanged(Event):
    """A term came, went or leads elsewhere now; the next search goes by it."""

    kind = "knowledge.vocabulary.changed"
    term_id: int
    term: str
