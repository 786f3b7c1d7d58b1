"""Who may read, edit and publish articles."""

from __future__ import annotations

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.models import Article


def level_of(actor: Actor) -> int:
    """The highest level this caller reads: 2 for everybody of the centre, 3 for those who keep secrets."""
    return 3 if actor.can("knowledge.article.read_secret") else 2


def in_audience(actor: Actor, article: Article | None) -> bool:
    """Whether the article is for the caller's unit; editors keep all."""
    if article is None or actor.can("knowledge.article.edit") or actor.can("process.definition.read_drafts"):
        return True
    return article.audience_unit_id is None or article.audience_unit_id in actor.units


READ_ARTICLE = Permission("knowledge.article.read", N_("Read articles"), in_audience)
READ_SECRET = Permission("knowledge.article.read_secret", N_("Read secret articles and blocks"))
READ_DRAFTS = Permission("knowledge.article.read_drafts", N_("Read articles that are not published"))
EDIT_ARTICLE = Permission("knowledge.article.edit", N_("Write, import, publish and retire articles"))
FOLLOW_PROCESS = Permission("knowledge.article.follow_process", N_("Publish what a released process says"))
