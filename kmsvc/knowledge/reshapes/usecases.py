"""The verbs of merging and splitting: plan, compose, publish, give up, take back. Nothing retires before the new text is in force,
and all of it happens in the transaction that publishes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.numbers import number_of_year
from kmsvc.core.texts import N_
from kmsvc.core.work import Work, centre_day
from kmsvc.knowledge.articles.licensed import content_of_version
from kmsvc.knowledge.articles.models import Article, ArticleVersion, Category
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.articles.queries import readable_version
from kmsvc.knowledge.articles.rules import LEVEL, Confidentiality
from kmsvc.knowledge.articles.usecases import (
    _new,
    _refuse_follower,
    _write,
    publish_article,
    retire_article,
)
from kmsvc.knowledge.reshapes.models import Reshape, ReshapePart
from kmsvc.knowledge.reshapes.permissions import RESHAPE
from kmsvc.knowledge.reshapes.rules import ReshapeKind, ReshapeState, check_parts
from kmsvc.markup.blocks import join
from kmsvc.markup.kept import keep, revive

S = ReshapeState
MOST_OTHERS = 10


@dataclass(frozen=True)
class Part:
    """A new article made of paragraphs of another: its title and the lasting ids of the paragraphs, in their order there."""

    title: str
    blocks: tuple[str, ...]


def plan_merge(work: Work, stays_id: int, others: Sequence[int], *, reason: str) -> Reshape:
    """Plan that other articles go up in one that stays; until its new text is published nothing changes for readers."""
    ids = list(dict.fromkeys(others))
    if not ids or stays_id in ids or len(ids) > MOST_OTHERS:
        raise InvalidInput({"others": [N_("Name one to ten other articles.")]})
    found = {one: _ready(work, one) for one in sorted({stays_id, *ids})}
    stays, text = found[stays_id]
    if any(version.language != text.language for _, version in found.values()):
        raise InvalidInput({"others": [N_("Articles in two languages are twins, not one article.")]})
    row = _plan(work, ReshapeKind.MERGE, stays, text, reason)
    work.session.add_all(ReshapePart(reshape_id=row.id, article_id=one, old_version_id=found[one][1].id, block_ids=[]) for one in ids)
    work.session.flush()
    return row


def compose(work: Work, reshape_id: int, picks: Sequence[tuple[int, str]], *, version: int | None = None) -> Reshape:
    """The draft of the article that stays: the picked paragraphs in their order, (article, paragraph). Each keeps its id. Again
    composes it anew, from the texts that are in force now."""
    row = _open(work, reshape_id, ReshapeKind.MERGE, version)
    parts = parts_of(work, row.id)
    texts = {one: _ready(work, one, of=row.id) for one in sorted({row.article_id, *(part.article_id for part in parts)})}
    held = {(one, block["id"]): block for one, (_, text) in texts.items() for block in text.blocks}
    if not picks or any(one not in held for one in picks) or len(set(picks)) != len(picks):
        raise InvalidInput({"picks": [N_("There is no such part in this text.")]})
    stays, mine = texts[row.article_id]
    taken = {one for one, _ in picks}
    level = max((texts[one][1].confidentiality for one in {row.article_id, *taken}), key=lambda code: LEVEL[Confidentiality(code)])
    aliases = dict.fromkeys([*(mine.aliases or ()), *(its for one in taken - {row.article_id}
                                                      for its in (texts[one][1].title, *(texts[one][1].aliases or ())))])
    tags = dict.fromkeys(tag for one in texts for tag in texts[one][1].tags or ())
    kin = [held[one] for one in picks]
    body = join(revive(kin))
    draft = _write(work, stays, content_of_version(mine, body=body, confidentiality=level, aliases=tuple(aliases)[:50],
                                                   tags=tuple(tags)[:50]), note=row.reason, kin=kin)
    row.old_version_id, row.draft_version_id = mine.id, draft.id
    for part in parts:
        part.old_version_id = texts[part.article_id][1].id
        part.block_ids = [block for one, block in picks if one == part.article_id]
    work.session.flush()
    return row


def plan_split(work: Work, article_id: int, parts: Sequence[Part], *, reason: str, retire: bool = False) -> Reshape:
    """Plan that paragraphs of an article become articles of their own. Each is a draft from now on, with the ids its paragraphs
    had; the article loses them, or retires, when they are published. retire: it goes, as nothing of it stays."""
    article, text = _ready(work, article_id)
    blocks = {block["id"]: block for block in text.blocks}
    left = check_parts(list(blocks), [part.blocks for part in parts], retire=retire)
    row = _plan(work, ReshapeKind.SPLIT, article, text, reason)
    shelf = work.session.get(Category, article.category_id) if article.category_id else None
    for part in parts:
        made = _new(work, category=shelf.name if shelf else None, owner_id=article.owner_id,
                    audience_unit_id=article.audience_unit_id)
        chosen = [block for block in text.blocks if block["id"] in set(part.blocks)]
        draft = _write(work, made, content_of_version(text, title=part.title, summary="", aliases=(), body=join(revive(chosen))),
                       note=reason, kin=keep(revive(chosen)))
        work.session.add(ReshapePart(reshape_id=row.id, article_id=made.id, old_version_id=None,
                                     block_ids=[one["id"] for one in draft.blocks]))
    if left:
        rest = [block for block in text.blocks if block["id"] in set(left)]
        row.draft_version_id = _write(work, article, content_of_version(text, body=join(revive(rest))), note=reason, kin=rest).id
    work.session.flush()
    return row


def publish(work: Work, reshape_id: int, *, version: int | None = None) -> Reshape:
    """Let readers see the new texts; what goes up in them retires, and what pointed to it points to its successor."""
    from kmsvc.knowledge.reshapes.finishing import finish

    row = _open(work, reshape_id, None, version)
    if row.kind == ReshapeKind.MERGE:
        if row.draft_version_id is None:
            raise RuleBroken("knowledge.reshape.not_composed", N_("Choose the paragraphs of the new text first."))
        publish_article(work, row.article_id, reason=row.reason)
    else:
        finish(work, row, None)
    work.session.flush()
    return row


def cancel(work: Work, reshape_id: int, *, reason: str, version: int | None = None) -> Reshape:
    """Give it up before it is published: drafts made for it go, readers notice nothing."""
    row = _open(work, reshape_id, None, version)
    work.because(reason)
    article = work.get(Article, row.article_id, lock=True)
    if row.draft_version_id is not None and article.draft_version_id == row.draft_version_id:
        article.draft_version_id = article.published_version_id
    row.state = S.CANCELLED
    work.session.flush()
    if row.kind == ReshapeKind.SPLIT:
        for part in parts_of(work, row.id):
            if work.get(Article, part.article_id).retired_at is None:
                retire_article(work, part.article_id, reason=reason, superseded_by_id=row.article_id)
    return row


def take_back(work: Work, reshape_id: int, *, reason: str, version: int | None = None) -> Reshape:
    """As it was before: what retired is in force again, what was moved points where it pointed. A text that was published anew since
    stays as it is."""
    from kmsvc.knowledge.reshapes.finishing import undo

    row = work.get(Reshape, reshape_id, lock=True, version=version)
    work.permit(RESHAPE)
    if row.state != S.DONE:
        raise RuleBroken("knowledge.reshape.not_done", N_("Only what was published can be taken back."))
    work.because(reason)
    undo(work, row, reason)
    row.state, row.undone_at, row.undone_by_id = S.UNDONE, work.now, work.actor.person_id
    work.session.flush()
    return row


def parts_of(work: Work, reshape_id: int) -> list[ReshapePart]:
    """The articles that go up in another, or that are made of it, in their order."""
    return list(work.session.scalars(select(ReshapePart).where(ReshapePart.reshape_id == reshape_id).order_by(ReshapePart.id)))


def open_of(work: Work, article_id: int) -> Reshape | None:
    """The merge or split in preparation that an article belongs to."""
    parts = select(ReshapePart.reshape_id).where(ReshapePart.article_id == article_id)
    return work.session.scalars(select(Reshape).where(Reshape.state == S.OPEN, (Reshape.article_id == article_id)
                                                      | Reshape.id.in_(parts)).order_by(Reshape.id).limit(1)).one_or_none()


def _plan(work: Work, kind: ReshapeKind, article: Article, text: ArticleVersion, reason: str) -> Reshape:
    work.permit(RESHAPE)
    work.because(reason)
    row = Reshape(number=number_of_year(work.session, "RS", "reshape", centre_day(work.session, work.now).year), kind=kind, state=S.OPEN,
                  article_id=article.id, old_version_id=text.id, reason=reason, moved=[], remaining=[],
                  made_by_id=work.actor.person_id, made_at=work.now)
    work.session.add(row)
    work.session.flush()
    return row


def _ready(work: Work, article_id: int, *, of: int | None = None) -> tuple[Article, ArticleVersion]:
    """An article in force with its text, which the caller edits and which belongs to no other plan. of: the plan it belongs to."""
    readable_version(work.session, work.actor, article_id)
    article = work.get(Article, article_id, lock=True)
    work.permit(RESHAPE)
    work.permit(EDIT_ARTICLE, article)
    _refuse_follower(article)
    if article.published_version_id is None:
        raise RuleBroken("knowledge.reshape.not_live", N_("%(number)s is not in force."), number=article.number)
    other = open_of(work, article.id)
    if other is not None and other.id != of:
        raise RuleBroken("knowledge.reshape.planned", N_("%(number)s belongs to %(plan)s already."), number=article.number,
                         plan=other.number)
    if of is None and article.draft_version_id not in (None, article.published_version_id):
        raise RuleBroken("knowledge.reshape.draft", N_("%(number)s has a draft that readers do not see. Publish it first."),
                         number=article.number)
    return article, work.get(ArticleVersion, article.published_version_id)


def _open(work: Work, reshape_id: int, kind: ReshapeKind | None, version: int | None) -> Reshape:
    row = work.get(Reshape, reshape_id, lock=True, version=version)
    work.permit(RESHAPE)
    if row.state != S.OPEN or kind not in (None, row.kind):
        raise RuleBroken("knowledge.reshape.over", N_("This is no longer in preparation."))
    return row
