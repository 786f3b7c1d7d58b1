"""The end of a merge or split: everything that belongs to it, in the transaction in which one of its drafts is published, by whatever
door; and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.errors import RuleBroken
from kmsvc.core.memory import Family, remembered
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Article, ArticlePublication, ArticleVersion
from kmsvc.knowledge.articles.usecases import (
    BEFORE_LIVE,
    publish_article,
    retire_article,
    revert_article,
)
from kmsvc.knowledge.relations.models import Relation
from kmsvc.knowledge.relations.rules import RelationKind
from kmsvc.knowledge.reshapes.models import Reshape
from kmsvc.knowledge.reshapes.moving import move_back, move_citations, move_pointers
from kmsvc.knowledge.reshapes.permissions import RESHAPE
from kmsvc.knowledge.reshapes.rules import ReshapeKind, ReshapeState
from kmsvc.knowledge.reshapes.usecases import open_of, parts_of

RESHAPES = Family("reshapes_epoch", frozenset({"knowledge_reshape"}))


def _any(session: Session) -> bool:
    return bool(session.scalar(select(func.count(Reshape.id)).where(Reshape.state == ReshapeState.OPEN)))


def finish_with(work: Work, article: Article, version: ArticleVersion) -> None:
    """Whoever publishes the draft made by a merge or split, publishes all of it."""
    if version.id != article.draft_version_id or not remembered(work.session, RESHAPES, "any", _any):
        return
    row = open_of(work, article.id)
    if row is None or not _is_of(row, article):
        return
    work.permit(RESHAPE)
    finish(work, row, article.id)


def _is_of(row: Reshape, article: Article) -> bool:
    """Whether a draft of this article was made by the plan: of the one that stays, or of a part. What goes up in another one, or
    retires with nothing left of it, has none."""
    return row.draft_version_id is not None if row.article_id == article.id else row.kind == ReshapeKind.SPLIT


def finish(work: Work, row: Reshape, now_live: int | None) -> None:
    """Publish, retire and move what belongs to it. now_live: the article that is being published by the caller already."""
    article = work.get(Article, row.article_id, lock=True)
    if article.published_version_id != row.old_version_id:
        raise _overtaken(article)
    _refuse_loss(work, row, article)
    row.state, row.done_at, row.done_by_id = ReshapeState.DONE, work.now, work.actor.person_id
    work.session.flush()  # from here on it is no longer open: what is published below asks for nothing more
    if row.kind == ReshapeKind.MERGE:
        row.new_version_id = article.draft_version_id
        _end_merge(work, row, article)
    else:
        _end_split(work, row, article, now_live)
    work.session.flush()


def _end_merge(work: Work, row: Reshape, stays: Article) -> None:
    moved: list[dict[str, Any]] = []
    remaining: list[dict[str, Any]] = []
    for part in parts_of(work, row.id):
        gone = work.get(Article, part.article_id, lock=True)
        if gone.retired_at is not None:
            continue
        if gone.published_version_id != part.old_version_id:
            raise _overtaken(gone)
        if gone.draft_version_id not in (None, gone.published_version_id):
            remaining.append({"kind": "draft", "number": gone.number, "url": f"/knowledge/articles/{gone.id}"})
        if gone.audience_unit_id != stays.audience_unit_id:
            remaining.append({"kind": "audience", "number": gone.number, "url": f"/knowledge/articles/{gone.id}"})
        found, left = move_pointers(work, gone, stays)
        moved, remaining = moved + found + move_citations(work, gone, _to_be_read(work, stays)), remaining + left
        retire_article(work, gone.id, reason=row.reason, superseded_by_id=stays.id)
    row.moved, row.remaining = moved, remaining


def _end_split(work: Work, row: Reshape, article: Article, now_live: int | None) -> None:
    parts = [work.get(Article, part.article_id, lock=True) for part in parts_of(work, row.id)]
    for part in parts:
        if part.id != now_live and part.published_version_id is None and part.retired_at is None:
            publish_article(work, part.id, reason=row.reason)
    if row.draft_version_id is None:
        found, left = move_pointers(work, article, parts[0])
        row.moved, row.remaining = found, left
        if article.retired_at is None:
            retire_article(work, article.id, reason=row.reason, superseded_by_id=parts[0].id)
    else:
        row.new_version_id = article.draft_version_id
        if article.id != now_live:
            publish_article(work, article.id, reason=row.reason)
    kin = [*([article] if row.draft_version_id is not None else []), *parts]
    made = []
    for place, one in enumerate(kin):
        for other in kin[place + 1:] if place == 0 or row.draft_version_id is None else ():
            first, second = sorted((one.id, other.id))
            tie = Relation(kind=RelationKind.SEE_ALSO, from_id=first, to_id=second, made_at=work.now, made_by_id=work.actor.person_id)
            work.session.add(tie)
            work.session.flush()
            made.append({"kind": "see_also", "id": tie.id})
    cited = [one for part in parts for one in move_citations(work, article, _to_be_read(work, part))]
    row.moved = [*row.moved, *cited, *made]


def _to_be_read(work: Work, article: Article) -> ArticleVersion:
    return work.get(ArticleVersion, article.draft_version_id)


def _refuse_loss(work: Work, row: Reshape, article: Article) -> None:
    """What is about to be published may have come from elsewhere since the plan: an import, a program, another editor. Nothing retires
    whose paragraphs are not in it."""
    held = {one["id"] for one in _to_be_read(work, article).blocks} if row.draft_version_id is not None else set()
    for part in parts_of(work, row.id):
        other = work.get(Article, part.article_id)
        if row.kind == ReshapeKind.MERGE and part.block_ids and held.isdisjoint(part.block_ids):
            raise RuleBroken("knowledge.reshape.not_in", N_(
                "Nothing of %(number)s is in the text that is to be published. Compose it again, or give up %(plan)s first."),
                number=other.number, plan=row.number)
        if row.kind == ReshapeKind.SPLIT and not held.isdisjoint(part.block_ids):
            raise RuleBroken("knowledge.reshape.still_in", N_(
                "The text that is to be published still has paragraphs of %(number)s. Take them out, or give up %(plan)s first."),
                number=other.number, plan=row.number)
        if row.kind == ReshapeKind.SPLIT and other.retired_at is not None:
            raise RuleBroken("knowledge.reshape.part_gone", N_(
                "%(number)s was retired: its paragraphs would be lost. Give up %(plan)s and plan it anew."),
                number=other.number, plan=row.number)


def undo(work: Work, row: Reshape, reason: str) -> None:
    """Everything back that has not gone on since."""
    article = work.get(Article, row.article_id, lock=True)
    remaining = []
    if _stands_as_left(work, row, article):
        revert_article(work, article.id, to_version_id=row.old_version_id, reason=reason)
        article.superseded_by_id = None
    elif article.published_version_id != row.old_version_id:
        if row.kind == ReshapeKind.SPLIT:
            raise RuleBroken("knowledge.reshape.gone_on", N_(
                "%(number)s has changed since, so what was taken out of it cannot go back by itself. Edit the articles instead."),
                number=article.number)
        remaining.append(_text_stays(article))
    _take_away(work, [one["id"] for one in row.moved if one["kind"] == "see_also"])
    for part in parts_of(work, row.id):
        other = work.get(Article, part.article_id, lock=True)
        if row.kind == ReshapeKind.MERGE and other.retired_at is not None and other.superseded_by_id == article.id:
            assert part.old_version_id is not None
            revert_article(work, other.id, to_version_id=part.old_version_id, reason=reason)
            other.superseded_by_id = None
            _no_longer_replaces(work, article.id, other.id)
        elif row.kind == ReshapeKind.SPLIT and _published_anew(work, other):
            remaining.append(_text_stays(other))
        elif row.kind == ReshapeKind.SPLIT and other.retired_at is None:
            if row.draft_version_id is None:
                _no_longer_replaces(work, other.id, article.id)
            retire_article(work, other.id, reason=reason, superseded_by_id=article.id)
    move_back(work, [one for one in row.moved if one["kind"] != "see_also"])
    row.remaining = remaining


def _stands_as_left(work: Work, row: Reshape, article: Article) -> bool:
    """Whether the article is as the publication left it: retired by it, or with the text it made."""
    if row.new_version_id is not None:
        return article.published_version_id == row.new_version_id
    return article.retired_at is not None and article.superseded_by_id in {part.article_id for part in parts_of(work, row.id)}


def _published_anew(work: Work, part: Article) -> bool:
    """Whether another text of a new article has been published since its first one."""
    return part.retired_at is None and (work.session.scalar(select(func.count(ArticlePublication.id)).where(
        ArticlePublication.article_id == part.id)) or 0) > 1


def _text_stays(article: Article) -> dict[str, Any]:
    return {"kind": "text", "number": article.number, "url": f"/knowledge/articles/{article.id}"}


def _no_longer_replaces(work: Work, new: int, old: int) -> None:
    _take_away(work, work.session.scalars(select(Relation.id).where(
        Relation.removed_at.is_(None), Relation.kind == RelationKind.REPLACES, Relation.from_id == new, Relation.to_id == old)).all())


def _take_away(work: Work, ids: Iterable[int]) -> None:
    for row in work.session.scalars(select(Relation).where(Relation.id.in_(list(ids)), Relation.removed_at.is_(None))):
        row.removed_at, row.removed_by_id = work.now, work.actor.person_id
    work.session.flush()


def _overtaken(article: Article) -> RuleBroken:
    return RuleBroken("knowledge.reshape.overtaken", N_("%(number)s has been published anew since. Look at it, and compose again."),
                      number=article.number)


BEFORE_LIVE.append(finish_with)
