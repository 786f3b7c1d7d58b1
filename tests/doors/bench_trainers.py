"""The bench of trainers: the file of somebody none of the actors is, authorised once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kmsvc.training.trainers import usecases
from kmsvc.training.trainers.queries import trainer_card

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

BASE = "/training/trainers"
BODIES: dict[str, dict[str, Any]] = {f"POST {door}{BASE}": {"login": "marker", "qualification": "q"} for door in ("", "/api/v1")}


def add_rows(rows: Rows) -> None:
    """A file with an authorisation."""
    today = rows.world.clock.today
    with rows.world.begin("operator") as work:
        one = usecases.open_file(work, login="agent_b", qualification="q").id
        usecases.authorise(work, one, from_on=today, until_on=today, proof="p")
        rows.values |= {"trainer_id": one, "authorisation": trainer_card(work.session, work.actor, one, today).authorisations[0].id}


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Days and the authorisation of the moment."""
    name, day = route.name.replace("/api/v1", ""), str(rows.world.clock.today)
    return {f"POST {BASE}/{{trainer_id}}/authorise": {"from_on": day, "until_on": day, "proof": "p"},
            f"POST {BASE}/{{trainer_id}}/renew": {"authorisation": rows.values["authorisation"], "proof": "p", "until_on": str(
                rows.world.clock.today + timedelta(days=9))},
            f"POST {BASE}/{{trainer_id}}/observe": {"seen_on": day, "score": 80, "note": "n"},
            f"POST {BASE}/{{trainer_id}}/withdraw": {"authorisation": rows.values["authorisation"], "reason": "r"}}.get(name)
