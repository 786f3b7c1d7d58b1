"""How often out of how many, with the interval that such a count leaves open."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054


def wilson(hits: int, n: int, z: float = Z_95) -> tuple[float, float]:
    """The score interval of Wilson for a share, 95 % unless told: from 0 to 1 where nothing was counted."""
    if not n:
        return 0.0, 1.0
    share, square = hits / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n * n))
    return 0.0 if not hits else middle - half, 1.0 if hits == n else middle + half


@dataclass(frozen=True)
class Rate:
    """So many out of so many."""

    hits: int
    n: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where nothing was counted."""
        return self.hits / self.n if self.n else None

    @property
    def percent(self) -> int | None:
        """In whole percent; 100 only where it is all, 0 only where it is none."""
        return min(max(round(100 * self.hits / self.n), self.hits > 0), 100 - (self.hits < self.n)) if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share lies with 95 % confidence."""
        return wilson(self.hits, self.n)
