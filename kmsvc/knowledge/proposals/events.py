"""What happens to proposals."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class ProposalSent(Event):
    """Something waits for a publisher, or is in force and waits for a look."""

    kind = "knowledge.proposal.sent"
    proposal_id: int


@dataclass(frozen=True)
class ProposalMoved(Event):
    """Somebody published, returned, looked at, took back or withdrew it. turn: the version of its row."""

    kind = "knowledge.proposal.moved"
    proposal_id: int
    state: str
    turn: int
    person_id: int | None
