"""What happens to exam plans."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class ExamPublished(Event):
    """An exam is announced: its candidates hear of it."""

    kind = "training.exam.published"
    exam_id: int


@dataclass(frozen=True)
class ExamTakenBack(Event):
    """An announced exam is being planned again; person_ids: who had heard of it."""

    kind = "training.exam.taken_back"
    exam_id: int
    person_ids: list[int]


@dataclass(frozen=True)
class ExamCancelled(Event):
    """An exam does not take place. announced: whether its candidates had heard of it."""

    kind = "training.exam.cancelled"
    exam_id: int
    announced: bool


@dataclass(frozen=True)
class ExamMoved(Event):
    """An announced exam takes place at another time; opens_at: the new one, or the make-up's, as ISO text. person_ids: whom it
    concerns, all when empty."""

    kind = "training.exam.moved"
    exam_id: int
    opens_at: str
    person_ids: list[int]


@dataclass(frozen=True)
class CandidatesAdded(Event):
    """More people are to sit an exam that was announced before."""

    kind = "training.exam.candidates_added"
    exam_id: int
    person_ids: list[int]


@dataclass(frozen=True)
class CandidatesRemoved(Event):
    """People are not to sit an announced exam any more."""

    kind = "training.exam.candidates_removed"
    exam_id: int
    person_ids: list[int]


@dataclass(frozen=True)
class ExamNear(Event):
    """An announced exam opens soon."""

    kind = "training.exam.near"
    exam_id: int


@dataclass(frozen=True)
class ExamReleased(Event):
    """Results are released: candidates see theirs, marks can be contested from now on."""

    kind = "training.exam.released"
    exam_id: int


@dataclass(frozen=True)
class ExamFinished(Event):
    """Results are final."""

    kind = "training.exam.finished"
    exam_id: int
