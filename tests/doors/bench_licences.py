"""The bench of licences to write and of proposals: the trainer is a contributor, and has proposed and corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.usecases import Content
from kmsvc.knowledge.licences.usecases import grant, suspend
from kmsvc.knowledge.proposals.usecases import propose_article, propose_correction
from tests.builders import make_article

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

WRITTEN = {"title": "t", "body": "another text"}
BOTH = ("", "/api/v1")
BODIES: dict[str, dict[str, Any]] = {
    **dict.fromkeys((f"POST {door}/knowledge/licences" for door in BOTH),
                    {"person": "agent_b", "level": "candidate", "reason": "r"}),
    **dict.fromkeys((f"POST {door}/knowledge/licences/{{licence_id}}/{verb}" for door in BOTH for verb in ("suspend", "resume", "end")),
                    {"reason": "r"}),
    **dict.fromkeys((f"POST {door}/knowledge/proposals" for door in BOTH), WRITTEN | {"note": "n"}),
    **dict.fromkeys((f"POST {door}/knowledge/proposals/{{proposal_id}}/edit" for door in BOTH), WRITTEN),
    **dict.fromkeys((f"POST {door}/knowledge/proposals/{{proposal_id}}/{verb}" for door in BOTH for verb in ("return", "take_back")),
                    {"answer": "a"}),
}


def add_rows(rows: Rows) -> None:
    """Two licences, one of them suspended; a proposal that waits, and a correction in force."""
    world = rows.world
    today = world.clock.today
    with world.begin("manager") as work:
        held = grant(work, world.people["trainer"], "contributor", reason="r", today=today)
        resting = grant(work, world.people["marker"], "candidate", reason="r", today=today)
    with world.begin("manager") as work:
        suspend(work, resting.id, reason="r")
    corrected = make_article(world, title="corrected", body="how it was")
    rows.corrects = make_article(world, title="to correct", body="how it is")
    with world.begin("trainer") as work:
        waiting = propose_article(work, Content(title="proposed", body="a text"), note="n", today=today)
        now = work.get(Article, corrected.id).published_version_id
        live = propose_correction(work, corrected.id, base_version_id=now, title="corrected", summary="", body="how it were",
                                  note="n", today=today, at_once=True)
    rows.values |= {"licence_id": held.id, "proposal_id": waiting.id}
    rows.instead |= {("licence_id", "resume"): resting.id, ("proposal_id", "see"): live.id, ("proposal_id", "take_back"): live.id,
                     ("article_id", "<int:article_id>"): rows.corrects.id}


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """What is corrected is a text of the moment."""
    if "/proposals/correct/" in route.rule:
        return {"title": "to correct", "body": "how it is now", "note": "n", "base_version_id": rows.corrects.published_version_id}
    return None
