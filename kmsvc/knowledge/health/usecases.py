"""What people do about signs: say that an article is right as it is, part or join two alike, put many in order at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Article, Category
from kmsvc.knowledge.articles.ordering import merge_articles, put_in_order
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.articles.queries import readable_version
from kmsvc.knowledge.articles.usecases import category_named
from kmsvc.knowledge.health import queries
from kmsvc.knowledge.health.examining import examine
from kmsvc.knowledge.health.models import HealthBatch, HealthPair, HealthSignRow, HealthWord
from kmsvc.knowledge.health.permissions import JUDGE_HEALTH, SEE_ALL_HEALTH
from kmsvc.knowledge.health.rules import MAY_BE_RIGHT, HealthSign
from kmsvc.people.accounts.queries import holders_of

MOST_AT_ONCE = 500
ACTS = ("review", "category", "owner")


def _visible(work: Work, article_id: int, today: date) -> Article:
    if queries.line_of(work.session, work.actor, article_id, today) is None:
        raise NotFound()
    return work.get(Article, article_id, lock=True)


def _pair(work: Work, article_id: int, other_id: int) -> Article:
    """Of two alike that this caller may both read, the one the caller answers for; NotFound where that is neither."""
    two = [work.get(Article, one, lock=True) for one in sorted((article_id, other_id))]
    for one in two:
        readable_version(work.session, work.actor, one.id)
    mine = next((one for one in two if one.owner_id == work.actor.person_id), None)
    if any(one.retired_at is not None for one in two) or (mine is None and not can(work.actor, SEE_ALL_HEALTH)):
        raise NotFound()
    return mine or two[0]


def say_right(work: Work, article_id: int, *, sign: str, reason: str, today: date, zone: str) -> HealthWord:
    """«I looked, and it is right as it is»: the sign rests until what it was seen on is another."""
    article = _visible(work, article_id, today)
    work.permit(JUDGE_HEALTH, article)
    row = work.session.get(HealthSignRow, (article.id, sign))
    if row is None or row.gone_at is not None:
        raise RuleBroken("knowledge.health.gone", N_("This sign is not there any more."))
    if HealthSign(sign) not in MAY_BE_RIGHT - {HealthSign.DUPLICATE}:
        raise RuleBroken("knowledge.health.needs_mending", N_("This sign goes when what it points to is mended."))
    work.because(reason)
    word = HealthWord(article_id=article.id, other_id=None, sign=sign, key=row.key, reason=reason,
                      person_id=work.actor.person_id, at=work.now)
    work.session.add(word)
    examine(work, [article.id], zone, use=True)
    return word


def say_distinct(work: Work, article_id: int, other_id: int, *, reason: str, zone: str) -> HealthWord:
    """«These two are alike, and that is right»: the pair is not shown again."""
    first, second = sorted((article_id, other_id))
    work.permit(JUDGE_HEALTH, _pair(work, first, second))
    if work.session.get(HealthPair, (first, second)) is None or _word_on_pair(work, first, second) is not None:
        raise NotFound()
    work.because(reason)
    word = HealthWord(article_id=first, other_id=second, sign=HealthSign.DUPLICATE, key="", reason=reason,
                      person_id=work.actor.person_id, at=work.now)
    work.session.add(word)
    examine(work, [first, second], zone)
    return word


def _word_on_pair(work: Work, first: int, second: int) -> HealthWord | None:
    return work.session.scalars(select(HealthWord).where(
        HealthWord.article_id == first, HealthWord.other_id == second, HealthWord.withdrawn_at.is_(None))).first()


def take_word_back(work: Work, word_id: int, *, today: date, zone: str) -> HealthWord:
    """The sign, or the pair, is shown again."""
    word = work.get(HealthWord, word_id, lock=True)
    work.permit(JUDGE_HEALTH, _visible(work, word.article_id, today) if word.other_id is None
                else _pair(work, word.article_id, word.other_id))
    if word.withdrawn_at is not None:
        raise RuleBroken("knowledge.health.word_back", N_("This was taken back already."))
    word.withdrawn_at = work.now
    examine(work, [one for one in (word.article_id, word.other_id) if one is not None], zone, use=True)
    return word


def join_pair(work: Work, gone_id: int, *, into_id: int, reason: str, today: date, zone: str) -> Article:
    """One of two alike is retired in favour of the other, which takes over its names."""
    for one in (gone_id, into_id):
        _visible(work, one, today)
    gone, kept = merge_articles(work, gone_id, into_id=into_id, reason=reason)
    examine(work, [gone.id, kept.id], zone)
    return kept


@dataclass(frozen=True)
class Many:
    """What an act on many articles would do, or did: ids that change, that stay as they are, and why those cannot be changed."""

    changed: tuple[int, ...]
    same: int
    following: int


def preview(work: Work, ids: Collection[int], act: str, value: Any, today: date) -> Many:
    """What the act would change; articles that are not there for this caller do not count."""
    work.permit(EDIT_ARTICLE)
    lines = queries.lines_by_id(work.session, work.actor, ids, today)
    rows = list(work.session.scalars(select(Article).where(Article.id.in_([line.id for line in lines])).order_by(Article.id)))
    name = {"review": "review_on", "category": "category_id", "owner": "owner_id"}[act]
    wanted = _category_id(work, value) if act == "category" else value
    following = [row for row in rows if row.process_id is not None]
    same = [row for row in rows if row.process_id is None and getattr(row, name) == wanted]
    return Many(tuple(row.id for row in rows if row not in following and row not in same), len(same), len(following))


def _category_id(work: Work, name: str) -> int | None:
    return work.session.scalar(select(Category.id).where(Category.name == name)) or -1


def put_many_in_order(work: Work, ids: Collection[int], act: str, value: Any, *, reason: str, today: date, zone: str) -> HealthBatch:
    """Review day, category or owner of many articles at once, each with its own entry in the trail, and a way back."""
    wanted = preview(work, ids, act, value, today).changed
    if not wanted:
        raise InvalidInput({"ids": [N_("None of these articles would change.")]})
    if len(ids) > MOST_AT_ONCE:
        raise InvalidInput({"ids": [N_("At most 500 articles at once.")]})
    work.because(reason)
    shelf = category_named(work, value) if act == "category" else None
    work.session.flush()
    target = shelf.id if shelf is not None else value
    before: dict[str, Any] = {}
    for one in wanted:
        article = work.get(Article, one, lock=True)
        old = {"review": article.review_on, "category": article.category_id, "owner": article.owner_id}[act]
        if put_in_order(work, article, act, target):
            before[str(one)] = old.isoformat() if isinstance(old, date) else old
    batch = HealthBatch(act=act, value=target.isoformat() if isinstance(target, date) else str(target), before=before, reason=reason,
                        person_id=work.actor.person_id, at=work.now)
    work.session.add(batch)
    examine(work, list(wanted), zone)
    return batch


def undo_many(work: Work, batch_id: int, *, zone: str) -> tuple[HealthBatch, int]:
    """Give each article back what it had; one that was changed again since keeps that. Returns how many went back."""
    batch = work.get(HealthBatch, batch_id, lock=True)
    work.permit(EDIT_ARTICLE)
    if batch.undone_at is not None:
        raise RuleBroken("knowledge.health.undone", N_("This was undone already."))
    work.because(batch.reason)
    back = []
    for key in sorted(batch.before, key=int):
        article, old = work.get(Article, int(key), lock=True), batch.before[key]
        now = {"review": article.review_on, "category": article.category_id, "owner": article.owner_id}[batch.act]
        if (now.isoformat() if isinstance(now, date) else str(now)) == batch.value:
            if put_in_order(work, article, batch.act, date.fromisoformat(old) if batch.act == "review" and old else old):
                back.append(article.id)
    batch.undone_at, batch.undone_by_id = work.now, work.actor.person_id
    if back:
        examine(work, back, zone)
    return batch, len(back)


def possible_owners(session: Session) -> list[tuple[str, str]]:
    """(login, name) of those who may own articles."""
    chosen = {person.id: person for role in ("knowledge_editor", "business_owner") for person in holders_of(session, role)}
    return sorted(((person.login, person.name) for person in chosen.values()), key=lambda one: one[1])
