"""PostgreSQL stops, is killed, or throws its clients out: a clear answer at once, and back with it. R-D5."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from kmsvc.app import make_database
from kmsvc.core.db import make_engine
from kmsvc.operations.schema import upgrade
from tests.conftest import make_settings
from tests.faults.house import House, free_port, until
from tests.faults.test_killed import Writers, check_nothing_lost
from tests.support.centre import furnish
from tests.support.figures import full
from tests.support.postgres import Server, postgres_server, skipped

pytestmark = [pytest.mark.postgres, pytest.mark.skipif(skipped(), reason="KMSVC_SKIP_POSTGRES=1")]


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A PostgreSQL server that keeps its promises, for this test alone."""
    with postgres_server(durable=True) as server:
        yield server


@pytest.fixture
def own_house(own_server: Server, tmp_path: Path) -> Iterator[House]:
    """A house on that server."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    settings = make_settings(folder, own_server.fresh_database())
    engine = make_engine(settings.database_url)
    upgrade(engine)
    furnish(make_database(settings, engine=engine))
    engine.dispose()
    port = free_port()
    made = House(replace(settings, base_url=f"http://127.0.0.1:{port}"), port)
    yield made
    made.close()
    print(made.complaints())


def test_r_d5_a_database_that_goes_away_is_a_clear_answer(own_house: House, own_server: Server) -> None:
    """R-D5: killed under load and started again: 503 within ten seconds, back within five, nothing acknowledged is lost."""
    house, server = own_house, own_server
    house.start("serve")
    writers = Writers(house, 6)
    house.token("manager")
    with writers.writing():
        time.sleep(1.5)
        server.kill()
        end = time.monotonic() + full(30.0, short=3.0)
        slowest = 0.0
        while time.monotonic() < end:
            for path in ("/api/v1/process/changes", "/", "/sign-in", "/readyz", "/api/v1/search?q=a"):
                began = time.monotonic()
                answer = requests.get(house.address + path, timeout=12, allow_redirects=False, headers={
                    "Authorization": f"Bearer {house.tokens['manager']}"})
                slowest = max(slowest, time.monotonic() - began)
                assert answer.status_code == 503 or (path == "/sign-in" and answer.status_code == 200), (path, answer.text)
                if path == "/api/v1/process/changes":
                    assert answer.json()["code"] == "busy"
                    assert answer.headers["Retry-After"]
        assert slowest <= full(10, short=11)
        server.restart()
        began = time.monotonic()
        until(lambda: house.request("manager", "GET", "/api/v1/process/changes").status_code == 200, 30, "reading")
        assert time.monotonic() - began <= full(5, short=20)  # beside other tests it says how busy the machine is
        before = len(writers.acknowledged)
        until(lambda: len(writers.acknowledged) > before + 5, 30, "writing")
        house.wait_ready()
    check_nothing_lost(house, writers)


def test_r_d5_clients_that_are_thrown_out_come_back_at_once(own_house: House, own_server: Server) -> None:
    """R-D5: every connection is ended by an administrator while people write."""
    house = own_house
    house.start("serve")
    writers = Writers(house, 6)
    with writers.writing():
        for _ in range(full(20, short=4)):
            time.sleep(0.5)
            own_server.say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                           "WHERE datname <> 'postgres' AND pid <> pg_backend_pid()")
        before = len(writers.acknowledged)
        until(lambda: len(writers.acknowledged) > before + 5, 30, "writing")
        house.wait_ready(seconds=30)
    check_nothing_lost(house, writers)


def test_r_d5_commands_say_in_one_sentence_that_the_database_is_away(own_house: House, own_server: Server) -> None:
    """R-D5: exit status 2 and one sentence, never a traceback; doctor says which check is red."""
    own_server.kill()
    refused = own_house.run("people", "accounts", "list", check=False)
    assert (refused.returncode, len(refused.stderr.strip().splitlines())) == (2, 1)
    looked = own_house.run("doctor", "--json", check=False)
    assert looked.returncode == 1
    assert '"name": "database"' in looked.stdout
    own_server.restart()
