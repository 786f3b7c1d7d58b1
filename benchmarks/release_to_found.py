"""From a release to the agent's search: `python -m benchmarks.release_to_found [N]` prints median, p95 and maximum in ms.

A real server with its worker on a data folder of its own; each round takes a change to its release with a client that reads
only `allowed`, and asks the search again and again from the moment the release is acknowledged."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from kmsvc.app import make_database
from kmsvc.core.db import make_engine
from kmsvc.models import load_models
from kmsvc.operations.schema import upgrade
from kmsvc.registry import load_nouns
from kmsvc.settings import Settings
from tests.faults import story
from tests.faults.house import PEOPLE, House, free_port
from tests.support.centre import furnish
from tests.support.walker import walk

ASK_EVERY_S = 0.02


def prepare(folder: Path) -> House:
    """A small centre in a folder, not yet served."""
    load_models()
    load_nouns()
    folder.mkdir(mode=0o700)
    port = free_port()
    settings = Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'kmsvc.db'}", secret_key="bench" * 8,
                        base_url=f"http://127.0.0.1:{port}")
    engine = make_engine(settings.database_url)
    upgrade(engine)
    furnish(make_database(settings, engine=engine))
    engine.dispose()
    return House(settings, port)


def one_round(house: House, number: int) -> float:
    """Milliseconds from the answer of the verb that released to the first search that finds the text."""
    word = f"zirbel{number:05d}"
    released: list[float] = []

    def call(who: str, method: str, path: str, body: Any) -> tuple[int, Any]:
        status, answer = house.insist(who, method, path, body)
        if method == "POST" and isinstance(answer, dict) and answer.get("step", {}).get("number") == 9 and not released:
            released.append(time.perf_counter())
        return status, answer
    change_id = story.submit(house, f"round {number}")
    walk(call, change_id, PEOPLE, texts={"body": f"# Text\n\nThe word is {word}."},
         until=lambda change: change["step"]["number"] > 8)
    while not story.found(house, word):
        time.sleep(ASK_EVERY_S)
    return (time.perf_counter() - released[0]) * 1000


def measure(rounds: int = 20) -> dict[str, object]:
    """Figures over some rounds, in ms; the first one warms up and does not count."""
    with tempfile.TemporaryDirectory(prefix="kmsvc-bench-") as folder:
        house = prepare(Path(folder) / "data")
        try:
            house.start("serve")
            one_round(house, 99_999)
            took = sorted(one_round(house, number) for number in range(rounds))
        finally:
            house.close()
    at = min(len(took) - 1, round(0.95 * (len(took) - 1)))
    return {"rounds": rounds, "median_ms": round(statistics.median(took)), "p95_ms": round(took[at]), "max_ms": round(took[-1])}


def main() -> None:
    """Print the figures."""
    found = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
    print(", ".join(f"{name} {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
