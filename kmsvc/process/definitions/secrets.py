"""The secret words of a process's texts, for those who may read them; whoever shows them notes it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import SecretText
from kmsvc.core.permissions import can
from kmsvc.files.queries import address_of
from kmsvc.knowledge.articles.permissions import level_of
from kmsvc.knowledge.articles.secrets import secret_blocks
from kmsvc.markup import fences
from kmsvc.markup.kept import revive
from kmsvc.process.definitions.models import Process
from kmsvc.process.definitions.permissions import READ_PROCESS
from kmsvc.process.definitions.queries import VersionCard, version_lines, with_text


def secret_of(session: Session, actor: Actor, process_id: int, number: str, card: VersionCard) -> SecretText | None:
    """The secret words of a version this caller may read; None for everybody below that level, and where there are none."""
    if level_of(actor) < fences.SECRET:
        return None
    blocks = secret_blocks(card.purpose, revive(card.blocks), whole=False)
    return SecretText("process", process_id, number, card.id, card.label, False, blocks,
                      address_of(session, actor)) if blocks else None


def secret(session: Session, actor: Actor, process_id: int, version_id: int | None) -> SecretText | None:
    """The secret words of what is in force, or of one version, of a process this caller may see."""
    process = session.get(Process, process_id)
    if process is None or not can(actor, READ_PROCESS, process) or level_of(actor) < fences.SECRET:
        return None
    line = next((one for one in version_lines(session, actor, process)
                 if (one.id == version_id if version_id else one.is_live)), None)
    return secret_of(session, actor, process.id, process.number, with_text(session, actor, line)) if line is not None else None
