"""One commit with Whoosh's segment writer: delete, add, merge the smallest segments when there are too many.

Whatever fails, Whoosh's lock is given back, so that the next commit of the same process can start.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from whoosh.index import LockError

from kmsvc.search.bulk import BulkWriter
from kmsvc.search.documents import Deleted, SearchDocument
from kmsvc.search.failures import IndexBusy, IndexUnusable
from kmsvc.search.schema import fields_of, stamp_of
from kmsvc.search.snapshot import Snapshot

MOST_SEGMENTS = 20
_LEFT_ALONE = 8


@dataclass(frozen=True)
class Batch:
    """Documents to add and the numbers (in the snapshot) of those to delete."""

    documents: Sequence[SearchDocument]
    deleted: Set[int]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.documents and not self.deleted

    @classmethod
    def against(cls, snapshot: Snapshot, changes: Sequence[SearchDocument | Deleted]) -> "Batch":
        """What makes a snapshot what the changes want; unchanged documents drop out."""
        last = {change.key: change for change in changes}
        documents, deleted = [], set()
        for key, change in last.items():
            number = snapshot.find(key)
            if isinstance(change, SearchDocument):
                if number is not None and int(snapshot.stamps[number]) == stamp_of(change):
                    continue
                documents.append(change)
            if number is not None:
                deleted.add(number)
        return cls(documents, deleted)


def commit(index: Any, batch: Batch) -> None:
    """Write a batch; merges the smallest segments when there are more than twenty."""
    _write(index, batch.documents, batch.deleted, _merge_smallest)


def append(index: Any, documents: Iterable[SearchDocument]) -> None:
    """Write documents that the index does not hold yet as one segment, reading them one by one."""
    _write(index, documents, frozenset(), _merge_nothing)


def optimise(index: Any) -> None:
    """Merge all segments into one."""
    _write(index, (), frozenset(), _merge_all)


def _write(index: Any, documents: Iterable[SearchDocument], deleted: Set[int], policy: Any) -> None:
    writer = None
    try:
        with _index_errors():
            writer = BulkWriter(index)
            for number in sorted(deleted):
                writer.delete_document(number)
        for document in documents:
            writer.add(fields_of(document))
        with _index_errors():
            writer.commit(mergetype=policy)
    except BaseException:
        if writer is not None:
            _give_up(writer)
        raise


@contextmanager
def _index_errors() -> Iterator[None]:
    """Errors of the index itself, told apart from those of documents and of the disk."""
    try:
        yield
    except LockError as held:
        raise IndexBusy("somebody else writes to the search index") from held
    except OSError:
        raise
    except Exception as damage:
        raise IndexUnusable("the search index is damaged") from damage


def _give_up(writer: Any) -> None:
    """Leave no lock and no open file behind; cancel() itself may fail on a full disk."""
    with suppress(Exception):
        writer.cancel()
    with suppress(Exception):
        writer._tempstorage.destroy()
    lock = writer.writelock
    if lock is not None and lock.fd is not None:
        lock.release()


def _merge_nothing(writer: Any, segments: list[Any]) -> list[Any]:
    return segments


def _merge_all(writer: Any, segments: list[Any]) -> list[Any]:
    return _merge(writer, segments, segments)


def _merge_smallest(writer: Any, segments: list[Any]) -> list[Any]:
    """Segments without a living document go; beyond twenty, all but the eight largest become one."""
    living = [segment for segment in segments if segment.doc_count()]
    if len(living) < MOST_SEGMENTS:
        return living
    by_size = sorted(living, key=lambda segment: segment.doc_count())
    return _merge(writer, living, by_size[:-_LEFT_ALONE])


def _merge(writer: Any, segments: list[Any], merged: list[Any]) -> list[Any]:
    names = {segment.segment_id() for segment in merged}
    for segment in merged:
        writer.take(segment)
    return [segment for segment in segments if segment.segment_id() not in names]
