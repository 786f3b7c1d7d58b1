"""The proof of a person's texts: every figure with the rows it was counted from, over a period. Nothing of it is a target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.options import value
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.rules import FeedbackKind, FeedbackState
from kmsvc.knowledge.licences.limits import PROOF_DAYS
from kmsvc.knowledge.licences.rules import Figures, share
from kmsvc.knowledge.proposals.models import Proposal
from kmsvc.knowledge.proposals.rules import NEARLY, ProposalState
from kmsvc.knowledge.reviews.models import Review, ReviewItem
from kmsvc.knowledge.reviews.rules import ReviewState

S = ProposalState
WORDS = {
    "published": N_("Proposals published"), "nearly": N_("of them as written or nearly so"),
    "returned": N_("Proposals returned"), "seen": N_("Small corrections looked at and left"),
    "taken_back": N_("Small corrections taken back"), "wrong": N_("Texts a reader found wrong, and that were changed"),
    "marked": N_("Texts judged in a yearly review"), "sound": N_("of them correct, complete and fit for use"),
    "texts": N_("Texts others have looked at"),
}
"""figure -> English source"""


@dataclass(frozen=True)
class Row:
    """What one of the counted rows is: its number, the number of the article, when, and where it can be opened."""

    number: str
    about: str
    at: datetime
    url: str
    likeness: int | None = None


@dataclass(frozen=True)
class Proof:
    """The figures of a person in a period, and the rows behind each."""

    person_id: int
    since: date
    until: date
    figures: Figures
    rows: dict[str, tuple[Row, ...]]


def since_day(session: Session, today: date) -> date:
    """From when proof is looked at."""
    return today - timedelta(days=value(session, PROOF_DAYS))


def proof_of(session: Session, person_id: int, since: date, until: date) -> Proof:
    """What is known of a person's texts from a day to a day."""
    start = datetime.combine(since, time(), UTC)
    rows: dict[str, list[Row]] = {name: [] for name in ("published", "nearly", "returned", "seen", "taken_back", "wrong", "marked",
                                                        "sound")}
    for one, number in session.execute(select(Proposal, Article.number).outerjoin(Article, Article.id == Proposal.article_id).where(
            Proposal.author_id == person_id, Proposal.decided_at >= start, Proposal.decided_by_id != person_id).order_by(
            Proposal.decided_at.desc(), Proposal.id.desc())):
        if one.decided_at is None or one.state not in rows:
            continue
        row = Row(one.number, number or "", one.decided_at, f"/knowledge/proposals/{one.id}", one.likeness)
        rows[one.state].append(row)
        if one.state == S.PUBLISHED and (one.likeness or 0) >= NEARLY:
            rows["nearly"].append(row)
    for said, number in session.execute(select(Feedback, Article.number).join(Article, Article.id == Feedback.article_id).join(
            ArticleVersion, ArticleVersion.id == Feedback.version_id).where(
            ArticleVersion.author_id == person_id, Feedback.kind == FeedbackKind.WRONG, Feedback.state == FeedbackState.DONE,
            Feedback.sent_at >= start).order_by(Feedback.id.desc())):
        rows["wrong"].append(Row(said.number or "", number, said.sent_at, f"/knowledge/feedback/{said.id}"))
    for item, number, review in session.execute(select(ReviewItem, Article.number, Review.number).join(
            Article, Article.id == ReviewItem.article_id).join(Review, Review.id == ReviewItem.review_id).join(
            ArticleVersion, ArticleVersion.id == ReviewItem.version_id).where(
            ArticleVersion.author_id == person_id, ReviewItem.judged_at >= start, Review.state != ReviewState.CANCELLED).order_by(
            ReviewItem.id.desc())):
        if item.judged_at is None:
            continue
        row = Row(review, number, item.judged_at, f"/knowledge/reviews/{item.review_id}/items/{item.id}")
        rows["marked"].append(row)
        if item.correct and item.complete and item.fit:
            rows["sound"].append(row)
    counted = Figures(**{name: len(its) for name, its in rows.items()})
    return Proof(person_id, since, until, counted, {name: tuple(its) for name, its in rows.items()})


def figures_json(found: Proof) -> dict[str, Any]:
    """The figures with their period, as they are kept and sent."""
    figures = found.figures
    return {"since": found.since.isoformat(), "until": found.until.isoformat(),
            **{name: getattr(figures, name) for name in found.rows}, "texts": figures.texts,
            "nearly_percent": share(figures.nearly, figures.published), "returned_percent": share(figures.returned, figures.decided),
            "sound_percent": share(figures.sound, figures.marked)}
