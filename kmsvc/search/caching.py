"""A cache with a bound in bytes that threads may share: what was used least recently goes first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")
_OVERHEAD = 300


class BoundedCache(Generic[V]):
    """Values by name, up to a number of bytes in all; `weigh` gives a value's bytes."""

    def __init__(self, limit_bytes: int, weigh: Callable[[V], int]) -> None:
        self._limit = limit_bytes
        self._weigh = weigh
        self._used = 0
        self._lock = threading.Lock()
        self._held: OrderedDict[Hashable, V] = OrderedDict()

    @property
    def used_bytes(self) -> int:
        """Bytes held now."""
        return self._used

    def get(self, name: Hashable) -> V | None:
        """A value that is still held."""
        with self._lock:
            found = self._held.get(name)
            if found is not None:
                self._held.move_to_end(name)
            return found

    def put(self, name: Hashable, value: V) -> None:
        """Hold a value unless it alone is a quarter of the bound."""
        size = _OVERHEAD + self._weigh(value)
        if size > self._limit // 4:
            return
        with self._lock:
            if name in self._held:
                return
            self._held[name] = value
            self._used += size
            while self._used > self._limit:
                _, dropped = self._held.popitem(last=False)
                self._used -= _OVERHEAD + self._weigh(dropped)
