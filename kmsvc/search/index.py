"""The index on disk: one writer, snapshots for readers, rebuilds beside the current build.

Follows the rules measured for Whoosh 2.7.4: no compound files, no merging online beyond the smallest
segments, a new snapshot whenever the generation moved and never `refresh()`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex

from kmsvc.search.caching import BoundedCache
from kmsvc.search.documents import Deleted, SearchDocument
from kmsvc.search.failures import IndexUnusable, disk_errors
from kmsvc.search.folders import IndexFolder
from kmsvc.search.postings import Postings, weigh
from kmsvc.search.schema import new_schema
from kmsvc.search.segments import Segment
from kmsvc.search.snapshot import Snapshot
from kmsvc.search.writing import Batch, append, commit, optimise

Change = SearchDocument | Deleted
_NAME = "MAIN"
_TRIES = 20
_REBUILD_BATCH = 25_000
_PROGRESS_EVERY = 500
WAIT_FOR_WRITER_S = 10.0


class SearchIndex:
    """Reads and writes the index of one folder."""

    def __init__(self, folder: Path, cache_bytes: int) -> None:
        self.folder = IndexFolder(folder)
        self._schema = new_schema()
        self._cache: BoundedCache[Postings] = BoundedCache(cache_bytes, weigh)

    def generation(self) -> tuple[str, int]:
        """Build and number of the newest commit, without opening it; ("", -1) without an index."""
        name = self.folder.pointer()
        if not name:
            return ("", -1)
        try:
            return (name, TOC._latest_generation(FileStorage(str(self.folder.path / name)), _NAME))
        except OSError:
            return ("", -1)

    def is_of_our_making(self) -> bool:
        """Whether a build is there and was made by these rules."""
        try:
            self.folder.current()
        except IndexUnusable:
            return False
        return True

    def load(self, previous: Snapshot | None) -> Snapshot:
        """The newest generation, sharing segments with the previous snapshot; raises IndexUnusable."""
        failure: Exception | None = None
        for _ in range(_TRIES):
            before = self.generation()
            try:
                return self._load(self.folder.current(), previous)
            except Exception as damage:
                failure = damage
                if self.generation() == before:  # otherwise a commit or a switch came in between
                    break
        if isinstance(failure, IndexUnusable):
            raise failure
        raise IndexUnusable("the search index is damaged") from failure

    def _load(self, build: Path, previous: Snapshot | None) -> Snapshot:
        storage = FileStorage(str(build))
        toc = TOC.read(storage, _NAME, schema=self._schema)
        known = {segment.name: segment for segment in previous.segments} if previous else {}
        segments = []
        for entry in toc.segments:
            name = entry.segment_id()
            segment = known.get(name) or Segment(storage, self._schema, entry, self._cache)
            segments.append((segment, tuple(entry.deleted_docs())))
        return Snapshot(segments, (build.name, toc.generation))

    def apply(self, changes: Iterable[Change], snapshot: Snapshot) -> bool:
        """Write a batch, the last change of a key counts; whether anything moved.

        snapshot: any recent one. Raises IndexBusy, IndexUnusable, IndexWriteFailed; then nothing was written.
        """
        batch = list(changes)
        if not batch:
            return False
        with disk_errors(), self._writing():
            build = self.folder.current()
            self.folder.note(batch)
            fresh = snapshot if snapshot.generation == self.generation() else self.load(snapshot)
            return self._write(build, batch, fresh)

    def optimise(self) -> None:
        """Merge everything into one segment (nightly): smaller and a little faster to read."""
        with disk_errors(), self._writing():
            optimise(self._open(self.folder.current()))

    def rebuild(self, documents: Iterable[SearchDocument], progress: Callable[[int], None]) -> int:
        """Make a new build and switch to it; returns the number of documents.

        Readers keep the old build and writers go on meanwhile: what they apply is written into the new
        build before the switch. Raises IndexBusy if another rebuild runs.
        """
        with disk_errors(), self.folder.lock("rebuild", 0):
            with self._writing():
                self.folder.sweep()
                self.folder.open_journal()
            try:
                build = self.folder.new_build()
                FileIndex.create(FileStorage(str(build)), self._schema, _NAME)
                count = self._fill(build, documents, progress)
                with self._writing():
                    for batch in self.folder.read_journal():
                        self._write(build, batch, self._load(build, None))
                    self.folder.switch(build)
                return count
            finally:
                self.folder.close_journal()
                self.folder.sweep()

    def _fill(self, build: Path, documents: Iterable[SearchDocument], progress: Callable[[int], None]) -> int:
        """Write all documents, a segment for each twenty-five thousand; the first of a key counts."""
        known: set[str] = set()
        fresh = self._counted(documents, known, progress)
        before = -1
        while len(known) > before:
            before = len(known)
            append(self._open(build), islice(fresh, _REBUILD_BATCH))
        progress(len(known))
        return len(known)

    @staticmethod
    def _counted(
        documents: Iterable[SearchDocument], known: set[str], progress: Callable[[int], None]
    ) -> Iterator[SearchDocument]:
        for document in documents:
            if document.key not in known:
                known.add(document.key)
                if len(known) % _PROGRESS_EVERY == 0:
                    progress(len(known))
                yield document

    def _write(self, build: Path, changes: Sequence[Change], fresh: Snapshot) -> bool:
        self.folder.tidy(build)
        index = self._open(build)
        batch = Batch.against(fresh, changes)
        if batch.empty:
            return False
        commit(index, batch)
        return True

    def _open(self, build: Path) -> Any:
        return FileIndex(FileStorage(str(build)), schema=self._schema, indexname=_NAME)

    def _writing(self) -> Any:
        return self.folder.lock("writer", WAIT_FOR_WRITER_S)
