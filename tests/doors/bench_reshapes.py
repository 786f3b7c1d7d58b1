"""The bench of merging and splitting: a merge that is composed, and a split that was published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.knowledge.reshapes.usecases import Part, compose, plan_merge, plan_split, publish
from tests.builders import make_article

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

BODIES: dict[str, dict[str, Any]] = {
    **dict.fromkeys((f"POST {door}/knowledge/reshapes/{{reshape_id}}/{verb}" for door in ("", "/api/v1")
                     for verb in ("cancel", "take_back")), {"reason": "r"}),
}


def add_rows(rows: Rows) -> None:
    """Both, and two articles of which nothing is planned."""
    world = rows.world
    stays, gone, long, free, other = (make_article(world, title=title, body=f"{title} one\n\n{title} two")
                                      for title in ("stays", "gone", "long", "free", "other"))
    with world.begin("knowledge_editor") as work:
        plan = plan_merge(work, stays.id, [gone.id], reason="r")
    texts = [world_blocks(rows, one.published_version_id) for one in (stays, long, free)]
    rows.picks = [f"{stays.id}:{texts[0][0]}"]
    with world.begin("knowledge_editor") as work:
        compose(work, plan.id, [(stays.id, texts[0][0])])
    with world.begin("knowledge_editor") as work:
        done = plan_split(work, long.id, [Part("part", (texts[1][1],))], reason="r")
    with world.begin("knowledge_editor") as work:
        publish(work, done.id)
    rows.values["reshape_id"] = plan.id
    rows.instead["reshape_id", "take_back"] = done.id
    rows.free, rows.other, rows.free_block = free.number, other.number, texts[2][1]


def world_blocks(rows: Rows, version_id: int | None) -> list[str]:
    """The lasting ids of a text."""
    from kmsvc.knowledge.articles.models import ArticleVersion
    with rows.world.look() as work:
        return [block["id"] for block in work.get(ArticleVersion, version_id).blocks]


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """What is merged and split is named by numbers of the moment."""
    if not route.rule.startswith(("/knowledge/reshapes", "/api/v1/knowledge/reshapes")):
        return None
    if verb == "compose":
        return {"picks": rows.picks}
    if verb == "merge":
        return {"stays": rows.free, "others": [rows.other] if route.is_api else rows.other, "reason": "r"}
    if verb == "split" and route.is_api:
        return {"article": rows.free, "parts": [{"title": "p", "blocks": [rows.free_block]}], "reason": "r"}
    if verb == "split":
        return {"article": rows.free, f"to-{rows.free_block}": "1", "title-1": "p", "reason": "r"}
    return None
