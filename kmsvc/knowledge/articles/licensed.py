"""What a licence lets somebody do with articles: publish what was proposed, in its author's name, and take a correction back."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from kmsvc.core.errors import RuleBroken
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Article, ArticleVersion, Category
from kmsvc.knowledge.articles.usecases import Content, _check, _make_live, _new, _refuse_follower, _write


def check_content(content: Content) -> None:
    """Refuse what no version may say."""
    _check(content)


def content_of_version(version: ArticleVersion, **other: Any) -> Content:
    """What a version says, some of it otherwise."""
    held: dict[str, Any] = {one.name: getattr(version, one.name) for one in fields(Content)}
    return Content(**held | {name: tuple(its) for name, its in held.items() if isinstance(its, list)} | other)


def publish_new(work: Work, permission: Permission, subject: Any, content: Content, *, category_id: int | None,
                author_id: int, note: str | None) -> tuple[Article, ArticleVersion]:
    """A new article in force, written and owned by its author. permission, subject: what the caller acts by."""
    work.permit(permission, subject)
    shelf = work.session.get(Category, category_id) if category_id is not None else None
    article = _new(work, category=shelf.name if shelf else None, owner_id=author_id)
    version = _write(work, article, content, note=note, author_id=author_id)
    _make_live(work, article, version, reason=note)
    return article, version


def publish_next(work: Work, permission: Permission, subject: Any, article: Article, content: Content, *, author_id: int,
                 note: str | None) -> ArticleVersion:
    """The next version of an article in force, written by its author. A draft nobody has seen stays its editors' draft."""
    work.permit(permission, subject)
    _refuse_follower(article)
    draft = article.draft_version_id
    face = work.get(ArticleVersion, article.published_version_id)
    version = _write(work, article, content, note=note, author_id=author_id, after=face)
    if draft not in (None, face.id):
        article.draft_version_id = draft  # before it goes live: what belongs to the draft does not happen with a correction
    _make_live(work, article, version, reason=note)
    return version


def put_back(work: Work, permission: Permission, subject: Any, article: Article, *, version_id: int, base_version_id: int,
             reason: str) -> None:
    """Readers see the text before a correction again, while the correction is what they see now."""
    work.permit(permission, subject)
    if article.published_version_id != version_id:
        raise RuleBroken("knowledge.proposal.overtaken", N_("Another text has been published since. Edit the article instead."))
    _make_live(work, article, work.get(ArticleVersion, base_version_id), kind="revert", reason=reason)
    if article.draft_version_id == version_id:
        article.draft_version_id = base_version_id
        work.session.flush()
