"""Who sees what cites our texts, who looks at a mark, what the service itself does."""

from __future__ import annotations

from typing import Protocol

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_


class Kept(Protocol):
    """A card of a thing that cites."""

    @property
    def may_keep(self) -> bool:
        """Whether the caller keeps it."""


def keeps(actor: Actor, thing: Kept | None) -> bool:
    """Whether the thing is the caller's to keep; which it is, the slice it belongs to has said on its card."""
    return thing is None or thing.may_keep


SEE_CITATIONS = Permission("knowledge.citation.see", N_("See what lessons, questions and works of other systems cite"))
KEEP_CITATIONS = Permission("knowledge.citation.keep", N_("Say what a thing cites and what became of it"), keeps)
FOLLOW_TEXTS = Permission("knowledge.citation.follow", N_("Mark what cites a paragraph that changed"))
