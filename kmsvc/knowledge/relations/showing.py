"""What pages show of relations: shapes and words, languages by their own names, rows as HTML, the table to take away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.i18n import label, sentence
from kmsvc.core.texts import N_
from kmsvc.files.queries import address_of
from kmsvc.knowledge.articles.showing import block_labels
from kmsvc.knowledge.relations.queries import Column, TwinCard, TwinLine
from kmsvc.knowledge.relations.rules import TwinState
from kmsvc.markup.blocks import IdentifiedBlock
from kmsvc.markup.render import render_blocks

SHAPES = {TwinState.DRIFTED: "warn", TwinState.BOTH: "due", TwinState.UNCHECKED: "due", TwinState.EQUAL: "ok", TwinState.ALONE: "idle"}
HEAD = (N_("State"), N_("Behind, or the Chinese one"), N_("Title"), N_("The other one"), N_("Title"), N_("Changed"),
        N_("Who brings it up"), N_("Last found equal"), N_("By"))


def state_of(state: TwinState) -> tuple[str, str]:
    """Shape and word of how twins stand."""
    return SHAPES[state], label(state)


def state_word(code: str) -> str:
    """The word of a choice of the filter."""
    return sentence(N_("All twins")) if code == "all" else label(TwinState(code))


def export_rows(lines: Sequence[TwinLine], local: Callable[[datetime], datetime],
                word: Callable[[TwinState], str] = label) -> list[list[Any]]:
    """The list as a table to take away. word: what a state is called in it."""
    return [[word(line.state), line.first.number, line.first.title, line.second.number, line.second.title,
             local(line.since) if line.since else None, line.owner, local(line.checked_at) if line.checked_at else None,
             line.checked_by] for line in lines]


def painted(session: Session, actor: Actor, card: TwinCard) -> list[tuple[Markup, Markup, tuple[bool, bool]]]:
    """The rows as HTML, each block with its lasting id."""
    address, labels = address_of(session, actor), block_labels()

    def html(block: IdentifiedBlock | None, column: Column) -> Markup:
        return render_blocks([block], attachment_url=address, labels=labels) if block is not None else Markup()

    return [(html(row.left, card.left), html(row.right, card.right), row.changed) for row in card.rows]

