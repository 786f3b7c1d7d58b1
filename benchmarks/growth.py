"""What the search costs as the centre grows: 10,000, 100,000 and a million articles on one machine.

A built index is kept under var/bench/growth with what its making cost, for a million take most of an hour; the questions are
asked anew each time. Texts come from memory, as in `rivals`: what a database needs for fifty texts does not grow."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.place import ROOT, percentile
from benchmarks.rivals.corpus import article, questions
from benchmarks.rivals.engines import Ours
from benchmarks.rivals.pages import REACH, TODAY, asked
from benchmarks.rivals.writing import found_after, private_memory_mb
from kmsvc.search.engine import SearchEngine
from kmsvc.search.requests import SearchRequest

SIZES = (10_000, 100_000, 1_000_000)
ASKED = 260
CHANGES = 20
MOST_CHANGED = 100_000
"""Beyond, the first change merges most of the segments of a rebuild, which takes minutes and gigabytes."""
PLACE = ROOT / "var" / "bench" / "growth"


def measure(sizes: Iterable[int] = SIZES) -> dict[str, object]:
    """One line of the curve after the other."""
    figures: dict[str, object] = {}
    for size in sizes:
        folder = built(size)
        figures |= {f"{size:,} articles: {name}": value for name, value in _line(folder, size).items()}
    return figures


def built(size: int) -> Path:
    """The folder of an index of so many articles, made if it is not there."""
    folder = PLACE / str(size)
    if not (folder / "made.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        engine = SearchEngine(folder / "index")
        began, worked = perf_counter(), process_time()
        engine.rebuild(map(article, range(size)))
        made = {"s": round(perf_counter() - began), "processor s": round(process_time() - worked)}
        (folder / "made.json").write_text(json.dumps(made))
    return folder


@lru_cache(maxsize=50_000)
def _text(key: str) -> tuple[str, str]:
    found = article(int(key.rpartition(":")[2]))
    return found.title, found.body


def _texts(keys: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    return {key: _text(key) for key in keys}


def _line(folder: Path, size: int) -> dict[str, object]:
    made = json.loads((folder / "made.json").read_text())
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder / "index", copy)
    began = perf_counter()
    ours = Ours(copy)
    ours.engine.warm()
    opened = perf_counter() - began
    texts = questions(ASKED)
    plain = [text for text in texts if '"' not in text and asked(text)]
    for text in texts:  # texts and lists lie ready, as after some minutes of a morning
        ours.engine.search(SearchRequest(text, REACH, on=TODAY), _texts)
    typed = [text[:n] for text in texts[:60] for n in (1, 2, 3)]
    figures: dict[str, object] = {
        "build s (of one processor)": f"{made['s']} ({made['processor s']})",
        "index MB": round(sum(file.stat().st_size for file in copy.rglob("*") if file.is_file()) / 1e6),
        "open s": round(opened, 1),
        "plain first stage p50 / p95 / max ms": _told(plain, lambda text: ours.ask(asked(text))),
        "full ranking p50 / p95 / max ms": _told(
            texts, lambda text: ours.engine.search(SearchRequest(text, REACH, on=TODAY), _texts)),
        "suggestion p50 / p95 / max ms": _told(typed, lambda text: ours.engine.suggest(text, REACH, TODAY)),
    }
    if size <= MOST_CHANGED:
        figures |= {name.removeprefix("kmsvc: "): value for name, value in found_after(copy, size, CHANGES).items()}
    figures["private memory of a process above its start MB"] = private_memory_mb(copy)
    shutil.rmtree(copy)
    return figures


def _told(texts: Sequence[str], ask: Callable[[str], object]) -> str:
    times = []
    for text in texts:
        began = perf_counter()
        ask(text)
        times.append((perf_counter() - began) * 1000)
    return f"{percentile(times, 0.5):.1f} / {percentile(times, 0.95):.1f} / {max(times):.0f}"


if __name__ == "__main__":
    import sys

    for name, value in measure([int(one) for one in sys.argv[1:]] or SIZES).items():
        print(f"{name:75} {value}")
