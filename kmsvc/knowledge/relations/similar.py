"""Articles that are near another one, asked of the search as the caller: nothing is computed ahead, nothing hidden is named."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.knowledge.articles.queries import readable_version
from kmsvc.knowledge.relations.standing import bonds_of
from kmsvc.search.engine import SearchEngine
from kmsvc.search.queries import ask

MOST = 5
LEAST = 0.28
"""How much of the score that the article itself gets for its own title another one must reach."""


def similar_to(session: Session, engine: SearchEngine, actor: Actor, article_id: int, today: date) -> list[ThingCard]:
    """Up to five articles in force that this caller may read and that are near this one's title, beside those related by
    hand; NotFound where the article is not for this caller."""
    article, version = readable_version(session, actor, article_id)
    related = {bond.other(article.id) for bond in bonds_of(session, article.id)} | {article.id}
    found = ask(session, engine, actor, text=version.title, on=today, lag_s=0.0,
                kind="article", limit=MOST + len(related), learned=False)
    if found.degraded:
        return []
    own = next((one.score for one in found.items if one.card.id == article.id), max((one.score for one in found.items), default=0))
    return [one.card for one in found.items if one.card.kind == "article" and one.card.id not in related
            and one.score >= own * LEAST][:MOST]
