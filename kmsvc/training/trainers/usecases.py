"""Opening the file of a trainer, authorising, withdrawing, observing; whether somebody may teach something on a day (#79)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.numbers import next_number
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.training.courses.models import Course
from kmsvc.training.trainers.models import Authorisation, Observation, Trainer
from kmsvc.training.trainers.permissions import AUTHORISE_TRAINER, OBSERVE_TRAINER
from kmsvc.training.trainers.rules import BEST, BEST_MARK, CRITERIA, Covered, may_teach, points_of


def open_file(work: Work, *, login: str, qualification: str) -> Trainer:
    """Open the file of a person, by account. InvalidInput: nobody of that account, or there is a file already."""
    work.permit(AUTHORISE_TRAINER)
    person = next((one for one in directory(work.session).active() if login in one.logins), None)
    if person is None:
        raise InvalidInput({"login": [N_("Nobody here has this account.")]})
    if work.session.scalar(select(Trainer.id).where(Trainer.person_id == person.id)) is not None:
        raise InvalidInput({"login": [N_("This person has a file already.")]})
    row = Trainer(number=f"TR-{next_number(work.session, 'trainer'):04d}", person_id=person.id, qualification=qualification,
                  made_at=work.now, made_by_id=work.actor.person_id)
    work.session.add(row)
    work.session.flush()
    return row


def authorise(work: Work, trainer_id: int, *, from_on: date, until_on: date, proof: str, course: str | None = None,
              topic: str | None = None, today: date | None = None, version: int | None = None) -> Trainer:
    """Authorise for one course (its number) or, without one, for all; today: the day of the centre. Nobody authorises themselves."""
    row = work.get(Trainer, trainer_id, lock=True, version=version)
    work.permit(AUTHORISE_TRAINER, row)
    if row.person_id == work.actor.person_id:
        raise RuleBroken("training.trainer.self", N_("Nobody authorises themselves: somebody else does it."))
    if until_on < from_on:
        raise InvalidInput({"until_on": [N_("It may not end before it begins.")]})
    course_id = None
    if course:
        course_id = work.session.scalar(select(Course.id).where(Course.number == course.upper()))
        if course_id is None:
            raise InvalidInput({"course": [N_("There is no such course.")]})
    work.session.add(Authorisation(trainer_id=row.id, course_id=course_id, topic=topic, from_on=from_on, until_on=until_on, proof=proof,
                                   given_by_id=work.actor.person_id, given_at=work.now, given_on=today))
    work.session.flush()
    return row


def renew(work: Work, trainer_id: int, *, authorisation: int, until_on: date, proof: str, today: date,
          version: int | None = None) -> Trainer:
    """Let an authorisation go on for the same subject, by a new proof: from the day after it ends, or from today where it has ended."""
    row = work.get(Trainer, trainer_id, lock=True, version=version)
    work.permit(AUTHORISE_TRAINER, row)
    held = work.session.get(Authorisation, authorisation)
    if held is None or held.trainer_id != row.id or held.withdrawn_on is not None:
        raise InvalidInput({"authorisation": [N_("There is no such authorisation.")]})
    if until_on <= max(held.until_on, today):
        raise InvalidInput({"until_on": [N_("It must end later than it does now.")]})
    number = work.session.scalar(select(Course.number).where(Course.id == held.course_id)) if held.course_id is not None else None
    return authorise(work, row.id, from_on=max(held.until_on + timedelta(days=1), today), until_on=until_on, proof=proof, course=number,
                     topic=held.topic, today=today)


def withdraw(work: Work, trainer_id: int, *, authorisation: int, reason: str, today: date, version: int | None = None) -> Trainer:
    """End an authorisation today, with a reason."""
    row = work.get(Trainer, trainer_id, lock=True, version=version)
    work.permit(AUTHORISE_TRAINER, row)
    held = work.session.get(Authorisation, authorisation)
    if held is None or held.trainer_id != row.id:
        raise InvalidInput({"authorisation": [N_("There is no such authorisation.")]})
    if held.withdrawn_on is not None:
        raise RuleBroken("training.trainer.withdrawn", N_("This authorisation is withdrawn already."))
    work.because(reason)
    held.withdrawn_on, held.reason = today, reason
    return row


def observe(work: Work, trainer_id: int, *, seen_on: date, note: str, score: int | None = None,
            marks: Mapping[str, int | None] | None = None, course: str | None = None, version: int | None = None) -> Trainer:
    """Note what one saw: every criterion from 1 to 5, or 0 to 100 points, and words. Nobody observes themselves."""
    row = work.get(Trainer, trainer_id, lock=True, version=version)
    work.permit(OBSERVE_TRAINER, row)
    if row.person_id == work.actor.person_id:
        raise RuleBroken("training.trainer.self_seen", N_("Nobody observes themselves."))
    given = {name: mark for name, mark in (marks or {}).items() if mark is not None}
    if given:
        missing = [name for name in CRITERIA if given.get(name) not in range(1, BEST_MARK + 1)]
        if missing:
            raise InvalidInput({name: [Filled(N_("A mark from %(low)d to %(high)d."), low=1, high=BEST_MARK)] for name in missing})
        score = points_of(given)
    if score is None:
        raise InvalidInput({next(iter(CRITERIA)): [N_("Judge each point from 1 to 5, or give the points as a whole.")]})
    if not 0 <= score <= BEST:
        raise InvalidInput({"score": [N_("0 to 100 points.")]})
    work.session.add(Observation(trainer_id=row.id, seen_on=seen_on, score=score, note=note, by_id=work.actor.person_id, at=work.now,
                                 marks=given or None, course=course))
    work.session.flush()
    return row


def covered(session: Session, person_id: int) -> list[Covered]:
    """The authorisations of a person."""
    return [Covered(*row) for row in session.execute(select(
        Authorisation.course_id, Authorisation.from_on, Authorisation.until_on, Authorisation.withdrawn_on).join(
        Trainer, Trainer.id == Authorisation.trainer_id).where(Trainer.person_id == person_id).order_by(Authorisation.id))]


def is_authorised(session: Session, person_id: int, course_id: int | None, day: date) -> bool:
    """Whether this person may teach this course on this day (#79)."""
    return may_teach(covered(session, person_id), course_id, day)
