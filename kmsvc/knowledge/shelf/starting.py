"""What the empty search page shows of what is at hand: fills the register of the search."""

from __future__ import annotations

from datetime import date

from markupsafe import escape
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.knowledge.shelf.lists import at_hand
from kmsvc.knowledge.shelf.rules import View
from kmsvc.search.starting import Group, Line, provide

SHOWN = {View.PINNED: 10, View.FAVOURITES: 10, View.RECENT: 5, View.TOP: 10}


def groups(session: Session, actor: Actor, today: date, zone: str) -> list[Group]:
    """The lists that have something in them; what stands in an earlier one is not said again in «Opened last»."""
    lists = at_hand(session, actor, today, zone)
    above = {held.card.id for view in (View.PINNED, View.FAVOURITES) for held in lists[view]}
    lists[View.RECENT] = [held for held in lists[View.RECENT] if held.card.id not in above]
    return [Group(view, view.label, f"/knowledge/shelf?view={view}", tuple(
        Line(held.card, str(escape(held.card.title)), held.reason, held.uses) for held in lists[view][:SHOWN[view]]))
        for view in View if lists[view]]


provide(groups)
