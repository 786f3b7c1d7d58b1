"""The bench of rules that plans arise by: one that is on and has caught somebody, one that is off; a line of the annual plan that has
its training plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.core.work import Work
from kmsvc.training.needs import planning, realising
from kmsvc.training.needs.planning import LineText
from kmsvc.training.plans import arising
from kmsvc.training.plans.arising import RuleText

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

BASE = "/training/plans/rules"
RULE = {"name": "n", "event": "joined", "hours": 1, "days": 5}
REASON = {"reason": "r"}
BODIES: dict[str, dict[str, Any]] = {f"POST {door}{path}": body for door in ("", "/api/v1") for path, body in {
    BASE: RULE, BASE + "/{rule_id}/edit": RULE | {"name": "another"}, BASE + "/{rule_id}/take_back": REASON,
    BASE + "/{rule_id}/switch_on": {}, BASE + "/{rule_id}/switch_off": {}, "/training/needs/lines/{line_id}/make_plan": {},
    "/training/needs/lines/{line_id}/unlink_plan": REASON}.items()}
QUERIES: dict[str, str] = {}


def add_rows(rows: Rows) -> None:
    """Rules in the states in which their routes have something to do."""
    world = rows.world
    with world.begin("operator") as work:
        on, off, catching = (_rule(work) for _ in range(3))
        for one in (on, catching):
            arising.switch(work, one, True)
        person = world.people["agent"]
        arising.happened(work, arising.Happening("joined", f"joined:{person}", work.now, "n", "/people/accounts", frozenset({person})),
                         world.clock.today)
    with world.begin("everything") as work:
        bare, held = (planning.add_line(work, 2026, LineText(f"s{place}", 1, 60, 100, 1)).id for place in range(2))
        realising.make_plan_of(work, held)
    rows.values |= {"rule_id": on}
    for verb, one in (("switch_on", off), ("switch_off", on), ("take_back", catching)):
        rows.instead["rule_id", verb] = one
    rows.instead["line_id", "make_plan"], rows.instead["line_id", "unlink_plan"] = bare, held


def _rule(work: Work) -> int:
    return arising.write_rule(work, RuleText("n", "joined", 1, 5)).id


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Nothing of the moment."""
    return None
