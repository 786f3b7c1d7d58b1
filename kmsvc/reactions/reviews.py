"""The story of a yearly review: who judges, who mends what was found, and that the year is reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.events import ArticlePublished, ArticleRetired
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.reviews.duties import JUDGE, MEND, YEAR, mended_on, shelves_in_force
from kmsvc.knowledge.reviews.events import ReviewDrawn, ReviewJudged, ReviewSigned
from kmsvc.knowledge.reviews.models import Review, ReviewItem
from kmsvc.knowledge.reviews.permissions import SIGN_REVIEW
from kmsvc.knowledge.reviews.rules import ReviewResult, ReviewState, covers
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import complete

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def _waiting(work: Work, review_id: int) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for one, person in work.session.execute(select(ReviewItem.id, ReviewItem.reviewer_id).where(
            ReviewItem.review_id == review_id, ReviewItem.judged_at.is_(None)).order_by(ReviewItem.place)):
        found.setdefault(person, []).append(one)
    return found


def tell_reviewers(work: Work, fact: ReviewDrawn, around: Surroundings) -> None:
    """Each reviewer hears how many articles wait."""
    review = work.get(Review, fact.review_id)
    for person_id, items in _waiting(work, review.id).items():
        tell(work, [person_id], "knowledge.review.drawn", url=f"/knowledge/reviews/{review.id}/items/{items[0]}",
             params={"review": review.number, "count": len(items), "due_on": review.due_on.isoformat()}, dedup=f"review:{review.id}")


def tell_who_mends(work: Work, fact: ReviewJudged, around: Surroundings) -> None:
    """The owner of an article that is to be mended hears by when; whoever judged the own article knows."""
    item = work.get(ReviewItem, fact.item_id)
    article = work.get(Article, item.article_id)
    if item.result in (None, ReviewResult.KEEP) or item.due_on is None or article.owner_id in (None, item.judged_by_id):
        return
    tell(work, [article.owner_id], f"knowledge.review.{item.result}", url=f"/knowledge/articles/{article.id}", mail=True,
         params={"number": article.number, "title": item.facts["title"], "due_on": item.due_on.isoformat()},
         dedup=f"review_item:{item.id}:{fact.turn}", about=("article", article.id))


def end_judging(work: Work, fact: ReviewJudged, around: Surroundings) -> None:
    """Who has judged everything that was theirs has done their duty; everything is judged: who may sign hears so."""
    item = work.get(ReviewItem, fact.item_id)
    review = work.get(Review, item.review_id)
    if item.reviewer_id not in _waiting(work, review.id):
        complete(work, rule=JUDGE, subject_kind="review", subject_id=review.id, period=f"person {item.reviewer_id}",
                 done_on=local_date(work.now, around.zone), person_id=item.judged_by_id)
    if fact.left or review.state != ReviewState.RUNNING:
        return
    people = [one.id for one in directory(work.session).active() if SIGN_REVIEW.name in one.permissions and one.logins]
    tell(work, people, "knowledge.review.ready", url=f"/knowledge/reviews/{review.id}", params={"review": review.number},
         dedup=f"review_ready:{review.id}")


def end_year(work: Work, fact: ReviewSigned, around: Surroundings) -> None:
    """The year is reviewed as soon as signed reviews together looked at every category; who took part hears that it is signed."""
    review = work.get(Review, fact.review_id)
    scopes = list(work.session.scalars(select(Review.categories).where(
        Review.year == review.year, Review.state == ReviewState.SIGNED)))
    if review.signed_at is not None and covers(scopes, shelves_in_force(work.session)):
        complete(work, rule=YEAR, subject_kind="knowledge_year", subject_id=review.year, person_id=review.signed_by_id,
                 done_on=local_date(review.signed_at, around.zone))
    people = {one for one in (review.planned_by_id, *review.reviewer_ids) if one is not None} - {review.signed_by_id}
    tell(work, sorted(people), "knowledge.review.signed", url=f"/knowledge/reviews/{review.id}", params={"review": review.number},
         dedup=f"review_signed:{review.id}")


def end_mending(work: Work, fact: ArticlePublished | ArticleRetired, around: Surroundings) -> None:
    """Another text is in force, or none: what a review asked of the owner was done. A text older than the judgement does nothing."""
    for duty in list(work.session.scalars(select(Obligation).where(
            Obligation.rule == MEND, Obligation.subject_kind == "article", Obligation.subject_id == fact.article_id,
            Obligation.state == "open").order_by(Obligation.id))):
        if mended_on(work.session, duty) is not None:
            complete(work, rule=MEND, subject_kind="article", subject_id=fact.article_id, period=duty.period,
                     done_on=local_date(work.now, around.zone), person_id=None)


def remind_of_review(work: Work, duty: Obligation, rung: str) -> None:
    """Who plans, judges or mends hears that the day is near or gone."""
    if duty.owner_id is None:
        return
    day, dedup = duty.due_on.isoformat(), f"reminder:{duty.id}:{duty.due_on}:{rung}"
    if duty.rule == YEAR:
        tell(work, [duty.owner_id], "knowledge.review.due", url=f"/knowledge/reviews?year={duty.subject_id}", mail=True, dedup=dedup,
             params={"year": str(duty.subject_id), "due_on": day})
    elif duty.rule == JUDGE:
        review = work.get(Review, duty.subject_id)
        items = _waiting(work, review.id).get(duty.owner_id, [])
        if items:
            tell(work, [duty.owner_id], "knowledge.review.drawn", url=f"/knowledge/reviews/{review.id}/items/{items[0]}", dedup=dedup,
                 params={"review": review.number, "count": len(items), "due_on": day})
    elif duty.rule == MEND:
        item = work.session.scalars(select(ReviewItem).where(
            ReviewItem.article_id == duty.subject_id, ReviewItem.result.in_([ReviewResult.UPDATE, ReviewResult.RETIRE])).order_by(
            ReviewItem.id.desc())).first()
        if item is not None:
            tell(work, [duty.owner_id], f"knowledge.review.{item.result}", url=f"/knowledge/articles/{item.article_id}", dedup=dedup,
                 about=("article", item.article_id),
                 params={"number": item.facts["number"], "title": item.facts["title"], "due_on": day})


REACTIONS: dict[Any, tuple[Any, ...]] = {
    ReviewDrawn: (tell_reviewers,),
    ReviewJudged: (tell_who_mends, end_judging),
    ReviewSigned: (end_year,),
    ArticlePublished: (end_mending,),
    ArticleRetired: (end_mending,),
}
