"""The relations of an article as one caller may know them, and how its twin stands to it.

Every page of an article asks for them, so its ties are remembered until any relation changes; what is read of the other
articles is read anew, with today's rights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from kmsvc.core.actors import Actor
from kmsvc.core.memory import Family, remembered
from kmsvc.knowledge.articles.lists import SHOWN
from kmsvc.knowledge.articles.models import Article, ArticlePublication, ArticleVersion
from kmsvc.knowledge.articles.queries import FACE, may_see
from kmsvc.knowledge.relations.models import Relation, TwinCheck
from kmsvc.knowledge.relations.rules import (
    ORDER,
    Face,
    RelationKind,
    RelationWord,
    TwinState,
    stand_of,
    word_for,
)

RELATIONS = Family("relations_epoch", frozenset({"knowledge_relation", "knowledge_twin_check"}))


@dataclass(frozen=True)
class Bond:
    """A relation that stands, with the last time its twins were found equal: which versions, their hashes, by whom, when."""

    id: int
    kind: str
    from_id: int
    to_id: int
    version_ids: tuple[int, int] | None
    hashes: tuple[str, str] | None
    person_id: int | None
    at: datetime | None

    def other(self, article_id: int) -> int:
        """The article at the other end."""
        return self.to_id if self.from_id == article_id else self.from_id


@dataclass(frozen=True)
class Side:
    """An article at one end, as lists and switches show it. since: when its text came in force, None while it is not."""

    id: int
    number: str
    title: str
    language: str
    version_id: int
    ordinal: int
    label: str
    content_hash: str
    owner_id: int | None
    is_published: bool
    is_retired: bool
    since: datetime | None
    before_hash: str | None
    url: str

    @property
    def face(self) -> Face | None:
        """What readers see of it."""
        return Face(self.content_hash, self.since, self.before_hash) if self.is_published and self.since is not None else None


@dataclass(frozen=True)
class Kin:
    """A related article, said from the other one."""

    relation_id: int
    word: RelationWord
    side: Side


@dataclass(frozen=True)
class Twin:
    """Twins said from one of them. mine_behind, other_behind: which one a change has not come to yet."""

    bond: Bond
    mine: Side
    other: Side
    state: TwinState
    mine_behind: bool
    other_behind: bool

    @property
    def relation_id(self) -> int:
        """The relation's id."""
        return self.bond.id


_LAST = select(func.max(TwinCheck.ordinal)).where(
    TwinCheck.relation_id == Relation.id, TwinCheck.withdrawn_at.is_(None)).correlate(Relation).scalar_subquery()
_FROM, _TO = aliased(ArticleVersion), aliased(ArticleVersion)
BONDS: Any = (
    select(Relation.id, Relation.kind, Relation.from_id, Relation.to_id, TwinCheck.from_version_id, TwinCheck.to_version_id,
           TwinCheck.person_id, TwinCheck.at, _FROM.content_hash.label("from_hash"), _TO.content_hash.label("to_hash"))
    .outerjoin(TwinCheck, (TwinCheck.relation_id == Relation.id) & (TwinCheck.ordinal == _LAST))
    .outerjoin(_FROM, _FROM.id == TwinCheck.from_version_id).outerjoin(_TO, _TO.id == TwinCheck.to_version_id)
    .where(Relation.removed_at.is_(None)).order_by(Relation.id))
_OF_ARTICLE = BONDS.where(or_(Relation.from_id == bindparam("article"), Relation.to_id == bindparam("article")))
_ONE = BONDS.where(Relation.id == bindparam("relation"))

_SINCE = (select(func.max(ArticlePublication.effective_at)).where(
    ArticlePublication.article_id == Article.id, ArticlePublication.new_version_id == Article.published_version_id)
    .correlate(Article).scalar_subquery())
_BEFORE = (select(_FROM.content_hash).join(ArticlePublication, ArticlePublication.old_version_id == _FROM.id).where(
    ArticlePublication.article_id == Article.id, ArticlePublication.new_version_id == Article.published_version_id)
    .order_by(ArticlePublication.id.desc()).limit(1).correlate(Article).scalar_subquery())
