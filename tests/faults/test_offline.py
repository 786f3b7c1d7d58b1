"""The service in a network namespace of its own: nothing outside can be reached, and nothing is missing. R-O4."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.conftest import KIND_SQLITE
from tests.faults.house import ROOT, House

pytestmark = [KIND_SQLITE, pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("unshare"),
                                              reason="a network namespace needs root and unshare on Linux")]


def test_r_o4_the_flow_runs_without_an_outside_network(house: House, tmp_path: Path) -> None:
    """R-O4: submit, walk to the release, find, and every page's own files, with nothing but the loopback device."""
    for who in ("agent", "team_leader"):
        house.token(who)
    (tmp_path / "house").write_bytes(pickle.dumps((house.settings, house.port)))
    words = ["unshare", "-n", sys.executable, "-m", "tests.faults.offline", str(tmp_path / "house")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    if "unshare failed" in done.stderr:
        pytest.skip(f"no network namespace to be had here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr[-4000:]
    assert "told without a network" in done.stdout
