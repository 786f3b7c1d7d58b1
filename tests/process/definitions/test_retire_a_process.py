"""Retire a process and name what takes its place: the verb, its refusals, what follows, and the same at two doors."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken, Stale
from kmsvc.core.events import Fact
from kmsvc.knowledge.articles.models import Article
from kmsvc.process.definitions.models import Process, Publication
from kmsvc.process.definitions.usecases import retire_process
from kmsvc.search.documents import Reach
from kmsvc.search.requests import SearchRequest
from tests.builders import make_process, submit
from tests.support.centre import Centre
from tests.support.clients import Caller

WHY = "退款与退货合为一个流程。"


def retire(world: Centre, who: str, process: Process, heir: Process | None = None, version: int | None = None) -> None:
    with world.begin(who) as work:
        retire_process(work, process.id, reason=WHY, today=world.clock.today, version=version,
                       superseded_by_id=heir.id if heir else None)


def test_a_stranger_to_the_tree_cannot_retire(world: Centre) -> None:
    process = make_process(world)
    for login in ("agent", "business_owner", "process_author", "admin"):
        with pytest.raises(NotPermitted):
            retire(world, login, process)


def test_a_retired_process_points_to_its_heir_and_the_log_says_why(world: Centre) -> None:
    old, heir = make_process(world), make_process(world, name="退换货流程")
    retire(world, "process_manager", old, heir)
    with world.look() as work:
        row = work.get(Process, old.id)
        assert row.published_version_id is None and row.retired_at is not None and row.superseded_by_id == heir.id
        last = work.session.scalars(select(Publication).where(Publication.process_id == old.id)
                                    .order_by(Publication.id.desc()).limit(1)).one()
        assert (last.kind, last.old_version_id, last.new_version_id, last.reason) == (
            "retire", old.published_version_id, None, WHY)
        trail = work.session.scalars(select(AuditEntry).where(AuditEntry.subject == "process_definition",
                                                              AuditEntry.subject_id == str(old.id)).order_by(AuditEntry.seq)).all()
        assert trail[-1].reason == WHY and trail[-1].after is not None and trail[-1].after["superseded_by_id"] == heir.id
        fact = work.session.scalars(select(Fact).where(Fact.kind == "process.definition.retired")).one()
        assert fact.payload == {"process_id": old.id, "superseded_by_id": heir.id}


def test_what_is_retired_leaves_the_knowledge_base_and_the_search(world: Centre) -> None:
    old = make_process(world, drain=True)
    asked = SearchRequest("退款流程", Reach(3), on=world.clock.today)
    assert old.id in {hit.id for hit in world.engine.search(asked).hits if hit.kind == "process"}
    retire(world, "process_manager", old)
    world.drain()
    with world.look() as work:
        article = work.session.scalars(select(Article).where(Article.process_id == old.id)).one()
        assert article.published_version_id is None and article.retired_at is not None
    assert world.engine.search(asked).hits == ()


def test_it_is_not_retired_twice_nor_by_itself_nor_over_somebody_elses_change(world: Centre) -> None:
    process = make_process(world)
    with pytest.raises(InvalidInput):
        retire(world, "process_manager", process, process)
    with pytest.raises(Stale):
        retire(world, "process_manager", process, version=process.version + 7)
    retire(world, "process_manager", process)
    with pytest.raises(RuleBroken) as refused:
        retire(world, "process_manager", process)
    assert refused.value.code == "process.definition.retired"


def test_page_and_program_do_the_same(world: Centre, client: Callable[..., Caller]) -> None:
    heir = make_process(world, name="退换货流程")
    by_page, by_program = make_process(world, name="退款一"), make_process(world, name="退款二")
    answer = client("process_manager").post(f"/process/definitions/{by_page.id}/retire",
                                            data={"reason": WHY, "superseded_by": heir.id, "version": by_page.version})
    assert answer.status_code == 303
    status, body = client("process_manager", by="token").call(
        "POST", f"/api/v1/process/definitions/{by_program.id}/retire", {"reason": WHY, "superseded_by": heir.id})
    assert status == 200 and body["state"] == "retired"
    with world.look() as work:
        assert {work.get(Process, one.id).superseded_by_id for one in (by_page, by_program)} == {heir.id}
    missing = client("process_manager").post(f"/process/definitions/{heir.id}/retire", data={"version": heir.version})
    assert missing.status_code == 422


def test_the_dialog_names_the_requests_that_are_open(client: Callable, world: Centre) -> None:
    process = make_process(world)
    manager = client("process_manager")
    said = "go on; a release of one of them brings"
    assert said not in manager.get(f"/process/definitions/{process.id}").get_data(as_text=True)
    submit(world, process=process)
    page = manager.get(f"/process/definitions/{process.id}").get_data(as_text=True)
    assert said in page and "CR-2026-0001" in page
