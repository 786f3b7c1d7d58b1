"""What happens to guided flows."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class FlowPublished(Event):
    """Readers walk this version now."""

    kind = "knowledge.flow.published"
    flow_id: int
    version_id: int


@dataclass(frozen=True)
class FlowRetired(Event):
    """The flow is out of force."""

    kind = "knowledge.flow.retired"
    flow_id: int
