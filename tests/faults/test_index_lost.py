"""The search index is deleted while people search and write: nothing else breaks, and it comes back by itself. R-S4."""

from __future__ import annotations

import shutil
import threading
import time
from collections import Counter
from typing import Any

from tests.faults import story
from tests.faults.conftest import KIND_SQLITE
from tests.faults.house import House, until

pytestmark = KIND_SQLITE


def test_r_s4_an_index_deleted_under_load_comes_back_by_itself(house: House, record_property: Any) -> None:
    """R-S4: no error page meanwhile; the answer says what it lacks; then everything is found again."""
    house.start("serve")
    story.publish_article(house, "vorher")
    until(lambda: story.found(house), what="the article in the index")
    house.token("agent")
    statuses: Counter[tuple[str, int]] = Counter()
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            for path in (f"/api/v1/search?q={story.WORD}", "/api/v1/search/suggest?q=vor", "/api/v1/process/changes"):
                statuses[path.split("?")[0], house.request("agent", "GET", path).status_code] += 1
    threads = [threading.Thread(target=read, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    began = time.monotonic()
    shutil.rmtree(house.settings.index_dir)
    story.publish_article(house, "nachher")
    until(lambda: len(story.found(house)) == 2, what="both articles in the new index")
    took = time.monotonic() - began
    over.set()
    for thread in threads:
        thread.join(20)
    assert {status for _, status in statuses} == {200}, statuses
    record_property("back after s", round(took, 1))


def test_r_s4_without_its_index_the_search_says_so_answers_from_the_rows_and_heals(house: House) -> None:
    """R-S4: while nobody can mend it the answer carries the notice; the worker that comes back mends it, and the notice goes."""
    house.start("web", "worker")
    story.publish_article(house, "Vorfall melden")
    until(lambda: story.found(house), what="the article in the index")
    house.stop("worker")
    shutil.rmtree(house.settings.index_dir)

    def asked(words: str) -> dict[str, Any]:
        return dict(house.request("agent", "GET", f"/api/v1/search?q={words}").json())

    until(lambda: asked("Vorfall")["degraded"], what="the notice")
    assert [one["title"] for one in asked("Vorfall")["items"]] == ["Vorfall melden"], "the rows answer"
    assert house.request("agent", "GET", "/api/v1/process/changes").status_code == 200
    assert house.answers("/healthz")
    house.start("worker", wait=False)
    until(lambda: not asked("Vorfall")["degraded"] and story.found(house), what="the index, made anew")
