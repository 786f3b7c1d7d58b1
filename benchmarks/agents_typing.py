"""Fifty agents typing at 20,000 articles: a live search after each key, as the search page asks it, over HTTP.

Three times: just after the server started, with nothing read yet; agents who read an answer for two seconds on average before the
next question; and agents who type without end. A key
comes every 0.3 s on average, and never before the answer to the one before; a question has two to eight keys."""

from __future__ import annotations

import asyncio
import random
import time
import urllib.parse
from collections import Counter

from benchmarks.lines import Line
from benchmarks.load import PEOPLE, WORDS
from benchmarks.place import copy_of, percentile, prepared, serving, token

KEY_S = 0.3
READ_S = 2.0
TYPED = (*WORDS, "宽带退费标准", "kdtf", "客户要求退订套餐", "发票抬头改错了", "5G", "退货运费谁出", "tuifei", "改签", "router",
         "停机复机")


async def _agent(line: Line, seed: int, stop: float, read_s: float, times: list[float], answers: Counter[int]) -> None:
    """One agent until the time is over; times in ms."""
    rng = random.Random(seed)
    await line.connect()
    await asyncio.sleep(rng.random() * (read_s + KEY_S))
    while time.monotonic() < stop:
        text = rng.choice(TYPED)[:8]
        for end in range(1, len(text) + 1):
            began = time.perf_counter()
            status, _ = await line.ask("GET", f"/search/live?q={urllib.parse.quote(text[:end])}")
            times.append((time.perf_counter() - began) * 1000)
            answers[status] += 1
            await asyncio.sleep(rng.expovariate(1 / KEY_S))
            if time.monotonic() >= stop:
                break
        if read_s:
            await asyncio.sleep(rng.expovariate(1 / read_s))
    line.close()


async def _all(address: str, secrets: list[str], agents: int, seconds: float, read_s: float) -> tuple[list[float], Counter[int]]:
    times: list[float] = []
    answers: Counter[int] = Counter()
    stop = time.monotonic() + seconds
    await asyncio.gather(*(_agent(Line(address, secrets[n % len(secrets)]), n, stop, read_s, times, answers) for n in range(agents)))
    return times, answers


def measure(agents: int = 50, articles: int = 20_000, seconds: float = 30) -> dict[str, object]:
    """Milliseconds from sending a key to the whole answer."""
    data = copy_of(prepared(articles), "typing")
    secrets = [token(data, login) for login in PEOPLE]
    figures: dict[str, object] = {"articles": articles, "agents": agents}
    with serving(data) as running:
        for name, read_s in (("just started", READ_S), ("with a look at the answer", READ_S), ("without a pause", 0.0)):
            times, answers = asyncio.run(_all(running.address, secrets, agents, seconds, read_s))
            figures[f"{name}: searches/s"] = round(len(times) / seconds)
            figures[f"{name}: p50 / p95 / p99 / max ms"] = " / ".join(
                [*(str(round(percentile(times, share))) for share in (0.5, 0.95, 0.99)), str(round(max(times)))])
            figures[f"{name}: answers"] = dict(sorted(answers.items()))
        figures["memory MB (all processes)"] = round(running.memory_mb())
    return figures


if __name__ == "__main__":
    import sys

    for name, value in measure(*(int(one) for one in sys.argv[1:])).items():
        print(f"{name:45} {value}")
