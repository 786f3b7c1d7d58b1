"""The first `make run` in a fresh clone: environment, locked dependencies, assets, the demo, until the first page answers."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from benchmarks.place import ROOT

MOST_S = 600


def measure() -> dict[str, object]:
    """Seconds from the command to the first page, and of it the installation."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "kmsvc"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KMSVC_")}
        began = time.monotonic()
        process = subprocess.Popen(["make", "run", "PORT=8741"], cwd=clone, env=kept, start_new_session=True, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        watchdog = threading.Timer(MOST_S, os.killpg, (process.pid, signal.SIGKILL))
        watchdog.start()
        try:
            installed = None
            for line in process.stdout or ():
                if installed is None and (clone / ".venv" / ".run").exists():
                    installed = time.monotonic() - began
                address = re.search(r"http://127\.0\.0\.1:\d+", line)
                if address:
                    with urllib.request.urlopen(f"{address.group(0)}/sign-in", timeout=30) as answer:
                        answer.read()
                    break
            else:
                raise SystemExit("make run ended without an address")
            took = time.monotonic() - began
        finally:
            watchdog.cancel()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return {"command to first page s": round(took, 1), "of it installing s": round(installed or 0.0, 1)}


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:28} {value}")
