"""Clauses as a model would give them, for tests of duties."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from kmsvc.standards.duties.clauses import ClauseFact, switch_on
from kmsvc.standards.duties.models import ClauseDuty, DutySpan, Obligation
from kmsvc.standards.duties.usecases import run_duties
from tests.support.centre import Centre

MODEL = "cc-cmm-oc-2017"
FACTS = (
    ClauseFact(MODEL, 8, None, "体系年审", "Audit of the management system", "annual", 12, "archive", "GOV"),
    ClauseFact(MODEL, 49, None, "评分月校准", "Monthly calibration", "monthly", 1, None, "QA"),
    ClauseFact(MODEL, 54, None, "缺勤季析", "Absences each quarter", "quarterly", 3, "archive", "WFM"),
    ClauseFact(MODEL, 119, None, "目标两年更新", "Targets every two years", "biennial", 24, None, "PERF"),
    ClauseFact(MODEL, 67, None, "更新宣贯", "Make the update known", "event", None, None, "PROC"),
)


def begin_use(world: Centre, today: date, facts: tuple[ClauseFact, ...] = FACTS) -> None:
    """What `kmsvc init` does on a day."""
    with world.begin("system") as work:
        switch_on(work, facts, today)


def run(world: Centre, day: date) -> Any:
    """One look of the engine at a day."""
    with world.begin("system") as work:
        return run_duties(work, day)


def duties(world: Centre, clause: str | None = None) -> list[Obligation]:
    """What clauses asked for, by day."""
    with world.look() as work:
        query = select(Obligation).where(Obligation.rule_id.is_not(None)).order_by(Obligation.due_on, Obligation.id)
        return list(work.session.scalars(query if clause is None else query.where(Obligation.clause == clause)))


def rungs(world: Centre) -> list[DutySpan]:
    """The periods that were made, with the rung they stand on."""
    with world.look() as work:
        return list(work.session.scalars(select(DutySpan).order_by(DutySpan.due_on, DutySpan.id)))


def rule(world: Centre, clause: str, **changes: Any) -> int:
    """The rule by the calendar of a clause, changed for a test; its id."""
    with world.begin("system") as work:
        from kmsvc.standards.duties.permissions import RUN_DUTIES

        work.permit(RUN_DUTIES)
        row = work.session.scalars(select(ClauseDuty).where(ClauseDuty.clause == clause, ClauseDuty.trigger.is_(None))).one()
        for name, value in changes.items():
            setattr(row, name, value)
        return row.id
