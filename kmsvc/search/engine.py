"""The search engine's one door: ask, suggest, apply changes, rebuild.

Everything else in this package except `documents`, `requests` and `failures` is inside.
"""

import threading
from collections.abc import Callable, Iterable
from datetime import date
from operator import attrgetter
from pathlib import Path
from time import perf_counter
from typing import Any

from kmsvc.search.answering import answer
from kmsvc.search.caching import BoundedCache
from kmsvc.search.documents import Deleted, Reach, SearchDocument
from kmsvc.search.failures import IndexUnusable
from kmsvc.search.index import SearchIndex
from kmsvc.search.requests import SearchRequest, SearchResult, Suggestion, Texts
from kmsvc.search.schema import fields_of
from kmsvc.search.snapshot import Snapshot

ANSWERS_MB = 8


def _silent(done: int) -> None:
    """Tell nobody how far a rebuild is."""


class SearchEngine:
    """Full-text search over one folder, for many reading threads and processes and one writer at a time.

    Reading (web processes). Make one engine per process and keep it; call `warm()` after start.
        result = engine.search(SearchRequest(text, reach, on=today), texts)
        names = engine.suggest(text, reach, on=today)
    `reach` says what the reader may see, from live rights; put keys that were just withdrawn or restricted
    into `reach.hidden` and they are gone at once. `texts(keys)` reads titles and readable texts (summary,
    body) from the database for at most 50 candidates and the page's hits and leaves out what the reader may
    not see: such hits vanish from the answer. It may be called a few times for one question; quotations are
    verified on what it returns. A commit of any process is seen within `poll_s` seconds; own commits at
    once.

    Writing (the worker). `apply(batch)` commits documents and deletions; 1 to 200 a call are fine, the last
    change of a key counts, unchanged documents cost nothing. When it returns they are durable as far as a
    cache must be and searchable. `versions()` says what is indexed, to reconcile with the database.
    `rebuild(documents)` makes the index anew beside the old one while reading and applying go on.
    `optimise()` once a night.

    `answers` is for the caller: what was made of results for `seen()`, with rights applied.

    Failures (all are SearchFailure). IndexUnusable from any call: no index, damage or another dictionary;
    show the notice, answer without the index, ask for a rebuild. IndexBusy from apply or rebuild: try
    again. IndexWriteFailed: disk full and the like; nothing was changed, try again.
    """

    def __init__(self, folder: Path | str, *, cache_mb: int = 16, poll_s: float = 0.2) -> None:
        self._index = SearchIndex(Path(folder), cache_mb * 1024 * 1024)
        self._poll_s = poll_s
        self._checked = float("-inf")
        self._opening = threading.Lock()
        self._snapshot: Snapshot | None = None
        self.answers: BoundedCache[Any] = BoundedCache(ANSWERS_MB * 1024 * 1024, attrgetter("size"))

    def search(self, request: SearchRequest, texts: Texts | None = None) -> SearchResult:
        """Answer a question; without texts there are no snippets, no refinement and quotations match by
        pairs."""
        started = perf_counter()
        return answer(self._current(), request, texts, started)

    def suggest(
        self, typed: str, reach: Reach, on: date | None = None, limit: int = 8
    ) -> tuple[Suggestion, ...]:
        """Documents whose number, title or alias fits what has been typed so far, pinyin and initials
        included."""
        return self._current().names.suggest(typed[:200], reach, on, limit)

    def apply(self, batch: Iterable[SearchDocument | Deleted]) -> bool:
        """Commit changes; whether anything moved."""
        moved = self._index.apply(batch, self._current(now=True))
        self._current(now=True)
        return moved

    def rebuild(self, documents: Iterable[SearchDocument], progress: Callable[[int], None] = _silent) -> int:
        """Make the index anew from all documents and switch to it; returns how many there are."""
        count = self._index.rebuild(documents, progress)
        self._current(now=True)
        return count

    def optimise(self) -> None:
        """Merge all segments into one; commits wait meanwhile, about seven seconds at 10,000 articles."""
        self._index.optimise()
        self._current(now=True)

    def seen(self) -> tuple[str, int]:
        """Build and commit that the next question is answered from."""
        return self._current().generation

    def is_of_our_making(self) -> bool:
        """Whether there is an index, made by the rules of this version; after an upgrade it may be another's."""
        return self._index.is_of_our_making()

    def generation(self) -> tuple[str, int]:
        """Name of the build and number of the newest commit on disk; ("", -1) without an index."""
        return self._index.generation()

    def versions(self) -> dict[str, int]:
        """Version of each indexed document by key."""
        snapshot = self._current(now=True)
        documents = snapshot.alive.nonzero()[0].tolist()
        return {snapshot.key(document): int(snapshot.versions[document]) for document in documents}

    def warm(self) -> None:
        """Open the index and load words and names, so that the first question is as quick as the next."""
        self.search(SearchRequest("\u6d41\u7a0b a", Reach(1)))
        self.suggest("a", Reach(1))

    def warm_writer(self) -> None:
        """Load what writing needs (words, spellings), so that the first release is found as fast as the next."""
        words = "\u6d41\u7a0b a"
        fields_of(SearchDocument(
            kind="", id=0, number="", title=words, body=words, summary="", aliases=(), tags=(), category="", language="zh",
            level=1, unit=0, valid_from=None, valid_to=None, version=0, updated_on=date(2000, 1, 1)))

    def _current(self, *, now: bool = False) -> Snapshot:
        """The newest snapshot, looked for at most every `poll_s` seconds; one thread opens, the others go
        on."""
        snapshot = self._snapshot
        if snapshot is not None and not now and perf_counter() - self._checked < self._poll_s:
            return snapshot
        if not self._opening.acquire(blocking=now or snapshot is None) and snapshot is not None:
            return snapshot
        try:
            return self._renewed()
        finally:
            self._opening.release()

    def _renewed(self) -> Snapshot:
        held = self._snapshot
        generation = self._index.generation()
        if held is None or held.generation != generation:
            try:
                held = self._index.load(held)
            except IndexUnusable:
                self._snapshot = None
                raise
            self._snapshot = held
        self._checked = perf_counter()
        return held
