"""The bench of process audits: one planned, one running with a process in each stand, all given to the author, one to be closed, one
to be shared out; a theme under way, one dropped."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from kmsvc.process.audits import judging, themes, usecases
from kmsvc.process.audits.judging import Judged
from kmsvc.process.audits.rules import QUESTIONS
from tests.builders import make_process
from tests.support.centre import PASSWORD

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

BASE = "/process/audits"
YES = dict.fromkeys(QUESTIONS, True)
KEEP = Judged(YES, "keep")
UPDATE = Judged(YES | {"correct": False}, "update", "f")
WITHDRAW = Judged(YES | {"needed": False}, "withdraw", "f")
SIGNED = {"password": PASSWORD}
THEME = {"year": 2026, "quarter": 1, "theme": "t", "why": "w", "expected": "e"}
BODIES: dict[str, dict[str, Any]] = {f"POST {door}{BASE}{path}": body for door in ("", "/api/v1") for path, body in {
    "": {"year": 2029, "due_on": "2029-12-01"}, "/{process_audit_id}/assign": {"auditor": "everything"},
    "/{process_audit_id}/close": {"conclusion": "c"}, "/{process_audit_id}/take_up": {"reason": "r"},
    "/{process_audit_id}/cancel": {"reason": "r"},
    "/items/{audited_id}/judge": {**dict.fromkeys(QUESTIONS, "yes"), "result": "keep"},
    "/items/{audited_id}/give": {"auditor": "compliance"},
    "/themes/{theme_id}/drop": {"reason": "r"},
    "/themes/{theme_id}/close": {"result": "reached", "measured": "m", "conclusion": "c"}}.items()}
QUERIES: dict[str, str] = {}


def add_rows(rows: Rows) -> None:
    """Rows in the states in which their routes have something to do."""
    world = rows.world
    today = world.clock.today
    made = [make_process(world, name=f"年检{n}", owner=None).id for n in range(6)]
    audits = {}
    with world.begin("process_manager") as work:
        for year in (today.year, today.year + 1, today.year + 2, today.year + 4):
            audits[year] = usecases.plan_audit(work, year=year, due_on=date(year, 12, 1)).id
    running, planned, ready, fresh = audits.values()
    with world.begin("process_manager") as work:
        for one in (running, ready, fresh):
            usecases.start_audit(work, one, today=today)
        items = {it.process_id: it for it in usecases.items_of(work, running)}
        for one in (running, ready):
            for item in usecases.items_of(work, one):
                item.auditor_id = world.people["process_author"]
    with world.begin("process_author") as work:
        judging.judge(work, items[made[0]].id, KEEP, today=today)
        judging.judge(work, items[made[1]].id, UPDATE, today=today)
        judging.judge(work, items[made[2]].id, WITHDRAW, today=today)
        judging.judge(work, items[made[4]].id, UPDATE, today=today)
        judging.judge(work, items[made[5]].id, KEEP, today=today)
        for item in usecases.items_of(work, ready):
            judging.judge(work, item.id, WITHDRAW, today=today)
    with world.begin("process_manager") as work:
        for item in usecases.items_of(work, ready):
            judging.open_change(work, item.id, today=today)
    with world.begin("process_manager") as work:
        closed = usecases.plan_audit(work, year=today.year + 5, due_on=date(today.year + 5, 12, 1)).id
        usecases.start_audit(work, closed, today=today)
        for item in usecases.items_of(work, closed):
            item.auditor_id = world.people["process_author"]
    with world.begin("process_author") as work:
        for item in usecases.items_of(work, closed):
            judging.judge(work, item.id, UPDATE, today=today)
    with world.begin("process_manager") as work:
        judging.open_changes(work, closed, today=today)
        usecases.close_audit(work, closed, conclusion="c", actions=None, today=today)
    late = make_process(world, name="后来的", owner=None).id
    with world.begin("process_manager") as work:
        theme = themes.add_theme(work, themes.Theme(today.year, 1, "t", "w", "e", world.people["manager"], made[:2])).id
        dropped = themes.add_theme(work, themes.Theme(today.year, 2, "t", "w", "e", world.people["manager"])).id
        themes.drop_theme(work, dropped, reason="r")
    rows.values |= {"process_audit_id": running, "audited_id": items[made[3]].id, "theme_id": theme, "theme_process": made[0],
                    "theme_other": late}
    rows.instead |= {("process_audit_id", "start"): planned, ("process_audit_id", "close"): ready, ("process_audit_id", "assign"): fresh,
                     ("process_audit_id", "take_up"): closed,
                     ("audited_id", "undo"): items[made[0]].id, ("audited_id", "open_change"): items[made[1]].id,
                     ("audited_id", "withdraw"): items[made[2]].id, ("theme_id", "take_up"): dropped}


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Who answers for a theme, which process it touches, the password of who signs."""
    if not route.rule.startswith((BASE, "/api/v1" + BASE)):
        return None
    person = rows.world.people["manager"]
    if route.rule.endswith("/themes"):
        return THEME | {"owner": person}
    if verb == "write":
        return {name: value for name, value in THEME.items() if name != "year"} | {"owner": person, "measured": "m"}
    if verb == "touch":
        return {"process": rows.values["theme_other"]}
    if "/themes/" in route.rule and verb in ("leave_out", "open_change"):
        return {"process": rows.values["theme_process"]}
    if verb == "sign":
        return {} if route.is_api else SIGNED
    if verb == "close" and "/themes/" not in route.rule:
        return {"conclusion": "c"} | ({} if route.is_api else SIGNED)
    return None