SIDES: Any = (
    select(Article.id.label("article_id"), Article.number, Article.owner_id, Article.audience_unit_id, Article.retired_at,
           Article.published_version_id, FACE.label("face_id"), ArticleVersion.id, ArticleVersion.title, ArticleVersion.language,
           ArticleVersion.ordinal, ArticleVersion.label, ArticleVersion.content_hash, ArticleVersion.confidentiality,
           _SINCE.label("since"), _BEFORE.label("before_hash"))
    .join(ArticleVersion, ArticleVersion.id == SHOWN))
_SIDES_OF = SIDES.where(Article.id.in_(bindparam("ids", expanding=True)))


def bond_of(row: Row[Any]) -> Bond:
    """A row of `BONDS`."""
    checked = row.from_version_id is not None
    return Bond(row.id, row.kind, row.from_id, row.to_id, (row.from_version_id, row.to_version_id) if checked else None,
                (row.from_hash, row.to_hash) if checked else None, row.person_id, row.at)


def bonds_of(session: Session, article_id: int) -> tuple[Bond, ...]:
    """All relations of an article, whoever asks."""
    return remembered(session, RELATIONS, str(article_id), lambda fresh: tuple(
        bond_of(row) for row in fresh.execute(_OF_ARTICLE, {"article": article_id})))


def bond_numbered(session: Session, relation_id: int) -> Bond | None:
    """One relation that stands."""
    row = session.execute(_ONE, {"relation": relation_id}).one_or_none()
    return bond_of(row) if row is not None else None


def sides_seen(actor: Actor, rows: Iterable[Row[Any]]) -> dict[int, Side]:
    """Of rows of `SIDES`, those this caller may see, by article."""
    return {row.article_id: Side(
        row.article_id, row.number, row.title, row.language, row.id, row.ordinal, row.label, row.content_hash, row.owner_id,
        row.published_version_id == row.id, row.retired_at is not None, row.since, row.before_hash,
        f"/knowledge/articles/{row.article_id}")
        for row in rows if may_see(actor, row, row, was_live=row.face_id == row.id)}  # type: ignore[arg-type]


def sides(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, Side]:
    """These articles as one end of a relation, as far as this caller may see them."""
    return sides_seen(actor, session.execute(_SIDES_OF, {"ids": list(ids)})) if ids else {}


def twin_between(bond: Bond, mine: Side, other: Side) -> Twin:
    """How they stand, said from `mine`."""
    turned = mine.id != bond.from_id
    left, right = (other, mine) if turned else (mine, other)
    state, behind = stand_of(bond.hashes, left.face, right.face)
    return Twin(bond, mine, other, state, behind == int(turned), behind == int(not turned))


def family_of(session: Session, actor: Actor, article_id: int) -> tuple[list[Kin], Twin | None]:
    """(the related articles this caller may see in the order of their words, the twin among them)."""
    bonds = bonds_of(session, article_id)
    if not bonds:
        return [], None
    seen = sides(session, actor, [article_id, *(bond.other(article_id) for bond in bonds)])
    kin = [Kin(bond.id, word_for(bond.kind, turned=bond.to_id == article_id), seen[bond.other(article_id)])
           for bond in bonds if bond.other(article_id) in seen]
    twin = next((twin_between(bond, seen[article_id], seen[bond.other(article_id)]) for bond in bonds
                 if bond.kind == RelationKind.TWIN and article_id in seen and bond.other(article_id) in seen), None)
    return sorted(kin, key=lambda one: (ORDER[one.word], one.side.number)), twin


def twin_of(session: Session, actor: Actor, article_id: int) -> Twin | None:
    """The twin of an article, where this caller may see it; costs nothing for an article without one."""
    bond = next((one for one in bonds_of(session, article_id) if one.kind == RelationKind.TWIN), None)
    if bond is None:
        return None
    seen = sides(session, actor, [article_id, bond.other(article_id)])
    return twin_between(bond, seen[article_id], seen[bond.other(article_id)]) if len(seen) == 2 else None
