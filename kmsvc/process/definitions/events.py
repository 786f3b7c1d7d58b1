"""What happens to processes."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class ProcessAdded(Event):
    """A process exists, without a text yet."""

    kind = "process.definition.added"
    process_id: int


@dataclass(frozen=True)
class VersionWentLive(Event):
    """Readers follow this version from now on. change_id and release_round are empty after a revert."""

    kind = "process.definition.went_live"
    process_id: int
    version_id: int
    publication_id: int
    change_id: int | None
    release_round: int | None


@dataclass(frozen=True)
class ProcessRetired(Event):
    """The process is no longer in force; a successor may be named."""

    kind = "process.definition.retired"
    process_id: int
    superseded_by_id: int | None


@dataclass(frozen=True)
class ProcessReviewed(Event):
    """Somebody confirmed the process as it stands."""

    kind = "process.definition.reviewed"
    process_id: int
    reviewed_on: str
    person_id: int | None = None


@dataclass(frozen=True)
class ProcessKept(Event):
    """Standing data of a process (owner, group, audience) changed."""

    kind = "process.definition.kept"
    process_id: int
