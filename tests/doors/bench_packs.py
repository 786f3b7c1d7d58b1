"""The bench of packs of proof: one that was made and lies there, one that waits."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from kmsvc.operations.setup import install_standards
from kmsvc.standards.packs.making import pack_file
from kmsvc.standards.packs.models import PackOrder
from kmsvc.standards.packs.usecases import order_pack
from kmsvc.standards.rooms.models import RoomPack

if TYPE_CHECKING:
    from tests.doors.bench_rows import Rows

BASE, MODEL = "/standards/packs", "cc-cmm-oc-2017"
WANTED: dict[str, Any] = {"model": MODEL, "year": 2026, "as_of": "2026-03-02"}
BODIES: dict[str, dict[str, Any]] = {
    f"POST {BASE}": WANTED | {"clauses": "42"}, f"POST /api/v1{BASE}": WANTED | {"clauses": ["42"]},
    **{f"POST {door}/standards/rooms/{{room_id}}/packs": {} for door in ("", "/api/v1")},
    **{f"POST {door}/standards/rooms/{{room_id}}/packs/{{pack_id}}/cancel": {} for door in ("", "/api/v1")},
    **{f"POST {door}{BASE}/{{pack_id}}/{verb}": {} for door in ("", "/api/v1") for verb in ("cancel", "again")}}
QUERIES: dict[str, str] = {}


def add_rows(rows: Rows) -> None:
    """One that is done, with its file; one that can be cancelled."""
    world = rows.world
    install_standards(world.db)
    with world.begin("operator") as work:
        made = order_pack(work, model=MODEL, year=2026, as_of=date(2026, 3, 2), clauses=["42"])
        made.state, made.sha256, made.size, made.kept_until = "done", "0" * 64, 2, date(2027, 1, 1)
        waiting = PackOrder(ordered_at=work.now, model=MODEL, year=2026, as_of=date(2026, 3, 2), clauses=["42"], state="waiting")
        work.session.add(waiting)
        work.session.flush()
        rows.values |= {"pack_id": made.id}
        work.session.add_all([RoomPack(order_id=one.id, room_id=rows.values["room_id"]) for one in (made, waiting)])
        rows.instead["pack_id", "cancel"] = waiting.id
    path = pack_file(world.settings.data_dir, made.id)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"PK")
