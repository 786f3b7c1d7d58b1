"""Many people at the same moment: nothing breaks, nothing acknowledged is lost. Figures are recorded, never judged by a clock."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import select

from kmsvc.people.accounts import passwords
from kmsvc.process.changes.models import Comment
from kmsvc.process.changes.usecases import submit_change
from tests.builders import make_process
from tests.support.centre import PASSWORD, Centre
from tests.support.clients import token_secret
from tests.support.figures import full
from tests.support.web import serve

PATHS = ("/", "/search/live?q=%E9%80%80%E8%B4%B9", "/api/v1/search?q=%E9%80%80%E8%B4%B9", "/process/definitions",
         "/process/changes", "/api/v1/people/me")


def p95(values: list[float]) -> float:
    """The value below which nineteen of twenty lie, in ms."""
    return round(sorted(values)[int(len(values) * 0.95)] * 1000, 1) if values else 0.0


def test_r_d2_readers_and_writers_at_once_meet_no_error_and_lose_nothing(
        world: Centre, app: Flask, record_property: Callable[[str, Any], None]) -> None:
    make_process(world, drain=True)
    with world.begin("business_owner") as work:
        change = submit_change(work, title="负载", reason="许多人同时", today=world.clock.today, process_id=1).id
    world.drain()
    secrets = [token_secret(world, who) for who in ("agent", "process_manager", "process_author", "knowledge_editor")]
    clients, seconds = full(50, short=12), full(60, short=4)
    answers: Counter[int] = Counter()
    acknowledged: list[str] = []
    marks: dict[str, list[float]] = {"read": [], "write": []}
    guard = threading.Lock()

    def run(number: int, address: str, until: float) -> None:
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {secrets[number % len(secrets)]}"
        turn = number
        while time.monotonic() < until:
            turn += 1
            writes = turn % 10 == 0
            began = time.perf_counter()
            if writes:
                text = f"备注 {number}.{turn}"
                answer = session.post(f"{address}/api/v1/process/changes/{change}/comment", json={"text": text}, timeout=30)
            else:
                answer = session.get(address + PATHS[turn % len(PATHS)], timeout=30)
            with guard:
                answers[answer.status_code] += 1
                marks["write" if writes else "read"].append(time.perf_counter() - began)
                if writes and answer.status_code == 200:
                    acknowledged.append(text)

    with serve(app, threads=8) as address:
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=run, args=(number, address, until)) for number in range(clients)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    with world.look() as work:
        kept = set(work.session.scalars(select(Comment.text)))
    assert not [code for code in answers if code >= 500], answers
    assert acknowledged and set(acknowledged) <= kept
    record_property("clients", clients)
    record_property("read p95 ms", p95(marks["read"]))
    record_property("write p95 ms", p95(marks["write"]))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_r_i4_many_sign_ins_at_once_hash_no_more_than_the_cores_allow(
        world: Centre, app: Flask, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, Any], None]) -> None:
    running = most = 0
    guard = threading.Lock()
    verify = passwords._hasher.verify

    class Watched:
        """The hasher, counting how many work at the same time."""

        def __getattr__(self, name: str) -> Any:
            return getattr(original, name)

        def verify(self, kept: str, password: str) -> bool:
            nonlocal running, most
            with guard:
                running += 1
                most = max(most, running)
            try:
                return verify(kept, password)
            finally:
                with guard:
                    running -= 1

    original = passwords._hasher
    monkeypatch.setattr(passwords, "_hasher", Watched())
    logins = ["agent", "trainer", "auditor", "manager", "marker", "compliance", "supervisor", "qa_inspector"]
    codes: Counter[int] = Counter()
    took: list[float] = []

    def sign_in(address: str, login: str) -> None:
        began = time.perf_counter()
        answer = requests.post(address + "/sign-in", data={"login": login, "password": PASSWORD},
                               headers={"Origin": address}, allow_redirects=False, timeout=60)
        with guard:
            codes[answer.status_code] += 1
            took.append(time.perf_counter() - began)

    with serve(app, threads=8) as address:
        threads = [threading.Thread(target=sign_in, args=(address, logins[number % len(logins)]))
                   for number in range(full(50, short=24))]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert set(codes) <= {303, 429} and codes[303] >= len(logins), codes
    assert most <= (passwords.os.cpu_count() or 1) + 1
    record_property("sign-ins", sum(codes.values()))
    record_property("p95 ms", p95(took))
