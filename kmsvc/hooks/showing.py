"""What pages and files show of hooks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from kmsvc.core.i18n import label, sentence
from kmsvc.core.texts import N_
from kmsvc.hooks.queries import DeliveryLine, HookLine
from kmsvc.hooks.reasons import reason_of
from kmsvc.hooks.rules import OFFERED, TESTED, DeliveryState, HookState

SHAPES = {HookState.ON: "ok", HookState.PAUSED: "idle", HookState.STOPPED: "bad"}
SENT = {DeliveryState.WAITING: "info", DeliveryState.SENT: "ok", DeliveryState.DEAD: "bad", DeliveryState.DROPPED: "off"}
HEAD = (N_("Name"), N_("Address"), N_("With whose rights"), N_("What it is told of"), N_("State"), N_("Waiting"), N_("Given up"),
        N_("Answered last"))
LOG_HEAD = (N_("When"), N_("What happened"), N_("State"), N_("Tries"), N_("Status"), N_("Milliseconds"), N_("Reason"), N_("Answer"),
            N_("Delivery"))


def fact(kind: str) -> str:
    """What happened, in the reader's language."""
    return sentence(N_("Test")) if kind == TESTED else sentence(OFFERED[kind].label) if kind in OFFERED else kind


def reason(written: str | None) -> str:
    """Why it was not sent, in the reader's language."""
    return sentence(*reason_of(written)) if written else ""


def kinds() -> list[tuple[str, str]]:
    """What can be told, as choices."""
    return [(one, fact(one)) for one in OFFERED]


def export_rows(lines: Sequence[HookLine], local: Callable[[datetime], datetime]) -> list[list[Any]]:
    """Hooks as a table to take away, without secrets."""
    return [[line.name, line.address, line.login, "\n".join(fact(one) for one in line.kinds), label(line.state, HookState),
             line.waiting, line.dead, local(line.answered_at) if line.answered_at else None] for line in lines]


def log_rows(lines: Sequence[DeliveryLine], local: Callable[[datetime], datetime]) -> list[list[Any]]:
    """The log as a table to take away."""
    return [[local(line.at), fact(line.kind), label(line.state, DeliveryState), line.tries, line.status, line.took_ms,
             reason(line.error), line.answer, line.uid] for line in lines]
