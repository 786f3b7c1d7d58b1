"""What a program leaves out stays; what is taken into a plan again begins again; only who may run rounds leads one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from kmsvc.core.errors import InvalidInput
from kmsvc.operations.setup import install_standards
from kmsvc.standards.assessments import answering, planning, reading, rounds
from kmsvc.standards.assessments.answering import Said
from kmsvc.standards.assessments.models import ClauseAnswer
from kmsvc.standards.assessments.planning import Aim
from tests.standards.assessments.houses import CODE, answered, answers, drafted, opened
from tests.support.centre import Centre
from tests.support.clients import sign_in_as

BASE = "/standards/assessments"
HALF = Said(5, 0, "才开始", gaps="没有记录", effort_days=6)


@pytest.fixture(autouse=True)
def standards(world: Centre) -> None:
    install_standards(world.db)


def test_a_program_that_names_one_mark_keeps_the_rest(app: Flask, world: Centre) -> None:
    answer = f"{BASE}/answers/{answers(world, opened(world))['1']}"
    owner = sign_in_as(app, world, "supervisor", by="token")
    owner.post(f"/api/v1{answer}/save", json={"c": 5, "f": 0, "reason": "有一半", "gaps": "没有记录", "strengths": "s",
                                                  "effort_days": 3})
    kept = owner.post(f"/api/v1{answer}/save", json={"c": 10}).json
    assert [kept[name] for name in ("c", "f", "reason", "gaps", "strengths", "effort_days", "state")] == [
        10, 0, "有一半", "没有记录", "s", 3, "answered"]
    emptied = owner.post(f"/api/v1{answer}/save", json={"f": None, "strengths": ""}).json
    assert (emptied["c"], emptied["f"], emptied["strengths"], emptied["reason"], emptied["state"]) == (10, None, None, "有一半", "open")
    sign_in_as(app, world, "supervisor").post(f"{answer}/save", data={
        "c": "10", "f": "10", "reason": "r", "gaps": "", "effort_days": ""})
    after = owner.get(f"/api/v1{answer}").json
    assert (after["gaps"], after["effort_days"], after["reason"]) == (None, None, "r")  # a form shows all: empty is meant


def test_words_of_a_round_that_a_program_leaves_out_stay(app: Flask, world: Centre) -> None:
    one = drafted(world, purpose="为了认证", target="L2", is_baseline=True)
    body = {"title": "t", "lead": world.people["compliance"], "due_on": str(world.clock.today + timedelta(days=9))}
    kept = sign_in_as(app, world, "compliance", by="token").post(f"/api/v1{BASE}/{one}/write", json=body).json
    assert (kept["title"], kept["purpose"], kept["target"], kept["is_baseline"]) == ("t", "为了认证", "L2", True)
    page = sign_in_as(app, world, "compliance")
    assert page.post(f"{BASE}/{one}/write", data={**body, "purpose": "", "target": ""}).status_code == 303
    bare = sign_in_as(app, world, "compliance", by="token").get(f"/api/v1{BASE}/{one}").json
    assert (bare["purpose"], bare["target"], bare["is_baseline"]) == (None, None, False)


def test_what_was_left_out_or_is_done_begins_again_when_it_is_planned_again(app: Flask, world: Centre) -> None:
    one, later = opened(world), world.clock.today + timedelta(days=19)
    answered(world, one, n1=HALF)
    client = sign_in_as(app, world, "compliance", by="token")
    body = {"items": "1c 1f", "due_on": str(world.clock.today + timedelta(days=9))}
    client.post(f"/api/v1{BASE}/{one}/plan", json=body)
    (item,) = client.get(f"/api/v1{BASE}/plans").json["items"]
    url = f"/api/v1{item['url']}"
    assert client.post(f"{url}/leave_out", json={"reason": "不做了"}).json["state"] == "dropped"
    client.post(f"/api/v1{BASE}/{one}/plan", json=body | {"due_on": str(later), "owner": world.people["compliance"]})
    again = client.get(url).json
    assert (again["state"], again["due_on"], again["owner_id"]) == ("compare", str(later), world.people["compliance"])
    assert [step["step"] for step in again["steps"]] == ["drop", "take_up"]
    for _ in planning.PLAN_STEPS:
        done = client.post(f"{url}/advance", json={"note": "做了"}).json
    assert done["state"] == "done"
    client.post(f"/api/v1{BASE}/{one}/plan", json=body | {"due_on": str(later)})
    assert (client.get(url).json["state"], client.get(url).json["done_on"]) == ("compare", None)


def test_a_simulation_of_a_clause_that_is_not_there_says_so(app: Flask, world: Centre) -> None:
    one = opened(world)
    client = sign_in_as(app, world, "compliance", by="token")
    refused = client.get(f"/api/v1{BASE}/{one}/simulation?items=1c,99c")
    assert refused.status_code == 422 and refused.json["fields"] == {"items": ["Clause 99 is not in this round."]}
    page = sign_in_as(app, world, "compliance").get(f"{BASE}/{one}/simulator?items=99c")
    assert page.status_code == 422 and "Clause 99 is not in this round." in page.text


def test_only_who_may_run_rounds_leads_one(app: Flask, world: Centre) -> None:
    client = sign_in_as(app, world, "compliance", by="token")
    refused = client.post(f"/api/v1{BASE}", json={"title": "t", "model": CODE, "lead": world.people["agent"], "sections": "1.1",
                                                  "due_on": str(world.clock.today + timedelta(days=3))})
    assert refused.status_code == 422 and list(refused.json["fields"]) == ["lead"]


def test_what_is_submitted_is_not_given_to_somebody_else_without_a_word(world: Centre) -> None:
    one = opened(world)
    answered(world, one)
    with pytest.raises(InvalidInput, match="fit") as told, world.begin("compliance") as work:
        rounds.assign(work, one, person=world.people["trainer"], names=["2"])
    assert "2 is submitted" in str(told.value.fields["clauses"][0]) and told.value.labels["clauses"] == "Only these clauses"


def test_a_mark_of_a_file_lifts_what_is_aimed_at(world: Centre) -> None:
    one = opened(world)
    with world.begin("supervisor") as work:
        answering.save(work, answers(world, one)["1"], Said(0, 0, "r", gaps="g", target_c=5, target_f=5))
    with world.begin("compliance") as work:
        answering.import_marks(work, one, "no,sub,c,f\n1,,10,5\n")
    with world.look() as work:
        row = work.session.get_one(ClauseAnswer, answers(world, one)["1"])
        assert (row.c, row.target_c, row.target_f) == (10, 10, 5)


def test_what_is_under_way_gets_the_new_day_and_owner(world: Centre) -> None:
    one = opened(world)
    answered(world, one, n1=Said(5, 0, "r", gaps="g"))
    day = world.clock.today
    for owner, later in ((None, 10), (world.people["trainer"], 20)):
        with world.begin("compliance") as work:
            [item] = planning.plan(work, one, [Aim("1", 10, 10, owner, day + timedelta(days=later))], today=day)
            held = (item.owner_id, item.due_on)
    assert held == (world.people["trainer"], day + timedelta(days=20))


def test_a_round_is_compared_with_another_one(world: Centre) -> None:
    one = opened(world)
    with pytest.raises(InvalidInput) as told, world.look("compliance") as work:
        reading.comparison(work, one, one)
    assert list(told.value.fields) == ["other"]
