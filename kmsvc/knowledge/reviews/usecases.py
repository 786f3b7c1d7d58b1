"""The verbs of the yearly review: plan, draw, judge, sign, give up."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from kmsvc.core.clock import start_of_day
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.numbers import number_of_year
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Article, Category
from kmsvc.knowledge.reviews import facts, rules
from kmsvc.knowledge.reviews.checklist import checklist
from kmsvc.knowledge.reviews.events import ReviewDrawn, ReviewJudged, ReviewSigned
from kmsvc.knowledge.reviews.models import Review, ReviewItem
from kmsvc.knowledge.reviews.permissions import JUDGE_REVIEW, PLAN_REVIEW, SIGN_REVIEW
from kmsvc.knowledge.reviews.rules import ReviewResult, ReviewState
from kmsvc.people.accounts.directory import directory
from kmsvc.people.sessions.rules import check_fresh


@dataclass(frozen=True)
class Plan:
    """What is to be reviewed. categories: names, none is all; reviewers: logins; seed: None draws one."""

    year: int
    begins_on: date
    ends_on: date
    due_on: date
    size: int
    reviewers: Sequence[str]
    categories: Sequence[str] = ()
    seed: str | None = None
    purpose: str | None = None


def plan_review(work: Work, plan: Plan) -> Review:
    """Plan the review of a year."""
    work.permit(PLAN_REVIEW)
    rules.check_plan(begins_on=plan.begins_on, ends_on=plan.ends_on, due_on=plan.due_on, year=plan.year)
    known = set(work.session.scalars(select(Category.name)))
    if any(one not in known for one in plan.categories):
        raise InvalidInput({"categories": [N_("There is no category with this name.")]})
    row = Review(
        number=number_of_year(work.session, "KR", "review", plan.year), year=plan.year, state=ReviewState.PLANNED,
        begins_on=plan.begins_on, ends_on=plan.ends_on, due_on=plan.due_on, size=plan.size,
        seed=plan.seed or secrets.token_hex(4), purpose=plan.purpose, categories=sorted(set(plan.categories)),
        reviewer_ids=_reviewers(work, plan.reviewers), planned_by_id=work.actor.person_id, planned_at=work.now)
    work.session.add(row)
    work.session.flush()
    return row


def _reviewers(work: Work, logins: Sequence[str]) -> list[int]:
    may = {login: one.id for one in directory(work.session).active() if JUDGE_REVIEW.name in one.permissions for login in one.logins}
    if not logins:
        raise InvalidInput({"reviewers": [N_("Name at least one person who judges.")]})
    if any(one not in may for one in logins):
        raise InvalidInput({"reviewers": [N_("One of these persons may not judge articles of a review.")]})
    return list(dict.fromkeys(may[one] for one in logins))


def _open(work: Work, review_id: int, verb: str, permission: Permission, version: int | None) -> Review:
    row = work.get(Review, review_id, lock=True, version=version)
    work.permit(permission, row)
    if not rules.makes_sense(verb, row.state):
        raise RuleBroken("knowledge.review.state", N_("This review does not stand where that can be done."))
    return row


def period_of(row: Review, zone: str) -> facts.Period:
    """The days a review looks at."""
    return facts.Period(row.begins_on, row.ends_on, start_of_day(row.begins_on, zone),
                        start_of_day(row.ends_on + timedelta(days=1), zone))


def draw_sample(work: Work, review_id: int, *, today: date, zone: str, version: int | None = None) -> Review:
    """Draw the articles by lot, keep what the service knows of each, and give them to the reviewers."""
    row = _open(work, review_id, "draw", PLAN_REVIEW, version)
    population = facts.in_force(work.session, row.categories)
    chosen = rules.sample(population, row.seed, row.size)
    if not chosen:
        raise RuleBroken("knowledge.review.nothing", N_("There is no article in force in these categories."))
    wanted = [number for _, number in chosen]
    rows = {one.number: one for at in range(0, len(wanted), facts.BATCH) for one in work.session.scalars(
        select(Article).where(Article.number.in_(wanted[at:at + facts.BATCH])))}
    period = period_of(row, zone)
    known = facts.of_articles(work.session, [one.id for one in rows.values()], period, today, zone)
    reviewers = rules.given_out([rows[number].owner_id for number in wanted], row.reviewer_ids)
    work.session.add_all(ReviewItem(
        review_id=row.id, place=place, article_id=rows[number].id, version_id=rows[number].published_version_id,
        category=name, facts=known[rows[number].id], reviewer_id=reviewer)
        for place, ((name, number), reviewer) in enumerate(zip(chosen, reviewers, strict=True), start=1))
    row.state, row.drawn_at, row.population = ReviewState.RUNNING, work.now, dict(population)
    kept = checklist(work.session)
    row.record = facts.completeness(work.session, period, population) | {"checklist": {"zh": list(kept.zh), "en": list(kept.en)}}
    work.record(ReviewDrawn(row.id))
    return row


@dataclass(frozen=True)
class Judgement:
    """What a reviewer found. due_on: by when the owner acts; None is thirty days from now."""

    answers: Mapping[str, bool]
    result: str
    findings: str | None = None
    due_on: date | None = None


def judge_item(work: Work, review_id: int, item_id: int, said: Judgement, *, today: date, version: int | None = None) -> ReviewItem:
    """Judge one article of the sample; until the review is signed it can be judged anew."""
    row = _open(work, review_id, "judge", JUDGE_REVIEW, None)
    item = work.get(ReviewItem, item_id, lock=True, version=version)
    if item.review_id != row.id:
        raise NotFound()
    rules.check_judged(said.answers, said.result, said.findings)
    if said.due_on is not None and said.due_on < today:
        raise InvalidInput({"due_on": [N_("This day has passed.")]})
    for name in rules.ANSWERS:
        setattr(item, name, said.answers[name])
    acts = said.result != ReviewResult.KEEP
    item.findings, item.result = said.findings, said.result
    item.due_on = (said.due_on or today + timedelta(days=rules.DAYS_TO_ACT)) if acts else None
    item.judged_by_id, item.judged_at = work.actor.person_id, work.now
    work.session.flush()
    work.record(ReviewJudged(item.id, item.version, left_of(work, row.id)))
    return item


def left_of(work: Work, review_id: int) -> int:
    """How many articles of a review nobody has judged yet."""
    return work.session.scalar(select(func.count()).select_from(ReviewItem).where(
        ReviewItem.review_id == review_id, ReviewItem.judged_at.is_(None))) or 0


@dataclass(frozen=True)
class Conclusion:
    """What is signed: is the knowledge complete, is it fit, in words, and what follows. content_hash: of what was shown."""

    complete: str
    fit: str
    conclusion: str
    actions: str | None = None
    content_hash: str | None = None


def items_of(work: Work, review_id: int) -> list[ReviewItem]:
    """The articles of a review, in the order of the draw."""
    return list(work.session.scalars(select(ReviewItem).where(ReviewItem.review_id == review_id).order_by(ReviewItem.place)))


def sign_review(work: Work, review_id: int, said: Conclusion, *, zone: str, version: int | None = None) -> Review:
    """Conclude and sign: from here on nothing in it changes any more."""
    row = _open(work, review_id, "sign", SIGN_REVIEW, version)
    check_fresh(work.actor)
    items = items_of(work, row.id)
    if any(one.judged_at is None for one in items):
        raise RuleBroken("knowledge.review.not_judged", N_("Not every article of the sample has been judged."))
    if not rules.may_sign(work.actor.person_id, [one.judged_by_id for one in items]):
        raise NotPermitted(N_("Whoever judged every article cannot sign the review too."))
    if said.content_hash is not None and said.content_hash != rules.hash_of(judged_content(row, items)):
        raise RuleBroken("knowledge.review.moved", N_("Somebody judged an article anew meanwhile. Look at the review again."))
    kept = (row.record or {}).get("checklist")
    row.record = facts.completeness(work.session, period_of(row, zone), row.population or {}) | {"checklist": kept}
    row.complete, row.fit, row.conclusion, row.actions = said.complete, said.fit, said.conclusion, said.actions
    row.signed_by_id, row.signed_at, row.state = work.actor.person_id, work.now, ReviewState.SIGNED
    row.content_hash = rules.hash_of(signed_content(row, items))
    work.record(ReviewSigned(row.id))
    return row


def judged_content(row: Review, items: Sequence[ReviewItem]) -> dict[str, Any]:
    """What a signer looks at: plan, sample and judgements."""
    plan = ("number", "year", "begins_on", "ends_on", "due_on", "size", "seed", "categories", "reviewer_ids", "population")
    each = ("place", "article_id", "version_id", "category", "facts", "reviewer_id", *rules.ANSWERS, "findings", "result", "due_on",
            "judged_by_id")
    return {"plan": {name: getattr(row, name) for name in plan}, "items": [[getattr(one, name) for name in each] for one in items]}


def signed_content(row: Review, items: Sequence[ReviewItem]) -> dict[str, Any]:
    """All that is archived: what was looked at with what was concluded of it."""
    said = ("record", "complete", "fit", "conclusion", "actions", "signed_by_id")
    return judged_content(row, items) | {"said": {name: getattr(row, name) for name in said}}


def cancel_review(work: Work, review_id: int, *, reason: str, version: int | None = None) -> Review:
    """Give a review up; what was judged stays to be read."""
    row = _open(work, review_id, "cancel", PLAN_REVIEW, version)
    work.because(reason)
    row.state, row.reason, row.cancelled_at = ReviewState.CANCELLED, reason, work.now
    return row
