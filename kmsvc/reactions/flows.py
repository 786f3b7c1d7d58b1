"""What follows from guided flows: they are found, or found no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.core.work import Work
from kmsvc.knowledge.flows.events import FlowPublished, FlowRetired
from kmsvc.search.usecases import mark

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def mark_flow(work: Work, fact: Any, around: Surroundings) -> None:
    """The index looks at it again."""
    mark(work, "flow", fact.flow_id)


REACTIONS: dict[Any, tuple[Any, ...]] = {FlowPublished: (mark_flow,), FlowRetired: (mark_flow,)}
