"""How a line of the annual plan becomes a training plan: one register, filled by the noun of plans or by reactions.

Nothing here imports plans: until somebody registers, a line stays as it is."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.training.needs.plan_queries import PlanLineCard

PlanLink = Callable[[Session, Actor, PlanLineCard], tuple[str, str] | None]
"""(session, who looks, line) -> (what the button says, where it leads), None where there is nothing to do"""
LINKS: list[PlanLink] = []


def link_of(session: Session, actor: Actor, line: PlanLineCard) -> tuple[str, str] | None:
    """The first link that somebody has for this line."""
    return next((found for one in LINKS if (found := one(session, actor, line)) is not None), None)
