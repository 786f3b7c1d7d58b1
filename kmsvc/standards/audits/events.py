"""What happens to audits and findings."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class AuditGiven(Event):
    """An audit has other people, or other days. turn: its version, so that each time is told once."""

    kind = "standards.audit.given"
    engagement_id: int
    by_id: int | None
    turn: int


@dataclass(frozen=True)
class AuditFinished(Event):
    """An audit was finished: its report stands. no: of the report."""

    kind = "standards.audit.finished"
    engagement_id: int
    no: int


@dataclass(frozen=True)
class FindingMoved(Event):
    """A published finding was acted on. step_id: the act; to: person ids whose turn it is now."""

    kind = "standards.finding.moved"
    finding_id: int
    step_id: int
