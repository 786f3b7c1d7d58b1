"""What happens to citations."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class CitationsMarked(Event):
    """What a thing cites has changed: somebody looks at these citations of it. version_id: the new text, None where there is none."""

    kind = "knowledge.citation.marked"
    citing_kind: str
    citing_id: int
    citation_ids: list[int]
    text_kind: str
    text_id: int
    version_id: int | None


@dataclass(frozen=True)
class CitationsSettled(Event):
    """Nothing that a thing cites waits to be looked at any more."""

    kind = "knowledge.citation.settled"
    citing_kind: str
    citing_id: int
