"""Acts that change no governed row but must stand in the trail: a retry, a rebuild, the end of somebody's sessions."""

from __future__ import annotations

from typing import Any

from kmsvc.core import audit
from kmsvc.core.work import Work


def note_act(work: Work, act: str, subject: str, subject_id: str, after: dict[str, Any] | None = None, *,
             reason: str | None = None) -> None:
    """Let the trail say who did something that changes no governed row."""
    audit.append(work.session, [{"act": act, "subject": subject, "subject_id": subject_id, "before": None, "after": after}],
                 audit.stamp(work.actor, work.now, reason))
