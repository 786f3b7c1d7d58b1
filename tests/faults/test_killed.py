"""kill -9 and polite ends of the whole server while people write. R-D1, R-D8."""

from __future__ import annotations

import os
import signal
import socket
import statistics
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from kmsvc.core import audit
from kmsvc.core.audit import AuditEntry
from kmsvc.people.system import SYSTEM
from kmsvc.process.changes.models import Change
from tests.faults.conftest import KIND_SQLITE
from tests.faults.house import DOWN, House, until
from tests.support.figures import HARD, full


class Writers:
    """Clients that submit change requests as fast as they may, and remember what was acknowledged."""

    def __init__(self, house: House, count: int) -> None:
        self.house = house
        self.acknowledged: dict[str, int] = {}
        self.sent: set[str] = set()
        self.statuses: Counter[int] = Counter()
        self.over = threading.Event()
        house.token("agent")
        self.threads = [threading.Thread(target=self._write, daemon=True) for _ in range(count)]

    def _write(self) -> None:
        while not self.over.is_set():
            title = uuid.uuid4().hex
            self.sent.add(title)
            try:
                answer = self.house.request("agent", "POST", "/api/v1/process/changes", timeout=30, body={
                    "title": title, "reason": "load", "new_process": {
                        "name": title, "group": "external", "class": "business"}})
            except DOWN:
                time.sleep(0.02)
                continue
            self.statuses[answer.status_code] += 1
            time.sleep(0.05)
            if answer.status_code == 201:
                self.acknowledged[title] = answer.json()["id"]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """They write as long as this lasts."""
        for thread in self.threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in self.threads:
                thread.join(35)


def check_nothing_lost(house: House, writers: Writers) -> int:
    """Every acknowledged request is there once, numbered and in the audit trail once; returns how many rows there are."""
    with house.db.look(SYSTEM) as work:
        rows: dict[str, list[Any]] = {}
        for row in work.session.scalars(select(Change)):
            rows.setdefault(row.title, []).append(row)
        counted = work.session.scalar(select(func.count()).select_from(AuditEntry).where(
            AuditEntry.subject == "process_change", AuditEntry.act == "insert"))
        verdict = audit.verify(work.session)
    lost = [title for title, one in writers.acknowledged.items() if one not in [row.id for row in rows.get(title, [])]]
    assert lost == []
    assert all(len(twins) == 1 for twins in rows.values())
    assert set(rows) <= writers.sent
    assert counted == len(rows), "an audit row for each request, a request for each audit row"
    numbers = sorted(int(row.number.rsplit("-", 1)[1]) for twins in rows.values() for row in twins)
    assert numbers == list(range(1, len(numbers) + 1)), "no number twice, none missing"
    assert verdict.ok
    assert set(writers.statuses) <= {201, 503}, writers.statuses
    return len(rows)


def test_r_d1_a_killed_server_loses_nothing_it_acknowledged(house: House, record_property: Any) -> None:
    """R-D1: kill -9 of web and worker together, again and again, while sixteen people write."""
    writers, ready = Writers(house, 16), []
    house.start("serve")
    with writers.writing():
        for _ in range(full(50, short=3)):
            time.sleep(1.0)
            house.kill("serve")
            began = time.monotonic()
            house.start("serve")
            ready.append(time.monotonic() - began)
    time.sleep(0.5)
    rows = check_nothing_lost(house, writers)
    record_property("acknowledged", len(writers.acknowledged))
    record_property("stored, never acknowledged", rows - len(writers.acknowledged))
    record_property("ready again, median s", round(statistics.median(ready), 1))
    assert len(writers.acknowledged) > 10
    if HARD:  # beside other tests it says how busy the machine is; `python -m benchmarks start` measures a quiet one
        assert statistics.median(ready) <= 5, ready


def test_r_d8_a_polite_stop_ends_running_requests_and_loses_none(house: House, record_property: Any) -> None:
    """R-D8: SIGTERM under load: status 0 within ten seconds, every acknowledged request is there, the worker is gone."""
    writers, took = Writers(house, 8), []
    house.start("serve")
    with writers.writing():
        for _ in range(full(50, short=2)):
            time.sleep(1.0)
            status, seconds = house.stop("serve")
            took.append(seconds)
            assert status == 0
            assert seconds <= full(10, short=20)
            assert not members(house.processes["serve"].pid), "the worker ended with the web half"
            house.start("serve")
    check_nothing_lost(house, writers)
    assert "Traceback" not in house.log()
    record_property("slowest stop s", round(max(took), 1))


def members(group: int) -> list[int]:
    """The processes of a group that still run."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.getpgid(int(name)) == group and Path(f"/proc/{name}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z":
                found.append(int(name))
        except (OSError, ProcessLookupError):
            continue
    return found


@KIND_SQLITE
def test_r_d8_a_second_signal_ends_at_once(house: House) -> None:
    """R-D8: whoever cannot wait sends the signal twice."""
    house.start("serve")
    process = house.processes["serve"]
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGTERM)
    process.wait(5)
    deadline = time.monotonic() + 12
    while members(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not members(process.pid)


@KIND_SQLITE
def test_r_d8_no_half_outlives_a_service_that_was_killed(house: House) -> None:
    """R-D8: web halves and worker end with their parent, and the port is free again."""
    house.start("serve", KMSVC_WEB_PROCESSES="2")
    process = house.processes["serve"]
    assert len(members(process.pid)) == 4, "a parent, two web halves and a worker"
    process.kill()
    process.wait(5)
    deadline = time.monotonic() + 12
    while members(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not members(process.pid)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", house.port))


@KIND_SQLITE
def test_r_o1_a_killed_half_is_started_again(house: House) -> None:
    """R-O1: `kmsvc serve` watches its halves; whichever is killed, another takes its place and pages go on being served."""
    house.start("serve", KMSVC_WEB_PROCESSES="2")
    parent = house.processes["serve"].pid
    first = {one for one in members(parent) if one != parent}
    for one in first:
        os.kill(one, signal.SIGKILL)
    until(lambda: len(set(members(parent)) - first - {parent}) == 3, 30, "three new halves")
    house.wait_ready()
