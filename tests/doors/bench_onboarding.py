"""The bench of onboarding: a class of the class teacher, the agent in it with a mentor, a talk, decisions, a line of the timetable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.core.workdays import is_workday, workdays_after
from kmsvc.training.onboarding import classing, usecases
from tests.support.centre import PASSWORD

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

DOORS = ("", "/api/v1")
BASE = "/training/onboarding"
HOUR = {"day": 1, "begins": "09:00", "ends": "10:00", "title": "t"}
FORM = {"form": "training", "day": 1, "part": "newcomer", "text": "t"}


def _both(path: str, body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f"POST {door}{BASE}{path}": body for door in DOORS}


BODIES: dict[str, dict[str, Any]] = {
    **_both("/classes/{class_id}/teach", HOUR),
    **_both("/classes/{class_id}/copy", {"from_class": "", "replace": True}),
    **_both("/classes/{class_id}/add_item", {"list": "golive", "title": "t"}),
    **_both("/hours/{hour_id}/change", HOUR | {"day": 2}),
    **_both("/hours/{hour_id}/remove", {}),
    **_both("/items/{point_id}/change", {"title": "t"}),
    **_both("/items/{point_id}/move", {}),
    **_both("/items/{point_id}/remove", {"reason": "another"}),
    **_both("/items/{point_id}/restore", {}),
    **_both("/trainees/{trainee_id}/hand_in", FORM),
    **_both("/trainees/{trainee_id}/draft", FORM),
    **_both("/trainees/{trainee_id}/note", {"kind": "note", "text": "t"}),
    **_both("/trainees/{trainee_id}/talk", {"talk": "first", "shortcomings": "s", "advice": "a"}),
    **_both("/trainees/{trainee_id}/tick", {"item": "letter"}),
    **_both("/trainees/{trainee_id}/leave_out", {"item": "local", "reason": "r"}),
    **_both("/trainees/{trainee_id}/untick", {"item": "supplies"}),
    **_both("/trainees/{trainee_id}/change", {"mentor": "trainer"}),
    **_both("/trainees/{trainee_id}/decide", {"verb": "go_on", "reason": "r"}),
    **_both("/decisions/{decision_id}/undo", {"reason": "r"}),
    f"POST {BASE}/talks/{{talk_id}}/sign": {"password": PASSWORD}, f"POST /api/v1{BASE}/talks/{{talk_id}}/sign": {},
    f"POST {BASE}/decisions/{{decision_id}}/sign": {"password": PASSWORD}, f"POST /api/v1{BASE}/decisions/{{decision_id}}/sign": {},
    **_both("/classes/{class_id}/join", {"person": "marker"}),
    f"POST {BASE}/classes/{{class_id}}/join_many": {"text": "marker, agent_b"},
    f"POST /api/v1{BASE}/classes/{{class_id}}/join_many": {"people": [{"person": "marker"}]},
}


def add_rows(rows: Rows) -> None:
    """One class that begins today, or on the next working day; one line of its timetable, points ticked and taken off, a talk, a
    decision."""
    world = rows.world
    today = world.clock.today
    day = today if is_workday(today) else workdays_after(today, 1)
    with world.begin("class_teacher") as work:
        one = usecases.plan_class(work, name="n", teacher_id=world.people["class_teacher"], starts_on=day).id
        who = usecases.add_trainee(work, one, world.people["agent"], mentor_id=world.people["agent_b"]).id
        made = usecases.decide(work, who, "go_on", reason="r", today=day).id
        hour = usecases.add_hour(work, one, day=1, begins="10:00", ends="11:00", title="o").id
        usecases.tick(work, who, "supplies")
        joined = usecases.add_trainee(work, one, world.people["compliance"]).id
        note = usecases.note_day(work, who, kind="attention", on=day, today=day, text="t").id
        talk = usecases.hold_talk(work, who, talk="confirmation", held_on=day, shortcomings="s", advice="a", today=day).id
        first, point = classing.items_of(work, one)[:2]
        classing.remove_item(work, point.id, reason="r")
    rows.values |= {"class_id": one, "trainee_id": who, "decision_id": made, "hour_id": hour, "talk_id": talk, "noted_id": note,
                    "joined_id": joined, "point_id": point.id, "form_name": "training", "form_day": 1, "week_no": 1}
    assert first.id != point.id


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Days of the moment."""
    today = rows.world.clock.today
    plain = route.name.replace("/api/v1", "")
    if plain in (f"POST {BASE}/classes", f"POST {BASE}/classes/{{class_id}}/change"):
        return {"name": "n2", "teacher": "class_teacher", "starts_on": str(workdays_after(today, 1))}
    if plain == f"POST {BASE}/trainees/{{trainee_id}}/unnote":
        return {"note_id": rows.values["noted_id"]}
    if plain == f"POST {BASE}/classes/{{class_id}}/hand_in_day":
        who = rows.values["trainee_id"]
        return ({"day": 1, "texts": [{"trainee_id": who, "text": "t"}]} if route.is_api else {"day": 1, f"text-{who}": "t"})
    return None
