"""The clock nobody can set: it only goes on, and says since which start of the machine it counts."""

from __future__ import annotations

from kmsvc.core.clock import steady_reading


def test_the_steady_clock_goes_on_and_names_its_start() -> None:
    first, second = steady_reading(), steady_reading()
    assert second[0] >= first[0] >= 0
    assert first[1] == second[1]
    assert 1 <= len(first[1]) <= 64
