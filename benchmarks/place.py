"""A data folder for benchmarks: the demo's centre with N articles, made once and kept under var/bench; and a server on it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MOST_OF_DEMO = 12_000
ROOT = Path(__file__).resolve().parent.parent


def kmsvc(*words: str, data: Path, stdin: str | None = None) -> str:
    """Run a command and return what it printed."""
    done = subprocess.run([sys.executable, "-m", "kmsvc", *words], env={**os.environ, "KMSVC_DATA_DIR": str(data)}, cwd=ROOT,
                          input=stdin, text=True, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"kmsvc {' '.join(words)}: {done.stderr.strip()[-500:]}")
    return done.stdout


def prepared(articles: int) -> Path:
    """A folder with the demo and so many articles; a second call is immediate."""
    folder = ROOT / "var" / "bench" / f"centre-{articles}"
    if (folder / "ready").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    kmsvc("demo", "--no-serve", data=folder)
    lines = folder / "more.jsonl"
    with lines.open("w") as out:
        for text in _more(articles):
            out.write(json.dumps(text, ensure_ascii=False) + "\n")
    if lines.stat().st_size:
        kmsvc("knowledge", "articles", "import", str(lines), "--publish", "--json", data=folder)
    (folder / "ready").write_text("")
    return folder


def _more(articles: int) -> Iterator[dict[str, object]]:
    """What comes to the demo's 400 articles, as lines of an import: the demo's own kind, as many as can be told apart, then texts
    made of the sentences of written ones."""
    from benchmarks.rivals.corpus import article
    from kmsvc.demo.content.articles import articles as texts

    for text in texts(1, min(articles, MOST_OF_DEMO))[400:]:
        yield {"external_id": text.external_id, "title": text.title, "body": text.body, "summary": text.summary,
               "category": text.category, "tags": list(text.tags), "aliases": list(text.aliases), "language": text.language,
               "confidentiality": text.confidentiality}
    for number in range(MOST_OF_DEMO, articles):
        made = article(number)
        yield {"external_id": f"made-{number}", "title": made.title[:200], "body": made.body, "summary": made.summary,
               "category": made.category, "tags": list(made.tags), "aliases": list(made.aliases), "language": made.language,
               "confidentiality": "sayable"}


def copy_of(folder: Path, name: str) -> Path:
    """A fresh copy to write into."""
    target = folder.parent / name
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)
    kmsvc("init", data=target)  # the kept folder may be of an older schema
    return target


@dataclass
class Running:
    """A server under measurement."""

    address: str
    process: subprocess.Popen[str]

    def memory_mb(self) -> float:
        """Private and shared memory of the server and its children, by proportion (PSS), in MB."""
        import psutil

        whole = psutil.Process(self.process.pid)
        total = 0
        for one in [whole, *whole.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                total += one.memory_full_info().pss
        return total / 1e6


@contextlib.contextmanager
def serving(data: Path, *, with_worker: bool = True) -> Iterator[Running]:
    """`kmsvc serve` on a free port until the block ends."""
    process = subprocess.Popen([sys.executable, "-m", "kmsvc", "serve" if with_worker else "web", "--port", "0"], cwd=ROOT,
                               env={**os.environ, "KMSVC_DATA_DIR": str(data)}, stderr=subprocess.PIPE, text=True)
    try:
        address = None
        began = time.monotonic()
        while address is None and time.monotonic() - began < 60:
            line = process.stderr.readline()  # type: ignore[union-attr]
            found = re.search(r"http://[\w.:\[\]]+", line)
            address = found.group(0) if found else None
        if address is None:
            raise SystemExit("the server did not start")
        import threading

        threading.Thread(target=lambda: [None for _ in process.stderr], daemon=True).start()  # type: ignore[union-attr]
        yield Running(address, process)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=15)
        if process.poll() is None:
            process.kill()


def token(data: Path, login: str) -> str:
    """An API token of a person."""
    return kmsvc("people", "tokens", "create", login, data=data).strip()


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
