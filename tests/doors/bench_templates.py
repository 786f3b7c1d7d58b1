"""The bench of templates: one that is offered, one that is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.knowledge.templates.usecases import Written, add_template, retire_template

if TYPE_CHECKING:
    from tests.doors.bench_rows import Rows

LIST = b"name,body\nfault,## What\n"
BOTH = ("", "/api/v1")
BODIES: dict[str, dict[str, Any]] = {
    **dict.fromkeys((f"POST {door}/knowledge/templates" for door in BOTH), {"name": "n", "body": "## b"}),
    **dict.fromkeys((f"POST {door}/knowledge/templates/{{template_id}}/edit" for door in BOTH), {"name": "m", "body": "## c"}),
    **dict.fromkeys((f"POST {door}/knowledge/templates/{{template_id}}/retire" for door in BOTH), {"reason": "r"}),
}
UPLOADS: dict[str, tuple[str, bytes]] = {f"POST {door}/knowledge/templates/import": ("list.csv", LIST) for door in BOTH}


def add_rows(rows: Rows) -> None:
    """Two templates."""
    with rows.world.begin("knowledge_editor") as work:
        rows.values["template_id"] = add_template(work, Written(name="offered", body="## What !")).id
        gone = add_template(work, Written(name="gone", body="## What")).id
        retire_template(work, gone, reason="r")
    rows.instead["template_id", "restore"] = gone
