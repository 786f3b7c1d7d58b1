"""What sessions of plans tell the levels of an evaluation: what people said of them (level 1, six factors), who of those planned was
there (level 2). What they said after a session is not asked again; of fewer than five there is no mean."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_
from kmsvc.core.work import Work, centre_day
from kmsvc.training.evaluations import effects, rules
from kmsvc.training.evaluations.models import Evaluation, Participant
from kmsvc.training.evaluations.rules import Factor, Level, Measured, SubjectKind
from kmsvc.training.plans.models import Plan, PlanParticipant, SessionPerson, TrainingSession
from kmsvc.training.plans.rules import Place, SessionState


def sessions_of(session: Session, kind: str, subject_id: int | None) -> list[TrainingSession]:
    """The sessions an evaluation is about, those that were not cancelled."""
    if kind not in (SubjectKind.PLAN, SubjectKind.SESSION) or subject_id is None:
        return []
    which = TrainingSession.plan_id == subject_id if kind == SubjectKind.PLAN else TrainingSession.id == subject_id
    return list(session.scalars(select(TrainingSession).where(which, TrainingSession.state != SessionState.CANCELLED).order_by(
        TrainingSession.starts_at, TrainingSession.id)))


def _url(row: Evaluation) -> str:
    return f"/training/plans/{row.subject_id}" if row.subject_kind == SubjectKind.PLAN else f"/training/plans/sessions/{row.subject_id}"


def said_after(session: Session, row: Evaluation) -> Iterator[Measured]:
    """The mean of each factor over everybody who said what they think of a session."""
    held = [one.id for one in sessions_of(session, row.subject_kind, row.subject_id)]
    if not held:
        return
    marks = [dict(one) for one in session.scalars(select(SessionPerson.marks).where(
        SessionPerson.session_id.in_(held), SessionPerson.rated_at.is_not(None)).order_by(SessionPerson.id)) if one]
    for found in rules.counted([one.value for one in Factor], marks, anonymous=True) or ():
        if found.n:
            yield Measured(Level.REACTION, Factor(found.factor).label, None, found.mean, "/5", found.n, N_("Feedback after sessions"),
                           _url(row))


def was_there(session: Session, row: Evaluation) -> Iterator[Measured]:
    """Percent of those planned who were at a session."""
    held = sessions_of(session, row.subject_kind, row.subject_id)
    if not held:
        return
    there = set(session.scalars(select(SessionPerson.person_id).where(
        SessionPerson.session_id.in_([one.id for one in held]), SessionPerson.present_at.is_not(None))))
    planned = (select(PlanParticipant.person_id).where(PlanParticipant.plan_id == row.subject_id) if row.subject_kind == SubjectKind.PLAN
               else select(SessionPerson.person_id).where(SessionPerson.session_id == row.subject_id, SessionPerson.place != Place.LEFT))
    people = set(session.scalars(planned)) | there
    if people:
        yield Measured(Level.LEARNING, N_("Were present"), None, round(100 * len(there) / len(people), 1), "%", len(people),
                       N_("Attendance of sessions"), _url(row))


def about(work: Work, kind: str, subject_id: int | None) -> tuple[str, date]:
    """Title and first day of a plan or session to evaluate. InvalidInput where there is none, or none was held."""
    held = sessions_of(work.session, kind, subject_id)
    plan = work.session.get(Plan, held[0].plan_id) if held else None
    if plan is None:
        raise InvalidInput({"subject_id": [N_("There is no such plan with a session.")]})
    return (plan.title if kind == SubjectKind.PLAN else f"{held[0].number} {plan.title}"[:200],
            centre_day(work.session, held[0].starts_at))


def take_part(work: Work, row: Evaluation) -> int:
    """Put everybody who was at a session on the list of those who took part."""
    held = [one.id for one in sessions_of(work.session, row.subject_kind, row.subject_id)]
    there = sorted(set(work.session.scalars(select(SessionPerson.person_id).where(
        SessionPerson.session_id.in_(held), SessionPerson.present_at.is_not(None)))))
    work.session.add_all(Participant(evaluation_id=row.id, person_id=one) for one in there)
    work.session.flush()
    return len(there)


effects.register(Level.REACTION, said_after)
effects.register(Level.LEARNING, was_there)
