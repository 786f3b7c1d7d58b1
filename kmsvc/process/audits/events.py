"""What happens to process audits and themed optimisations."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class ProcessesShared(Event):
    """Processes of an audit were given to somebody. by_id: by whom; turn: of the newest of them, so that each time is told once."""

    kind = "process.audit.shared"
    audit_id: int
    auditor_id: int
    by_id: int | None
    count: int
    turn: int


@dataclass(frozen=True)
class ProcessJudged(Event):
    """A process of an audit got its result; left: how many still have none."""

    kind = "process.audit.judged"
    audit_id: int
    item_id: int
    turn: int
    left: int


@dataclass(frozen=True)
class ProcessAuditClosed(Event):
    """The process audit of a year is closed and archived."""

    kind = "process.audit.closed"
    audit_id: int


@dataclass(frozen=True)
class OptimisationChanged(Event):
    """A themed optimisation was begun, changed, closed or dropped. verb: which; turn: its version then."""

    kind = "process.optimisation.changed"
    optimisation_id: int
    verb: str
    turn: int
