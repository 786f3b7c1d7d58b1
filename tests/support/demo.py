"""The demo as `kmsvc demo` makes it, for a leap day: played once a run, whichever test process asks first."""

from __future__ import annotations

import fcntl
import os
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from benchmarks.fifty import SEED
from kmsvc.cli.demo import make

DAY = date(2024, 2, 29)
NOON = datetime(2024, 2, 29, 4, 0, tzinfo=UTC)
"""Of that day, in Shanghai: everything the demo tells of has happened by then."""


def made_demo(factory: pytest.TempPathFactory) -> Path:
    """A copy of it for the asking test file alone."""
    common = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        common = common.parent
    first, copy = common / "played-demo", factory.mktemp("demo") / "d"
    with (common / "played-demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (first / "demo.json").exists():
            make(first, seed=SEED, today=DAY)
    shutil.copytree(first, copy)
    return copy
