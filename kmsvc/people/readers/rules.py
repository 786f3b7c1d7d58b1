"""Who is in a reader group: pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Membership:
    """What makes somebody a reader: one of these posts (ids) or one of these roles (codes), inside a unit (id)."""

    within: int | None
    posts: frozenset[int]
    roles: frozenset[str]

    def holds(self, units: Collection[int], post_id: int | None, roles: Collection[str]) -> bool:
        """Whether somebody with this post and these roles is in it; units: the own one and all above it."""
        return self.within in units and (post_id in self.posts or not self.roles.isdisjoint(roles))


def membership(within: int | None, stored: Mapping[str, Any]) -> Membership:
    """A group as its row says."""
    return Membership(within, frozenset(stored["posts"]), frozenset(stored["roles"]))
