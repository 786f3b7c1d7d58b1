"""The files of a change request: added by whoever has a part in it, shown to readers by the texts that came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import KINDS, register
from kmsvc.knowledge.articles.permissions import level_of
from kmsvc.markup.fences import SECRET, visible
from kmsvc.process.changes import scenes
from kmsvc.process.changes.models import Change
from kmsvc.process.changes.queries import things
from kmsvc.process.definitions.models import ProcessVersion
from kmsvc.process.definitions.queries import readable_texts


def keeps(session: Session, actor: Actor, change_id: int) -> bool:
    """Process managers and authors, who read every block of every draft."""
    writes = actor.can("process.change.manage") or actor.can("process.change.author")
    return writes and level_of(actor) == SECRET


def adds(session: Session, actor: Actor, change_id: int) -> bool:
    """Whoever has a part in the change."""
    change = session.get(Change, change_id)
    return change is not None and actor.person_id is not None and actor.person_id in scenes.involved(session, change)


def texts(session: Session, actor: Actor, change_id: int) -> Iterable[str]:
    """The texts of the process concerned that this caller may read (a picture lives on in later versions), and for those
    with a part in the change its drafts, cut to their level."""
    change = session.get(Change, change_id)
    if change is None or change.process_id is None:
        return
    yield from readable_texts(session, actor, change.process_id)
    if adds(session, actor, change_id):
        for body in session.scalars(select(ProcessVersion.body).where(ProcessVersion.change_id == change_id)):
            yield visible(body, level_of(actor))


register(replace(KINDS["change"], cards=things, keeps=keeps, adds=adds, texts=texts))
