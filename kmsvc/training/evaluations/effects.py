"""What is known of the four levels of a training: one register. Reaction and learning are read here from what people said and from
released exams; behaviour and result are filled by slices above (quality, indicators). What nobody tells is shown as no data yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.core.work import centre_day
from kmsvc.training.courses.models import CourseAttempt
from kmsvc.training.evaluations import rules
from kmsvc.training.evaluations.models import Evaluation, Measure, Participant, Rating
from kmsvc.training.evaluations.rules import Factor, Level, Measured, SubjectKind
from kmsvc.training.exams.models import Exam
from kmsvc.training.plans.models import Plan, TrainingSession
from kmsvc.training.sittings.models import Sitting

Effect = Callable[[Session, Evaluation], Iterable[Measured]]
"""(session, evaluation) -> figures of one level; `indicator` and `note` are English sources or names"""
EFFECTS: dict[Level, list[Effect]] = {}


def register(level: Level, effect: Effect) -> None:
    """Add what a slice knows of a level."""
    if effect not in EFFECTS.setdefault(level, []):
        EFFECTS[level].append(effect)


def levels_of(session: Session, row: Evaluation) -> dict[Level, list[Measured]]:
    """The figures of each level, from the service and entered by hand; an empty list is no data yet."""
    held: dict[Level, list[Measured]] = {level: [] for level in Level}
    for level in Level:
        for effect in EFFECTS.get(level, ()):
            held[level] += effect(session, row)
    for one in session.scalars(select(Measure).where(
            Measure.evaluation_id == row.id, Measure.removed_at.is_(None)).order_by(Measure.id)):
        held[Level(one.level)].append(Measured(one.level, one.indicator, one.before, one.after, one.unit or "", one.cases,
                                               one.source or "", "", one.id))
    return held


def ratings_of(session: Session, row: Evaluation) -> list[Rating]:
    """What participants said, in no order of time."""
    return list(session.scalars(select(Rating).where(Rating.evaluation_id == row.id).order_by(Rating.key)))


def reaction(session: Session, row: Evaluation) -> Iterator[Measured]:
    """The mean of each factor, from five answers on where they are anonymous."""
    found = rules.counted(row.factors or (), (one.marks for one in ratings_of(session, row)), anonymous=row.anonymous)
    for one in found or ():
        if one.n:
            yield Measured(Level.REACTION, Factor(one.factor).label, None, one.mean, "/5", one.n, N_("Feedback of participants"),
                           f"/training/evaluations/{row.id}#factors")


def people_of(session: Session, row: Evaluation) -> list[int]:
    """Who took part."""
    return list(session.scalars(select(Participant.person_id).where(
        Participant.evaluation_id == row.id).order_by(Participant.person_id)))


def _course_of(session: Session, row: Evaluation) -> int | None:
    if row.subject_kind == SubjectKind.COURSE:
        return row.subject_id
    if row.subject_kind == SubjectKind.PLAN:
        return session.scalar(select(Plan.course_id).where(Plan.id == row.subject_id))
    if row.subject_kind == SubjectKind.SESSION:
        return session.scalar(select(Plan.course_id).join(TrainingSession, TrainingSession.plan_id == Plan.id).where(
            TrainingSession.id == row.subject_id))
    return None


def learning(session: Session, row: Evaluation) -> Iterator[Measured]:
    """Released exams of those who took part: mean score and share passed, before the training and from its day on; of a course, or a
    plan with one, its own exams alone. And how many finished the course. Of fewer than five people there is no mean: it would be a
    person's mark."""
    people = people_of(session, row)
    query = select(Exam.id, Exam.closes_at, Sitting.person_id, Sitting.score, Sitting.most, Sitting.passed).join(
        Sitting, Sitting.exam_id == Exam.id).where(
        Exam.released_at.is_not(None), Exam.cancelled_at.is_(None), Sitting.score.is_not(None), Sitting.person_id.in_(people))
    course_id = _course_of(session, row)
    if course_id is not None:
        query = query.where(Exam.course_id == course_id)
    day = row.held_on or centre_day(session, row.made_at)
    parts: dict[bool, list[tuple[float, bool]]] = {False: [], True: []}
    who: set[int] = set()
    for one in session.execute(query.order_by(Sitting.id)):
        if one.most:
            who.add(one.person_id)
            parts[centre_day(session, one.closes_at) >= day].append((float(100 * one.score / one.most), bool(one.passed)))
    if len(who) >= rules.LEAST:
        means = {late: round(sum(score for score, _ in its) / len(its), 1) if its else None for late, its in parts.items()}
        passed = {late: round(100 * sum(ok for _, ok in its) / len(its), 1) if its else None for late, its in parts.items()}
        count = len(parts[True]) + len(parts[False])
        yield Measured(Level.LEARNING, N_("Mean exam score"), means[False], means[True], "%", count, N_("Released exams"))
        yield Measured(Level.LEARNING, N_("Share that passed"), passed[False], passed[True], "%", count, N_("Released exams"))
    if course_id is not None and people:
        done = set(session.scalars(select(CourseAttempt.person_id).where(
            CourseAttempt.course_id == course_id, CourseAttempt.person_id.in_(people), CourseAttempt.done_at.is_not(None))))
        if done:
            yield Measured(Level.LEARNING, N_("Finished the course"), None, round(100 * len(done) / len(people), 1), "%", len(people),
                           N_("Learning history"))


register(Level.REACTION, reaction)
register(Level.LEARNING, learning)

