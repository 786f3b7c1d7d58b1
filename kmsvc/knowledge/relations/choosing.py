"""Which article is meant by what somebody typed: a number, words of a title, or how they sound."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.lists import article_lines, article_numbered
from kmsvc.knowledge.relations.standing import bonds_of
from kmsvc.search.engine import SearchEngine
from kmsvc.search.queries import names_for

MOST = 8
ASKED = 24
"""names asked of the index, which knows things of other kinds too"""


@dataclass(frozen=True)
class Choice:
    """An article that may be meant."""

    id: int
    number: str
    title: str


def choices(session: Session, engine: SearchEngine, actor: Actor, article_id: int, typed: str, today: date) -> list[Choice]:
    """Articles this caller may read that may be meant, the nearest first, without those that are related already. article_id: of
    the one that is related, 0 where any may be meant.

    What the index does not know, drafts and retired ones, is looked for where it finds nothing."""
    if not typed.strip():
        return []
    related = {bond.other(article_id) for bond in bonds_of(session, article_id)} | {article_id}
    found = [Choice(card.id, card.number, card.title) for _, card in names_for(session, engine, actor, typed, today, ASKED)
             if card.kind == "article" and card.id not in related]
    if not found:
        lines, _ = article_lines(session, actor, today, q=typed.strip(), limit=MOST + len(related))
        found = [Choice(line.id, line.number, line.title) for line in lines if line.id not in related]
    return list({one.id: one for one in found}.values())[:MOST]


def meant(session: Session, engine: SearchEngine, actor: Actor, article_id: int, typed: str | None, picked: str | None,
          today: date) -> int:
    """The id of the article that is meant: the one whose number was typed, else the one that was picked from what was found.

    InvalidInput where that is still to be decided."""
    for number in (typed, picked):
        found = article_numbered(session, actor, number) if number else None
        if found is not None:
            return found
    if typed and choices(session, engine, actor, article_id, typed, today):
        raise InvalidInput({"other": [N_("Pick the one that is meant.")]})
    raise InvalidInput({"other": [N_("There is no article with this number.")]})
