"""The bench of links to contacts: one link, of the agent, to the article."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.knowledge.contacts.usecases import link_contact

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

CHECK = {"accuracy": "inaccurate", "note": "n"}
BODIES: dict[str, dict[str, Any]] = {
    **dict.fromkeys((f"POST {door}/knowledge/contacts/{{link_id}}/check" for door in ("", "/api/v1")), CHECK),
    **dict.fromkeys((f"POST {door}/knowledge/contacts/{{link_id}}/number" for door in ("", "/api/v1")), {"contact": "C-2"}),
    "POST /knowledge/contacts/current": {"contact": "C-1"},
}


def add_rows(rows: Rows) -> None:
    """A link with a number."""
    with rows.world.begin("agent") as work:
        rows.values["link_id"] = link_contact(work, "article", rows.values["article_id"], number="C-1").id


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """What is linked has a number of the moment."""
    if route.name in ("POST /knowledge/contacts/link", "POST /api/v1/knowledge/contacts"):
        return {"kind": "article", "id": rows.values["article_id"]}
    return None
