"""The bench of training plans: an approved plan with a session that goes on now, in which the agent is present; a draft, one that is
done, one that is cancelled."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kmsvc.core.i18n import local
from kmsvc.training.plans import attending, holding, people, usecases
from kmsvc.training.plans.codes import code_for
from kmsvc.training.trainers import usecases as trainers
from tests.support.clock import ZONE

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

BASE = "/training/plans"
PLAN = {"title": "t", "year": 2026, "hours": 1, "cost": 0, "target": "t", "evaluation": "e"}
REASON = {"reason": "r"}
BODIES: dict[str, dict[str, Any]] = {f"POST {door}{BASE}{path}": body for door in ("", "/api/v1") for path, body in {
    "": PLAN, "/{plan_id}/edit": PLAN | REASON | {"title": "another"},
    "/{plan_id}/people": {"people": "auditor"}, "/{plan_id}/take_back": REASON,
    "/{plan_id}/cancel": REASON, "/{plan_id}/reopen": REASON, "/{plan_id}/restore": {}, "/{plan_id}/finish": {},
    "/sessions/{meeting_id}/minutes": {"minutes": "n"}, "/sessions/{meeting_id}/hold": {"minutes": "m"},
    "/sessions/{meeting_id}/cancel": REASON, "/sessions/{meeting_id}/unhold": REASON, "/sessions/{meeting_id}/bring_back": {},
    "/sessions/{meeting_id}/materials": {"materials": "m"}, "/sessions/{meeting_id}/let_in": {"login": "marker", "reason": "r"},
    "/sessions/{meeting_id}/join": {}, "/sessions/{meeting_id}/leave": {},
    "/sessions/{meeting_id}/feedback": dict.fromkeys(("content", "trainer", "time", "method", "environment", "rules"), 4),
}.items()}
QUERIES = {f"GET /api/v1{BASE}/{{plan_id}}/trainers": "?day=2026-03-02"}


def add_rows(rows: Rows) -> None:
    """Plans and sessions in the states in which their routes have something to do."""
    world, zone = rows.world, str(ZONE)
    now = local(world.clock(), zone)
    begins, ends = f"{now - timedelta(minutes=5):%H:%M}", f"{now + timedelta(minutes=55):%H:%M}"
    with world.begin("operator") as work:
        teaches = trainers.open_file(work, login="process_author", qualification="q").id
        trainers.authorise(work, teaches, from_on=world.clock.today, until_on=world.clock.today + timedelta(days=30), proof="p")
        draft, running, approved, done, over = (usecases.make_plan(work, **PLAN, purpose="other").id for _ in range(5))
        people.add_people(work, running, logins=["agent", "agent_b", "marker"])
        people.remove_people(work, running, [world.people["marker"]], reason="r")
        for one in (running, approved, done, over):
            usecases.approve(work, one)
        usecases.finish(work, done)
        usecases.cancel(work, over, reason="r")
        now_on, held, cancelled, seated, left = (holding.plan_session(
            work, running, day=world.clock.today, starts=begins, ends=ends, room=room, seats=9, trainer=teaches, zone=zone,
            anyway="r").id for room in "ABCEF")
        attending.sign_in_by_hand(work, now_on, person=world.people["agent"], reason="r")
        holding.hold(work, held, minutes="m")
        holding.cancel_session(work, cancelled, reason="r")
    rows.values |= {"plan_id": running, "meeting_id": now_on}
    for verb, one in (("approve", draft), ("take_back", approved), ("reopen", done), ("restore", over), ("finish", approved)):
        rows.instead["plan_id", verb] = one
    with world.begin("agent") as work:
        attending.leave(work, left)
    for verb, one in (("leave", seated), ("sign-in", seated), ("join", left), ("again", left), ("minutes", held),
                      ("unhold", held), ("bring_back", cancelled)):
        rows.instead["meeting_id", verb] = one
    rows.teaches = teaches  # type: ignore[attr-defined]


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Days, people and the trainer of the moment."""
    name, world = route.name.replace("/api/v1", ""), rows.world
    times = {"day": str(world.clock.today + timedelta(days=1)), "starts": "09:00", "ends": "10:00", "room": "D", "seats": 9,
             "trainer": rows.teaches}  # type: ignore[attr-defined]
    here = "" if not route.name.startswith("POST /api") else None
    one = {"person": [world.people["agent_b"]] if here is None else str(world.people["agent_b"])}
    gone = {"person": [world.people["marker"]] if here is None else str(world.people["marker"])}
    there = {"person": [world.people["agent"]] if here is None else str(world.people["agent"])}
    return {f"POST {BASE}/{{plan_id}}/sessions": times, f"POST {BASE}/sessions/{{meeting_id}}/edit": times | REASON,
            f"POST {BASE}/{{plan_id}}/people/remove": one,
            f"POST {BASE}/sessions/{{meeting_id}}/sign-in": {} if here is not None else {
                "code": code_for(world.settings.secret_key, rows.instead["meeting_id", "sign-in"], world.clock())},
            f"POST {BASE}/sessions/{{meeting_id}}/people/came": one | REASON,
            f"POST {BASE}/sessions/{{meeting_id}}/people/out": one | REASON,
            f"POST {BASE}/sessions/{{meeting_id}}/people/again": there | REASON,
            f"POST {BASE}/{{plan_id}}/people/put_back": gone,
            f"POST {BASE}/{{plan_id}}/people/take": gone, f"POST {BASE}/{{plan_id}}/people/list": {"people": "marker"},
            f"POST {BASE}/{{plan_id}}/people/listed": {"people": ["marker"]},
            f"POST {BASE}/sessions/{{meeting_id}}/people/gone": there | REASON}.get(name)
