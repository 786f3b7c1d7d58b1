"""Reads over proposals: one's own, those a publisher decides on, and all of them for who oversees licences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, false, func, or_, select, true
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.knowledge.articles.models import Article, Category
from kmsvc.knowledge.articles.permissions import READ_ARTICLE
from kmsvc.knowledge.licences.permissions import DECIDE
from kmsvc.knowledge.licences.rules import Level, at_least
from kmsvc.knowledge.licences.standing import EDITOR, best_standing, held_by, standing
from kmsvc.knowledge.proposals.models import Proposal
from kmsvc.knowledge.proposals.rules import OPEN, ProposalState
from kmsvc.people.accounts.queries import names


@dataclass(frozen=True)
class ProposalLine:
    """A proposal in a list."""

    id: int
    number: str
    kind: str
    state: str
    title: str
    article_number: str
    article_id: int | None
    category: str
    author: str
    author_id: int
    level: str
    sent_at: datetime
    due_on: date
    decided_by: str
    decided_at: datetime | None
    answer: str
    likeness: int | None
    version: int
    url: str

    def is_late(self, today: date) -> bool:
        """Whether somebody should have looked by now."""
        return self.state in OPEN and self.due_on < today


def sees_all(actor: Actor) -> bool:
    """Whether every proposal is this caller's to see, as far as its confidentiality goes."""
    return actor.can("knowledge.licence.see_all")


def place_of(session: Session, row: Proposal) -> int | None:
    """The category whose licences count for a proposal: where its article stands now, else where it is to stand."""
    article = session.get(Article, row.article_id) if row.article_id is not None else None
    return article.category_id if article is not None else row.category_id


_PLACE = case((Proposal.article_id.is_not(None), Article.category_id), else_=Proposal.category_id)
"""the same in SQL"""


def may_know(session: Session, actor: Actor, row: Proposal, today: date) -> bool:
    """Whether a proposal exists for this caller: its author, who may edit or decide it, who oversees licences; no correction of an
    article that is for another unit. Nothing of a proposal is secret."""
    if row.author_id == actor.person_id:
        return True
    article = session.get(Article, row.article_id) if row.article_id is not None else None
    if article is not None and not can(actor, READ_ARTICLE, article):
        return False
    return sees_all(actor) or at_least(standing(session, actor, place_of(session, row), today).level, Level.CONTRIBUTOR)


def _visible(session: Session, actor: Actor, today: date) -> ColumnElement[bool]:
    """The condition under which a proposal is there for this caller; it says in SQL what `may_know` says of one."""
    mine = Proposal.author_id == (actor.person_id or 0)
    if sees_all(actor) or actor.can(EDITOR):
        place: ColumnElement[bool] = true()
    else:
        held = [one for one in held_by(session, actor.person_id, today) if at_least(one.level, Level.CONTRIBUTOR)]
        everywhere = any(one.category_id is None for one in held)
        place = true() if everywhere else _PLACE.in_([one.category_id for one in held]) if held else false()
    audience = true() if actor.can(EDITOR) or actor.can("process.definition.read_drafts") else or_(
        Proposal.article_id.is_(None), Article.audience_unit_id.is_(None), Article.audience_unit_id.in_(actor.units))
    return or_(mine, place & audience)


def _fits(session: Session, actor: Actor, today: date, *, q: str | None = None, view: str | None = None, state: str | None = None,
          kind: str | None = None, author_id: int | None = None) -> list[ColumnElement[bool]]:
    found = [_visible(session, actor, today)]
    if q:
        found.append(or_(Proposal.title.icontains(q, autoescape=True), Proposal.number.icontains(q, autoescape=True),
                         Article.number.icontains(q, autoescape=True)))
    if view == "mine":
        found.append(Proposal.author_id == (actor.person_id or 0))
    if view == "waiting":
        found += [Proposal.state.in_(OPEN), Proposal.author_id != (actor.person_id or 0), _decides(session, actor, today)]
    if state:
        found.append(Proposal.state == state)
    if kind:
        found.append(Proposal.kind == kind)
    if author_id:
        found.append(Proposal.author_id == author_id)
    return found


