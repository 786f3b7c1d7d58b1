"""Named points between effects, where tests kill the process. Without KMSVC_FAULT in the environment: nothing."""

from __future__ import annotations

import os
import signal

_ARMED = os.environ.get("KMSVC_FAULT", "")
_left = 1

POINTS = (
    "work.before_audit", "work.before_commit", "work.after_commit",
    "mail.after_claim", "mail.after_send",
    "index.before_commit", "index.after_commit",
    "reaction.after_effect",
    "live.before_commit",
    "file.after_write",
)


def fault(name: str) -> None:
    """End this process as a power cut would, if KMSVC_FAULT names this point (`name` or `name:3` for the third time)."""
    global _left
    if not _ARMED:
        return
    armed, _, times = _ARMED.partition(":")
    if armed != name:
        return
    if _left < int(times or 1):
        _left += 1
        return
    os.kill(os.getpid(), signal.SIGKILL)
