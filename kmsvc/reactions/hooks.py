"""What other systems are told of facts, and what follows when one of them cannot be reached for long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.core.work import Work
from kmsvc.hooks.events import HookStopped
from kmsvc.hooks.models import Hook
from kmsvc.hooks.rules import OFFERED
from kmsvc.hooks.usecases import queue_fact
from kmsvc.knowledge.contacts.events import ContactLinked
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.queries import holders_of
from kmsvc.people.roles import Role

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings

TOLD = frozenset(OFFERED)
"""kinds of facts that wake `queue_hooks` beside their own reactions"""


def queue_hooks(work: Work, fact: Any, around: Surroundings) -> None:
    """Every hook that wants this fact gets it into its outbox."""
    queue_fact(work, fact.kind, fact.payload(), around.at or work.now)


def tell_administrators(work: Work, fact: HookStopped, around: Surroundings) -> None:
    """Administrators hear that a hook is called no longer."""
    row = work.session.get(Hook, fact.hook_id)
    if row is not None and row.removed_at is None:
        tell(work, [one.id for one in holders_of(work.session, Role.ADMIN)], "hooks.hook.stopped", url=f"/hooks/{row.id}",
             params={"name": row.name, "count": fact.failing}, dedup=f"hook:{row.id}:{fact.turn}")


REACTIONS: dict[Any, tuple[Any, ...]] = {HookStopped: (tell_administrators,), ContactLinked: ()}
