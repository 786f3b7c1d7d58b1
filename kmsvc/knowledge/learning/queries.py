"""What was learned, its log and what is switched off, as far as a caller may see the articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.texts import N_, Labelled
from kmsvc.knowledge.articles.lists import SHOWN, visible_to
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.learning.models import Learned, LearnedChange, LearnedOff, LearnedReset
from kmsvc.people.accounts.queries import names

MOST = 5_000


class LearnedView(Labelled):
    """What a list of learning tells."""

    NOW = "now", N_("In force")
    LOG = "log", N_("Log of changes")
    OFF = "off", N_("Switched off")


@dataclass(frozen=True)
class LearnedLine:
    """One line: a search, an article, places without and with it, by how many people and which signals; of the log also why;
    of what is switched off the reason and who did it."""

    id: int
    query: str
    article_id: int
    number: str
    title: str
    url: str
    at: datetime
    lift: int = 0
    old_lift: int = 0
    place: int | None = None
    place_to: int | None = None
    people: int = 0
    opened: int = 0
    helpful: int = 0
    linked: int = 0
    cause: str = ""
    reason: str = ""
    by: str = ""


_MODELS: dict[str, Any] = {LearnedView.NOW: Learned, LearnedView.LOG: LearnedChange, LearnedView.OFF: LearnedOff}


def learned_lines(session: Session, actor: Actor, view: str | None = None, q: str | None = None, *, start: int = 0,
                  limit: int = MOST) -> list[LearnedLine]:
    """One of the lists, newest first, from a place of it on; what is in force by its search. q: the search, number or title."""
    which = LearnedView(view or LearnedView.NOW)
    model = _MODELS[which]
    query = _filtered(select(model, Article.number, ArticleVersion.title), actor, which, q)
    order = (Learned.query, Learned.place_to, Learned.id) if which == LearnedView.NOW else (model.id.desc(),)
    rows = session.execute(query.order_by(*order).offset(start).limit(limit)).all()
    if which == LearnedView.OFF:
        who = names(session, [row[0].person_id for row in rows])
        return [LearnedLine(one.id, one.query, one.article_id, number, title, _url(one), one.at, reason=one.reason,
                            by=who.get(one.person_id or 0, "")) for one, number, title in rows]
    if which == LearnedView.LOG:
        return [LearnedLine(one.id, one.query, one.article_id, number, title, _url(one), one.at, one.new_lift, one.old_lift, one.place,
                            one.place_to, one.people, one.opened, one.helpful, one.linked, one.cause) for one, number, title in rows]
    return [LearnedLine(one.id, one.query, one.article_id, number, title, _url(one), one.since, one.lift, 0, one.place, one.place_to,
                        one.people, one.opened, one.helpful, one.linked) for one, number, title in rows]


def count_learned(session: Session, actor: Actor, view: str | None = None, q: str | None = None) -> int:
    """How many stand in it."""
    which = LearnedView(view or LearnedView.NOW)
    return session.scalar(_filtered(select(func.count(_MODELS[which].id)), actor, which, q)) or 0


def _filtered(what: Any, actor: Actor, which: LearnedView, q: str | None) -> Any:
    model = _MODELS[which]
    query = what.select_from(model).join(Article, Article.id == model.article_id).join(
        ArticleVersion, ArticleVersion.id == SHOWN).where(visible_to(actor))
    if which == LearnedView.OFF:
        query = query.where(LearnedOff.withdrawn_at.is_(None))
    if q:
        held = (model.query, Article.number, ArticleVersion.title)
        query = query.where(or_(*(column.icontains(q, autoescape=True) for column in held)))
    return query


def _url(row: Any) -> str:
    return f"/knowledge/articles/{row.article_id}"


def reset_that_stands(session: Session) -> LearnedReset | None:
    """The last reset that was not taken back."""
    return session.scalars(select(LearnedReset).where(LearnedReset.undone_at.is_(None)).order_by(
        LearnedReset.id.desc()).limit(1)).one_or_none()
