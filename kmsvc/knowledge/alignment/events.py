"""What happens to process alignment reviews."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class AlignmentSigned(Event):
    """A review is signed; those whose contacts were in it may read it and answer."""

    kind = "knowledge.alignment.signed"
    alignment_id: int


@dataclass(frozen=True)
class AlignmentAnswered(Event):
    """Somebody answered a review of the own contacts."""

    kind = "knowledge.alignment.answered"
    reply_id: int
