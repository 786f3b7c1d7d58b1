"""Processes as texts cite them: the knowledge half asks which version is in force and since when (`health/sources.py`)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from kmsvc.knowledge.health.sources import Source, register
from kmsvc.process.definitions.heads import heads


def cited(session: Session) -> Mapping[int, Source]:
    """Process id -> what a text that cites it must keep up with."""
    return {one.id: Source(one.id, one.number, one.label, one.effective_on, one.retired_at is not None)
            for one in heads(session).values()}


register(cited)
