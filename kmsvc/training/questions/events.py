"""What happens to questions. No fact says what a question asks or what its key is (E1)."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class QuestionChanged(Event):
    """A question says something else from now on; papers and past results keep the version they had."""

    kind = "training.question.changed"
    question_id: int
    version_id: int
    no: int


@dataclass(frozen=True)
class QuestionFlagged(Event):
    """A question left the pool until somebody has looked at it. why: a code of rules.Why."""

    kind = "training.question.flagged"
    question_id: int
    why: str


@dataclass(frozen=True)
class QuestionReturned(Event):
    """A question is back in the pool."""

    kind = "training.question.returned"
    question_id: int


@dataclass(frozen=True)
class QuestionsImported(Event):
    """Questions came into a bank out of a file."""

    kind = "training.question.imported"
    bank_id: int
    created: int
    updated: int
