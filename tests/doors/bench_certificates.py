"""The bench of certificates: a kind asked of agents; one held by the agent, one revoked, one retired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.training.certificates import usecases
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
    **_both("/held/{certificate_id}/reinstate", {"reason": "r"}),
}


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
        usecases.retire_kind(work, retired, reason="r")
    rows.values |= {"kind_id": kind, "need_id": need, "certificate_id": held}
    rows.instead["certificate_id", "reinstate"] = lost
    rows.instead["kind_id", "restore"] = retired


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Days of the moment."""
    day = str(rows.world.clock.today)
    name = route.name.replace("/api/v1", "")
    if name == f"POST {BASE}/kinds/{{kind_id}}/award":
        return {"person": "agent", "passed_on": day, "proof": "p"}
    return {"due_on": day, "reason": "r"} if name == f"POST {BASE}/needs/{{need_id}}/change" else None
