"""R-D2: 50 clients, 90 % reading and 10 % writing, 10,000 articles, on one machine with its clients.

Twice: people who look at an answer for a second on average before they ask again, which is faster than anybody works; and
programs that never pause, which shows the most that the machine can do with its clients on the same cores. Reads: live
search, suggestions, articles, processes, «my day». Writes: comments, confirmations, new change requests."""

from __future__ import annotations

import asyncio
import random
import time
import urllib.parse
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.lines import Line
from benchmarks.place import Running, copy_of, percentile, prepared, serving, token

WORDS = ("退费", "宽带断网", "光猫红灯", "5G套餐", "发票", "改约", "tfbz", "投诉", "国际漫游", "退货地址", "押金", "实名",
         "停机保号", "refund", "骚扰电话", "降档", "积分", "赔付", "上门时间", "账单多扣了")
ROUNDS = 5
PEOPLE = ("mengxiao", "wangxiaoyu", "zhoulan", "shenning", "liqiang", "hemiao")


class Client:
    """One client: keep-alive; pause_s between an answer and the next request, on average."""

    def __init__(self, line: Line, seed: int, stop: float, marks: dict[str, list[float]],
                 answers: Counter[int], acknowledged: list[tuple[str, str]], pause_s: float, open_changes: list[int]) -> None:
        self.open_changes = open_changes
        self.line, self.stop, self.pause_s = line, stop, pause_s
        self.rng = random.Random(seed)
        self.marks, self.answers, self.acknowledged = marks, answers, acknowledged

    def next(self) -> tuple[str, str, str, object]:
        """(kind, method, path, body) of the next request."""
        roll = self.rng.random()
        word = urllib.parse.quote(self.rng.choice(WORDS))
        if roll < 0.10:
            mark = f"负载备注 {self.rng.getrandbits(48):x}"
            if self.rng.random() < 0.8:
                return "write", "POST", f"/api/v1/process/changes/{self.rng.choice(self.open_changes)}/comment", {"text": mark}
            return "write", "POST", "/api/v1/process/changes", {
                "title": mark, "reason": "压力测试", "process_id": self.rng.randint(1, 30)}
        if roll < 0.45:
            return "search", "GET", f"/search/live?q={word}", None
        if roll < 0.60:
            return "search", "GET", f"/api/v1/search?q={word}&limit=10", None
        if roll < 0.70:
            return "search", "GET", f"/api/v1/search/suggest?q={word}", None
        if roll < 0.85:
            return "read", "GET", f"/knowledge/articles/{self.rng.randint(1, 9000)}", None
        if roll < 0.93:
            return "read", "GET", f"/process/definitions/{self.rng.randint(1, 30)}", None
        return "read", "GET", "/", None

    async def run(self) -> None:
        """Until the time is over."""
        await self.line.connect()
        await asyncio.sleep(self.rng.random() * self.pause_s)
        while time.monotonic() < self.stop:
            kind, method, path, body = self.next()
            began = time.perf_counter()
            status, answer = await self.line.ask(method, path, body)
            self.marks.setdefault(kind, []).append((time.perf_counter() - began) * 1000)
            self.answers[status] += 1
            if kind == "write" and status in (200, 201):
                text = body["text"] if "text" in body else body["title"]  # type: ignore[operator,index,call-overload]
                self.acknowledged.append((path, text))
            if self.pause_s:
                await asyncio.sleep(self.rng.expovariate(1 / self.pause_s))
        self.line.close()


async def drive(running: Running, secrets: list[str], open_changes: list[int], clients: int, seconds: float,
                pause_s: float = 0.0) -> tuple[dict[str, list[float]], Counter[int], list[tuple[str, str]]]:
    """All clients at once."""
    marks: dict[str, list[float]] = {}
    answers: Counter[int] = Counter()
    acknowledged: list[tuple[str, str]] = []
    stop = time.monotonic() + seconds
    await asyncio.gather(*(Client(Line(running.address, secrets[n % len(secrets)]), n, stop, marks, answers, acknowledged,
                                  pause_s, open_changes).run()
                           for n in range(clients)))
    return marks, answers, acknowledged


def open_ones(data: Path) -> list[int]:
    """The change requests that take a comment: those still on their way."""
    import pysqlite3

    return [row[0] for row in pysqlite3.connect(data / "kmsvc.db").execute(
        "SELECT id FROM process_change WHERE closed_at IS NULL ORDER BY id")]


def lost(data: Path, acknowledged: list[tuple[str, str]]) -> int:
    """How many acknowledged writes the database does not hold."""
    import pysqlite3

    held = {row[0] for row in pysqlite3.connect(data / "kmsvc.db").execute(
        "SELECT text FROM process_comment UNION SELECT title FROM process_change")}
    return sum(text not in held for _, text in acknowledged)


def measure(clients: int = 50, seconds: float = 20, articles: int = 10_000) -> dict[str, object]:
    """Run both and return the figures; programs in several rounds."""
    data = copy_of(prepared(articles), "load")
    secrets = [token(data, login) for login in PEOPLE]
    figures: dict[str, object] = {}
    changes = open_ones(data)
    kept: list[tuple[str, str]] = []
    with serving(data) as running:
        asyncio.run(drive(running, secrets, changes, 4, 5))
        for name, pause_s, rounds in (("people", 1.0, 1), ("programs", 0.0, ROUNDS)):
            found = []
            for _ in range(rounds):
                marks, answers, acknowledged = asyncio.run(drive(running, secrets, changes, clients, seconds, pause_s))
                kept += acknowledged
                found.append(Round(marks, answers, len(acknowledged), seconds))
            figures |= {f"{name}: {label}": value for label, value in _figures(found).items()}
        figures["memory MB (all processes)"] = round(running.memory_mb())
    figures["acknowledged writes lost"] = lost(data, kept)
    return figures


@dataclass
class Round:
    """What one round of one kind of client saw."""

    marks: dict[str, list[float]]
    answers: Counter[int]
    acknowledged: int
    seconds: float


def _figures(rounds: list[Round]) -> dict[str, object]:
    """Counts of all rounds; of rates and times the median over the rounds, for a machine is not equally quick all the time."""
    answers = sum((one.answers for one in rounds), Counter[int]())
    rates = [sum(map(len, one.marks.values())) / one.seconds for one in rounds]
    found: dict[str, object] = {
        "requests/s": round(median(rates)), "5xx": sum(n for code, n in answers.items() if code >= 500),
        "answers": dict(sorted(answers.items())), "acknowledged writes": sum(one.acknowledged for one in rounds)}
    if len(rounds) > 1:
        found["requests/s, each round"] = ", ".join(str(round(rate)) for rate in rates)
    for kind in sorted(rounds[0].marks):
        found[f"{kind} p50 / p95 / p99 ms"] = " / ".join(
            str(round(median(percentile(one.marks[kind], share) for one in rounds))) for share in (0.5, 0.95, 0.99))
    return found


if __name__ == "__main__":
    import sys

    for name, value in measure(*(float(one) if "." in one else int(one) for one in sys.argv[1:])).items():  # type: ignore[arg-type]
        print(f"{name:28} {value}")
