"""The bench of onboarding: a class of the class teacher, the agent in it with a mentor, a decision that can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.core.workdays import is_workday, workdays_after
from kmsvc.training.onboarding import usecases

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

DOORS = ("", "/api/v1")
BASE = "/training/onboarding"


def _both(path: str, body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f"POST {door}{BASE}{path}": body for door in DOORS}


BODIES: dict[str, dict[str, Any]] = {
    f"POST /api/v1{BASE}/classes/{{class_id}}/teach": {"day": 1, "begins": "09:00", "ends": "10:00", "title": "t"},
    **_both("/trainees/{trainee_id}/hand_in", {"form": "training", "day": 1, "part": "newcomer", "text": "t"}),
    **_both("/trainees/{trainee_id}/note", {"kind": "note", "text": "t"}),
    **_both("/trainees/{trainee_id}/talk", {"talk": "first", "shortcomings": "s", "advice": "a"}),
    **_both("/trainees/{trainee_id}/tick", {"item": "letter"}),
    **_both("/trainees/{trainee_id}/decide", {"verb": "go_on", "reason": "r"}),
    f"POST /api/v1{BASE}/decisions/{{decision_id}}/undo": {"reason": "r"},
    **_both("/classes/{class_id}/join", {"person": "marker"}),
}


def add_rows(rows: Rows) -> None:
    """One class that begins today, or on the next working day."""
    world = rows.world
    today = world.clock.today
    day = today if is_workday(today) else workdays_after(today, 1)
    with world.begin("class_teacher") as work:
        one = usecases.plan_class(work, name="n", teacher_id=world.people["class_teacher"], starts_on=day).id
        who = usecases.add_trainee(work, one, world.people["agent"], mentor_id=world.people["agent_b"]).id
        made = usecases.decide(work, who, "go_on", reason="r", today=day).id
    rows.values |= {"class_id": one, "trainee_id": who, "decision_id": made}


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Days of the moment."""
    today = rows.world.clock.today
    if route.name.replace("/api/v1", "") == f"POST {BASE}/classes":
        return {"name": "n", "teacher": "class_teacher", "starts_on": str(workdays_after(today, 1))}
    return None
