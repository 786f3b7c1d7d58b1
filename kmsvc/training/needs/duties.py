"""Duties of the yearly survey: to hold it in the fourth quarter, and to answer it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.core.work import centre_day
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import Due
from kmsvc.standards.duties.usecases import DutyRule, Wanted, register
from kmsvc.training.courses.models import Course
from kmsvc.training.needs.models import Asked, Campaign
from kmsvc.training.needs.permissions import RUN_NEEDS
from kmsvc.training.needs.rules import CampaignState

YEAR, ANSWER = "training.needs", "training.needs.answer"
QUARTER_ENDS = (12, 31)


@dataclass(frozen=True)
class Years:
    """What is known of the surveys of all years. done: years with a signed report."""

    id: int
    first: int
    done: frozenset[int]
    owners: dict[int, int]
    keeper: int | None


def years(session: Session) -> Iterator[Years]:
    """The centre, as soon as it trains: with its first course or survey."""
    planned = session.scalar(select(func.min(Campaign.year)))
    if planned is None and session.scalar(select(func.count()).select_from(Course)) == 0:
        return
    done, owners = set(), {}
    for row in session.execute(select(Campaign.year, Campaign.state, Campaign.planned_by_id).where(
            Campaign.state != CampaignState.CANCELLED).order_by(Campaign.id)):
        if row.state == CampaignState.SIGNED:
            done.add(row.year)
        if row.planned_by_id is not None:
            owners[row.year] = row.planned_by_id
    keeper = next((one.id for one in directory(session).active() if RUN_NEEDS.name in one.permissions and one.logins), None)
    yield Years(0, planned or 0, frozenset(done), owners, keeper)


def due_years(found: Years, today: date) -> Iterator[Wanted]:
    """This year and each since the first survey, unless its report is signed: by the end of the fourth quarter."""
    for year in range(found.first or today.year, today.year + 1):
        if year not in found.done:
            yield Wanted("needs_year", year, Due(str(year), date(year, *QUARTER_ENDS)), found.owners.get(year, found.keeper))


def answering(session: Session) -> Iterator[Any]:
    """(survey, person) that has not answered yet."""
    active = {one.id for one in directory(session).active()}
    for row in session.execute(select(Campaign.id, Campaign.due_on, Asked.person_id).join(Asked, Asked.campaign_id == Campaign.id).where(
            Campaign.state == CampaignState.ASKING, Asked.answered_on.is_(None)).order_by(Campaign.id, Asked.person_id)):
        if row.person_id in active:
            yield row


def due_answering(row: Any, today: date) -> Iterator[Wanted]:
    """By the day the questionnaire names."""
    yield Wanted("needs_answer", row.id, Due(f"person {row.person_id}", row.due_on), row.person_id)


def signed_on(session: Session, duty: Obligation) -> date | None:
    """When the report of a year was signed."""
    at = session.scalar(select(func.max(Campaign.signed_at)).where(Campaign.year == duty.subject_id))
    return centre_day(session, at) if at is not None else None


def answered_on(session: Session, duty: Obligation) -> date | None:
    """On which day this person answered."""
    return session.scalar(select(Asked.answered_on).where(
        Asked.campaign_id == duty.subject_id, Asked.person_id == int(duty.period.removeprefix("person "))))


register(DutyRule(YEAR, N_("Yearly survey of training needs"), years, due_years, "needs_year", signed_on))
register(DutyRule(ANSWER, N_("Answering the survey of training needs"), answering, due_answering, "needs_answer", answered_on))
