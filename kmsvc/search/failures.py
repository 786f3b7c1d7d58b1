"""What can go wrong with the search index, as three exceptions that callers can tell apart.

The index is a cache: each of them means "degrade, then write or build again", never "data is lost".
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager


class SearchFailure(Exception):
    """Anything the search index cannot do now."""


class IndexUnusable(SearchFailure):
    """The index is missing, damaged or made with another dictionary: answer without it and ask for a
    rebuild."""


class IndexBusy(SearchFailure):
    """Another process writes to the index: try again later; nothing was changed."""


class IndexWriteFailed(SearchFailure):
    """The disk refused the write (full, read-only): nothing was committed and the next try may start at
    once."""


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turn what the operating system refuses into IndexWriteFailed."""
    try:
        yield
    except OSError as refused:
        reason = os.strerror(refused.errno) if refused.errno else str(refused)
        raise IndexWriteFailed(f"the search index cannot be written: {reason}") from refused