def _decides(session: Session, actor: Actor, today: date) -> ColumnElement[bool]:
    if actor.can(EDITOR):
        return true()
    held = [one for one in held_by(session, actor.person_id, today) if at_least(one.level, Level.PUBLISHER)]
    if any(one.category_id is None for one in held):
        return true()
    return _PLACE.in_([one.category_id for one in held]) if held else false()


def proposal_page(session: Session, actor: Actor, today: date, *, before: int | None = None, limit: int = 50,
                  q: str | None = None, view: str | None = None, state: str | None = None, kind: str | None = None,
                  author_id: int | None = None) -> tuple[list[ProposalLine], int | None]:
    """A page of proposals, newest first; with view `waiting` those the caller decides on. And the id to go on from."""
    query = select(Proposal).outerjoin(Article, Article.id == Proposal.article_id).where(*_fits(
        session, actor, today, q=q, view=view, state=state, kind=kind, author_id=author_id)).order_by(Proposal.id.desc())
    rows = list(session.scalars((query.where(Proposal.id < before) if before else query).limit(limit + 1)))
    shown = rows[:limit]
    return lines_of(session, shown), shown[-1].id if len(rows) > limit else None


def count_proposals(session: Session, actor: Actor, today: date, *, q: str | None = None, view: str | None = None,
                    state: str | None = None, kind: str | None = None, author_id: int | None = None) -> int:
    """How many proposals fit."""
    return session.scalar(select(func.count(Proposal.id)).outerjoin(Article, Article.id == Proposal.article_id).where(*_fits(
        session, actor, today, q=q, view=view, state=state, kind=kind, author_id=author_id))) or 0


def waiting_for(session: Session, actor: Actor, today: date, limit: int = 200) -> list[ProposalLine]:
    """What this person is to decide or to look at, earliest due first."""
    if not _may_decide(session, actor, today):
        return []
    query = select(Proposal).outerjoin(Article, Article.id == Proposal.article_id).where(*_fits(session, actor, today, view="waiting"))
    return lines_of(session, list(session.scalars(query.order_by(Proposal.due_on, Proposal.id).limit(limit))))


def waiting_count(session: Session, actor: Actor, today: date) -> int:
    """How many proposals this person is to decide or to look at."""
    return min(200, count_proposals(session, actor, today, view="waiting")) if _may_decide(session, actor, today) else 0


def _may_decide(session: Session, actor: Actor, today: date) -> bool:
    return can(actor, DECIDE, best_standing(session, actor, today))


def proposal_row(session: Session, actor: Actor, proposal_id: int, today: date) -> Proposal:
    """One proposal, or NotFound where it is missing or not for this caller."""
    row = session.get(Proposal, proposal_id)
    if row is None or not may_know(session, actor, row, today):
        raise NotFound()
    return row


def lines_of(session: Session, rows: Sequence[Proposal]) -> list[ProposalLine]:
    """Rows as they are listed."""
    who = names(session, [one for row in rows for one in (row.author_id, row.decided_by_id)])
    numbers = {one.id: one.number for one in session.execute(select(Article.id, Article.number).where(
        Article.id.in_({row.article_id for row in rows if row.article_id})))} if rows else {}
    shelves = {one.id: one.name for one in session.execute(select(Category.id, Category.name).where(
        Category.id.in_({row.category_id for row in rows if row.category_id})))} if rows else {}
    return [ProposalLine(
        row.id, row.number, row.kind, row.state, row.title, numbers.get(row.article_id or 0, ""), row.article_id,
        shelves.get(row.category_id or 0, ""), who.get(row.author_id, ""), row.author_id, row.level, row.sent_at, row.due_on,
        who.get(row.decided_by_id or 0, ""), row.decided_at, row.answer or "", row.likeness, row.version,
        f"/knowledge/proposals/{row.id}") for row in rows]


def open_on(session: Session, article_id: int) -> int:
    """How many corrections of an article wait or are to be looked at."""
    return session.scalar(select(func.count(Proposal.id)).where(
        Proposal.article_id == article_id, Proposal.state.in_((ProposalState.WAITING, ProposalState.UNSEEN)))) or 0
