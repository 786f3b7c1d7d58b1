"""Starting: the second start of the demo until a page answers, and what all its processes take of memory, fresh and used."""

from __future__ import annotations

import asyncio
import time
import urllib.request

from benchmarks.load import PEOPLE, drive, open_ones
from benchmarks.place import copy_of, prepared, serving, token


def measure() -> dict[str, object]:
    """Start on an existing demo, wait until it is ready; look at the memory then, and after ten seconds of eight people."""
    data = copy_of(prepared(400), "start")
    secrets = [token(data, login) for login in PEOPLE]
    began = time.perf_counter()
    with serving(data) as running:
        with urllib.request.urlopen(running.address + "/sign-in") as answer:
            answer.read()
        page = time.perf_counter() - began
        while True:
            try:
                with urllib.request.urlopen(running.address + "/readyz") as answer:
                    answer.read()
                break
            except urllib.error.HTTPError:
                time.sleep(0.1)
        ready = time.perf_counter() - began
        fresh = running.memory_mb()
        asyncio.run(drive(running, secrets, open_ones(data), 8, 10.0))
        used = running.memory_mb()
    return {"second start to first page s": round(page, 1), "to ready (worker beats) s": round(ready, 1),
            "web + worker MB (PSS)": round(fresh), "the same after 10 s of work MB": round(used)}


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:36} {value}")
