"""R-W6: whatever is written through a door leaves its entry in the trail, with who, what, and the request it came with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from kmsvc.core.audit import AuditEntry
from kmsvc.process.changes.verbs import VERBS
from tests.builders import make_process
from tests.stories.test_a_change_goes_live import FIRST, PEOPLE, SECOND, caller
from tests.support.centre import Centre
from tests.support.trail import in_words
from tests.support.walker import walk


def newest(world: Centre) -> int:
    with world.look() as work:
        return work.session.scalar(select(AuditEntry.seq).order_by(AuditEntry.seq.desc()).limit(1)) or 0


def entries_after(world: Centre, seq: int) -> list[AuditEntry]:
    with world.look() as work:
        return in_words(work.session, list(work.session.scalars(
            select(AuditEntry).where(AuditEntry.seq > seq).order_by(AuditEntry.seq))))


def watched(world: Centre, call: Callable[..., tuple[int, Any]], seen: set[str]) -> Callable[..., tuple[int, Any]]:
    """The same hand, and after each act that succeeded its entries are looked at."""
    def act(who: str, method: str, path: str, body: Any) -> tuple[int, Any]:
        before = newest(world)
        status, answer = call(who, method, path, body)
        if method == "POST" and status in (200, 201):
            entries = entries_after(world, before)
            assert entries, f"{path} left no entry"
            assert {one.login for one in entries} == {who} and all(one.request_id and one.session_ref for one in entries)
            seen.add(path.rsplit("/", 1)[1])
        return status, answer
    return act


def test_r_w6_every_verb_of_the_fifteen_steps_is_recorded(world: Centre, client: Callable) -> None:
    process = make_process(world, drain=True)
    seen: set[str] = set()
    call = watched(world, caller(client, PEOPLE), seen)
    _, change = call("team_leader", "POST", "/api/v1/process/changes", {
        "title": "退款时限", "reason": "太短", "process_id": process.id})
    call("agent", "POST", f"/api/v1/process/changes/{change['id']}/comment", {"text": "我也遇到。"})
    walk(call, change["id"], PEOPLE, texts=FIRST, until=lambda one: one["step"]["number"] == 9, today=world.clock.today)
    world.drain()
    walk(call, change["id"], PEOPLE, texts=SECOND, today=world.clock.today)
    assert len(seen & set(VERBS)) >= 20, sorted(seen)


def test_r_w6_every_verb_of_articles_and_processes_is_recorded(world: Centre, client: Callable) -> None:
    process = make_process(world, drain=True)
    seen: set[str] = set()
    call = watched(world, caller(client, ["knowledge_editor", "process_manager", "agent"]), seen)
    article = {"title": "押金", "body": "三天内退。", "publish": True}
    _, made = call("knowledge_editor", "POST", "/api/v1/knowledge/articles", article)
    path = f"/api/v1/knowledge/articles/{made['id']}"
    call("agent", "POST", f"{path}/confirm", {"version_id": made["version_id"]})
    call("knowledge_editor", "POST", f"{path}/edit", {**article, "body": "两天内退。", "publish": False})
    call("knowledge_editor", "POST", f"{path}/publish", {})
    call("knowledge_editor", "POST", f"{path}/revert", {"to_version_id": made["version_id"], "reason": "改错了"})
    call("knowledge_editor", "POST", f"{path}/retire", {"reason": "不再需要"})
    call("process_manager", "POST", f"/api/v1/process/definitions/{process.id}/retire", {"reason": "合并"})
    assert seen >= {"articles", "confirm", "edit", "publish", "revert", "retire"}
