"""The text of a version as readers will see it: whole, for whoever reviews or signs it."""

from __future__ import annotations

from markupsafe import Markup
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.files.queries import address_of
from kmsvc.knowledge.articles.permissions import level_of
from kmsvc.knowledge.articles.showing import block_labels
from kmsvc.markup.blocks import visible_blocks
from kmsvc.markup.kept import revive
from kmsvc.markup.render import render_blocks
from kmsvc.process.definitions.models import ProcessVersion


def full_text(session: Session, actor: Actor, version: ProcessVersion) -> Markup:
    """A version exactly as it will be published, cut to what this caller may read."""
    return render_blocks(visible_blocks(revive(version.blocks), level_of(actor)), labels=block_labels(),
                         attachment_url=address_of(session, actor))
