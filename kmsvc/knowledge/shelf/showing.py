"""What pages and files show of what is at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.i18n import label
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.showing import category_name
from kmsvc.knowledge.shelf.lists import Held, at_hand
from kmsvc.knowledge.shelf.queries import PinLine
from kmsvc.knowledge.shelf.rules import PinState, View

HEAD = (N_("Number"), N_("Title"), N_("Category"), N_("Opened"), N_("Uses today"), N_("Pinned until"), N_("Reason"))
PIN_HEAD = (N_("Number"), N_("Title"), N_("Unit"), N_("Last day"), N_("Reason"), N_("State"), N_("Pinned"), N_("By"))
SHAPES = {PinState.STANDING: "ok", PinState.ENDED: "idle", PinState.REMOVED: "off"}


def shelf_lines(session: Session, actor: Actor, today: date, zone: str, view: str | None, q: str | None) -> list[Held]:
    """One of the lists, whole. q: number or title."""
    which = View(view or View.FAVOURITES)
    wanted = (q or "").strip().lower()
    return [held for held in at_hand(session, actor, today, zone, (which,))[which]
            if wanted in held.card.number.lower() or wanted in held.card.title.lower()]


def moves(lines: Sequence[Held], order: Sequence[int]) -> dict[int, tuple[int | None, int | None]]:
    """Favourite -> the place it takes one line up and one down, among all of them: some may not be readable now."""
    place = {article_id: at for at, article_id in enumerate(order, 1)}
    ids = [held.card.id for held in lines]
    return {one: (place[ids[at - 1]] if at else None, place[ids[at + 1]] if at + 1 < len(ids) else None) for at, one in enumerate(ids)}


def export_rows(lines: Sequence[Held], local: Callable[[datetime], datetime],
                category: Callable[[str], str] = category_name) -> list[list[Any]]:
    """The list as a table to take away."""
    return [[held.card.number, held.card.title, category(held.card.category) if held.card.category else "",
             local(held.at) if held.at else None, held.uses or None, held.until, held.reason] for held in lines]


def pin_rows(lines: Sequence[PinLine], local: Callable[[datetime], datetime],
             word: Callable[[PinState], str] = label) -> list[list[Any]]:
    """Pins as a table to take away. word: what a state is called in it."""
    return [[line.number, line.title, line.unit, line.until, line.reason, word(line.state), local(line.made_at), line.made_by]
            for line in lines]
