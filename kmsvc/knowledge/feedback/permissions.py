"""Who says something of an answer, who sees it and who replies."""

from __future__ import annotations

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.feedback.models import Feedback


def is_sender(actor: Actor, row: Feedback | None) -> bool:
    """Whether a person speaks; of feedback that is there, whether it is this person's own."""
    return actor.person_id is not None and (row is None or row.sender_id == actor.person_id)


def replies(actor: Actor, article: Article | None) -> bool:
    """Whether feedback on this article is this caller's to deal with: its owner's, and the knowledge editors'."""
    return actor.can("knowledge.article.edit") or (
        article is not None and actor.person_id is not None and article.owner_id == actor.person_id)


SEND_FEEDBACK = Permission("knowledge.feedback.send", N_("Say whether an answer is right"), is_sender)
SEE_FEEDBACK = Permission("knowledge.feedback.see", N_("See feedback of one's own and on one's own articles"))
ANSWER_FEEDBACK = Permission("knowledge.feedback.answer", N_("Reply to feedback on one's own articles"), replies)
FOLLOW_FEEDBACK = Permission("knowledge.feedback.follow", N_("Note what came of feedback"))
