"""What happens to obligations."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class ReminderDue(Event):
    """An obligation reached a rung of the ladder; whoever owns it is told once."""

    kind = "standards.duty.reminder_due"
    obligation_id: int
    rung: str
