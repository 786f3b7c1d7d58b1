"""What happens in auditor's rooms."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class RoomAsked(Event):
    """An auditor asked for something."""

    kind = "standards.room.asked"
    request_id: int


@dataclass(frozen=True)
class RoomRequestMoved(Event):
    """Somebody answered a request, accepted the answer, sent it back or withdrew it. word_id: what was said with it."""

    kind = "standards.room.request_moved"
    request_id: int
    verb: str
    word_id: int
