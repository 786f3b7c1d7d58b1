"""R-S4: the index is lost under load: readers get the one failure that means so, and a rebuild brings
answers back."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest

from benchmarks.search_engine import article
from kmsvc.search.engine import SearchEngine
from kmsvc.search.failures import IndexUnusable
from kmsvc.search.requests import SearchRequest
from tests.search.corpus import EVERYTHING
from tests.support.figures import full

ARTICLES = full(10_000, short=300)


class Load:
    """Threads that ask without pause and count answers, notices and anything else."""

    def __init__(self, folder: Path, readers: int) -> None:
        self._engine = SearchEngine(folder, poll_s=0.01)
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._read) for _ in range(readers)]
        self.answers, self.notices, self.others = 0, 0, list[Exception]()

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _read(self) -> None:
        while not self._stop.is_set():
            try:
                self._engine.search(SearchRequest("退费标准怎么办理", EVERYTHING))
                self._engine.suggest("tf", EVERYTHING)
                self.answers += 1
            except IndexUnusable:
                self.notices += 1
            except Exception as other:
                self.others.append(other)

    def wait_for(self, what: Callable[[], bool]) -> None:
        """Let the readers go on until something holds, ten seconds at most."""
        deadline = perf_counter() + 10
        while not what() and perf_counter() < deadline:
            self._stop.wait(0.01)
        assert what()


@pytest.mark.timeout(900)
def test_r_s4_the_index_is_deleted_under_load_and_comes_back(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    folder = tmp_path / "search"
    documents = [article(number) for number in range(ARTICLES)]
    engine = SearchEngine(folder)
    engine.rebuild(documents)
    with Load(folder, readers=3) as load:
        load.wait_for(lambda: load.answers > 5)
        shutil.rmtree(folder)
        load.wait_for(lambda: load.notices > 5)
        started = perf_counter()
        assert engine.rebuild(documents) == ARTICLES
        seconds = perf_counter() - started
        before = load.answers
        load.wait_for(lambda: load.answers > before + 5)
    assert load.others == []
    assert seconds <= 300
    record_property("articles rebuilt", ARTICLES)
    record_property("seconds", round(seconds, 1))
