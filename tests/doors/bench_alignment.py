"""The bench of process alignment reviews: of the agent's contacts, drawn by the inspector; one wholly judged, one signed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kmsvc.knowledge.alignment.usecases import Draw, draw_contacts, items_of, judge_contact, sign_alignment
from tests.support.centre import PASSWORD
from tests.support.clock import ZONE

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

GOOD = {"searched": "yes", "linked": "yes", "accurate": "yes", "improved": "na"}
DOORS = ("", "/api/v1")
BODIES: dict[str, dict[str, Any]] = {
    **dict.fromkeys((f"POST {door}/knowledge/alignment/{{alignment_id}}/items/{{sampled_id}}/judge" for door in DOORS),
                    GOOD | {"note": "n"}),
    "POST /knowledge/alignment/{alignment_id}/sign": {"conclusion": "c", "password": PASSWORD},
    "POST /api/v1/knowledge/alignment/{alignment_id}/sign": {"conclusion": "c"},
    **dict.fromkeys((f"POST {door}/knowledge/alignment/{{alignment_id}}/cancel" for door in DOORS), {"reason": "r"}),
    **dict.fromkeys((f"POST {door}/knowledge/alignment/{{alignment_id}}/reply" for door in DOORS), {"text": "t"}),
}


def add_rows(rows: Rows) -> None:
    """Two reviews of the link that the bench of contacts made."""
    for signed in (True, False):
        with rows.world.begin("qa_inspector") as work:
            row = draw_contacts(work, Draw(rows.world.clock.today - timedelta(days=1), rows.world.clock.today, 5,
                                           rows.world.people["agent"]), today=rows.world.clock.today, zone=ZONE)
            for one in items_of(work, row.id):
                judge_contact(work, row.id, one.id, GOOD)
                rows.values |= {"alignment_id": row.id, "sampled_id": one.id}
        if signed:
            with rows.world.begin("qa_inspector") as work:
                sign_alignment(work, row.id, conclusion="c")
            rows.instead["alignment_id", "reply"] = row.id


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Whose contacts are drawn has a number of the moment."""
    if route.name in ("POST /knowledge/alignment", "POST /api/v1/knowledge/alignment"):
        day = str(rows.world.clock.today)
        return {"person": rows.world.people["agent"], "begins_on": day, "ends_on": day, "size": 2}
    return None
