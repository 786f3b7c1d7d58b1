"""The bench of certificates: a kind asked of agents; one held by the agent, one revoked, one retired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.training.certificates import batches, usecases
from kmsvc.training.certificates.models import Passing
from kmsvc.training.certificates.usecases import KindDraft

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

DOORS = ("", "/api/v1")
BASE = "/training/certificates"
KIND = {"name": "n", "purpose": "other", "months": 12}


def _both(path: str, body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f"POST {door}{BASE}{path}": body for door in DOORS}


BODIES: dict[str, dict[str, Any]] = {
    **_both("/kinds", KIND), **_both("/kinds/{kind_id}/change", KIND | {"name": "m"}),
    **_both("/kinds/{kind_id}/retire", {"reason": "r"}),
    **_both("/kinds/{kind_id}/restore", {}), **_both("/kinds/{kind_id}/ask", {"queue": "q"}),
    **_both("/needs/{need_id}/end", {"reason": "r"}), **_both("/held/{certificate_id}/revoke", {"reason": "r"}),
    **_both("/held/{certificate_id}/reinstate", {"reason": "r"}), **_both("/passings/{passing_id}/take_back", {"reason": "r"}),
    **_both("/passings/{passing_id}/give_back", {"reason": "r"}), **_both("/batches/{many_id}/undo", {"reason": "r"}),
}
LIST = "账号,证书,通过日期,证明\nagent_b,CT-0001,2026-02-01,名单\n".encode()
UPLOADS: dict[str, tuple[str, bytes]] = {f"POST {door}{BASE}/batches/import": ("passings.csv", LIST) for door in DOORS}


def add_rows(rows: Rows) -> None:
    """Kinds and certificates in the states their acts ask for."""
    world, today = rows.world, rows.world.clock.today
    with world.begin("trainer") as work:
        kind = usecases.make_kind(work, KindDraft("n", "other", months=12)).id
        retired = usecases.make_kind(work, KindDraft("o", "other")).id
        need = usecases.add_need(work, kind, since=today, role="agent").id
        held = usecases.award(work, kind, world.people["agent"], today, today=today, proof="p").id
        lost = usecases.award(work, kind, world.people["agent_b"], today, today=today, proof="p").id
        usecases.revoke(work, lost, reason="r", today=today)
        spare = usecases.award(work, usecases.make_kind(work, KindDraft("p", "other", months=12)).id, world.people["agent_b"], today,
                               today=today, proof="p").id
        passings = dict(work.session.execute(select(Passing.certificate_id, Passing.id)).all())
        usecases.take_back(work, passings[lost], reason="r", today=today)
        batch = batches.do_many(work, "extend", [spare], reason="r", days=1, today=today).id
        usecases.retire_kind(work, retired, reason="r")
    rows.values |= {"kind_id": kind, "need_id": need, "certificate_id": held, "passing_id": passings[held], "many_id": batch}
    rows.instead["passing_id", "give_back"] = passings[lost]
    rows.instead["certificate_id", "many"] = spare
    rows.instead["certificate_id", "reinstate"] = lost
    rows.instead["kind_id", "restore"] = retired


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Days of the moment."""
    day = str(rows.world.clock.today)
    name = route.name.replace("/api/v1", "")
    if name == f"POST {BASE}/kinds/{{kind_id}}/award":
        return {"person": "agent", "passed_on": day, "proof": "p"}
    if "/batches/" in name and name.rsplit("/", 1)[-1] in ("many", "extend", "revoke"):
        given = {"ids": [rows.instead["certificate_id", "many"]], "reason": "r", "days": 1}
        return given if route.name.startswith("POST /api/") else given | {"act": "extend", "sure": "1"}
    return {"due_on": day, "reason": "r"} if name == f"POST {BASE}/needs/{{need_id}}/change" else None
