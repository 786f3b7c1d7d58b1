"""What pages and files show of citations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import KINDS, SecretText
from kmsvc.core.i18n import label, sentence
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.showing import painter
from kmsvc.knowledge.citations.citing import CITING, CitingCard
from kmsvc.knowledge.citations.queries import CitationCard, CitationLine, Touch, count_things
from kmsvc.knowledge.citations.rules import Change, CitationState, WorkKind
from kmsvc.knowledge.citations.works import WorkLine
from kmsvc.markup.rows import Row, rows

SHAPES = {CitationState.TRUE: "ok", CitationState.MARKED: "warn", CitationState.ENDED: "off"}
HEAD = (N_("Number"), N_("Name"), N_("What it is"), N_("Keeper"), N_("Text"), N_("Title"), N_("Paragraph"), N_("State"),
        N_("What became of it"), N_("Marked"))
WORK_HEAD = (N_("Number"), N_("What it is"), N_("Name"), N_("Address"), N_("Keeper"), N_("Citations"), N_("To be looked at"), N_("Made"))


def what(card: CitingCard) -> str:
    """What a thing that cites is, in the reader's language."""
    kind = CITING.get(card.kind)
    return sentence(card.note or (kind.label if kind else card.kind))


def painted(session: Session, actor: Actor, card: CitationCard) -> list[Row]:
    """The cited paragraph, or the whole text, then and now."""
    mode = "side" if card.row.block_id else "changes"
    return rows(card.changes, painter(session, actor), mode)


def secret_shown(session: Session, actor: Actor, card: CitationCard) -> list[SecretText]:
    """The secret words that the page of a citation is about to show, of both versions."""
    kind = KINDS.get(card.row.text_kind)
    found = []
    for one in (card.old, card.new):
        secret = (kind.secret(session, actor, one.text_id or card.row.text_id, one.text.version_id)
                  if one and kind and kind.secret else None)
        cited = card.row.block_id
        if secret is None or card.hidden or (cited and cited not in secret.ids):
            continue
        found.append(replace(secret, whole=False, blocks=tuple(block for block in secret.blocks if block[0] == cited))
                     if cited else secret)
    return found


def grouped(lines: Sequence[CitationLine]) -> list[tuple[CitingCard, int, int]]:
    """(thing, paragraphs it cites, how many of them are to be looked at), in the order of the lines."""
    found: dict[tuple[str, int], list[CitationLine]] = {}
    for line in lines:
        found.setdefault((line.citing.kind, line.citing.id), []).append(line)
    return [(ones[0].citing, len(ones), sum(one.state == CitationState.MARKED for one in ones)) for ones in found.values()]


def touched(touches: Sequence[Touch]) -> dict[str, Any]:
    """What a page says before a text is published: how many things, and which."""
    return {"things": count_things(touches), "rows": [(one.citing, Change(one.change), one.excerpt) for one in touches]}


def export_rows(lines: Sequence[CitationLine], local: Callable[[datetime], datetime],
                word: Callable[..., str] = label, kind: Callable[[CitingCard], str] = what) -> list[list[Any]]:
    """Citations as a table to take away; paragraphs that are not for its reader are not in it. word, kind: for codes and kinds."""
    return [[line.citing.number, line.citing.title, kind(line.citing), line.citing.keeper, line.number, line.title, line.excerpt,
             word(line.state, CitationState), word(line.change, Change) if line.change else "",
             local(line.marked_at) if line.marked_at else None] for line in lines]


def work_rows(lines: Sequence[WorkLine], local: Callable[[datetime], datetime]) -> list[list[Any]]:
    """Works of other systems as a table to take away."""
    return [[line.number, label(line.kind, WorkKind), line.name, line.address, line.keeper, line.cites, line.marked,
             local(line.made_at)] for line in lines]
