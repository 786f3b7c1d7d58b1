"""The duty of an authorisation that ends: renew it, or know that it ends. One rule of the one engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.core.work import centre_day
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import Due
from kmsvc.standards.duties.usecases import DutyRule, Wanted, register
from kmsvc.training.trainers.models import Authorisation, Trainer

RENEW = "training.trainer.renew"
REMIND_BEFORE = (60, 30, 7)
"""days before the last day; from the second on whoever may authorise hears of it too"""
TELLS_FROM = 30


def ending(session: Session) -> Iterator[Any]:
    """Authorisations of people who are here that were not withdrawn and are not followed by a longer one for the same."""
    rows = session.execute(select(Authorisation.id, Authorisation.trainer_id, Authorisation.course_id, Authorisation.until_on,
                                  Trainer.person_id).join(Trainer, Trainer.id == Authorisation.trainer_id).where(
        Authorisation.withdrawn_on.is_(None)).order_by(Authorisation.id)).all()
    last: dict[tuple[int, int | None], Any] = {}
    for row in rows:
        key = (row.trainer_id, row.course_id)
        if key not in last or last[key].until_on <= row.until_on:
            last[key] = row
    people = directory(session).people
    yield from (one for one in last.values() if one.person_id in people and people[one.person_id].is_active)


def due(row: Any, today: date) -> Iterator[Wanted]:
    """By its last day, reminded to the trainer."""
    yield Wanted("trainer", row.trainer_id, Due(f"authorisation {row.id}", row.until_on), row.person_id)


def renewed_on(session: Session, duty: Obligation) -> date | None:
    """When a longer one for the same was given."""
    held = session.get(Authorisation, int(duty.period.removeprefix("authorisation ")))
    if held is None:
        return None
    course = Authorisation.course_id.is_(None) if held.course_id is None else Authorisation.course_id == held.course_id
    given = session.execute(select(Authorisation.given_on, Authorisation.given_at).where(
        Authorisation.trainer_id == held.trainer_id, course, Authorisation.until_on > held.until_on).order_by(
        Authorisation.given_at).limit(1)).one_or_none()
    return None if given is None else given.given_on or centre_day(session, given.given_at)


register(DutyRule(RENEW, N_("Renewing the authorisation of a trainer"), ending, due, "trainer", renewed_on, REMIND_BEFORE))
