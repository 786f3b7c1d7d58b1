"""kill -9 of the index writer, again and again while articles change: index and database are equal after the next pass."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from kmsvc.core.db import make_engine
from kmsvc.knowledge.articles.usecases import Content, edit_article, retire_article, write_article
from kmsvc.people.system import SYSTEM
from kmsvc.search.engine import SearchEngine
from kmsvc.search.models import DirtyMark
from kmsvc.search.usecases import all_documents, mark_all, rebuild, reconcile, take_in
from tests.faults.conftest import KIND_SQLITE
from tests.support import starting
from tests.support.centre import Centre
from tests.support.figures import full

KILLS = full(1000, short=6)
ARTICLES = 24
ROOT = Path(__file__).parents[2]
LITTER = (".toc.", "LOCK-")

NEST = """
import os, sys
from kmsvc.core.clock import system_clock
from kmsvc.core.db import make_engine
from kmsvc.core.work import Database
from kmsvc.people.system import SYSTEM
from kmsvc.registry import load_nouns
from kmsvc.search.engine import SearchEngine
from kmsvc.search.usecases import take_in

load_nouns()
url, folder = sys.argv[1:]
for _ in sys.stdin:  # a line asks for a writer
    writer = os.fork()
    if writer == 0:
        db, engine = Database(make_engine(url), reactions={}, clock=system_clock), SearchEngine(folder)
        engine.versions()
        os.write(1, b"%d\\n" % os.getpid())
        while True:
            take_in(db, engine, SYSTEM)
    os.waitpid(writer, 0)
    os.write(1, b"gone\\n")
"""


class Nest:
    """A process that has everything loaded and starts a writer in milliseconds."""

    def __init__(self, url: str, folder: Path) -> None:
        self.process = starting.start("-c", NEST, url, str(folder), cwd=ROOT, text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def said(self) -> str:
        """The next line of the nest or its writer."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def kill_a_writer(self, after_s: float) -> None:
        """Let a writer begin, and kill it in the middle of what it does."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        writer = int(self.said())
        time.sleep(after_s)
        os.kill(writer, signal.SIGKILL)
        assert self.said() == "gone"


@contextmanager
def nest_of(world: Centre) -> Iterator[Nest]:
    nest = Nest(world.settings.database_url, world.settings.index_dir)
    try:
        yield nest
    finally:
        assert nest.process.stdin is not None
        nest.process.stdin.close()
        nest.process.wait(20)


def change(world: Centre, rng: random.Random, turn: int) -> None:
    """A few articles get a new text; now and then one is written and one is taken out."""
    text = Content(title=f"退费标准第{turn}版", body="客户办理退费，三到七个工作日。" * rng.randint(1, 40))
    with world.begin("knowledge_editor") as work:
        live = sorted(int(key.split(":")[1]) for key in wanted(work.session) if key.startswith("article:"))
        some = rng.sample(live, 3)
        for one in some[:2] if turn % 4 == 0 else some:
            edit_article(work, one, text, publish=True)
        if turn % 4 == 0:
            retire_article(work, some[2], reason="so it is")
            some.append(write_article(work, text, publish=True).id)
    with world.begin("system") as work:
        mark_all(work, "article", some)


def wanted(session: Any) -> dict[str, int]:
    """What the index must hold, from the rows."""
    return {doc.key: doc.version for doc in all_documents(session)}


def litter(folder: Path) -> list[str]:
    """What a killed writer left lying."""
    return [path.name for path in folder.glob("index-*/*") if path.is_dir() or any(word in path.name for word in LITTER)]


@KIND_SQLITE
@pytest.mark.timeout(2400)
def test_r_d1_a_killed_index_writer_loses_nothing_and_leaves_no_lock(world: Centre, record_property: Any) -> None:
    """R-D1 for the index: 1,000 random kills; whole commits only, the next pass begins at once and makes both sides equal."""
    rng = random.Random(20261122)
    with world.begin("knowledge_editor") as work:
        for number in range(ARTICLES):
            write_article(work, Content(title=f"退费标准{number}", body="三到七个工作日。"), publish=True)
    rebuild(world.db, SearchEngine(world.settings.index_dir), SYSTEM)
    engine, span, slowest, seen = SearchEngine(world.settings.index_dir), 0.15, 0.0, Counter[str]()
    while take_in(world.db, engine, SYSTEM):
        pass
    with nest_of(world) as nest:
        for turn in range(1, KILLS + 1):
            before = engine.versions()
            change(world, rng, turn)
            nest.kill_a_writer(rng.uniform(0, span))
            with world.look("system") as work:
                after, marks = wanted(work.session), work.session.scalar(select(func.count()).select_from(DirtyMark))
            engine = SearchEngine(world.settings.index_dir)
            held = engine.versions()
            assert held in (before, after), "whole commits only"
            seen["before its commit" if held == before else "between commit and mark" if marks else "after its work"] += 1
            began = time.perf_counter()
            take_in(world.db, engine, SYSTEM)
            took = time.perf_counter() - began
            slowest = max(slowest, took)
            span = min(3.0, max(0.02, span * (1.08 if held == before else 0.9)))  # half of them after the commit, half before
            assert engine.versions() == after, "equal after the next pass"
            with world.look("system") as work:
                assert work.session.scalar(select(func.count()).select_from(DirtyMark)) == 0
    assert reconcile(world.db, engine, SYSTEM) == 0
    assert SearchEngine(world.settings.index_dir).versions() == after
    assert litter(world.settings.index_dir) == []
    assert slowest < full(5, short=20)  # no lock was waited for; a busy machine is slower
    assert sum(seen.values()) == KILLS
    assert len(seen) > 1 or KILLS < 100, f"kills land on both sides of the commit: {seen}"
    for name, number in seen.items():
        record_property(f"killed {name}", number)
    record_property("slowest next pass s", round(slowest, 2))
    check = make_engine(world.settings.database_url)
    with check.connect() as open_:
        assert open_.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    check.dispose()
