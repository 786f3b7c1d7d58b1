"""What happens to feedback."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class FeedbackSent(Event):
    """A reader said something of an answer that asks for a reply."""

    kind = "knowledge.feedback.sent"
    feedback_id: int
    article_id: int | None = None


@dataclass(frozen=True)
class FeedbackMoved(Event):
    """Something came of it: taken over, answered, said before, changed, or it waits again. turn: its version then;
    person_id: who did it."""

    kind = "knowledge.feedback.moved"
    feedback_id: int
    state: str
    turn: int
    person_id: int | None
    article_id: int | None = None
