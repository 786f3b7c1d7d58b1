"""Putting articles in order without touching their texts: review day, category or owner of one, and two that become one."""

from __future__ import annotations

from datetime import date

from kmsvc.core.errors import RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.events import ArticleChanged
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.articles.rules import LEVEL, LONGEST, MOST_ENTRIES, Confidentiality
from kmsvc.knowledge.articles.usecases import Content, edit_article, retire_article

FIELDS = {"review": "review_on", "category": "category_id", "owner": "owner_id"}


def put_in_order(work: Work, article: Article, field: str, value: date | int | None) -> bool:
    """Set one of `FIELDS` of an article; returns whether that changed anything. What follows a process takes them from there."""
    work.permit(EDIT_ARTICLE, article)
    name = FIELDS[field]
    if article.process_id is not None or article.retired_at is not None or getattr(article, name) == value:
        return False
    setattr(article, name, value)
    article.changed_at = work.now
    work.record(ArticleChanged(article.id))
    return True


def merge_articles(work: Work, gone_id: int, *, into_id: int, reason: str) -> tuple[Article, Article]:
    """Take one article out of force in favour of another, which takes over what customers call it and its outside id.

    Old links open the retired one with the way to the other. RuleBroken where that would show words to other readers."""
    if gone_id == into_id:
        raise RuleBroken("knowledge.article.same", N_("An article cannot be joined to itself."))
    for one in sorted((gone_id, into_id)):
        work.get(Article, one, lock=True)
    gone, kept = work.get(Article, gone_id), work.get(Article, into_id)
    work.permit(EDIT_ARTICLE, gone)
    work.permit(EDIT_ARTICLE, kept)
    if gone.published_version_id is None or kept.published_version_id is None:
        raise RuleBroken("knowledge.article.not_both_published", N_("Both articles must be published to be joined."))
    theirs, ours = work.get(ArticleVersion, gone.published_version_id), work.get(ArticleVersion, kept.published_version_id)
    if gone.process_id is None and kept.process_id is None:
        _same_readers(gone, kept, theirs, ours)
        _take_over_names(work, kept, ours, theirs, reason)
    retire_article(work, gone.id, reason=reason, superseded_by_id=kept.id)
    if gone.external_id is not None and kept.external_id is None:
        wanted, gone.external_id = gone.external_id, None
        work.session.flush()  # the outside id is given to one article at a time
        kept.external_id = wanted
    return gone, kept


def _same_readers(gone: Article, kept: Article, theirs: ArticleVersion, ours: ArticleVersion) -> None:
    level = [LEVEL[Confidentiality(one.confidentiality)] for one in (theirs, ours)]
    if level[0] > level[1] or (gone.audience_unit_id is not None and gone.audience_unit_id != kept.audience_unit_id):
        raise RuleBroken("knowledge.article.other_readers", N_(
            "The two are for different readers. Keep the one that fewer may read, or bring both to the same readers first."))


def _take_over_names(work: Work, kept: Article, ours: ArticleVersion, theirs: ArticleVersion, reason: str) -> None:
    wanted = tuple(dict.fromkeys([*ours.aliases, *theirs.aliases, *(
        [theirs.title] if theirs.title != ours.title and len(theirs.title) <= LONGEST["aliases"] else [])]))[:MOST_ENTRIES]
    if wanted == tuple(ours.aliases):
        return
    if kept.draft_version_id != kept.published_version_id:
        raise RuleBroken("knowledge.article.draft_waits", N_(
            "The article that stays has a draft that is not published. Publish it first."))
    edit_article(work, kept.id, Content(
        title=ours.title, body=ours.body, summary=ours.summary or "", tags=tuple(ours.tags or ()), aliases=wanted,
        language=ours.language, confidentiality=ours.confidentiality, valid_from=ours.valid_from, valid_to=ours.valid_to),
        note=reason, publish=True)
