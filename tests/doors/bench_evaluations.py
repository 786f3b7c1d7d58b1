"""The bench of evaluations: one at each step, of a training the agent took part in; an adjustment of the agent's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kmsvc.training.evaluations import usecases
from kmsvc.training.evaluations.rules import Audience

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

DOORS = ("", "/api/v1")
BASE = "/training/evaluations"
TEXTS = {one.value: "t" for one in Audience}


def _both(path: str, body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f"POST {door}{BASE}{path}": body for door in DOORS}


BODIES: dict[str, dict[str, Any]] = {
    **_both("", {"kind": "other", "title": "t"}), **_both("/{evaluation_id}/choose_method", {"levels": "reaction", "why": "w"}),
    **_both("/{evaluation_id}/set_strategy", {"strategy": "s", "people": "agent, agent_b"}), **_both("/{evaluation_id}/collect", {}),
    **_both("/{evaluation_id}/finish", {}), **_both("/{evaluation_id}/report", {"conclusion": "c", **TEXTS}),
    **_both("/{evaluation_id}/cancel", {"reason": "r"}), **_both("/{evaluation_id}/levels/{measure_id}/remove", {}),
    **_both("/{evaluation_id}/levels", {"level": "behaviour", "indicator": "i", "after": "1"}),
    f"POST {BASE}/{{evaluation_id}}/rate": {"m-content": "4"},
    f"POST /api/v1{BASE}/{{evaluation_id}}/rate": {"marks": {"content": 4}},
    f"POST /api/v1{BASE}/{{evaluation_id}}/levels": {"level": "behaviour", "indicator": "i", "after": 1},
    **_both("/adjustments/{adjustment_id}/settle", {"verdict": "done", "result": "r"}),
}
LIST = "评估编号,层次,指标,培训前,培训后\nTE-2026-0001,行为,差错率,9,4\n".encode()
UPLOADS: dict[str, tuple[str, bytes]] = {f"POST {door}{BASE}/effects/import": ("effects.csv", LIST) for door in DOORS}


def add_rows(rows: Rows) -> None:
    """One evaluation for each step."""
    world, today = rows.world, rows.world.clock.today
    ids: dict[str, int] = {}
    for stage, verb in enumerate(("choose_method", "set_strategy", "design_tools", "collect", "finish", "report", "told")):
        with world.begin("trainer") as work:
            one = ids[verb] = usecases.begin_evaluation(work, kind="other", title="t").id
            if stage > 0:
                usecases.choose_method(work, one, levels=["reaction"], why="w")
            if stage > 1:
                usecases.set_strategy(work, one, strategy="s", people=["agent"])
            if stage > 2:
                usecases.design_tools(work, one, tools="t", factors=["content"], anonymous=False, due_on=today, today=today)
            if stage > 3:
                usecases.collect(work, one)
            if stage > 4:
                usecases.finish(work, one)
        if stage > 5:
            with world.begin("trainer") as work:
                usecases.report(work, one, conclusion="c", texts=TEXTS)
        rows.instead["evaluation_id", verb] = one
    rows.instead["evaluation_id", "rate"] = ids["finish"]
    with world.begin("trainer") as work:
        measure = usecases.add_measure(work, ids["told"], level="result", indicator="i", before=1.0, after=2.0).id
        adjustment = usecases.adjust(work, part="content", what="w", why="y", due_on=today, owner="agent", today=today, title="t").id
    rows.instead["evaluation_id", "remove"] = ids["told"]
    rows.values |= {"evaluation_id": ids["choose_method"], "measure_id": measure, "adjustment_id": adjustment}


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Days of the moment."""
    day = str(rows.world.clock.today + timedelta(days=9))
    name = route.name.replace("/api/v1", "")
    if name == f"POST {BASE}/{{evaluation_id}}/design_tools":
        return {"factors": "content", "named": "named", "due_on": day, "tools": "t"}
    if name == f"POST {BASE}/adjustments":
        return {"part": "content", "what": "w", "why": "y", "due_on": day, "owner": "agent", "title": "t"}
    return None
