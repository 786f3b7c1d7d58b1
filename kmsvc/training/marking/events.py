"""What happens to marks, keys and appeals."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class SecondsDrawn(Event):
    """It was drawn which sittings of an exam a second person marks."""

    kind = "training.marking.drawn"
    exam_id: int


@dataclass(frozen=True)
class ScoreChanged(Event):
    """A released score is another one now; item_ids: the answers; turned: whether passing became failing or the reverse."""

    kind = "training.marking.score_changed"
    sitting_id: int
    exam_id: int
    item_ids: list[int]
    cause: str
    turned: bool


@dataclass(frozen=True)
class RegradeAsked(Event):
    """A key was corrected; what it changes waits to be confirmed."""

    kind = "training.marking.regrade_asked"
    regrade_id: int


@dataclass(frozen=True)
class ExamRegraded(Event):
    """Answers were marked anew by a corrected key."""

    kind = "training.marking.regraded"
    exam_id: int
    regrade_id: int


@dataclass(frozen=True)
class AppealFiled(Event):
    """Somebody contests a mark."""

    kind = "training.marking.appeal_filed"
    appeal_id: int


@dataclass(frozen=True)
class AppealDecided(Event):
    """An appeal was upheld, declined or taken back."""

    kind = "training.marking.appeal_decided"
    appeal_id: int


@dataclass(frozen=True)
class AppealNoted(Event):
    """Something was said of an appeal."""

    kind = "training.marking.appeal_noted"
    note_id: int
