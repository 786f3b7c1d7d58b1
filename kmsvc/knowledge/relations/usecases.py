"""The verbs of relations: relate two articles, take a relation away, put it back, find twins equal, take that back."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, or_, select

from kmsvc.core.errors import NotFound, RuleBroken, Stale
from kmsvc.core.numbers import next_number
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.articles.queries import readable_version
from kmsvc.knowledge.relations.models import Relation, TwinCheck
from kmsvc.knowledge.relations.permissions import FOLLOW_RETIRED
from kmsvc.knowledge.relations.rules import NO_RINGS, RelationKind, RelationWord, Tie, check_tie, kept_as


def relate(work: Work, article_id: int, other_id: int, word: str, *, equal: bool = True) -> Relation:
    """Say what the other article is to this one. equal: of twins, that they say the same as they are published now."""
    texts = _both(work, article_id, other_id)
    kind, start, end = kept_as(RelationWord(word), article_id, other_id)
    _check(work, Tie(kind, start, end), texts)
    made = Relation(kind=kind, from_id=start, to_id=end, made_at=work.now, made_by_id=work.actor.person_id)
    work.session.add(made)
    work.session.flush()
    if kind == RelationKind.TWIN and equal:
        first, second = (work.get(Article, one).published_version_id for one in (start, end))
        if first is not None and second is not None:
            _note_equal(work, made, first, second)
    return made


def remove(work: Work, relation_id: int, *, reason: str | None = None) -> Relation:
    """Take a relation away; it can be put back as it was."""
    row = work.get(Relation, relation_id, lock=True)
    _both(work, row.from_id, row.to_id)
    if row.removed_at is not None:
        raise RuleBroken("knowledge.relation.removed", N_("This relation was taken away already."))
    work.because(reason)
    row.removed_at, row.removed_by_id = work.now, work.actor.person_id
    return row


def restore(work: Work, relation_id: int) -> Relation:
    """Put a relation back that was taken away, with what was found of its twins."""
    row = work.get(Relation, relation_id, lock=True)
    texts = _both(work, row.from_id, row.to_id)
    if row.removed_at is None:
        raise RuleBroken("knowledge.relation.stands", N_("This relation was not taken away."))
    _check(work, Tie(row.kind, row.from_id, row.to_id), texts)
    row.removed_at = row.removed_by_id = None
    return row


def find_equal(work: Work, relation_id: int, *, version_ids: tuple[int, int]) -> TwinCheck:
    """«They say the same.» version_ids: the two texts that were looked at, in the order of the relation; Stale where another
    one is published by now."""
    row = work.get(Relation, relation_id, lock=True)
    _both(work, row.from_id, row.to_id)
    if row.kind != RelationKind.TWIN or row.removed_at is not None:
        raise RuleBroken("knowledge.relation.no_twins", N_("These two articles are no twins any more."))
    now = tuple(work.get(Article, one).published_version_id for one in (row.from_id, row.to_id))
    if None in now:
        raise RuleBroken("knowledge.relation.alone", N_("One of the two is not published; there is nothing to compare."))
    if now != version_ids:
        raise Stale(mine=list(version_ids), theirs=list(now))
    last = last_check(work, row.id)
    if last is not None and (last.from_version_id, last.to_version_id) == version_ids:
        return last
    return _note_equal(work, row, *version_ids)


def take_back(work: Work, relation_id: int, *, check_id: int) -> TwinCheck:
    """«They do not say the same after all»: what was found before counts again. check_id: the last time both were found equal."""
    row = work.get(Relation, relation_id, lock=True)
    _both(work, row.from_id, row.to_id)
    if row.kind != RelationKind.TWIN or row.removed_at is not None:
        raise RuleBroken("knowledge.relation.no_twins", N_("These two articles are no twins any more."))
    if work.get(TwinCheck, check_id).relation_id != row.id:
        raise NotFound()
    last = last_check(work, row.id)
    if last is None or last.id != check_id:
        raise RuleBroken("knowledge.relation.check_over", N_("This was taken back already, or both were found equal again since."))
    last.withdrawn_at = work.now
    return last


def follow_retired(work: Work, article_id: int) -> None:
    """A retired article with a successor is replaced by it, unless somebody has related the two; twice changes nothing."""
    work.permit(FOLLOW_RETIRED)
    article = work.get(Article, article_id)
    if article.retired_at is None or article.superseded_by_id is None:
        return
    new = Tie(RelationKind.REPLACES, article.superseded_by_id, article.id)
    try:
        check_tie(new, _standing(work, new), ("", ""))
    except RuleBroken:
        return
    work.session.add(Relation(kind=new.kind, from_id=new.from_id, to_id=new.to_id, made_at=work.now))


def _both(work: Work, article_id: int, other_id: int) -> tuple[ArticleVersion, ArticleVersion]:
    """The shown texts of both, or NotFound where one is not for this caller; who may edit one of them may go on."""
    texts = readable_version(work.session, work.actor, article_id)[1], readable_version(work.session, work.actor, other_id)[1]
    work.permit(EDIT_ARTICLE)
    return texts


def _check(work: Work, new: Tie, texts: tuple[ArticleVersion, ArticleVersion]) -> None:
    check_tie(new, _standing(work, new), (texts[0].language, texts[1].language))


def _standing(work: Work, new: Tie) -> list[Tie]:
    next_number(work.session, "relation")  # one at a time: of two that do not see each other each could close half a ring
    touching = or_(*(column == one for column in (Relation.from_id, Relation.to_id) for one in (new.from_id, new.to_id)))
    rows = work.session.execute(select(Relation.kind, Relation.from_id, Relation.to_id).where(
        Relation.removed_at.is_(None), or_(touching, Relation.kind == new.kind) if new.kind in NO_RINGS else touching))
    return [Tie(*row) for row in rows]


def last_check(work: Work, relation_id: int) -> TwinCheck | None:
    """The last time twins were found equal that was not taken back."""
    return work.session.scalars(select(TwinCheck).where(TwinCheck.relation_id == relation_id, TwinCheck.withdrawn_at.is_(None))
                                .order_by(TwinCheck.ordinal.desc()).limit(1)).one_or_none()


def _note_equal(work: Work, row: Relation, from_version_id: int, to_version_id: int) -> TwinCheck:
    last = work.session.scalar(select(func.max(TwinCheck.ordinal)).where(TwinCheck.relation_id == row.id)) or 0
    made = TwinCheck(relation_id=row.id, from_version_id=from_version_id, to_version_id=to_version_id, ordinal=last + 1,
                     person_id=work.actor.person_id, at=work.now)
    work.session.add(made)
    work.session.flush()
    return made


def relation_between(work: Work, article_id: int, other_id: int) -> Relation:
    """The standing relation of two articles, or NotFound."""
    return _one(work, or_((Relation.from_id == article_id) & (Relation.to_id == other_id),
                          (Relation.from_id == other_id) & (Relation.to_id == article_id)))


def twins_of(work: Work, article_id: int) -> Relation:
    """The relation of an article to its twin, or NotFound."""
    return _one(work, (Relation.kind == RelationKind.TWIN) & or_(Relation.from_id == article_id, Relation.to_id == article_id))


def _one(work: Work, condition: ColumnElement[bool]) -> Relation:
    row = work.session.scalars(select(Relation).where(Relation.removed_at.is_(None), condition)).one_or_none()
    if row is None:
        raise NotFound()
    return row


def touches(work: Work, relation_id: int, article_id: int) -> bool:
    """Whether a relation, one that was taken away too, is of this article."""
    row = work.get(Relation, relation_id)
    return article_id in (row.from_id, row.to_id)
