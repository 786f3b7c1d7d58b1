"""The bench of sittings: of three exams of the agent one is not begun, one is sat, with a picture in it, one is handed in;
one was taken out of the count, one exam stands still."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from PIL import Image

from kmsvc.files.models import StoredFile
from kmsvc.files.store import keep
from kmsvc.files.usecases import attach
from kmsvc.people.units.permissions import MANAGE_UNITS
from kmsvc.training.questions.kinds import Question, TrueFalse
from kmsvc.training.sittings.pausing import pause
from kmsvc.training.sittings.steering import annul
from kmsvc.training.sittings.usecases import submit
from tests.training.sittings.exams import begin, make_exam

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

PLACE = "/api/v1/training/sittings/{sitting_id}"
BODIES: dict[str, dict[str, Any]] = {
    f"POST {PLACE}/answers": {"device": "d", "answers": [{"place": 1, "number": 1, "answer": True}]},
    f"POST {PLACE}/beat": {"device": "d"}, f"POST {PLACE}/focus": {"device": "d", "act": "left"},
    **{f"POST {door}/training/sittings/{{sitting_id}}/{verb}": {"minutes": 5, "reason": "r"}
       for door in ("", "/api/v1") for verb in ("extend", "reopen")},
    **{f"POST {door}/training/sittings/{{sitting_id}}/{verb}": {"reason": "r"} for door in ("", "/api/v1")
       for verb in ("annul", "restore")},
    **{f"POST {door}/training/sittings/board/{{sat_id}}/{verb}": {"minutes": 5, "reason": "r"} if verb == "extend" else {"reason": "r"}
       for door in ("", "/api/v1") for verb in ("extend", "pause", "resume")},
}


def add_rows(rows: Rows) -> None:
    """One exam that is not begun, one that is sat, one that is handed in."""
    world = rows.world
    drawn = io.BytesIO()
    Image.new("RGB", (2, 2)).save(drawn, "PNG")
    drawn.seek(0)
    stored = keep(world.settings.files_dir, drawn, "p.png")
    with world.begin("operator") as work:
        work.permit(MANAGE_UNITS)
        if work.session.get(StoredFile, stored.sha256) is None:
            work.session.add(StoredFile(sha256=stored.sha256, size=stored.size, media_type=stored.media_type, stored_at=work.now))
    question = Question(f"![p](attachment:{stored.sha256})", TrueFalse(True))
    runs, done = make_exam(world, questions=(question,)), make_exam(world, questions=(question,))
    rows.values |= {"sat_id": make_exam(world, questions=(question,)), "sitting_id": begin(world, runs), "sha256": stored.sha256}
    with world.begin("agent") as work:
        rows.values["handed_id"] = attach(work, "sitting", rows.values["sitting_id"], stored).id
    rows.instead["sitting_id", "reopen"] = begin(world, done)
    with world.begin("agent") as work:
        submit(work, rows.instead["sitting_id", "reopen"])
    rows.instead["sat_id", "extend"] = runs
    rows.instead["sitting_id", "restore"] = begin(world, make_exam(world, questions=(question,)))
    rows.instead["sat_id", "resume"] = make_exam(world, questions=(question,))
    with world.begin("trainer") as work:
        annul(work, rows.instead["sitting_id", "restore"], reason="r")
        pause(work, rows.instead["sat_id", "resume"], reason="r")


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Which exam is begun has a number of the moment."""
    return {"exam_id": rows.values["sat_id"]} if route.name == "POST /api/v1/training/sittings" else None
