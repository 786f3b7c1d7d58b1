"""Programs learn why the next act is refused, in the words with which it would be refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kmsvc.core.openapi import document
from kmsvc.process.changes import scenes
from kmsvc.process.changes.hindrances import hindered
from kmsvc.process.changes.rules import VERBS
from tests.builders import change, make_change
from tests.process.changes.test_separation_of_duties import give_roles
from tests.support.centre import Centre

DOOR = "/api/v1/process/changes"


def shown(client: Callable, who: str, change_id: int) -> dict[str, Any]:
    status, body = client(who, by="token").call("GET", f"{DOOR}/{change_id}")
    assert status == 200
    return body


def test_r_w2_an_author_with_every_role_reads_why_the_approval_is_not_theirs(client: Callable, world: Centre) -> None:
    change_id = make_change(world, step=7)
    give_roles(world, "process_author", "process_author", "process_manager", "business_owner")
    body = shown(client, "process_author", change_id)
    assert "sign" not in {one["verb"] for one in body["allowed"]}
    assert body["hindered"] == [{"verb": "sign", "reason": "Whoever wrote a version cannot approve it."}]
    status, refused = client("process_author", by="token").call("POST", f"{DOOR}/{change_id}/sign", {})
    assert status in (409, 422) and (status == 422 or refused["detail"] == body["hindered"][0]["reason"])
    assert shown(client, "business_owner", change_id)["hindered"] == []


def test_whoever_has_no_part_in_the_step_is_hindered_by_nothing(client: Callable, world: Centre) -> None:
    assert shown(client, "agent", make_change(world, step=7))["hindered"] == []


def test_what_is_missing_is_said_to_those_alone_whose_act_waits_for_it(client: Callable, world: Centre) -> None:
    change_id = make_change(world, step=2)
    assert [one["verb"] for one in shown(client, "business_owner", change_id)["hindered"]] == ["confirm_need"]
    assert shown(client, "process_author", change_id)["hindered"] == []


def test_at_every_step_a_verb_is_offered_or_hindered_never_both(world: Centre) -> None:
    for step in range(1, 16):
        row = change(world, make_change(world, step=step))
        for who in ("process_manager", "process_author", "business_owner", "everything", "agent"):
            with world.look(who) as work:
                scene, me = scenes.scene_of(work.session, row), scenes.me(work.actor)
                found = dict(hindered(scene, me))
            for name in found:
                rule = VERBS[name]
                assert step in rule.steps and not rule.back and not (rule.when(scene) and rule.who(scene, me)), (step, who, name)


def test_the_description_of_the_interface_tells_of_it(app: Any) -> None:
    told = document(app, "1")["paths"][f"{DOOR}/{{change_id}}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert set(told["properties"]) == {"allowed", "hindered"}
