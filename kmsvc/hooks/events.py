"""What happens to hooks."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class HookStopped(Event):
    """A hook failed many times in a row and is called no longer until somebody lets it go on."""

    kind = "hooks.hook.stopped"
    hook_id: int
    failing: int
    turn: int
