"""Reads over relations: how twins stand, one pair side by side, what was taken away last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.articles.queries import readable_version
from kmsvc.knowledge.articles.versions import blocks_of, changes_between
from kmsvc.knowledge.relations.aligning import align
from kmsvc.knowledge.relations.models import Relation, TwinCheck
from kmsvc.knowledge.relations.rules import WAITING, RelationKind, RelationWord, TwinState, word_for
from kmsvc.knowledge.relations.standing import (
    Bond,
    Side,
    Twin,
    bond_numbered,
    sides,
    twin_between,
)
from kmsvc.markup.blocks import IdentifiedBlock
from kmsvc.markup.diff import BlockChange
from kmsvc.people.accounts.queries import names

OWN = ("mine",)
LOOKED_BACK = 20


@dataclass(frozen=True)
class TwinLine:
    """Twins in a list: the one behind first, or the Chinese one. since: when the other one changed; owner: who brings it up."""

    id: int
    state: TwinState
    first: Side
    second: Side
    behind: Side | None
    owner: str
    since: datetime | None
    checked_at: datetime | None
    checked_by: str
    url: str


def behind_of(twin: Twin) -> Side:
    """The one that has to be brought up; where neither is behind, the first."""
    return twin.other if twin.other_behind else twin.mine


def line_of(twin: Twin, who: dict[int, str]) -> TwinLine:
    """Twins as a line. who: names of persons."""
    behind = behind_of(twin) if twin.mine_behind or twin.other_behind else None
    first, second = (twin.mine, twin.other) if behind is twin.mine or (
        behind is None and not twin.mine.language.startswith("en")) else (twin.other, twin.mine)
    return TwinLine(
        twin.relation_id, twin.state, first, second, behind, who.get(behind.owner_id or 0, "") if behind else "",
        max(filter(None, (first.since, second.since)), default=None) if twin.state == TwinState.BOTH
        else second.since if behind else None, twin.bond.at, who.get(twin.bond.person_id or 0, ""),
        f"/knowledge/relations/twins/{twin.relation_id}")


@dataclass(frozen=True)
class Row:
    """A paragraph beside its counterpart. changed: whether each side changed since both were found equal."""

    left: IdentifiedBlock | None
    right: IdentifiedBlock | None
    changed: tuple[bool, bool]


@dataclass(frozen=True)
class Column:
    """One of the two texts. gone: paragraphs taken out since both were found equal; checked_n: the version that was."""

    side: Side
    article: Article
    version: ArticleVersion
    is_behind: bool
    gone: tuple[IdentifiedBlock, ...]
    checked_n: int | None

    @property
    def change_url(self) -> str | None:
        """What changed since both were found equal."""
        if self.checked_n is None or self.checked_n == self.side.ordinal or not self.side.is_published:
            return None
        return f"{self.side.url}/versions/{self.checked_n}/diff/{self.side.ordinal}?view=changes"


@dataclass(frozen=True)
class CheckLine:
    """Once that both were found equal: by whom, when, which versions, left and right; withdrawn_at: when that was taken back."""

    id: int
    at: datetime
    by: str
    labels: tuple[str, str]
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class TwinCard:
    """Twins side by side. version_ids: what somebody who finds them equal has looked at, in the order of the relation."""

    line: TwinLine
    left: Column
    right: Column
    rows: tuple[Row, ...]
    checks: tuple[CheckLine, ...]
    version_ids: tuple[int, int]
    may_edit: bool

    @property
    def may_confirm(self) -> bool:
        """Whether the caller may find them equal now."""
        return self.may_edit and self.line.state in WAITING

    @property
    def last_check(self) -> int | None:
        """What the caller may take back: the last time both were found equal."""
        return next((one.id for one in self.checks if one.withdrawn_at is None), None) if self.may_edit else None


def bond_for(session: Session, actor: Actor, relation_id: int) -> tuple[Bond, dict[int, Side]]:
    """A standing pair of twins of which this caller may see both, or NotFound."""
    bond = bond_numbered(session, relation_id)
    seen = sides(session, actor, [bond.from_id, bond.to_id]) if bond is not None and bond.kind == RelationKind.TWIN else {}
    if bond is None or len(seen) < 2:
        raise NotFound()
    return bond, seen


def twin_card(session: Session, actor: Actor, relation_id: int) -> TwinCard:
    """Twins side by side, the Chinese one to the left, or NotFound."""
    bond, seen = bond_for(session, actor, relation_id)
    twin = twin_between(bond, seen[bond.from_id], seen[bond.to_id])
    turned = twin.mine.language.startswith("en") and not twin.other.language.startswith("en")
    pair = (twin.other, twin.mine) if turned else (twin.mine, twin.other)
    checked = bond.version_ids or (None, None)
    was = (checked[1], checked[0]) if turned else checked
    texts = [readable_version(session, actor, side.id) for side in pair]
    now = [blocks_of(actor, version) for _, version in texts]
    before = [_blocks_then(session, actor, side.id, version_id) for side, version_id in zip(pair, was, strict=True)]
    changed = [_changed(old[0], new) if old else frozenset() for old, new in zip(before, now, strict=True)]
    columns = [Column(side, article, version, twin.mine_behind if side is twin.mine else twin.other_behind,
                      _gone(old[0], new) if old else (), old[1] if old else None)
               for side, (article, version), old, new in zip(pair, texts, before, now, strict=True)]
    rows = tuple(Row(left, right, (left is not None and left.id in changed[0], right is not None and right.id in changed[1]))
                 for left, right in align(*now))
    return TwinCard(_one_line(session, twin), columns[0], columns[1], rows, _checks(session, bond, turned=turned),
                    (twin.mine.version_id, twin.other.version_id), can(actor, EDIT_ARTICLE))


def twin_line(session: Session, actor: Actor, relation_id: int) -> TwinLine:
    """How a pair of twins stands, without their texts, or NotFound."""
    bond, seen = bond_for(session, actor, relation_id)
    return _one_line(session, twin_between(bond, seen[bond.from_id], seen[bond.to_id]))


def changes_of_twin(session: Session, actor: Actor, twin: Twin) -> tuple[Article, ArticleVersion, list[BlockChange]] | None:
    """What changed in the twin that the other one has not followed: for its editors; None where there is nothing to compare."""
    if not twin.mine_behind or twin.bond.version_ids is None:
        return None
    was = twin.bond.version_ids[int(twin.other.id == twin.bond.to_id)]
    article, now = readable_version(session, actor, twin.other.id)
    try:
        old = readable_version(session, actor, twin.other.id, version_id=was)[1]
    except NotFound:
        return None
    return article, now, changes_between(actor, old, now)


def _one_line(session: Session, twin: Twin) -> TwinLine:
    return line_of(twin, names(session, [twin.bond.person_id, behind_of(twin).owner_id]))


def _blocks_then(session: Session, actor: Actor, article_id: int, version_id: int | None) -> tuple[list[IdentifiedBlock], int] | None:
    """The paragraphs that were found equal and the number of their version, where the caller may still read them."""
    if version_id is None:
        return None
    try:
        version = readable_version(session, actor, article_id, version_id=version_id)[1]
    except NotFound:
        return None
    return blocks_of(actor, version), version.ordinal


def _changed(old: Sequence[IdentifiedBlock], new: Sequence[IdentifiedBlock]) -> frozenset[str]:
    before = {block.id: block.text for block in old}
    return frozenset(block.id for block in new if before.get(block.id) != block.text)


def _gone(old: Sequence[IdentifiedBlock], new: Sequence[IdentifiedBlock]) -> tuple[IdentifiedBlock, ...]:
    still = {block.id for block in new}
    return tuple(block for block in old if block.id not in still)


def _checks(session: Session, bond: Bond, *, turned: bool) -> tuple[CheckLine, ...]:
    rows = list(session.scalars(select(TwinCheck).where(TwinCheck.relation_id == bond.id).order_by(TwinCheck.ordinal.desc())))
    ids = {one for row in rows for one in (row.from_version_id, row.to_version_id)}
    labels: dict[int, str] = {row.id: row.label for row in session.execute(
        select(ArticleVersion.id, ArticleVersion.label).where(ArticleVersion.id.in_(ids)))} if ids else {}
    who = names(session, [row.person_id for row in rows])
    pairs = [(labels[row.from_version_id], labels[row.to_version_id]) for row in rows]
    return tuple(CheckLine(row.id, row.at, who.get(row.person_id or 0, ""), (pair[1], pair[0]) if turned else pair, row.withdrawn_at)
                 for row, pair in zip(rows, pairs, strict=True))


def counterpart(session: Session, actor: Actor, relation_id: int, from_id: int, block_id: str) -> tuple[Side, str]:
    """(the other twin, id of the block of it beside this block of the one; empty where there is none)."""
    bond, seen = bond_for(session, actor, relation_id)
    if from_id not in (bond.from_id, bond.to_id):
        raise NotFound()
    other = seen[bond.other(from_id)]
    mine, theirs = (blocks_of(actor, readable_version(session, actor, one)[1]) for one in (from_id, other.id))
    found = next((right for left, right in align(mine, theirs) if left is not None and left.id == block_id), None)
    return other, found.id if found is not None else ""


@dataclass(frozen=True)
class TakenAway:
    """A relation that was taken away, said from one article."""

    relation_id: int
    word: RelationWord
    side: Side
    at: datetime
    by: str


def taken_away(session: Session, actor: Actor, article_id: int) -> TakenAway | None:
    """The relation of an article that was taken away last, for who may put it back; nothing of articles that are related again,
    or that this caller may not see."""
    again = aliased(Relation)
    stands = select(again.id).where(again.removed_at.is_(None), or_(
        (again.from_id == Relation.from_id) & (again.to_id == Relation.to_id),
        (again.from_id == Relation.to_id) & (again.to_id == Relation.from_id))).exists()
    rows = session.scalars(select(Relation).where(Relation.removed_at.is_not(None), ~stands, or_(
        Relation.from_id == article_id, Relation.to_id == article_id)).order_by(Relation.removed_at.desc(), Relation.id.desc())
        .limit(LOOKED_BACK)).all()
    seen = sides(session, actor, [_other(row, article_id) for row in rows])
    row = next((one for one in rows if _other(one, article_id) in seen), None)
    if row is None or row.removed_at is None:
        return None
    return TakenAway(row.id, word_for(row.kind, turned=row.to_id == article_id), seen[_other(row, article_id)], row.removed_at,
                     names(session, [row.removed_by_id]).get(row.removed_by_id or 0, ""))


def _other(row: Relation, article_id: int) -> int:
    return row.to_id if row.from_id == article_id else row.from_id
