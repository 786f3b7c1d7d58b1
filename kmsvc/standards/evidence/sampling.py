"""How a sample is drawn from records, so that anybody can repeat it without this service. Pure. Source: W10.

Each thing has a key, `kind:id`. Its rank is the SHA-256, as 64 small hexadecimal digits, of the UTF-8 text `SEED|KEY`; the sample are
the things of the lowest ranks, compared as text. With a shell: `printf '%s' '4711|process:12' | sha256sum`. The hash of a population is
the SHA-256 of its keys, sorted as text and joined by line feeds. No generator of random numbers takes part, so every release and every
language draws the same."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable


def rank(seed: str, key: str) -> str:
    """Where a thing stands in the drawing."""
    return hashlib.sha256(f"{seed}|{key}".encode()).hexdigest()


def population_hash(keys: Iterable[str]) -> str:
    """By which two see that they drew from the same."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()


def drawn(keys: Collection[str], seed: str, size: int) -> list[str]:
    """The keys that a seed draws, in the order of their ranks."""
    return sorted(keys, key=lambda key: (rank(seed, key), key))[:size]
