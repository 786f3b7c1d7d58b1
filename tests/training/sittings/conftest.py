"""Every centre of these tests has a steady clock that stands still until a test moves it."""

from __future__ import annotations

import pytest

from kmsvc.core import clock


@pytest.fixture(autouse=True)
def steady(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """`steady[0]`: its seconds."""
    held = [1000.0]
    monkeypatch.setattr(clock, "_uninterrupted", lambda: held[0])
    return held
