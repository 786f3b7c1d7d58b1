"""R-D7: a creating POST that is sent twice makes one thing; the second time answers what the first one did."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from kmsvc.knowledge.articles.models import Article
from kmsvc.process.changes.models import Change, HistoryEntry
from tests.builders import make_change, make_process
from tests.support.centre import Centre
from tests.support.figures import full


def twice_at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run them at the same moment; their answers."""
    answers: list[Any] = []
    ready = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> None:
        ready.wait()
        answers.append(call())

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.timeout(1800)
def test_r_d7_two_at_once_make_one(app: Flask, world: Centre, client: Callable) -> None:
    """R-D7: pairs of equal requests with one key, sent at the same moment: one object a pair, equal answers."""
    process, pairs = make_process(world), full(200, short=8)
    callers = [client("agent", by="token") for _ in range(2)]
    for number in range(pairs):
        body = {"title": f"request {number}", "reason": "r", "process_id": process.id}
        answers = twice_at_once([
            lambda one=one, body=body, number=number: one.call(
                "POST", "/api/v1/process/changes", body, **{"Idempotency-Key": f"key-{number}"}) for one in callers])
        assert {status for status, _ in answers} == {201}
        assert answers[0][1] == answers[1][1]
    with world.look() as work:
        assert work.session.scalar(select(func.count()).select_from(Change)) == pairs


@pytest.mark.timeout(1800)
def test_r_d7_a_verb_sent_twice_is_done_once_and_answered_twice(world: Centre, client: Callable) -> None:
    change_id = make_change(world, step=1)
    callers = [client("process_manager", by="token") for _ in range(2)]
    answers = twice_at_once([lambda one=one: one.call(
        "POST", f"/api/v1/process/changes/{change_id}/reject", {"reason": "no"}, **{"Idempotency-Key": "k"}) for one in callers])
    assert [status for status, _ in answers] == [200, 200]
    with world.look() as work:
        entries = list(work.session.scalars(select(HistoryEntry.verb).where(HistoryEntry.change_id == change_id)))
    assert entries == ["submit", "reject"]


def test_r_d7_a_retry_after_a_lost_answer_gets_that_answer(world: Centre, client: Callable) -> None:
    editor = client("knowledge_editor", by="token")
    sent = ("POST", "/api/v1/knowledge/articles", {"title": "t", "body": "b", "publish": True})
    first = editor.open(sent[1], method=sent[0], json=sent[2], headers={"Idempotency-Key": "one"})
    again = editor.open(sent[1], method=sent[0], json=sent[2], headers={"Idempotency-Key": "one"})
    assert first.get_json() == again.get_json()
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.headers["ETag"] == again.headers["ETag"]
    with world.look() as work:
        assert work.session.scalar(select(func.count()).select_from(Article)) == 1


def test_r_d7_a_key_of_another_request_is_refused(world: Centre, client: Callable) -> None:
    editor = client("knowledge_editor", by="token")
    for body, status in (({"title": "t", "body": "b"}, 201), ({"title": "t", "body": "other"}, 422)):
        answer = editor.call("POST", "/api/v1/knowledge/articles", body, **{"Idempotency-Key": "one"})
        assert answer[0] == status
    assert answer[1]["code"] == "idempotency.key_reused"


def test_r_d7_keys_of_different_people_do_not_meet(world: Centre, client: Callable) -> None:
    process = make_process(world)
    body = {"title": "t", "reason": "r", "process_id": process.id}
    numbers = {client(who, by="token").call("POST", "/api/v1/process/changes", body, **{"Idempotency-Key": "one"})[1]["number"]
               for who in ("agent", "agent_b")}
    assert len(numbers) == 2


def test_r_d7_a_refused_request_keeps_no_key(world: Centre, client: Callable) -> None:
    editor = client("knowledge_editor", by="token")
    assert editor.call("POST", "/api/v1/knowledge/articles", {"title": "t"}, **{"Idempotency-Key": "one"})[0] == 422
    status, _ = editor.call("POST", "/api/v1/knowledge/articles", {"title": "t", "body": "b"}, **{"Idempotency-Key": "one"})
    assert status == 201


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_key_has_1_to_200_characters(world: Centre, client: Callable, key: str) -> None:
    answer = client("knowledge_editor", by="token").call(
        "POST", "/api/v1/knowledge/articles", {"title": "t", "body": "b"}, **{"Idempotency-Key": key})
    assert answer[0] == 422
