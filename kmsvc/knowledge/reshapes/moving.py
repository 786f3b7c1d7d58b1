"""What pointed to an article that goes, and now points to the one that stays: moved in the same transaction, kept so that it can go
back. What a person must decide is named instead."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select

from kmsvc.core.errors import Refusal
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.bench.models import SavedSearch
from kmsvc.knowledge.citations.following import STANDING
from kmsvc.knowledge.citations.models import Citation
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.rules import WAITING
from kmsvc.knowledge.flows.indexing import flows_to
from kmsvc.knowledge.gaps.models import Gap
from kmsvc.knowledge.relations.models import Relation
from kmsvc.knowledge.relations.rules import MUTUAL, RelationKind, Tie, check_tie
from kmsvc.knowledge.shelf.models import Favourite, Pin

Moved = list[dict[str, Any]]


def move_pointers(work: Work, gone: Article, stays: Article) -> tuple[Moved, Moved]:
    """(what was moved, what somebody has to look at)."""
    moved: Moved = []
    left: Moved = []
    moved += _favourites(work, gone.id, stays.id) + _pins(work, gone.id, stays.id) + _searches(work, gone.id, stays.id)
    for gap in work.session.scalars(select(Gap).where(Gap.article_id == gone.id).order_by(Gap.id)):
        gap.article_id = stays.id
        moved.append({"kind": "gap", "id": gap.id, "from": gone.id, "to": stays.id, "number": gap.number})
    for row in work.session.scalars(select(Relation).where(Relation.removed_at.is_(None), or_(
            Relation.from_id == gone.id, Relation.to_id == gone.id)).order_by(Relation.id)):
        made = _relation(work, row, gone.id, stays.id)
        (moved if made else left).append(
            made or {"kind": "relation", "id": row.id, "word": row.kind, "number": _other(work, row, gone.id)})
    for flow in flows_to(work.session, work.actor, "article", gone.id):
        left.append({"kind": "flow", "number": flow.title, "url": flow.url})
    waiting = work.session.scalar(select(func.count(Feedback.id)).where(Feedback.article_id == gone.id, Feedback.state.in_(WAITING)))
    if waiting:
        left.append({"kind": "feedback", "number": gone.number, "count": waiting, "url": f"/knowledge/feedback?article={gone.id}"})
    work.session.flush()
    return moved, left


def move_citations(work: Work, from_article: Article, text: ArticleVersion) -> Moved:
    """What cites a paragraph that stands in the text of another article from now on finds it there. It was true of the version it was
    true of: a paragraph that is worded otherwise in its new place is marked when that is compared."""
    words = {one["id"]: one["text"] for one in text.blocks}
    found: Moved = []
    for row in work.session.scalars(select(Citation).where(
            Citation.text_kind == "article", Citation.text_id == from_article.id, Citation.block_id.in_(list(words)),
            Citation.state.in_(STANDING)).order_by(Citation.id).with_for_update()):
        found.append({"kind": "citation", "id": row.id, "from": from_article.id, "to": text.article_id, "number": from_article.number,
                      "block": row.block_id, "version": row.version_id})
        row.text_id = text.article_id
    work.session.flush()
    return found


def move_back(work: Work, moved: Moved) -> None:
    """Point where it pointed before, as far as it still points where it was moved."""
    kinds: dict[str, Any] = {"pin": Pin, "search": SavedSearch, "gap": Gap}
    for one in moved:
        if one["kind"] == "favourite":
            held = set(work.session.scalars(select(Favourite.person_id).where(Favourite.article_id == one["from"])))
            for row in work.session.scalars(select(Favourite).where(Favourite.id.in_(one["ids"]), Favourite.article_id == one["to"])):
                if row.person_id not in held:
                    row.article_id = one["from"]
        elif one["kind"] in kinds:
            thing = work.session.get(kinds[one["kind"]], one["id"])
            if thing is not None and thing.article_id == one["to"]:
                thing.article_id = one["from"]
        elif one["kind"] == "citation":
            cited = work.session.get(Citation, one["id"], with_for_update=True)
            if cited is not None and cited.state in STANDING and (cited.text_id, cited.block_id) == (one["to"], one["block"]):
                cited.text_id, cited.version_id = one["from"], one["version"]
        elif one["kind"] == "relation":
            _relation_back(work, one)
    work.session.flush()


def _favourites(work: Work, gone: int, stays: int) -> Moved:
    held = set(work.session.scalars(select(Favourite.person_id).where(Favourite.article_id == stays)))
    rows = [row for row in work.session.scalars(select(Favourite).where(Favourite.article_id == gone).order_by(Favourite.id))
            if row.person_id not in held]
    for row in rows:
        row.article_id = stays
    return [{"kind": "favourite", "ids": [row.id for row in rows], "from": gone, "to": stays}] if rows else []


def _pins(work: Work, gone: int, stays: int) -> Moved:
    here = set(work.session.scalars(select(Pin.unit_id).where(Pin.article_id == stays, Pin.removed_at.is_(None))))
    found: Moved = []
    for row in work.session.scalars(select(Pin).where(Pin.article_id == gone, Pin.removed_at.is_(None)).order_by(Pin.id)):
        if row.unit_id not in here:
            row.article_id = stays
            found.append({"kind": "pin", "id": row.id, "from": gone, "to": stays})
    return found


def _searches(work: Work, gone: int, stays: int) -> Moved:
    here = {(row.key, row.kind, row.category)
            for row in work.session.scalars(select(SavedSearch).where(SavedSearch.article_id == stays))}
    found: Moved = []
    for row in work.session.scalars(select(SavedSearch).where(SavedSearch.article_id == gone).order_by(SavedSearch.id)):
        if (row.key, row.kind, row.category) not in here:
            row.article_id = stays
            found.append({"kind": "search", "id": row.id, "from": gone, "to": stays, "number": row.query})
    return found


def _relation(work: Work, row: Relation, gone: int, stays: int) -> dict[str, Any] | None:
    """The same relation with the article that stays in its place; None where that cannot be: a twin was compared with another text."""
    other = row.to_id if row.from_id == gone else row.from_id
    if row.kind == RelationKind.TWIN:
        return None
    if other == stays:  # what joined the two is told by the successor from now on
        row.removed_at, row.removed_by_id = work.now, work.actor.person_id
        return {"kind": "relation", "id": row.id, "new": None}
    start, end = (stays, other) if row.from_id == gone else (other, stays)
    if row.kind in MUTUAL:
        start, end = min(start, end), max(start, end)
    new = Tie(row.kind, start, end)
    standing = [Tie(*one) for one in work.session.execute(select(Relation.kind, Relation.from_id, Relation.to_id).where(
        Relation.removed_at.is_(None), Relation.id != row.id))]
    try:
        check_tie(new, standing, ("", " "))
    except Refusal:
        return None
    row.removed_at, row.removed_by_id = work.now, work.actor.person_id
    work.session.flush()
    made = Relation(kind=new.kind, from_id=start, to_id=end, made_at=work.now, made_by_id=work.actor.person_id)
    work.session.add(made)
    work.session.flush()
    return {"kind": "relation", "id": row.id, "new": made.id, "number": _other(work, row, gone)}


def _relation_back(work: Work, one: dict[str, Any]) -> None:
    made = work.session.get(Relation, one["new"]) if one["new"] else None
    if made is not None:
        if made.removed_at is not None:
            return
        made.removed_at, made.removed_by_id = work.now, work.actor.person_id
        work.session.flush()
    row = work.session.get(Relation, one["id"])
    if row is None or row.removed_at is None:
        return
    both = work.session.scalar(select(Relation.id).where(Relation.removed_at.is_(None), or_(
        (Relation.from_id == row.from_id) & (Relation.to_id == row.to_id),
        (Relation.from_id == row.to_id) & (Relation.to_id == row.from_id))))
    if both is None:
        row.removed_at = row.removed_by_id = None
        work.session.flush()


def _other(work: Work, row: Relation, article_id: int) -> str:
    return work.get(Article, row.to_id if row.from_id == article_id else row.from_id).number
