"""The side panel of a room: the text of that day, what it changed, fifteen steps, readers and results, as they stood then. ux.md 4.2."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import make_transient_to_detached

from kmsvc.operations.setup import install_standards
from kmsvc.process.audits.models import ProcessAudit
from kmsvc.standards.evidence.panels import READERS, parts_of
from kmsvc.standards.evidence.queries import gathered, year_span
from kmsvc.standards.evidence.rules import EvidenceRecord
from kmsvc.training.plans import attending, holding
from tests.builders import make_change, make_process, play
from tests.standards.rooms.test_rooms import API, PLACE, inside, opened, text_of
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.training.plans.test_plans import a_plan, a_session

Client = Callable[..., Any]
OLD = "# 退款\n\n七天内全额退款。\n\n:::secret\n内部限额五百元\n:::"
NEW = "# 退款\n\n十天内全额退款。\n\n:::secret\n内部限额八百元\n:::"


@pytest.fixture
def told(world: Centre) -> Centre:
    """A process whose change went through all fifteen steps, over several days."""
    install_standards(world.db)
    process = make_process(world, drain=True, body=OLD)
    world.clock.move(days=3)
    make_change(world, step=10, process=process, body=NEW)
    world.drain()
    return world


def _parts(guest: Any, room: dict[str, Any], clause: str, key: str, **more: str) -> list[dict[str, Any]]:
    query = "&".join(f"{name}={one}" for name, one in more.items())
    status, body = guest.call("GET", f"{API}/{room['id']}/clauses/{clause}/things/{key}?{query}")
    assert status == 200, body
    return [dict(part) | {"kind": one["kind"]} for one in body["behind"] for part in one["parts"]]


def test_behind_a_change_stand_its_text_difference_steps_readers_and_results(client: Client, told: Centre) -> None:
    room = opened(told, client, clauses="65, 42")
    guest = inside(told, client, room)
    [change] = [one for one in guest.call("GET", f"{API}/{room['id']}/clauses/65/things")[1]["items"]
                if one["key"].startswith("process_change:")]
    parts = {one["part"]: one for one in _parts(guest, room, "65", change["key"])}
    assert list(parts) == ["text", "difference", "steps", "readers", "results"]
    assert any("十天内全额退款" in one for one in parts["text"]["text"])
    changed = [piece for one in parts["difference"]["changes"] for piece in one["parts"]]
    assert [text for op, text in changed if op in ("delete", "insert")] == ["七天", "十天"]
    assert [*dict.fromkeys(row[0] for row in parts["steps"]["rows"])][:8] == [*range(1, 9)] and parts["results"]["rows"]
    assert parts["readers"]["facts"]["Confirmed"].startswith("0 / ")
    assert "限额" not in str(parts), "secret words stay in the house"
    page = text_of(guest.get(f"{PLACE}/{room['id']}/room?clause=65&thing={change['key']}"))
    assert 'id="thing"' in page and "十天内全额退款" in page and "Log of the fifteen steps" in page and "限额" not in page
    assert 'hx-select="#thing"' in page, "it comes without another page"
    preview = text_of(client("compliance").get(f"{PLACE}/{room['id']}/room?clause=65&thing={change['key']}"))
    assert "十天内全额退款" in preview and "限额" not in preview, "the house sees what the auditor sees"


def test_what_stands_behind_a_record_is_of_the_day_that_is_shown(client: Client, told: Centre) -> None:
    before = told.clock.today
    room = opened(told, client, clauses="65, 42")
    guest = client("compliance", by="token")  # the house sees what the auditor sees
    key = next(one["key"] for one in guest.call("GET", f"{API}/{room['id']}/clauses/65/things")[1]["items"]
               if one["key"].startswith("process_change:"))
    seen = {one["part"]: one for one in _parts(guest, room, "65", key)}
    told.clock.move(days=2)
    play(told, int(key.partition(":")[2]), to=13)
    told.drain()
    then, now = ({one["part"]: one for one in _parts(guest, room, "65", key, **asked)}
                 for asked in ({"as_of": before.isoformat()}, {}))
    assert then == seen, "what came later does not count"
    assert len(now["steps"]["rows"]) > len(then["steps"]["rows"]) and len(now["results"]["rows"]) >= len(then["results"]["rows"])
    assert guest.call("GET", f"{API}/{room['id']}/clauses/65/things/process_change:999999")[0] == 404
    assert guest.call("GET", f"{API}/{room['id']}/clauses/65/things/{key}?as_of=then")[0] == 422


def test_behind_a_session_stands_who_was_there(world: Centre) -> None:
    plan, trainer = a_plan(world)
    session = a_session(world, plan, trainer)
    world.clock.move(days=1, hours=3)
    with world.begin("trainer") as work:
        attending.sign_in_by_hand(work, session, person=world.people["agent"], reason="paper list")
    world.clock.move(days=2)
    with world.begin("trainer") as work:
        holding.hold(work, session, minutes="all came")
    with world.look("auditor") as work:
        span = year_span(2026, world.clock.today, ZONE)
        [record] = [one for one in gathered(work.session, work.actor, span) if one.kind == "training_session"]
        [now] = parts_of(work.session, record, span)
        [then] = parts_of(work.session, record, year_span(2026, record.happened_on - timedelta(days=1), ZONE))
    assert (now.code, len(now.rows), then.rows, then.is_empty) == ("present", 1, [], True)


def test_behind_a_yearly_audit_stand_its_processes_as_they_were_archived(world: Centre) -> None:
    process = make_process(world, name="退费流程", drain=True)
    row = ProcessAudit(id=7, year=2026, report={"items": [{
        "number": process.number, "name": "退费流程", "label": "1.0", "result": "update", "auditor": "何苗", "signed_by": "何苗",
        "findings": "第三步与系统不一致"}]})
    with world.look("auditor") as work:
        span = year_span(2026, world.clock.today, ZONE)
        record = EvidenceRecord("process_audit", 7, "PA-1", "t", "2026", ("42",), world.clock.today, world.clock(), None, "closed", "/x")
        work.session.expunge_all()
        make_transient_to_detached(row)
        work.session.add(row)
        [part] = parts_of(work.session, record, span)
    assert part.rows == [(process.number, "退费流程", "V1.0", "Update", "何苗", "何苗", "第三步与系统不一致")]


def test_each_kind_of_record_of_processes_and_training_has_something_behind_it() -> None:
    assert {"process_version", "process_review", "process_change", "process_audit", "training_session", "exam"} <= set(READERS)
