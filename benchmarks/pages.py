"""Server time of the pages people open, with the demo: median and p95 of each, asked one after another."""

from __future__ import annotations

import time
import urllib.request

from benchmarks.place import copy_of, percentile, prepared, serving, token

PAGES = (
    ("mengxiao", "/"),
    ("mengxiao", "/search"),
    ("mengxiao", "/search/live?q=tfbz"),
    ("mengxiao", "/knowledge/articles/1"),
    ("liqiang", "/"),
    ("liqiang", "/process/changes"),
    ("liqiang", "/process/changes/board"),
    ("liqiang", "/process/changes/1"),
    ("liqiang", "/process/definitions"),
    ("liqiang", "/process/definitions/4"),
    ("hemiao", "/knowledge/articles"),
    ("songyi", "/people/accounts"),
    ("songyi", "/audit"),
    ("songyi", "/operations"),
)


def measure(rounds: int = 30) -> dict[str, object]:
    """Each page `rounds` times."""
    data = copy_of(prepared(400), "pages")
    figures: dict[str, object] = {}
    every: list[float] = []
    secrets = {login: token(data, login) for login, _ in PAGES}
    with serving(data) as running:
        for login, path in PAGES:
            marks = []
            for _ in range(rounds):
                request = urllib.request.Request(
                    running.address + path, headers={"Authorization": f"Bearer {secrets[login]}"}
                )
                began = time.perf_counter()
                with urllib.request.urlopen(request) as answer:
                    answer.read()
                marks.append((time.perf_counter() - began) * 1000)
            every += marks[1:]
            figures[f"{path} ({login})"] = f"{percentile(marks, 0.5):.0f} / {percentile(marks, 0.95):.0f}"
    figures["all pages p95 ms"] = round(percentile(every, 0.95))
    return figures


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:44} {value}")
