"""The bench of files and links as proof: one of an officer's, one that is withdrawn."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from kmsvc.standards.evidence import proofs
from kmsvc.standards.evidence.proofs import ProofText

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

BASE = "/standards/evidence/files"
SAID: dict[str, Any] = {"title": "t", "clauses": "42", "evidence_on": "2026-03-01"}
REASON = {"reason": "r"}
BODIES: dict[str, dict[str, Any]] = {f"POST {door}{BASE}{path}": body for door in ("", "/api/v1") for path, body in {
    "": SAID | {"url": "https://x.test/1"}, "/{proof_id}/revise": SAID | {"url": "https://x.test/2"}, "/{proof_id}/accept": REASON,
    "/{proof_id}/refuse": REASON, "/{proof_id}/give": REASON, "/{proof_id}/withdraw": REASON, "/{proof_id}/restore": REASON}.items()}
QUERIES: dict[str, str] = {}


def add_rows(rows: Rows) -> None:
    """One that counts, added and owned by nobody who calls; one that was withdrawn. Its area comes after that of packs."""
    world = rows.world
    with world.begin("operator") as work:
        first, second = (proofs.add_proof(work, ProofText("t", ("42",), date(2026, 3, 1), url="https://x.test"), today=world.clock.today,
                                          owner=world.people["agent"]) for _ in range(2))
        proofs.withdraw(work, second.id, reason="r")
        rows.values |= {"proof_id": first.id}
        rows.instead["proof_id", "restore"] = second.id


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Who takes it over."""
    if verb == "give" and route.rule.endswith(f"{BASE}/<int:proof_id>/give"):
        return REASON | {"owner": rows.world.people["manager"]}
    return None
