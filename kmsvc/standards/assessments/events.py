"""What happens to rounds of self-assessment and to plans."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class ClausesGiven(Event):
    """Clauses of an open round were given to somebody. turn: version of the round, so that each time is told once."""

    kind = "standards.assessment.given"
    assessment_id: int
    person_id: int
    count: int
    by_id: int | None
    turn: int


@dataclass(frozen=True)
class AnswersSubmitted(Event):
    """Somebody has submitted all clauses given to them."""

    kind = "standards.assessment.submitted"
    assessment_id: int
    person_id: int
    turn: int


@dataclass(frozen=True)
class AnswerReturned(Event):
    """An answer was given back with a remark. turn: version of the answer."""

    kind = "standards.assessment.returned"
    answer_id: int
    by_id: int | None
    turn: int


@dataclass(frozen=True)
class AssessmentClosed(Event):
    """A round was closed: its result stands. no: of the result."""

    kind = "standards.assessment.closed"
    assessment_id: int
    no: int


@dataclass(frozen=True)
class AssessmentMoved(Event):
    """A round was opened, opened again or given back: duties of its people follow."""

    kind = "standards.assessment.moved"
    assessment_id: int


@dataclass(frozen=True)
class ImprovementMoved(Event):
    """An item of a plan was made or acted on: the duty of its owner follows. told: a new owner hears of it."""

    kind = "standards.improvement.moved"
    improvement_id: int
    by_id: int | None
    told: bool
    turn: int
