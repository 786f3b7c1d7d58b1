"""Starting: the second start of the demo until a page answers, and what web and worker take of memory."""

from __future__ import annotations

import time
import urllib.request

from benchmarks.place import copy_of, prepared, serving


def measure() -> dict[str, object]:
    """Start on an existing demo, wait until it is ready, look at the memory after a few pages."""
    data = copy_of(prepared(400), "start")
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
        memory = running.memory_mb()
    return {"second start to first page s": round(page, 1), "to ready (worker beats) s": round(ready, 1),
            "web + worker MB (PSS)": round(memory)}


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:36} {value}")
