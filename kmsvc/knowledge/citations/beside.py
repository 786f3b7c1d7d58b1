"""What the pages of an article show of citations: what cites it, and what its newer draft would mark."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.citations import articles, showing
from kmsvc.knowledge.citations.permissions import KEEP_CITATIONS, SEE_CITATIONS
from kmsvc.knowledge.citations.queries import cited_by, touched_by


def of_article(session: Session, actor: Actor, article: Article, today: date) -> dict[str, Any]:
    """What stands beside an article; nothing for whoever does not see citations."""
    if not can(actor, SEE_CITATIONS):
        return {"citing": [], "touches": None, "show_citing": showing, "may_cite": False}
    lines = cited_by(session, actor, "article", article.id)
    may_cite = article.published_version_id is not None and can(actor, KEEP_CITATIONS)
    return {"citing": showing.grouped(lines), "show_citing": showing, "may_cite": may_cite,
            "touches": touches_of(session, actor, article, today) if lines else None}


def touches_of(session: Session, actor: Actor, article: Article, today: date) -> dict[str, Any] | None:
    """What publishing the newer draft of an article would mark; None where there is none, or it is not this caller's to publish."""
    draft = article.draft_version_id
    if draft is None or draft == article.published_version_id or not can(actor, EDIT_ARTICLE, article):
        return None
    text = articles.text(session, article.id, draft)
    return showing.touched(touched_by(session, actor, "article", article.id, text, today)) if text is not None else None
