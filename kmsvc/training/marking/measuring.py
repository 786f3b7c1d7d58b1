"""How well the questions of an exam measured, for whoever releases it: figures by classical test theory, and what looks suspicious."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import require
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.states import ExamState
from kmsvc.training.marking.permissions import FOLLOW, SEE_RESULTS
from kmsvc.training.marking.settling import ENDED
from kmsvc.training.questions import statistics
from kmsvc.training.questions.kinds import Choice
from kmsvc.training.questions.measuring import Answered, measure
from kmsvc.training.questions.models import QuestionRow, QuestionVersion
from kmsvc.training.questions.statistics import Flag, ItemFigures, PaperFigures, Thresholds
from kmsvc.training.questions.storing import from_json
from kmsvc.training.sittings.models import Sitting, SittingItem
from kmsvc.training.sittings.queries import answers_of

FEWEST = 8
"""people from whom on a question is called suspicious on the page of a release; of fewer nothing is said"""
SAID = {
    "too_hard": N_("Hardly anybody solved it"), "too_easy": N_("Nearly everybody solved it"),
    "weak": N_("It hardly tells good from weak"),
    "negative": N_("Weak people solved it more often than good ones: is the key right?"),
    "idle_option": N_("An option nobody takes"), "option_over_key": N_("Good people choose another option than the key"),
}


def take_in(work: Work, exam_id: int) -> list[int]:
    """Give the figures of a released exam to its questions; what they speak against leaves the pool. Twice does no harm. The ids of
    questions that left it."""
    work.permit(FOLLOW)
    exam = work.get(Exam, exam_id)
    if exam.state not in (ExamState.RELEASED, ExamState.FINAL):
        return []
    rows = list(work.session.scalars(select(SittingItem).join(Sitting, Sitting.id == SittingItem.sitting_id).where(
        Sitting.exam_id == exam_id, Sitting.state.in_(ENDED)).order_by(SittingItem.id)))
    answers = answers_of(work.session, sorted({row.sitting_id for row in rows}))
    return measure(work, [Answered(
        exam_id, row.sitting_id, row.question_id, row.version_id, row.mark, row.points,
        answers[row.id].value.get("answer") if row.id in answers else None) for row in rows])


@dataclass(frozen=True)
class Measured:
    """A question of an exam with its figures and what speaks for a look at it."""

    question_id: int
    number: str
    head: str
    kind: str
    figures: ItemFigures
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class PaperMeasured:
    """All questions together, the suspicious ones first."""

    paper: PaperFigures | None
    items: tuple[Measured, ...]

    @property
    def suspicious(self) -> int:
        """How many need a look."""
        return sum(bool(one.flags) for one in self.items)


def measured(session: Session, actor: Actor, exam_id: int) -> PaperMeasured:
    """The figures of an exam from what is marked so far; each person's first sitting that counts."""
    require(actor, SEE_RESULTS)
    firsts: dict[int, int] = {}
    for sitting in session.scalars(select(Sitting).where(Sitting.exam_id == exam_id, Sitting.state.in_(ENDED)).order_by(
            Sitting.attempt, Sitting.id)):
        firsts.setdefault(sitting.person_id, sitting.id)
    rows = list(session.scalars(select(SittingItem).where(
        SittingItem.sitting_id.in_(sorted(firsts.values())), SittingItem.points > 0).order_by(SittingItem.question_id, SittingItem.id)))
    questions = sorted({row.question_id for row in rows})
    sittings = sorted({row.sitting_id for row in rows})
    if not questions or len(sittings) < 2:
        return PaperMeasured(None, ())
    places, people = {one: at for at, one in enumerate(questions)}, {one: at for at, one in enumerate(sittings)}
    points = [[float("nan")] * len(questions) for _ in sittings]
    worth = [1.0] * len(questions)
    for row in rows:
        worth[places[row.question_id]] = float(row.points)
        if row.mark is not None:
            points[people[row.sitting_id]][places[row.question_id]] = float(row.mark)
    paper = statistics.analysed(points, worth)
    found = _with_flags(session, rows, questions, sittings, points, worth, paper)
    return PaperMeasured(paper, tuple(sorted(found, key=lambda one: (not one.flags, one.number))))


def _with_flags(session: Session, rows: Sequence[SittingItem], questions: Sequence[int], sittings: Sequence[int],
                points: list[list[float]], worth: list[float], paper: PaperFigures) -> list[Measured]:
    answers = answers_of(session, sittings)
    chosen: dict[int, dict[int, list[str]]] = {}
    versions: dict[int, int] = {}
    for row in rows:
        versions[row.question_id] = max(row.version_id, versions.get(row.question_id, 0))
        kept = answers.get(row.id)
        given = kept.value.get("answer") if kept is not None else None
        chosen.setdefault(row.question_id, {})[row.sitting_id] = (
            [given] if isinstance(given, str) else [one for one in given if isinstance(one, str)] if isinstance(given, list) else [])
    known = {row.id: row for row in session.execute(select(QuestionRow.id, QuestionRow.number, QuestionRow.head, QuestionRow.kind).where(
        QuestionRow.id.in_(questions)))}
    contents: dict[int, Any] = dict(session.execute(select(QuestionVersion.id, QuestionVersion.content).where(
        QuestionVersion.id.in_(versions.values()))).all())
    bounds, found = Thresholds(asked=FEWEST), []
    for place, question_id in enumerate(questions):
        body, options = from_json(contents[versions[question_id]]).body, ()
        if isinstance(body, Choice):
            options = statistics.options([chosen[question_id].get(one) for one in sittings], [one.id for one in body.options], body.keys,
                                         statistics.rest_shares(points, worth, place))  # type: ignore[assignment]
        about = known[question_id]
        flags = statistics.flags(paper.items[place], options, bounds)
        if any(flag.code == "idle_option" for flag in flags):  # one line for them all
            first = next(flag for flag in flags if flag.code == "idle_option")
            flags = [flag for flag in flags if flag.code != "idle_option" or flag is first]
        found.append(Measured(question_id, about.number, about.head, about.kind, paper.items[place], tuple(flags)))
    return found
