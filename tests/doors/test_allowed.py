"""What an object with a life says may be done: addresses that are there, plain schemas, verbs that work with what is required."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kmsvc.training.exams import usecases as exams
from kmsvc.training.papers.usecases import Draft, make_paper
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.support.clock import ZONE
from tests.training.banks import make_bank, small_bank
from tests.training.exams.test_exam_usecases import paper, planned

Client = Callable[..., Caller]
PLAIN = {"type", "properties", "required", "enum", "const", "default", "format", "items"}
bank = pytest.fixture(lambda world: small_bank(world)[1])
_ = paper


def odd(schema: Any) -> list[str]:
    """What the contract does not know of in a schema; empty choices."""
    if not isinstance(schema, dict):
        return []
    found = [name for name in schema if name not in PLAIN] + (["empty enum"] if schema.get("enum") == [] else [])
    return found + [it for one in [*schema.get("properties", {}).values(), schema.get("items")] for it in odd(one)]


def filled(schema: dict[str, Any]) -> dict[str, Any]:
    """An answer to a schema that gives no more than what is required."""
    def value(one: dict[str, Any]) -> Any:
        for name in ("const", "default"):
            if name in one:
                return one[name]
        if "enum" in one:
            return one["enum"][0]
        return {"integer": 1, "number": 1, "boolean": True, "array": ["agent"], "string": "x"}[one["type"]]
    return {name: value(schema["properties"][name]) for name in schema["required"]}


def verbs(caller: Caller, address: str) -> dict[str, dict[str, Any]]:
    """verb -> offer of a thing, each looked at."""
    status, body = caller.call("GET", address)
    assert status == 200, (address, status, body)
    for one in body["allowed"]:
        assert set(one) == {"verb", "href", "method", "forward", "schema"} and one["method"] == "POST"
        assert one["schema"]["type"] == "object" and odd(one["schema"]) == [], (address, one)
    return {one["verb"]: one for one in body["allowed"]}


def do(caller: Caller, offer: dict[str, Any], **more: Any) -> Any:
    """Use an offer with what it requires."""
    status, body = caller.call("POST", offer["href"], filled(offer["schema"]) | more)
    assert status in (200, 201), (offer, status, body)
    return body


def test_an_exam_is_announced_taken_back_and_cancelled_from_what_it_says_alone(world: Centre, paper: int, client: Client) -> None:
    trainer, exam = client("trainer", by="token"), planned(world, paper)
    address = f"/api/v1/training/exams/{exam}"
    found = verbs(trainer, address)
    assert list(found)[0] == "publish" and found["publish"]["forward"]
    assert {"edit", "add", "remove", "extra", "markers", "copy", "cancel"} <= found.keys()
    do(trainer, found["extra"], minutes=5)
    do(trainer, found["remove"])
    do(trainer, found["add"])
    do(trainer, found["edit"], title="改名")
    do(trainer, found["copy"], opens_at=(world.clock.now + timedelta(days=9)).isoformat())
    do(trainer, verbs(trainer, address)["publish"])
    found = verbs(trainer, address)
    assert "publish" not in found
    do(trainer, found["redraw"])
    do(trainer, found["take_back"])
    do(trainer, verbs(trainer, address)["cancel"])
    assert set(verbs(trainer, address)) == {"copy"}
    assert verbs(client("auditor", by="token"), address) == {}


def test_papers_banks_and_courses_say_what_may_be_done(world: Centre, client: Client, bank: dict[str, int]) -> None:
    trainer = client("trainer", by="token")
    with world.begin("trainer") as work:
        draft, empty = make_paper(work, Draft("小测", "picked")).id, make_bank(work, "空题库").id
    address = f"/api/v1/training/papers/{draft}"
    assert set(verbs(trainer, address)) == {"ready", "edit", "pick", "refresh", "copy", "withdraw"} - {"pick"}  # rows are no plain input
    do(trainer, verbs(trainer, address)["withdraw"])
    do(trainer, verbs(trainer, address)["reopen"])
    address = f"/api/v1/training/questions/banks/{empty}"
    do(trainer, verbs(trainer, address)["edit"], name="新名字")
    do(trainer, verbs(trainer, address)["remove"])
    do(trainer, verbs(trainer, address)["restore"])
    status, course = trainer.call("POST", "/api/v1/training/courses", {"title": "课程"})
    assert status == 201
    found = verbs(trainer, f"/api/v1/training/courses/{course['id']}")
    assert {"edit", "arrange", "add_lesson"} <= found.keys() and "publish" not in found, "there is no lesson in it yet"
    do(trainer, found["edit"], title="课程二")


def test_kinds_of_certificates_and_the_marking_say_what_may_be_done(world: Centre, client: Client, paper: int) -> None:
    trainer = client("trainer", by="token")
    status, kind = trainer.call("POST", "/api/v1/training/certificates/kinds", {"name": "上岗资格", "purpose": "skills", "months": 12})
    assert status == 201, kind
    address = f"/api/v1/training/certificates/kinds/{kind['id']}"
    assert set(verbs(trainer, address)) == {"change", "ask", "retire"}
    do(trainer, verbs(trainer, address)["retire"])
    do(trainer, verbs(trainer, address)["restore"])
    exam = planned(world, paper)
    with world.begin("trainer") as work:
        exams.publish(work, exam, zone=ZONE)
    assert "release" not in verbs(trainer, f"/api/v1/training/marking/{exam}"), "it has not been sat yet"
