"""The verbs of articles: write, publish, revert, retire, follow a process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.numbers import next_number
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.events import ArticleChanged, ArticlePublished, ArticleRetired, ArticlesImported
from kmsvc.knowledge.articles.models import Article, ArticlePublication, ArticleVersion, Category
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE, FOLLOW_PROCESS
from kmsvc.knowledge.articles.rules import ENDS_BEFORE, Confidentiality, content_hash, ends_before
from kmsvc.knowledge.articles.scoping import Given, add_unknown, same_scopes, scopes_wanted
from kmsvc.markup.kept import carry


@dataclass(frozen=True)
class Content:
    """What an author writes of a version."""

    title: str
    body: str
    summary: str = ""
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    language: str = "zh_Hans_CN"
    confidentiality: str = Confidentiality.SAYABLE
    valid_from: date | None = None
    valid_to: date | None = None
    scopes: Given = None

    def same_as(self, version: ArticleVersion | None) -> bool:
        """Whether a version says exactly this; where it applies is compared by `_same`."""
        return version is not None and (
            (version.title, version.body, version.summary or "", tuple(version.tags or ()), tuple(version.aliases or ()),
             version.language, version.confidentiality, version.valid_from, version.valid_to)
            == (self.title, self.body, self.summary, self.tags, self.aliases, self.language, str(self.confidentiality),
                self.valid_from, self.valid_to))


def _same(work: Work, content: Content, version: ArticleVersion | None) -> bool:
    return version is not None and content.same_as(version) and same_scopes(work, content.scopes, version)


@dataclass(frozen=True)
class Audience:
    """For whom an article is: a unit with all below it, or the whole centre (None)."""

    unit_id: int | None


BEFORE_LIVE: list[Callable[[Work, Article, ArticleVersion], None]] = []
"""Asked before readers see a version, in the transaction that lets them: a noun refuses here, or does what belongs to it."""


def category_named(work: Work, name: str | None) -> Category | None:
    """The category with this name, made when missing; for use cases of this slice."""
    if not name:
        return None
    row = work.session.scalars(select(Category).where(Category.name == name)).one_or_none()
    if row is not None:
        return row
    try:
        with work.session.begin_nested():
            row = Category(name=name)
            work.session.add(row)
    except IntegrityError:  # somebody made it at this very moment
        row = work.session.scalars(select(Category).where(Category.name == name)).one()
    return row


def _check(content: Content) -> None:
    wrong: dict[str, list[str]] = {}
    if not content.title.strip():
        wrong["title"] = [N_("This is needed.")]
    if not content.body.strip():
        wrong["body"] = [N_("This is needed.")]
    if content.confidentiality not in set(Confidentiality):
        wrong["confidentiality"] = [N_("One of sayable, internal, secret.")]
    if ends_before(content.valid_from, content.valid_to):
        wrong["valid_to"] = [ENDS_BEFORE]
    if wrong:
        raise InvalidInput(wrong)


def _write(work: Work, article: Article, content: Content, *, note: str | None = None,
           process_version_id: int | None = None, label: str | None = None, author_id: int | None = None,
           after: ArticleVersion | None = None, kin: Sequence[dict[str, Any]] | None = None) -> ArticleVersion:
    """after: the version this text was made from, without one the draft its editors have. kin: the blocks it is made of, of
    whatever articles, without them those of that version; what continues one of them keeps its id."""
    _check(content)
    before = after or (work.session.get(ArticleVersion, article.draft_version_id) if article.draft_version_id else None)
    ordinal = (work.session.scalar(select(func.max(ArticleVersion.ordinal)).where(ArticleVersion.article_id == article.id)) or 0) + 1
    known = {one["id"]: one for one in (kin if kin is not None else before.blocks if before is not None else ())}
    version = ArticleVersion(
        article_id=article.id, ordinal=ordinal, label=label or f"{ordinal}.0", title=content.title, summary=content.summary,
        body=content.body, blocks=carry(content.body, list(known.values()), seed=f"{article.number}.{ordinal}"),
        tags=list(content.tags), aliases=list(content.aliases), scopes=scopes_wanted(work, content.scopes, before),
        language=content.language,
        confidentiality=str(content.confidentiality), valid_from=content.valid_from, valid_to=content.valid_to,
        content_hash=content_hash(content.title, content.summary, content.body), process_version_id=process_version_id,
        note=note, author_id=author_id or work.actor.person_id, recorded_at=work.now)
    work.session.add(version)
    work.session.flush()
    article.draft_version_id = version.id
    article.changed_at = work.now
    return version


def _free_number(work: Work, wanted: str | None) -> str:
    def taken(number: str) -> bool:
        return work.session.scalar(select(Article.id).where(Article.number == number)) is not None

    if wanted is not None:
        if taken(wanted):
            raise RuleBroken("knowledge.article.number_taken", N_("The number %(number)s is taken."), number=wanted)
        return wanted
    while taken(number := f"KB-{next_number(work.session, 'article'):04d}"):
        continue
    return number


def _new(work: Work, *, category: str | None, owner_id: int | None, external_id: str | None = None,
         process_id: int | None = None, audience_unit_id: int | None = None, number: str | None = None) -> Article:
    shelf = category_named(work, category)
    article = Article(
        number=_free_number(work, number), external_id=external_id, process_id=process_id,
        category_id=shelf.id if shelf else None, owner_id=owner_id, audience_unit_id=audience_unit_id,
        created_at=work.now, changed_at=work.now)
    work.session.add(article)
    work.session.flush()
    return article


def _make_live(work: Work, article: Article, version: ArticleVersion, *, kind: str = "publish",
               reason: str | None = None, tell: bool = True) -> None:
    for asked in BEFORE_LIVE:
        asked(work, article, version)
    work.session.add(ArticlePublication(
        article_id=article.id, kind=kind, old_version_id=article.published_version_id, new_version_id=version.id,
        person_id=work.actor.person_id, reason=reason, effective_at=work.now, recorded_at=work.now))
    article.published_version_id = version.id
    article.retired_at = None
    article.changed_at = work.now
    work.session.flush()
    if tell:
        work.record(ArticlePublished(article.id, version.id, article.process_id))


def write_article(work: Work, content: Content, *, category: str | None = None, owner_id: int | None = None,
                  audience_unit_id: int | None = None, external_id: str | None = None, number: str | None = None,
                  publish: bool = False) -> Article:
    """A new article, with its own number or the next free one; with `publish` readers see it at once."""
    work.permit(EDIT_ARTICLE)
    _check(content)
    article = _new(work, category=category, owner_id=owner_id or work.actor.person_id, external_id=external_id,
                   audience_unit_id=audience_unit_id, number=number)
    version = _write(work, article, content)
    if publish:
        _make_live(work, article, version)
    else:
        work.record(ArticleChanged(article.id))
    return article


def edit_article(work: Work, article_id: int, content: Content, *, version: int | None = None, category: str | None = None,
                 owner_id: int | None = None, audience: Audience | None = None, note: str | None = None,
                 publish: bool = False) -> Article:
    """The next version of an article; owner and audience stay where none is named.

    What follows a process is edited through a change request instead."""
    article = work.get(Article, article_id, lock=True, version=version)
    work.permit(EDIT_ARTICLE, article)
    _refuse_follower(article)
    before = work.session.get(ArticleVersion, article.draft_version_id) if article.draft_version_id else None
    row = before if _same(work, content, before) and before is not None else _write(work, article, content, note=note)
    shelf = category_named(work, category)
    if shelf is not None:
        article.category_id = shelf.id
    if owner_id is not None:
        article.owner_id = owner_id
    if audience is not None:
        article.audience_unit_id = audience.unit_id
    article.changed_at = work.now
    if publish and article.published_version_id != row.id:
        _make_live(work, article, row, reason=note)
    else:
        work.record(ArticleChanged(article.id))
    return article


def take_in(work: Work, content: Content, *, external_id: str, category: str | None, owner_id: int | None,
            publish: bool, review_on: date | None = None, number: str | None = None,
            added: list[str] | None = None) -> tuple[str, int]:
    """One article from outside, by its external id: (created | updated | unchanged, id). The import tells of all at once.

    number: ours, where the id is one we gave to an article that has none of another system. added: products, regions, channels and
    customer types that nobody knows are added to the register, and noted here; without it they are refused.

    RuleBroken where it would bring a retired article back into force: somebody withdrew it with a reason, and does that.
    """
    work.permit(EDIT_ARTICLE)
    _check(content)
    if added is not None:
        added += add_unknown(work, content.scopes)
    article = work.session.scalars(select(Article).where(Article.external_id == external_id)).one_or_none()
    if article is None and number:
        article = work.session.scalars(select(Article).where(Article.number == number, Article.external_id.is_(None))).one_or_none()
    outcome = "updated"
    if article is None:
        article = _new(work, category=category, owner_id=owner_id or work.actor.person_id, external_id=external_id)
        outcome = "created"
    elif article.retired_at is not None and publish:
        raise RuleBroken("knowledge.article.import_retired", N_(
            "%(number)s was retired. An import does not bring it back; do that by hand."), number=article.number)
    draft = work.session.get(ArticleVersion, article.draft_version_id) if article.draft_version_id else None
    shelf = category_named(work, category)
    same = _same(work, content, draft) and (shelf is None or shelf.id == article.category_id) and (
        owner_id is None or owner_id == article.owner_id)
    if same and (not publish or article.published_version_id == article.draft_version_id):
        return "unchanged", article.id
    _refuse_follower(article)
    version = draft if draft is not None and _same(work, content, draft) else _write(work, article, content)
    article.category_id = shelf.id if shelf is not None else article.category_id
    article.owner_id = owner_id or article.owner_id
    article.review_on = review_on or article.review_on
    if publish and article.published_version_id != version.id:
        _make_live(work, article, version, tell=False)
    work.session.flush()
    return outcome, article.id


def tell_of_import(work: Work, article_ids: list[int]) -> None:
    """One fact for a batch of imported articles."""
    work.permit(EDIT_ARTICLE)
    if article_ids:
        work.record(ArticlesImported(article_ids))


def keep_article(work: Work, article_id: int, *, owner_id: int | None, audience_unit_id: int | None,
                 review_on: date | None = None, reason: str | None = None, version: int | None = None) -> Article:
    """Change owner, audience and review day; the text stays. What follows a process takes them from there."""
    article = work.get(Article, article_id, lock=True, version=version)
    work.permit(EDIT_ARTICLE, article)
    _refuse_follower(article)
    work.because(reason)
    article.owner_id, article.audience_unit_id, article.review_on = owner_id, audience_unit_id, review_on
    article.changed_at = work.now
    work.record(ArticleChanged(article.id))
    return article


def _refuse_follower(article: Article) -> None:
    if article.process_id is not None:
        raise RuleBroken("knowledge.article.follows_process",
                         N_("This article follows a process. Submit a change request for the process."))


def publish_article(work: Work, article_id: int, *, version: int | None = None, reason: str | None = None) -> Article:
    """Let readers see the draft."""
    article = work.get(Article, article_id, lock=True, version=version)
    work.permit(EDIT_ARTICLE, article)
    _refuse_follower(article)
    if article.draft_version_id is None or article.draft_version_id == article.published_version_id:
        raise RuleBroken("knowledge.article.nothing_new", N_("There is nothing new to publish."))
    _make_live(work, article, work.get(ArticleVersion, article.draft_version_id), reason=reason)
    return article


def revert_article(work: Work, article_id: int, *, to_version_id: int, reason: str, version: int | None = None) -> Article:
    """Publish an earlier version again; one more line in the log."""
    article = work.get(Article, article_id, lock=True, version=version)
    work.permit(EDIT_ARTICLE, article)
    _refuse_follower(article)
    earlier = work.get(ArticleVersion, to_version_id)
    was_live = work.session.scalar(select(func.count()).select_from(ArticlePublication).where(
        ArticlePublication.article_id == article.id, ArticlePublication.new_version_id == earlier.id))
    if earlier.article_id != article.id or not was_live or earlier.id == article.published_version_id:
        raise RuleBroken("knowledge.article.never_live", N_("Only an earlier published version can come back."))
    work.because(reason)
    if work.session.scalar(select(func.count()).select_from(ArticlePublication).where(
            ArticlePublication.article_id == article.id, ArticlePublication.new_version_id == article.draft_version_id)):
        article.draft_version_id = earlier.id  # editors go on from what is in force; a draft nobody has seen stays theirs
    _make_live(work, article, earlier, kind="revert", reason=reason)
    return article


def retire_article(work: Work, article_id: int, *, reason: str, superseded_by_id: int | None = None,
                   version: int | None = None) -> Article:
    """Take an article out of force; old links open it with a red bar and the way to its successor."""
    article = work.get(Article, article_id, lock=True, version=version)
    work.permit(EDIT_ARTICLE, article)
    _refuse_follower(article)
    if article.retired_at is not None:
        raise RuleBroken("knowledge.article.retired", N_("This article is retired already."))
    if superseded_by_id is not None:
        if superseded_by_id == article.id:
            raise InvalidInput({"superseded_by_id": [N_("An article cannot succeed itself.")]})
        if work.session.get(Article, superseded_by_id) is None:
            raise InvalidInput({"superseded_by_id": [N_("There is no such article.")]})
    work.because(reason)
    work.session.add(ArticlePublication(
        article_id=article.id, kind="retire", old_version_id=article.published_version_id, new_version_id=None,
        person_id=work.actor.person_id, reason=reason, effective_at=work.now, recorded_at=work.now))
    article.published_version_id, article.retired_at, article.changed_at = None, work.now, work.now
    article.superseded_by_id = superseded_by_id
    work.record(ArticleRetired(article.id))
    return article


def follow_process(work: Work, *, process_id: int, process_number: str, process_version_id: int, label: str, name: str,
                   purpose: str, body: str, category: str, owner_id: int | None, audience_unit_id: int | None,
                   review_on: date | None = None) -> Article:
    """Publish what a process version says, as the next version of the article that follows it; twice changes nothing.

    review_on: when the process is looked at again."""
    work.permit(FOLLOW_PROCESS)
    article = work.session.scalars(select(Article).where(Article.process_id == process_id).with_for_update()).one_or_none()
    if article is None:
        article = _new(work, category=category, owner_id=owner_id, process_id=process_id, audience_unit_id=audience_unit_id)
    live = work.session.get(ArticleVersion, article.published_version_id) if article.published_version_id else None
    if live is not None and (article.owner_id, article.audience_unit_id) != (owner_id, audience_unit_id):
        work.record(ArticleChanged(article.id))
    article.owner_id, article.audience_unit_id, article.review_on = owner_id, audience_unit_id, review_on
    if live is not None and live.process_version_id == process_version_id:
        return article
    version = _write(work, article, Content(title=name, summary=purpose, body=body, aliases=(process_number,),
                                            confidentiality=Confidentiality.INTERNAL),
                     process_version_id=process_version_id, label=label)
    _make_live(work, article, version)
    return article


def retire_with_process(work: Work, process_id: int, *, reason: str) -> None:
    """Retire the article of a retired process; twice changes nothing."""
    work.permit(FOLLOW_PROCESS)
    article = work.session.scalars(select(Article).where(Article.process_id == process_id).with_for_update()).one_or_none()
    if article is None or article.retired_at is not None:
        return
    work.session.add(ArticlePublication(
        article_id=article.id, kind="retire", old_version_id=article.published_version_id, new_version_id=None,
        person_id=None, reason=reason, effective_at=work.now, recorded_at=work.now))
    article.published_version_id, article.retired_at, article.changed_at = None, work.now, work.now
    work.record(ArticleRetired(article.id))
