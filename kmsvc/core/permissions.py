"""Permissions: a name granted to roles, and a small predicate over (actor, object). The register is the policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotPermitted

Predicate = Callable[[Actor, Any], bool]

REGISTER: dict[str, Permission] = {}


def anything(actor: Actor, subject: Any) -> bool:
    """No condition on the object."""
    return True


@dataclass(frozen=True)
class Permission:
    """`name` is what roles grant (`slice.noun.verb`), `label` an English source text, `when` the object's condition."""

    name: str
    label: str
    when: Predicate = anything

    def __post_init__(self) -> None:
        if self.name in REGISTER:
            raise ValueError(f"permission {self.name} declared twice")
        REGISTER[self.name] = self


def can(actor: Actor | None, permission: Permission, subject: Any = None) -> bool:
    """Whether the actor may do this to this object; the predicate that draws the button also guards the verb."""
    return actor is not None and permission.name in actor.permissions and permission.when(actor, subject)


def require(actor: Actor | None, permission: Permission, subject: Any = None) -> None:
    """Raise NotPermitted unless `can`."""
    if not can(actor, permission, subject):
        raise NotPermitted()
