"""How soon a change is found while ten a second are written, and what a reading process takes of memory."""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.place import percentile
from benchmarks.rivals.corpus import article, questions
from benchmarks.rivals.pages import REACH, TODAY
from kmsvc.search.engine import SearchEngine
from kmsvc.search.requests import SearchRequest

UPDATES = 200
A_SECOND = 10


def found_after(folder: Path, articles: int, updates: int = UPDATES) -> dict[str, object]:
    """Milliseconds from the moment a change is handed over until another process finds it."""
    spawn = multiprocessing.get_context("spawn")
    told: Any = spawn.Queue()
    writer = spawn.Process(target=_write, args=(str(folder), articles, updates, told), daemon=True)
    writer.start()
    engine = SearchEngine(folder)
    engine.warm()
    delays: list[float] = []
    waiting: dict[str, float] = {}
    told.get(timeout=120)
    while len(delays) < updates:
        while not told.empty():
            word, at = told.get()
            waiting[word] = at
        for word, at in list(waiting.items()):
            if engine.search(SearchRequest(word, REACH, on=TODAY)).total:
                delays.append((time.time() - at) * 1000)
                del waiting[word]
        time.sleep(0.005)
    writer.join(60)
    return {"kmsvc: change to found, 10 changes a second, p50 / p95 / max ms":
            f"{percentile(delays, 0.5):.0f} / {percentile(delays, 0.95):.0f} / {max(delays):.0f}"}


def _write(folder: str, articles: int, updates: int, told: Any) -> None:
    engine = SearchEngine(Path(folder))
    engine.warm_writer()
    engine.warm()
    told.put(None)
    began = time.monotonic()
    for turn in range(updates):
        time.sleep(max(0.0, began + turn / A_SECOND - time.monotonic()))
        word = f"zzmark{turn}q"
        fresh = replace(article(turn * 37 % articles, seed=turn + 1), level=1, unit=0, valid_from=None, title=f"{word} fresh")
        told.put((word, time.time()))
        engine.apply([fresh])


def private_memory_mb(folder: Path) -> int:
    """What a process that reads the index has for itself alone after two hundred questions, above its start, in MB."""
    spawn = multiprocessing.get_context("spawn")
    told: Any = spawn.Queue()
    reader = spawn.Process(target=_read, args=(str(folder), told), daemon=True)
    reader.start()
    found: int = told.get(timeout=120)
    reader.join(10)
    return found


def _read(folder: str, told: Any) -> None:
    before = _private_mb()
    engine = SearchEngine(Path(folder))
    engine.warm()
    for text in questions(200):
        engine.search(SearchRequest(text, REACH, on=TODAY))
        engine.suggest(text[:4], REACH, TODAY)
    told.put(round(_private_mb() - before))


def _private_mb() -> float:
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024
