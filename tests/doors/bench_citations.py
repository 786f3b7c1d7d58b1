"""The bench of citations: a work of another system that the trainer keeps cites the article, and was marked; another was removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.citations.keeping import Ref, standing
from kmsvc.knowledge.citations.usecases import register_work, remove_work
from kmsvc.knowledge.lessons.usecases import Draft, make_lesson, remove_lesson

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

WORK = {"kind": "course", "name": "another", "keeper": "trainer"}
BODIES: dict[str, dict[str, Any]] = {
    **dict.fromkeys((f"POST {door}/knowledge/citations/{{citation_id}}/look" for door in ("", "/api/v1")),
                    {"verdict": "ended", "note": "n"}),
    **dict.fromkeys((f"POST {door}/knowledge/citations/works" for door in ("", "/api/v1")), WORK),
    **dict.fromkeys((f"POST {door}/knowledge/citations/works/{{outside_id}}/edit" for door in ("", "/api/v1")), WORK),
}


def add_rows(rows: Rows) -> None:
    """Two works and a citation."""
    article_id = rows.values["article_id"]
    with rows.world.begin("trainer") as work:
        made = register_work(work, kind="course", name="n", address=None, keeper=None, refs=[Ref("article", article_id)])
        gone = register_work(work, kind="course", name="g", address=None, keeper=None, refs=[])
        remove_work(work, gone.id)
        cited = standing(work, "outside", made.id)[0]
        cited.state, cited.change, cited.marked_at = "marked", "changed", work.now
        cited.marked_version_id = work.get(Article, article_id).published_version_id
        rows.values |= {"outside_id": made.id, "citation_id": cited.id}
        lesson, old = (make_lesson(work, Draft(title, "", "en", None, [Ref("article", article_id)])) for title in ("l", "o"))
        remove_lesson(work, old.id)
        rows.values["lesson_id"] = lesson.id
    rows.instead |= {("outside_id", "restore"): gone.id, ("lesson_id", "restore"): old.id}


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """What is cited has a number of the moment."""
    if "/knowledge/lessons" in route.name and verb in ("edit", "lessons"):
        return {"title": "t", "cites": rows.number}
    return {"cites": rows.third} if verb == "cite" and "outside_id" in route.arguments else None


QUERIES = {"GET /api/v1/knowledge/citations/of": "?number=KB-0001"}
