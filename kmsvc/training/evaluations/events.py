"""What happens to evaluations and adjustments."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class EvaluationAsked(Event):
    """Participants are asked what they think."""

    kind = "training.evaluation.asked"
    evaluation_id: int


@dataclass(frozen=True)
class EvaluationReported(Event):
    """The result of an evaluation is told."""

    kind = "training.evaluation.reported"
    evaluation_id: int


@dataclass(frozen=True)
class AdjustmentGiven(Event):
    """Somebody is to adjust a training. turn: version of the adjustment."""

    kind = "training.adjustment.given"
    adjustment_id: int
    turn: int
