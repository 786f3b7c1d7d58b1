"""Lots that fall the same on every machine and under every Python: whole-number mixing keyed by SHA-256 of the seed.

`random.Random` promises a lasting order for `random()` alone, not for `shuffle` and `sample`; so nothing of it is used. The mixing is
the finalizer of SplitMix64 (Steele, Lea and Flood 2014), exact arithmetic modulo 2**64, in Python and in NumPy alike."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

MASK = (1 << 64) - 1
_STEP, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def key_of(*parts: object) -> int:
    """64 bits of a seed and what it is for. Parts are parted by a mark no seed can hold."""
    return int.from_bytes(hashlib.sha256("\x00".join(str(part) for part in parts).encode()).digest()[:8], "big")


def lot(key: int, number: int) -> int:
    """The lot of a number under a key, 0 up to 2**64."""
    mixed = (key + number * _STEP) & MASK
    mixed = ((mixed ^ mixed >> 30) * _FIRST) & MASK
    mixed = ((mixed ^ mixed >> 27) * _SECOND) & MASK
    return mixed ^ mixed >> 31


def lots(key: int, numbers: NDArray[np.int64]) -> NDArray[np.uint64]:
    """The same for a column of numbers."""
    with np.errstate(over="ignore"):
        mixed = np.uint64(key) + numbers.astype(np.uint64) * np.uint64(_STEP)
        mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(_FIRST)
        mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(_SECOND)
        found: NDArray[np.uint64] = mixed ^ mixed >> np.uint64(31)
    return found


def shuffled(numbers: Iterable[int], key: int) -> list[int]:
    """Numbers, each once, in the order of their lots."""
    return sorted(numbers, key=lambda one: (lot(key, one), one))
