"""Duties of clauses in the own calendar: each on the day it is best done, else on its due day, in the morning. Source: W16."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.clock import ZONE, start_of_day
from kmsvc.people.accounts.models import Person
from kmsvc.standards.duties.models import ClauseDuty, Obligation
from kmsvc.standards.duties.rules import DutyState
from kmsvc.training.plans.ical import BACK, Event, register

BEGINS = timedelta(hours=9)
LONGEST_MINUTES = 120
"""in a calendar; what takes longer is not done in one piece"""


def duties(session: Session, person_id: int, now: datetime) -> Iterator[Event]:
    """What this person answers for; done, waived and cancelled ones are struck out."""
    chinese = (session.scalar(select(Person.language).where(Person.id == person_id)) or "").startswith("zh")
    for row, rule in session.execute(select(Obligation, ClauseDuty).join(ClauseDuty, ClauseDuty.id == Obligation.rule_id).where(
            Obligation.owner_id == person_id, Obligation.state != DutyState.MOOT, Obligation.due_on >= (now - BACK).date()).order_by(
            Obligation.due_on, Obligation.id)):
        begins = start_of_day(row.planned_on or row.due_on, session.info.get("zone", ZONE)) + BEGINS
        name = rule.name_zh if chinese else rule.name_en
        yield Event(f"duty-{row.id}@kmsvc", begins, begins + timedelta(minutes=min(max(rule.minutes, 15), LONGEST_MINUTES)),
                    f"#{row.clause} {name} {row.period}", f"/standards/duties/{row.id}",
                    cancelled=row.state in (DutyState.WAIVED, DutyState.CANCELLED), changed=row.revision)


register("duty", duties)
