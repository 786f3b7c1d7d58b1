"""Who sees the health of articles, and who acts on it."""

from __future__ import annotations

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.models import Article


def may_judge(actor: Actor, article: Article | None) -> bool:
    """Whether this caller answers for the article: its owner, or an editor."""
    return actor.can("knowledge.article.edit") or (
        article is not None and actor.person_id is not None and article.owner_id == actor.person_id)


SEE_HEALTH = Permission("knowledge.health.see", N_("See the health of one's own articles"))
SEE_ALL_HEALTH = Permission("knowledge.health.see_all", N_("See the health of all articles one may read"))
JUDGE_HEALTH = Permission("knowledge.health.judge", N_("Say that an article is right as it is"), may_judge)
EXAMINE_HEALTH = Permission("knowledge.health.examine", N_("Look for signs that articles need somebody"))
