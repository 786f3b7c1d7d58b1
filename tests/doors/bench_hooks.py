"""The bench of hooks: one that runs with a delivery that was given up, and one that is paused. Nobody is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.hooks.models import HookDelivery
from kmsvc.hooks.usecases import Wish, add_hook, pause_hook, test_hook

if TYPE_CHECKING:
    from tests.doors.bench_rows import Rows

HOOK: dict[str, Any] = {"name": "n", "address": "https://system.example.org/in", "login": "agent", "kinds": ["knowledge.flow.retired"]}
BODIES: dict[str, dict[str, Any]] = {
    **dict.fromkeys((f"POST {door}/hooks" for door in ("", "/api/v1")), HOOK),
    **dict.fromkeys((f"POST {door}/hooks/{{hook_id}}/edit" for door in ("", "/api/v1")), HOOK),
}


def add_rows(rows: Rows) -> None:
    """Two hooks and a delivery."""
    with rows.world.begin("admin") as work:
        made, paused = (add_hook(work, Wish(name, HOOK["address"], "agent", HOOK["kinds"])) for name in ("a", "b"))
        pause_hook(work, paused.id)
        dead = work.get(HookDelivery, test_hook(work, made.id).id)
        dead.state = "dead"
        rows.values |= {"hook_id": made.id, "sent_id": dead.id}
    rows.instead |= {("hook_id", "resume"): paused.id}
