"""Kills and full disks: what was committed stays, what was not never shows, the next writer can start at
once."""

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from kmsvc.search.documents import Deleted
from kmsvc.search.engine import SearchEngine
from kmsvc.search.failures import IndexWriteFailed
from kmsvc.search.requests import SearchRequest
from tests.search.corpus import EVERYTHING, document
from tests.support import starting
from tests.support.figures import full

KILLS = full(120, short=5)
ROOT = Path(__file__).parents[2]

WRITER = """
import sys
from kmsvc.search.engine import SearchEngine
from tests.search.corpus import document

engine = SearchEngine(sys.argv[1])
turn = int(sys.argv[2])
while True:
    turn += 1
    engine.apply([document(i, f"退费标准{turn}", "客户办理" * 50, version=turn) for i in range(turn % 7, 40, 3)])
    print(turn, flush=True)
"""


def kill_a_writer(folder: Path, turn: int, pause: float) -> int:
    """Let a process commit, kill it after its first commits and a pause; returns the last turn it
    reported."""
    writer = starting.start("-c", WRITER, str(folder), str(turn), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    first = writer.stdout.readline()
    time.sleep(pause)
    writer.send_signal(signal.SIGKILL)
    reported = [first, *writer.stdout]
    writer.wait()
    return int([line for line in reported if line.endswith("\n")][-1])


@pytest.mark.timeout(1800)
def test_killing_a_committing_writer_loses_nothing_and_leaves_no_lock(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """R-D1 for the index: what a killed writer said is committed is found, and the next one begins at once."""
    SearchEngine(tmp_path).rebuild([])
    expected: dict[str, int] = {}
    turn = 0
    rng = random.Random(os.getpid())

    def commit(number: int, into: dict[str, int]) -> None:
        into.update({f"article:{i}": number for i in range(number % 7, 40, 3)})

    for _ in range(KILLS):
        last = kill_a_writer(tmp_path, turn, rng.uniform(0, 0.15))
        for number in range(turn + 1, last + 1):
            commit(number, expected)
        unreported = dict(expected)
        commit(last + 1, unreported)
        engine = SearchEngine(tmp_path)
        versions = engine.versions()
        assert versions in (expected, unreported)  # whole commits only
        started = time.perf_counter()
        assert engine.apply([document(500, "锁是自由的", version=last)])
        assert time.perf_counter() - started < full(2, short=10)  # a busy machine is slower
        assert engine.apply([Deleted("article", 500)])
        assert engine.search(SearchRequest("退费标准", EVERYTHING)).total == len(versions)
        turn, expected = last + 1, {**versions}
    litter = [path.name for path in tmp_path.glob("index-*/*") if path.is_dir() or ".toc." in path.name]
    assert litter == []
    record_property("kills during commits", KILLS)


@pytest.fixture
def small_disk(tmp_path: Path):  # type: ignore[no-untyped-def]
    folder = tmp_path / "small"
    folder.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small disk needs root")
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], check=False
    ).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(file: Path) -> None:
    """Grow a file until the disk is full."""
    with suppress(OSError), file.open("wb", buffering=0) as ballast:
        while True:
            ballast.write(bytes(4096))


def test_a_full_disk_is_reported_and_the_next_try_can_start_at_once(small_disk: Path) -> None:
    """R-D4 for the index: a full disk is reported, reading goes on, and writing comes back by itself."""
    engine = SearchEngine(small_disk, poll_s=0)
    engine.rebuild([document(i, f"退费标准{i}") for i in range(20)])
    before = engine.versions()
    ballast = small_disk / "ballast"
    rng = random.Random(3)
    for turn in range(5):
        fill(ballast)
        os.truncate(ballast, max(0, ballast.stat().st_size - turn * 15_000))
        text = "".join(chr(rng.randrange(0x4E00, 0x9FA0)) for _ in range(20_000))
        with pytest.raises(IndexWriteFailed):
            engine.apply([document(100 + turn, "太大", text), Deleted("article", 1)])
        assert engine.versions() == before
        assert engine.search(SearchRequest("退费标准", EVERYTHING)).total == 20
        with pytest.raises(IndexWriteFailed):
            engine.rebuild([document(7, text)])
        assert engine.versions() == before
        ballast.unlink()
        assert engine.apply([document(200 + turn, "又能写了")])
        before = engine.versions()
    assert SearchEngine(small_disk).versions() == before
