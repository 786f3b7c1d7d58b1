"""The bench of auditor's rooms and second factors: an open room with a guest, a sample and a request; a factor that waits."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.queries import actor_of
from kmsvc.people.factors.models import SecondFactor
from kmsvc.standards.rooms import usecases, visiting
from kmsvc.standards.rooms.models import RoomGuest
from tests.support.clock import ZONE

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

BASE = "/standards/rooms"
REASON = {"reason": "r"}
PASSWORD = "a-lantern-for-otters-9"
ROOM = {"title": "t", "year": 2026, "from_on": "2026-03-02", "until_on": "2026-03-20"}
BODIES: dict[str, dict[str, Any]] = {f"POST {door}{BASE}{path}": body for door in ("", "/api/v1") for path, body in {
    "": ROOM, "/{room_id}/invite": {"name": "n", "email": "n@audit.test"}, "/{room_id}/close": REASON, "/{room_id}/reopen": REASON,
    "/{room_id}/change": {"until_on": "2026-03-25", **REASON}, "/{room_id}/revoke": REASON,
    "/{room_id}/draw": {"clause": "42", "size": 1}, "/{room_id}/mark": {"clause": "42", "finding": "doubt"},
    "/{room_id}/ask": {"clause": "42", "text": "t"}, **{f"/requests/{{request_id}}/{name}": {"text": "t"} for name in (
        "answer", "send_back", "withdraw")}, "/requests/{request_id}/accept": {}}.items()}
BODIES |= {f"POST {BASE}/enter/{{invited}}": {"new": PASSWORD, "again": PASSWORD},
           "POST /sign-in/code": {"ticket": "t", "code": "123456"},
           **{f"POST {door}/people/me/factor/{name}": {"code": "123456"} for door in ("", "/api/v1") for name in (
               "confirm", "renew", "remove")},
           **dict.fromkeys((f"POST {door}/people/accounts/{{person_id}}/reset_factor" for door in ("", "/api/v1")), REASON)}


def add_rows(rows: Rows) -> None:
    """Rows in the states in which their routes have something to do."""
    world = rows.world
    day = world.clock.today
    wish: dict[str, Any] = {"model": "cc-cmm-oc-2017", "year": day.year, "clauses": [], "as_of": None, "from_on": day,
                            "until_on": day + timedelta(days=18), "keeper_id": None, "today": day}
    with world.begin("compliance") as work:
        room, closed = usecases.open_room(work, title="t", **wish), usecases.open_room(work, title="over", **wish)
        usecases.close_room(work, closed.id, reason="r")
        guest, secret = usecases.invite(work, room.id, name="g", email="g@audit.test", language=None, zone=str(ZONE), today=day)
        guest.entered_at = work.now
        work.session.add(SecondFactor(person_id=world.people["agent"], secret="A" * 32, begun_at=work.now, confirmed_at=work.now))
    with world.look() as work:
        person = work.session.get(Person, guest.person_id)
        assert person is not None
        actor = actor_of(work.session, person, login=person.login, via="cookie")
    with world.db.begin(actor) as work:
        asked = visiting.ask(work, room.id, clause="42", thing="", thing_title="", text="t", today=day)
        sample = visiting.draw(work, room.id, clause="42", size=1, seed="7", as_of=day, zone=str(ZONE), today=day)
    rows.values |= {"room_id": room.id, "request_id": asked.id, "sample_id": sample.id, "clause": "42", "invited": secret,
                    "thing": sample.rows[0]["key"],
                    "room_guest": guest.id}
    rows.instead["room_id", "reopen"] = closed.id
    with world.look() as work:
        assert work.session.scalars(select(RoomGuest.id)).all()


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Whose invitation is revoked."""
    if verb == "revoke" and "room_id" in route.arguments:
        return REASON | {"guest": rows.values["room_guest"]}
    return None
