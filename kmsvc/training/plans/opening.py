"""A plan that can still be changed, locked: what every verb on one begins with."""

from __future__ import annotations

from kmsvc.core.errors import RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.plans.models import Plan
from kmsvc.training.plans.rules import PlanState

OVER = (PlanState.DONE, PlanState.CANCELLED)


def opened(work: Work, plan_id: int, *, version: int | None = None) -> Plan:
    """The plan, locked, while something can be changed in it."""
    row = work.get(Plan, plan_id, lock=True, version=version)
    if row.state in OVER:
        raise RuleBroken("training.plan.over", N_("This plan is over."))
    return row
