"""What follows from each fact, across slices: one file per emitting slice, merged into one table here.

A reaction takes a fact and calls one use case as the system; it decides nothing and may run twice without harm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kmsvc.core.events import Event
from kmsvc.core.work import Work
from kmsvc.knowledge.vocabulary.events import VocabularyChanged
from kmsvc.process.definitions.events import ProcessAdded
from kmsvc.training.courses.events import CourseRetired
from kmsvc.training.exams.events import ExamFinished
from kmsvc.training.questions.events import QuestionReturned, QuestionsImported
from kmsvc.training.sittings.events import SittingBegun


@dataclass(frozen=True)
class Surroundings:
    """What a reaction may know beside its fact: the centre's zone and the address people use."""

    zone: str
    base_url: str
    at: datetime | None = None
    """when the fact was recorded"""


Reaction = Callable[[Work, Any, Surroundings], None]

from kmsvc.reactions import (  # noqa: E402 (the table needs the types above)
    alignment,
    assessments,
    audits,
    bulletins,
    citations,
    feedback,
    flows,
    gaps,
    health,
    hooks,
    knowledge,
    licences,
    process,
    process_audits,
    proven,
    relations,
    reviews,
    rooms,
    standards,
    training_arising,
    training_certificates,
    training_courses,
    training_evaluations,
    training_exams,
    training_marking,
    training_needs,
    training_onboarding,
    training_plans,
    training_questions,
    training_sittings,
)

REACTIONS: dict[type[Event], tuple[Reaction, ...]] = {}
for _part in (process.REACTIONS, process_audits.REACTIONS, audits.REACTIONS, assessments.REACTIONS,
              knowledge.REACTIONS, standards.REACTIONS, rooms.REACTIONS, feedback.REACTIONS, bulletins.REACTIONS, flows.REACTIONS,
              gaps.REACTIONS, relations.REACTIONS, health.REACTIONS, reviews.REACTIONS,
              alignment.REACTIONS, licences.REACTIONS, citations.REACTIONS, hooks.REACTIONS,
              training_courses.REACTIONS, training_questions.REACTIONS, training_exams.REACTIONS,
              training_marking.REACTIONS, training_needs.REACTIONS,
              training_evaluations.REACTIONS, training_plans.REACTIONS, training_certificates.REACTIONS,
              training_onboarding.REACTIONS, training_arising.REACTIONS,
              training_sittings.REACTIONS, proven.REACTIONS):
    for _fact, _its in _part.items():
        REACTIONS[_fact] = (*REACTIONS.get(_fact, ()), *_its)

for _fact in REACTIONS:
    if _fact.kind in hooks.TOLD:
        REACTIONS[_fact] = (*REACTIONS[_fact], hooks.queue_hooks)

NO_REACTION_YET: dict[type[Event], str] = {
    ExamFinished: "nothing more can come; every page reads the state",
    QuestionReturned: "the pool reads the living rows",
    QuestionsImported: "the pool reads the living rows",
    VocabularyChanged: "search asks the living words at each keystroke; the bench looks for this fact before its next run",
    CourseRetired: "the nightly duties leave it out, and every door asks its state; nobody is told",
    ProcessAdded: "a process without a text concerns nobody yet",
    SittingBegun: "the board of the exam reads the living rows",
}

NAMES: dict[str, tuple[str, ...]] = {
    fact.kind: tuple(reaction.__name__ for reaction in reactions) for fact, reactions in REACTIONS.items()}
BY_NAME: dict[str, Reaction] = {reaction.__name__: reaction for reactions in REACTIONS.values() for reaction in reactions}
FACTS: dict[str, type[Event]] = {fact.kind: fact for fact in (*REACTIONS, *NO_REACTION_YET)}
