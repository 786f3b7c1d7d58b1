"""The bench of leave, shifts and peaks and of the own calendar: a file that stands, one that was taken back, a time by hand; a link."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.convert.result import HowRead, Row, Table
from kmsvc.knowledge.tables.taking import take_rows
from kmsvc.training.plans import busy, ical_links
from kmsvc.training.plans.busy_models import BusyImport
from kmsvc.training.plans.busy_reading import intervals
from kmsvc.training.plans.busy_rows import sort_for
from tests.support.clock import ZONE

if TYPE_CHECKING:
    from tests.doors.bench_rows import Rows

BASE = "/training/plans/busy"
DOORS = ("", "/api/v1")
BODIES: dict[str, dict[str, Any]] = {f"POST {door}{path}": body for door in DOORS for path, body in (
    (BASE, {"kind": "leave", "person": "agent", "on": "2026-05-04"}), (f"{BASE}/{{busy_id}}/remove", {"reason": "r"}),
    (f"{BASE}/imports/{{busy_import_id}}/take-back", {"reason": "r"}), (f"{BASE}/imports/{{busy_import_id}}/bring-back", {}),
    ("/training/my-calendar/link", {}), ("/training/my-calendar/link/end", {}))}
LIST = b"name,date,times\nAgent,2026-05-05,9:00-18:00\n"
UPLOADS = {f"POST {door}{BASE}/import": ("busy.csv", LIST) for door in DOORS}


def add_rows(rows: Rows) -> None:
    """Two files, a time by hand, and a calendar link of everybody."""
    world = rows.world
    for day in ("2026-05-06", "2026-05-07"):
        table = Table("", ("login", "on", "hours"), (), [Row(2, {"login": "agent", "on": day, "hours": "9:00-18:00"})],
                      HowRead("heading_row", {"sheet": "", "row": 1, "columns": ""}))
        take_rows(world.db, world.actor("trainer"), sort_for(lambda: str(ZONE)), [table], [], f"{day}.csv")
    with world.begin("trainer") as work:
        made = list(work.session.scalars(select(BusyImport.id).order_by(BusyImport.id)))
        busy.take_back(work, made[1], reason="r")
        one = busy.enter(work, world.people["agent"], intervals({"kind": "leave", "on": "2026-05-08"}, date(2026, 5, 1), str(ZONE)))[0]
    rows.values |= {"busy_id": one.id, "busy_import_id": made[0]}
    rows.instead["busy_import_id", "bring-back"] = made[1]
    for who in world.people:
        with world.begin(who) as work:
            link = ical_links.renew(work)
        if who == "agent":
            rows.values["calendar_token"] = link
