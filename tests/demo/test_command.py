"""`kmsvc demo` on a folder: what is there is kept, what is not a demo is left alone, and every refusal is one sentence."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from kmsvc.cli.demo import bring_up_to_date
from kmsvc.core.clock import system_clock
from kmsvc.core.db import make_engine
from kmsvc.operations.schema import current_revision, head_revision, upgrade
from tests.support import starting


def demo(folder: Path, *options: str, told: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder until it ends."""
    return starting.run("-m", "kmsvc", "demo", *options, told=told, env={**os.environ, "KMSVC_DATA_DIR": str(folder), **environment})


def refused(answer: subprocess.CompletedProcess[str], words: str) -> None:
    assert answer.returncode == 2, answer
    assert words in answer.stderr
    assert "Traceback" not in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1, answer.stderr


def a_demo(folder: Path, **kept: Any) -> Path:
    """A folder that counts as a demo made before."""
    folder.mkdir(exist_ok=True)
    day = system_clock().date().isoformat()
    kept = {"password": "x", "banner": [], "today": day, "seed": 1, "size": "small", **kept}
    (folder / "demo.json").write_text(json.dumps(kept))
    (folder / "kmsvc.db").write_text("kept")
    return folder


def test_a_demo_that_is_there_is_kept_without_a_word(tmp_path: Path) -> None:
    answer = demo(a_demo(tmp_path / "d"), "--no-serve")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert (tmp_path / "d/kmsvc.db").read_text() == "kept"


@pytest.mark.parametrize("options", [("--seed", "2"), ("--size", "large"), ("--today", "2025-05-01")])
def test_other_wishes_for_a_demo_that_is_there_are_answered(tmp_path: Path, options: tuple[str, str]) -> None:
    answer = demo(a_demo(tmp_path / "d"), "--no-serve", *options)
    assert answer.returncode == 0
    assert "It stays as it is; --reset makes it anew." in answer.stderr
    assert (tmp_path / "d/kmsvc.db").read_text() == "kept"


def test_a_demo_whose_dates_have_grown_old_says_so(tmp_path: Path) -> None:
    answer = demo(a_demo(tmp_path / "d", today="2024-02-29"), "--no-serve")
    assert "count from 2024-02-29; --reset makes one that counts from today" in answer.stderr


def test_a_reset_asks_and_no_keeps_everything(tmp_path: Path) -> None:
    answer = demo(a_demo(tmp_path / "d"), "--no-serve", "--reset", told="n\n")
    assert answer.returncode == 2
    assert "Throw away the demo" in answer.stderr
    assert (tmp_path / "d/kmsvc.db").read_text() == "kept"


@pytest.mark.parametrize("options", [("--reset", "--yes"), ()])
def test_what_is_made_or_served_right_now_is_left_alone(tmp_path: Path, options: tuple[str, ...]) -> None:
    folder = a_demo(tmp_path / "d")
    if not options:
        (folder / "demo.json").unlink()
        (folder / "making").touch()
    with (folder / "in-use").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        refused(demo(folder, "--no-serve", *options), "is being made or served right now")
    assert (folder / "kmsvc.db").read_text() == "kept"


def test_a_database_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kmsvc.db").write_text("kept")
    refused(demo(tmp_path, "--no-serve", "--reset", "--yes"), "holds a database that is no demo")
    assert (tmp_path / "kmsvc.db").read_text() == "kept"


def test_a_demo_never_goes_into_another_database(tmp_path: Path) -> None:
    refused(demo(tmp_path / "d", KMSVC_DATABASE_URL="postgresql+psycopg://nowhere/x"), "unset KMSVC_DATABASE_URL")
    refused(demo(a_demo(tmp_path / "e"), KMSVC_DATABASE_URL="postgresql+psycopg://nowhere/x"), "unset KMSVC_DATABASE_URL")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_out_of_reach_is_refused(tmp_path: Path, day: str) -> None:
    refused(demo(tmp_path / "d", "--no-serve", "--today", day), "The demo's day lies between 2010-01-01 and 2090-12-31.")
    assert not (tmp_path / "d").exists()


def test_an_interrupted_build_leaves_no_demo_and_is_begun_anew(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    for _ in range(2):  # the second one finds what the first one left
        making = starting.start("-m", "kmsvc", "demo", "--no-serve", stderr=subprocess.PIPE, text=True,
                                env={**os.environ, "KMSVC_DATA_DIR": str(folder)})
        assert making.stderr is not None
        lines = [making.stderr.readline(), making.stderr.readline()]
        time.sleep(0.3)
        making.send_signal(signal.SIGKILL)
        making.wait(10)
        making.stderr.close()
        assert lines[0] == "Making the demo: people …\n"
        assert "change requests" in lines[1]
        assert (folder / "making").exists()
        assert not (folder / "demo.json").exists()


def test_a_taken_port_is_said_plainly_and_the_next_one_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = demo(a_demo(tmp_path / "d"), "--port", str(port))
    assert f"Port {port} is taken; serving on " in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_demo_of_an_older_release_is_brought_up_to_date(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    bring_up_to_date(folder)
    assert not (folder / "kmsvc.db").exists(), "nothing is made where nothing was"
    engine = make_engine(f"sqlite:///{folder / 'kmsvc.db'}")
    upgrade(engine, "0011_access_log")
    bring_up_to_date(folder)
    with engine.connect() as connection:
        assert current_revision(connection) == head_revision()
    engine.dispose()
    assert list((folder / "backups").iterdir())
