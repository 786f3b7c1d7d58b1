"""One word of a reader as its page and JSON show it, cut to what this caller may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.permissions import can
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.versions import blocks_of
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.permissions import ANSWER_FEEDBACK
from kmsvc.knowledge.feedback.queries import holders, visible_feedback
from kmsvc.knowledge.feedback.rules import FeedbackState
from kmsvc.markup.render import plain_text
from kmsvc.people.accounts.queries import names

EXCERPT = 120


@dataclass(frozen=True)
class FeedbackCard:
    """Everything about one. part: the words of the block it is about; original: (number, address or "", state, answer) of what
    it was joined to; joined: (number, address) of what was joined to it; newer: a version came since."""

    id: int
    number: str
    version: int
    kind: str
    state: str
    article: ThingCard
    article_id: int
    process_id: int | None
    version_id: int
    version_label: str
    version_n: int
    newer: bool
    part: str | None
    note: str | None
    contact: str | None
    query: str | None
    sender: str
    sent_at: datetime
    due_on: date | None
    holders: tuple[str, ...]
    taker: str
    taken_at: datetime | None
    answer: str | None
    answered_by: str
    answered_at: datetime | None
    change: ThingCard | None
    result_label: str | None
    original: tuple[str, str, str, str | None] | None
    joined: tuple[tuple[str, str], ...]
    is_mine: bool
    may_reply: bool
    url: str


def feedback_card(session: Session, actor: Actor, feedback_id: int) -> FeedbackCard:
    """One word of a reader, or NotFound where it is missing or not for this caller."""
    row = visible_feedback(session, actor, feedback_id)
    article, read = session.get(Article, row.article_id), session.get(ArticleVersion, row.version_id)
    assert article is not None and read is not None
    result = session.get(ArticleVersion, row.result_version_id) if row.result_version_id else None
    queue = holders(session, article) if row.state == FeedbackState.OPEN else []
    who = names(session, [row.sender_id, row.taker_id, row.answered_by_id, *queue])
    may_reply = can(actor, ANSWER_FEEDBACK, article)
    thing = cards.whole_card(session, actor, "article", article.id)
    assert thing is not None  # whoever sees the feedback sees its article
    return FeedbackCard(
        id=row.id, number=row.number or "", version=row.version, kind=row.kind, state=row.state, article=thing,
        article_id=article.id, process_id=article.process_id, version_id=read.id, version_label=read.label,
        version_n=read.ordinal, newer=article.published_version_id not in (None, read.id),
        part=part_of(actor, read, row.block_id), note=row.note, contact=row.contact, query=row.query,
        sender=who.get(row.sender_id, ""), sent_at=row.sent_at, due_on=row.due_on,
        holders=tuple(who[one] for one in queue if one in who), taker=who.get(row.taker_id or 0, ""), taken_at=row.taken_at,
        answer=row.answer, answered_by=who.get(row.answered_by_id or 0, ""), answered_at=row.answered_at,
        change=cards.card(session, actor, "change", row.change_id) if row.change_id else None,
        result_label=result.label if result else None, original=_original(session, actor, row),
        joined=_joined(session, row) if may_reply else (), is_mine=row.sender_id == actor.person_id, may_reply=may_reply,
        url=f"/knowledge/feedback/{row.id}")


def parts(actor: Actor, version: ArticleVersion) -> list[tuple[str, str]]:
    """(id, first words) of the blocks of a version this caller may read, for who says which one is meant."""
    return [(one.id, text) for one in blocks_of(actor, version) if (text := _words(one.text))]


def part_of(actor: Actor, version: ArticleVersion, block_id: str | None) -> str | None:
    """The first words of a block, where this caller may read it."""
    return dict(parts(actor, version)).get(block_id) if block_id else None


def _words(markdown: str) -> str:
    text = " ".join(plain_text(markdown).split())
    return text if len(text) <= EXCERPT else text[:EXCERPT - 1] + "\u2026"


def _original(session: Session, actor: Actor, row: Feedback) -> tuple[str, str, str, str | None] | None:
    """What it was joined to. The reply is shown to whoever may read that article; the page only to whom it is open."""
    first = session.get(Feedback, row.duplicate_of_id) if row.duplicate_of_id else None
    if first is None or cards.whole_card(session, actor, "article", first.article_id) is None:
        return None
    open_to = first.sender_id == actor.person_id or can(actor, ANSWER_FEEDBACK, session.get(Article, first.article_id))
    return first.number or "", f"/knowledge/feedback/{first.id}" if open_to else "", first.state, first.answer


def _joined(session: Session, row: Feedback) -> tuple[tuple[str, str], ...]:
    found = session.execute(select(Feedback.number, Feedback.id).where(Feedback.duplicate_of_id == row.id).order_by(Feedback.id))
    return tuple((number or "", f"/knowledge/feedback/{one}") for number, one in found)
