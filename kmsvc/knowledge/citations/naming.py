"""What a thing cites, as people write it: numbers of texts, one a line, a paragraph as NUMBER#PARAGRAPH."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_
from kmsvc.knowledge.citations.keeping import Ref
from kmsvc.knowledge.citations.texts import TEXTS


def refs_named(session: Session, actor: Actor, typed: str | None, field: str = "cites") -> list[Ref]:
    """The texts and paragraphs that are named; InvalidInput with the line that names none this caller may read."""
    found = []
    for line in (typed or "").replace(",", "\n").replace("\uff0c", "\n").splitlines():
        if not line.strip():
            continue
        number, _, block = (part.strip() for part in line.partition("#"))
        ref = ref_named(session, actor, number, block or None)
        if ref is None:
            raise InvalidInput({field: [N_("One of these numbers is of no text that you may read.")]})
        found.append(ref)
    return found


def ref_named(session: Session, actor: Actor, number: str, block_id: str | None = None) -> Ref | None:
    """The text with this number, of whatever kind, that this caller may read."""
    for name, kind in sorted(TEXTS.items()):
        text_id = kind.numbered(session, actor, number)
        if text_id is not None:
            return Ref(name, text_id, block_id)
    return None
