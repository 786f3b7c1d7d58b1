"""Who confirms and who asks for it."""

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_

CONFIRM = Permission("knowledge.confirmation.give", N_("Confirm having read a version"))
ASK = Permission("knowledge.confirmation.ask", N_("Ask people to read a version"))


def sees_readers(actor: Actor) -> bool:
    """Whether the names of who has read what are for this person: editors, and those who read drafts of processes."""
    return actor.can("knowledge.article.edit") or actor.can("process.definition.read_drafts")
