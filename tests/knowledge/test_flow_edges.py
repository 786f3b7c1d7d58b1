"""Guided flows where two things meet: a draft beside what is walked, a program that names only some fields, very many walks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import insert

from kmsvc.knowledge.flows.counting import TIMED, counts
from kmsvc.knowledge.flows.models import Flow, FlowStep, FlowWalk
from kmsvc.knowledge.flows.usecases import Draft, edit_flow
from tests.knowledge.test_flows import BODY, make_flow
from tests.support.centre import Centre


def test_what_a_program_may_begin_with_are_the_choices_that_readers_see(client: Callable, world: Centre) -> None:
    flow = make_flow(world)
    with world.begin("knowledge_editor") as work:
        edit_flow(work, flow.id, Draft(title="t", body="? a: q\n- x -> b\n- y -> b\n- z -> b\n- w -> b\n\n! b: end"))
    agent, editor = (next(one for one in client(who).get(f"/api/v1/knowledge/flows/{flow.id}").get_json()["allowed"]
                          if one["verb"] == "begin")["schema"]["properties"] for who in ("agent", "knowledge_editor"))
    assert editor == agent and len(editor["choice"]["enum"]) < 5


def test_an_edit_that_names_no_unit_leaves_the_flow_with_its_unit(client: Callable, world: Centre) -> None:
    flow, editor = make_flow(world), client("knowledge_editor")
    place, body = f"/api/v1/knowledge/flows/{flow.id}", {"title": "t", "body": BODY}

    def unit() -> int | None:
        with world.look() as work:
            return work.get(Flow, flow.id).audience_unit_id

    assert editor.post(f"{place}/edit", json=body | {"unit": "TEAM-A"}).status_code == 200 and unit() == world.units["TEAM-A"]
    assert editor.post(f"{place}/edit", json=body | {"title": "u"}).status_code == 200 and unit() == world.units["TEAM-A"]
    assert editor.post(f"/knowledge/flows/{flow.id}/edit", data=body | {"unit": "TEAM-A", "title": "v"}).status_code == 303
    assert unit() == world.units["TEAM-A"]
    assert editor.post(f"/knowledge/flows/{flow.id}/edit", data=body | {"unit": ""}).status_code == 303 and unit() is None
    assert editor.post(f"{place}/edit", json=body | {"unit": "TEAM-A"}).status_code == 200
    assert editor.post(f"{place}/edit", json=body | {"unit": None}).status_code == 200 and unit() is None


def test_readers_do_not_see_a_flow_change_while_somebody_only_drafts(client: Callable, world: Centre) -> None:
    flow = make_flow(world)

    def changed() -> str:
        return str(client("agent").get(f"/api/v1/knowledge/flows/{flow.id}").get_json()["changed_at"])

    before = changed()
    world.clock.move(days=1)
    with world.begin("knowledge_editor") as work:
        edit_flow(work, flow.id, Draft(title="t", body=BODY))
    assert changed() == before
    with world.begin("knowledge_editor") as work:
        edit_flow(work, flow.id, Draft(title="t", body=BODY), publish=True)
    assert changed() > before


def test_very_many_walks_are_all_counted_and_the_newest_tell_how_long_it_takes(world: Centre) -> None:
    flow = make_flow(world)
    version, many = flow.published_version_id, TIMED + 500
    with world.begin("system") as work:
        now = work.now
        work.session.execute(insert(FlowWalk), [
            {"flow_id": flow.id, "version_id": version, "began_at": now - timedelta(seconds=9 if n < 500 else 3), "last_at": now,
             "ended": "outcome", "last_node": "end"} for n in range(many)])
        first = work.session.query(FlowWalk.id).order_by(FlowWalk.id).first()[0]
        key = counts_of(world, flow.id).nodes[0].node.key
        work.session.execute(insert(FlowStep), [
            {"walk_id": first + n, "position": 0, "node": key, "choice": 1 + (n % 2), "at": now, "taken_back": n % 10 == 0,
             "shown_at": now - timedelta(seconds=9 if n < 500 else 3)} for n in range(many)])
    found = counts_of(world, flow.id)
    assert (found.walks, found.outcome, found.left, found.seconds) == (many, many, 0, 3.0)
    assert found.nodes[0].came == many * 9 // 10 and found.nodes[0].back == many // 10 and found.nodes[0].seconds == 3.0
    assert sum(one.times for one in found.nodes[0].choices) == many * 9 // 10


def counts_of(world: Centre, flow_id: int):  # type: ignore[no-untyped-def]
    with world.look("knowledge_editor") as work:
        return counts(work.session, work.actor, flow_id, work.now)
