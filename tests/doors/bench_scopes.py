"""The bench of where articles apply: a value in use with another to merge into, one out of use, one merged; filters of the search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.knowledge.scopes.usecases import add_value, merge_value, set_use

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

VALUES = b"dimension,name\nproduct,Fibre\n"
_ONE = "/knowledge/scopes/{value_id}"
BODIES: dict[str, dict[str, Any]] = {
    name: given for door in ("", "/api/v1") for name, given in {
        f"POST {door}/knowledge/scopes": {"dimension": "product", "name": "Cable"},
        f"POST {door}{_ONE}/edit": {"name": "Broadband", "place": 3},
        **{f"POST {door}{_ONE}/{verb}": {"reason": "r"} for verb in ("retire", "restore", "part")},
        f"POST {door}/search/filters": {"product": "Broadband"}, f"POST {door}/search/filters/unit": {"product": "Broadband"},
    }.items()}
UPLOADS: dict[str, tuple[str, bytes]] = {f"POST {door}/knowledge/scopes/import": ("values.csv", VALUES) for door in ("", "/api/v1")}


def add_rows(rows: Rows) -> None:
    """Four products."""
    with rows.world.begin("knowledge_editor") as work:
        ids = [add_value(work, dimension="product", name=name).id for name in ("Broadband", "Mobile", "Telex", "Dial-up")]
        set_use(work, ids[2], used=False, reason="r")
        merge_value(work, ids[3], into_id=ids[1], reason="r")
    rows.values["value_id"], rows.values["into_id"] = ids[0], ids[1]
    rows.instead["value_id", "restore"], rows.instead["value_id", "part"] = ids[2], ids[3]


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """What is merged into has a number of the moment."""
    if route.name in (f"POST {_ONE}/merge", f"POST /api/v1{_ONE}/merge"):
        return {"into": rows.values["into_id"], "reason": "r"}
    return None
