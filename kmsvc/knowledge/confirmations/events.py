"""What happens to confirmations."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class ConfirmationGiven(Event):
    """Somebody has read and understood a version."""

    kind = "knowledge.confirmation.given"
    confirmation_id: int
    article_id: int
    person_id: int
