"""Who may read, keep and publish processes."""

from __future__ import annotations

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.process.definitions.heads import ProcessHead
from kmsvc.process.definitions.models import Process


def may_see(actor: Actor, process: Process | ProcessHead | None) -> bool:
    """Published (or once published) for its audience; drafts for owners, authors and managers."""
    if process is None:
        return True
    if actor.can("process.definition.read_drafts") or actor.can("process.change.author"):
        return True
    if actor.person_id is not None and actor.person_id == process.owner_id:
        return True
    was_live = process.reviewed_on is not None  # set when a version takes effect, and never emptied
    public = process.published_version_id is not None or (process.retired_at is not None and was_live)
    return public and (process.audience_unit_id is None or process.audience_unit_id in actor.units)


def owns(actor: Actor, process: Process | ProcessHead | None) -> bool:
    """The person named as owner, or who manages processes."""
    return process is None or actor.person_id == process.owner_id or actor.can("process.definition.manage")


READ_PROCESS = Permission("process.definition.read", N_("Read processes"), may_see)
READ_DRAFTS = Permission("process.definition.read_drafts", N_("Read processes that are not published yet"))
MANAGE_PROCESS = Permission("process.definition.manage", N_("Keep the process tree: owners, groups, revert and retire"))
ADOPT_TEXT = Permission("process.definition.adopt", N_("Take over a text that was in force before, unsigned"))
REVIEW_PROCESS = Permission("process.definition.review", N_("Confirm that a process is still right"), owns)
GO_LIVE = Permission("process.definition.go_live", N_("Make released versions live on their day"))
