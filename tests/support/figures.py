"""How much a test does: a short form in every run, the full figure when KMSVC_HARD=1."""

from __future__ import annotations

import os
from typing import TypeVar

HARD = os.environ.get("KMSVC_HARD") == "1"
Amount = TypeVar("Amount", int, float)


def full(figure: Amount, *, short: Amount) -> Amount:
    """The amount of work for this run: the requirement's own figure, or the short one."""
    return figure if HARD else short
