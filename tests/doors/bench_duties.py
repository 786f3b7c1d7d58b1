"""The bench of duties: rules of clauses with what they made, in the states in which each verb has something to do."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.standards.duties import life
from kmsvc.standards.duties.clauses import switch_on
from kmsvc.standards.duties.models import ClauseDuty, DutyProof, Obligation
from kmsvc.standards.duties.usecases import run_duties
from tests.standards.duties.houses import FACTS

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

BASE = "/standards/duties"
REASON = {"reason": "r"}
YEAR = {"year": 2027}
RULE = {"name_zh": "n", "name_en": "n", "scope": "centre", "mode": "fixed", "months": 1, "owner_kind": "role",
        "owner_role": "manager", "before": "7, 1", "every": 7, "minutes": 60, "days": 0, "reason": "r"}
ACTS: dict[str, dict[str, Any]] = {
    "do": {"record": "https://archive.example/1"}, "prove": {"record": "https://archive.example/2"}, "drop_record": REASON,
    "plan": {"planned_on": "2026-03-05"}, "move": {"due_on": "2026-06-01", "reason": "r"}, "give": REASON, "waive": REASON,
    "cancel": REASON, "reopen": REASON}
BODIES: dict[str, dict[str, Any]] = {f"POST {door}{BASE}{path}": body for door in ("", "/api/v1") for path, body in {
    **{f"/{{duty_id}}/{name}": body for name, body in ACTS.items()},
    **{f"/wheel/{name}": YEAR for name in ("level", "unlevel")}, "/wheel/make": {"year": 2029},
    "/rules/{duty_rule_id}/edit": RULE, "/rules/{duty_rule_id}/preview": RULE, "/rules/{duty_rule_id}/switch_on": REASON,
    "/rules/{duty_rule_id}/switch_off": REASON}.items()}
QUERIES: dict[str, str] = {}


def add_rows(rows: Rows) -> None:
    """Rows in the states in which their routes have something to do."""
    world = rows.world
    with world.begin("operator") as work:
        switch_on(work, FACTS, world.clock.today)
        run_duties(work, world.clock.today, tell=False)
        run_duties(work, date(2027, 1, 1), tell=False)
    with world.begin("compliance") as work:
        monthly = list(work.session.scalars(select(Obligation).where(Obligation.clause == "49").order_by(Obligation.due_on)))
        life.do(work, monthly[1].id, on=world.clock.today, today=world.clock.today, record="https://archive.example/0")
        life.prove(work, monthly[1].id, record="https://archive.example/3")
        off, on = work.session.scalars(select(ClauseDuty).where(ClauseDuty.trigger.is_(None)).order_by(ClauseDuty.id)).all()[:2]
        life.plan(work, monthly[-1].id, planned_on=monthly[-1].due_on)
        off.is_on = False
        proof = work.session.scalars(select(DutyProof.id).order_by(DutyProof.id)).first()
    rows.values |= {"duty_id": monthly[0].id, "duty_rule_id": on.id, "duty_proof": proof}
    for name in ("reopen", "drop_record"):
        rows.instead["duty_id", name] = monthly[1].id
    rows.instead["duty_rule_id", "switch_on"] = off.id


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Who takes a duty over, which record is struck out, the version of a rule."""
    if not route.rule.startswith((BASE, "/api/v1" + BASE)):
        return None
    if verb == "give":
        return REASON | {"owner": rows.world.people["manager"]}
    if verb == "drop_record":
        return REASON | {"proof": rows.values["duty_proof"]}
    return None
