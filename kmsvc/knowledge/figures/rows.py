"""The rows behind a figure: the searches, words of readers, links, gaps or articles that it counts, without anybody's name.

What a caller may not read stands there without its title, so that the list is as long as the figure says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.clock import days_between
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.lists import visible_to
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.contacts.models import ContactLink
from kmsvc.knowledge.contacts.queries import is_within
from kmsvc.knowledge.contacts.queries import reach as contacts_reach
from kmsvc.knowledge.contacts.rules import LinkedKind
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.rules import FeedbackKind, FeedbackState
from kmsvc.knowledge.figures.rules import Days, Measure, Outcome, Part
from kmsvc.knowledge.figures.scope import (
    OF_FEEDBACK,
    OF_GAPS,
    OF_SEARCHES,
    Scope,
    counted,
    searched,
    source_of,
)
from kmsvc.knowledge.gaps.models import Gap, GapQuery
from kmsvc.knowledge.gaps.permissions import SEE_GAPS
from kmsvc.knowledge.gaps.rules import GapState
from kmsvc.people.accounts.directory import units_told
from kmsvc.search.models import SearchEvent

M = Measure
Column = tuple[str, str]
WHEN, TITLE = ("at", N_("When")), ("title", N_("Article"))
COLUMNS: dict[str, tuple[Column, ...]] = {
    "searches": (WHEN, ("query", N_("Searched for")), ("outcome", N_("How it ended")), ("found", N_("Results found")),
                 ("title", N_("Opened answer")), ("seconds", N_("Seconds")),
                 ("unit", N_("Unit of who searched")), ("became", N_("Gap since then"))),
    "feedback": (WHEN, ("kind", N_("Said")), TITLE, ("state", N_("State")), ("due_on", N_("Due")), ("replied_at", N_("Replied"))),
    "links": (WHEN, ("kind", N_("What was used")), ("title", N_("Title")), ("query", N_("Searched for")),
              ("unit", N_("Unit of who linked"))),
    "gaps": (("number", N_("Number")), ("title", N_("Searched for")), ("state", N_("State")), ("opened_at", N_("Came up")),
             ("closed_at", N_("Closed")), ("days", N_("Days open"))),
    "articles": (("number", N_("Number")), TITLE, ("review_on", N_("Review due"))),
}


@dataclass(frozen=True)
class FigureRow:
    """A row of a list. values: by the names of its columns; url: where it is shown to this caller, or an empty text; gap: the page of
    the gap that the words of a search came to, the same way."""

    id: int
    url: str
    values: dict[str, Any]
    gap: str = ""


@dataclass(frozen=True)
class Asked:
    """Which figure, which part of it, of which days, with which words."""

    measure: Measure
    part: Part
    days: Days
    q: str | None = None


def family_of(measure: Measure) -> str:
    """What kind of rows a figure counts."""
    if measure in OF_SEARCHES:
        return "searches"
    if measure in OF_FEEDBACK:
        return "feedback"
    return "links" if measure is M.LINKS else "gaps" if measure in OF_GAPS else "articles"


def count_rows(session: Session, actor: Actor, asked: Asked, scope: Scope) -> int:
    """How many there are."""
    if scope.too_few:
        return 0
    return session.scalar(select(func.count(source_of(asked.measure).id)).where(_wanted(asked, scope, actor))) or 0


def figure_rows(session: Session, actor: Actor, asked: Asked, scope: Scope, *, start: int = 0, limit: int = 50) -> list[FigureRow]:
    """A page of them: the latest first, of times the longest."""
    if scope.too_few:
        return []
    source = source_of(asked.measure)
    order: Any = {M.TOOK: SearchEvent.took_ms.desc(), M.GAPS_CLOSED: Gap.closed_at.desc(), M.GAP_DAYS: Gap.closed_at.desc(),
             M.GAPS_OPENED: Gap.opened_at.desc(), M.LINKS: ContactLink.at.desc(), M.OVERDUE: Article.review_on.asc(),
             M.HELPFUL: Feedback.sent_at.desc(), M.IN_TIME: Feedback.due_on.desc()}.get(asked.measure, SearchEvent.at.desc())
    rows = session.scalars(select(source).where(_wanted(asked, scope, actor)).order_by(
        order, source.id.desc()).offset(start).limit(limit)).all()
    return list(_MADE[family_of(asked.measure)](session, actor, rows))


def _wanted(asked: Asked, scope: Scope, actor: Actor) -> ColumnElement[bool]:
    family = family_of(asked.measure)
    fits = counted(asked.measure, asked.part, asked.days, scope)
    if not asked.q:
        return fits
    if family == "searches":
        return and_(fits, searched(asked.q, SearchEvent.query))
    if family == "gaps":
        return and_(fits, searched(asked.q, Gap.number, *([Gap.title] if can(actor, SEE_GAPS) else [])))
    named = select(Article.id).join(ArticleVersion, ArticleVersion.id == Article.published_version_id).where(
        visible_to(actor), searched(asked.q, Article.number, ArticleVersion.title))
    if family == "feedback":
        return and_(fits, Feedback.article_id.in_(named))
    if family == "links":
        return and_(fits, or_(searched(asked.q, ContactLink.query), and_(ContactLink.kind == "article", ContactLink.ref_id.in_(named))))
    return and_(fits, Article.id.in_(named))


def _cards(session: Session, actor: Actor, pairs: Sequence[tuple[str | None, int | None]]) -> dict[tuple[str, int], Any]:
    held: dict[str, set[int]] = {}
    for kind, one in pairs:
        if kind and one:
            held.setdefault(kind, set()).add(one)
    return {(kind, one): card for kind, ids in held.items() for one, card in cards.whole_cards(session, actor, kind, ids).items()}


def _searches(session: Session, actor: Actor, rows: Sequence[SearchEvent]) -> list[FigureRow]:
    known, units = _cards(session, actor, [(row.opened_kind, row.opened_id) for row in rows]), units_told(session)
    gaps, found = _gaps_of(session, actor, {row.query for row in rows if row.opened_id is None}), []
    for row in rows:
        card = known.get((row.opened_kind or "", row.opened_id or 0))
        gap = gaps.get(row.query) if row.opened_id is None else None
        found.append(FigureRow(row.id, card.url if card else "", {
            "at": row.at, "query": row.query, "outcome": Outcome(row.outcome or Outcome.READ), "found": row.found,
            "title": card.title if card else None, "unit": units.get(row.unit_id or 0, ""),
            "seconds": round(row.took_ms / 1000, 1) if row.took_ms is not None else None,
            "became": GapState(gap.state) if gap else None, "number": gap.number if gap else None},
            f"/knowledge/gaps/{gap.id}" if gap else ""))
    return found


def _gaps_of(session: Session, actor: Actor, queries: set[str]) -> dict[str, Any]:
    """query -> the gap it came to, for those who see gaps: what was searched in vain then may be found now."""
    if not queries or not can(actor, SEE_GAPS):
        return {}
    return {row.query: row for row in session.execute(select(GapQuery.query, Gap.id, Gap.number, Gap.state).join(
        Gap, Gap.id == GapQuery.gap_id).where(GapQuery.query.in_(sorted(queries))))}


def _feedback(session: Session, actor: Actor, rows: Sequence[Feedback]) -> list[FigureRow]:
    known = _cards(session, actor, [("article", row.article_id) for row in rows])
    found = []
    for row in rows:
        card = known.get(("article", row.article_id))
        found.append(FigureRow(row.id, card.url if card else "", {
            "at": row.sent_at, "kind": FeedbackKind(row.kind), "title": card.title if card else None,
            "state": FeedbackState(row.state), "due_on": row.due_on, "replied_at": row.taken_at if row.change_id else row.answered_at}))
    return found


def _links(session: Session, actor: Actor, rows: Sequence[ContactLink]) -> list[FigureRow]:
    known, units = _cards(session, actor, [(row.kind, row.ref_id) for row in rows]), units_told(session)
    held = contacts_reach(session, actor)
    found = []
    for row in rows:
        card = known.get((row.kind, row.ref_id))
        own = card is not None and (is_within(row.unit_id, held) or row.person_id == actor.person_id)
        found.append(FigureRow(row.id, f"/knowledge/contacts/{row.id}" if own else "", {
            "at": row.at, "kind": LinkedKind(row.kind), "title": card.title if card else None,
            "query": row.query, "unit": units.get(row.unit_id or 0, "")}))
    return found


def _gaps(session: Session, actor: Actor, rows: Sequence[Gap]) -> list[FigureRow]:
    sees = can(actor, SEE_GAPS)
    return [FigureRow(row.id, f"/knowledge/gaps/{row.id}" if sees else "", {
        "number": row.number, "title": row.title if sees else None, "state": GapState(row.state), "opened_at": row.opened_at,
        "closed_at": row.closed_at, "days": days_between(row.opened_at, row.closed_at) if row.closed_at else None}) for row in rows]


def _articles(session: Session, actor: Actor, rows: Sequence[Article]) -> list[FigureRow]:
    known = _cards(session, actor, [("article", row.id) for row in rows])
    found = []
    for row in rows:
        card = known.get(("article", row.id))
        found.append(FigureRow(row.id, card.url if card else "", {
            "number": row.number, "title": card.title if card else None, "review_on": row.review_on}))
    return found


_MADE: dict[str, Callable[[Session, Actor, Any], list[FigureRow]]] = {
    "searches": _searches, "feedback": _feedback, "links": _links, "gaps": _gaps, "articles": _articles}
