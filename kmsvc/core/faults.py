"""Named points between effects, where tests kill the process. Without KMSVC_FAULT in the environment: nothing.

A write path has a point after each effect that the next one could miss. `tests/faults` kills at every name in POINTS."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from pathlib import Path

POINTS = (
    "work.before_audit", "work.before_commit", "work.after_commit",
    "reaction.after_effect", "live.before_commit",
    "mail.after_claim", "mail.after_send", "hook.after_claim", "hook.after_send",
    "index.before_commit", "index.after_commit", "index.before_switch",
    "file.after_write", "anchor.after_write",
    "backup.after_database", "backup.before_rename",
    "restore.after_files", "restore.before_database", "restore.after_database",
    "upgrade.after_backup",
)


def _armed() -> dict[str, int]:
    words = [word.strip() for word in os.environ.get("KMSVC_FAULT", "").split(",")]
    return {name: int(times or 1) for name, _, times in (word.partition(":") for word in words if word)}


_ARMED = _armed()
_seen: Counter[str] = Counter()
_dying = threading.Lock()  # one thread leaves its mark and dies; a second one at another point leaves none


def fault(name: str) -> None:
    """End this process as a power cut would, if KMSVC_FAULT names this point (`name`, `name:3` for the third time, several
    with commas). With KMSVC_FAULT_MARKS, a folder, each point kills once and leaves a file of its name there."""
    if name not in _ARMED:
        return
    with _dying:
        _seen[name] += 1
        if _seen[name] < _ARMED[name]:
            return
        if folder := os.environ.get("KMSVC_FAULT_MARKS"):
            try:
                os.close(os.open(Path(folder) / name, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                return
        os.kill(os.getpid(), signal.SIGKILL)
