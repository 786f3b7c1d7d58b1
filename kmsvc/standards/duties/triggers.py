"""Duties that something opens: a process took effect, a requirement changed, somebody joined or left, a result is below its target."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import or_, select

from kmsvc.core.work import Work
from kmsvc.standards.duties.making import first_look
from kmsvc.standards.duties.models import ClauseDuty, Obligation
from kmsvc.standards.duties.owners import leader_of, owner_of
from kmsvc.standards.duties.permissions import RUN_DUTIES
from kmsvc.standards.duties.rules import DutyOwner, DutyState, DutyTrigger


def happened(work: Work, trigger: DutyTrigger, *, subject_kind: str, subject_id: int, key: str, on: date,
             unit_id: int | None = None, while_open: bool = True) -> list[Obligation]:
    """Open a dated duty for each rule that waits for this; the same event, told twice, opens none twice.

    key: what tells this event from another one of the same subject; the period is named by the day and it. unit_id: of whom it concerns,
    for rules that name the subject's own leader. while_open False: nothing is opened while an earlier one of this subject is open.
    """
    work.permit(RUN_DUTIES)
    made = []
    period = f"{on.isoformat()} {key}".strip()[:64]
    for rule in work.session.scalars(select(ClauseDuty).where(
            ClauseDuty.trigger == trigger.value, ClauseDuty.is_on).order_by(ClauseDuty.id)):
        same = Obligation.period == period
        if on < rule.since or work.session.scalar(select(Obligation.id).where(
                Obligation.rule == rule.code, Obligation.subject_kind == subject_kind, Obligation.subject_id == subject_id,
                same if while_open else or_(same, Obligation.state == DutyState.OPEN)).limit(1)) is not None:
            continue
        own = rule.owner_kind == DutyOwner.SUBJECT and unit_id is not None
        due = on + timedelta(days=rule.days)
        row = Obligation(
            rule=rule.code, subject_kind=subject_kind, subject_id=subject_id, period=period, clause=rule.clause,
            owner_id=leader_of(work.session, unit_id) if own and unit_id is not None else owner_of(work.session, rule), due_on=due,
            created_at=work.now, state=DutyState.OPEN.value, rule_id=rule.id, begins_on=on, remind_on=first_look(rule, due))
        work.session.add(row)
        made.append(row)
    return made
