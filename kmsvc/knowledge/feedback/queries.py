"""Reads over feedback: whose queue it is in, lists, one with what came of it. Nobody sees any of it on an article they may not
read, and only one's own beside that on the articles one answers for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, or_, select
from sqlalchemy.orm import Session, aliased, defer

from kmsvc.core.actors import Actor
from kmsvc.core.cards import NUMBERED, ThingCard
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.knowledge.articles.lists import SHOWN, visible_to
from kmsvc.knowledge.articles.models import Article, ArticlePublication, ArticleVersion
from kmsvc.knowledge.articles.permissions import level_of
from kmsvc.knowledge.articles.queries import face_of, may_see
from kmsvc.knowledge.articles.rules import LEVEL
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.permissions import SEE_FEEDBACK
from kmsvc.knowledge.feedback.rules import WAITING, FeedbackKind, FeedbackState
from kmsvc.people.accounts.directory import Entry, directory
from kmsvc.people.accounts.queries import holders_of, names
from kmsvc.people.readers.queries import units_read

AsRead = aliased(ArticleVersion)
EDITOR = "knowledge.article.edit"
VIEWS = ("mine", "sent", "all")


@dataclass(frozen=True)
class FeedbackLine:
    """One word of a reader in a list. holder: who answers for the article, empty where that is the editors'."""

    id: int
    number: str
    kind: str
    state: str
    article_id: int
    article_number: str
    title: str
    version_label: str
    note: str | None
    sender: str
    sent_at: datetime
    due_on: date | None
    holder: str
    change_id: int | None
    version: int
    url: str

    def is_late(self, today: date) -> bool:
        """Whether it waits and its day has passed."""
        return self.state in WAITING and self.change_id is None and self.due_on is not None and self.due_on < today


def dealers(session: Session, article: Article) -> list[int]:
    """Ids of those who may reply to feedback on an article: whoever holds it, and the knowledge editors."""
    return sorted({*holders(session, article), *(one.id for one in holders_of(session, "knowledge_editor"))})


def holders(session: Session, article: Article) -> list[int]:
    """In whose queue feedback on an article is: its owner's, else the knowledge editors'."""
    version = face_of(session, article) or session.get(ArticleVersion, article.draft_version_id or 0)
    if article.owner_id is not None and owner_answers(session, article, version):
        return [article.owner_id]
    return [one.id for one in holders_of(session, "knowledge_editor")]


def owner_answers(session: Session, article: Article, version: ArticleVersion | None) -> bool:
    """Whether the owner of an article is there and may read it."""
    owner = directory(session).people.get(article.owner_id or 0)
    return (owner is not None and owner.is_active and bool(owner.login) and version is not None
            and may_see(as_actor(session, owner), article, version, was_live=True))


def as_actor(session: Session, person: Entry) -> Actor:
    """The acting party for somebody of the directory, to ask what this person may see."""
    return Actor(login=person.login, name=person.name, person_id=person.id, roles=person.role_names,
                 permissions=person.permissions, unit_id=person.unit_id,
                 units=units_read(session, person.unit_id, person.post_id, person.role_names))


def _orphans(session: Session) -> list[int]:
    """Articles with waiting feedback that no owner answers for."""
    rows = session.execute(select(Article, ArticleVersion).join(ArticleVersion, ArticleVersion.id == SHOWN).where(
        Article.id.in_(select(Feedback.article_id).where(Feedback.state == FeedbackState.OPEN).distinct()))
        .options(defer(ArticleVersion.body), defer(ArticleVersion.blocks)))
    return [article.id for article, version in rows if not owner_answers(session, article, version)]


def _mine(session: Session, actor: Actor) -> ColumnElement[bool]:
    """What waits for this caller: open in the own queue, or taken over to be edited and not published yet."""
    person = actor.person_id or 0
    queue = Article.owner_id == person
    if actor.can(EDITOR):
        queue = or_(queue, Article.id.in_(_orphans(session)))
    taken = and_(Feedback.state == FeedbackState.TAKEN, Feedback.taker_id == person, Feedback.change_id.is_(None))
    return or_(and_(Feedback.state == FeedbackState.OPEN, queue), taken)


def _seen(actor: Actor, *columns: Any) -> Select[Any]:
    """Feedback this caller may see, with the article as it is shown and the version that was read."""
    query = (select(*columns).select_from(Feedback).join(Article, Article.id == Feedback.article_id)
             .join(ArticleVersion, ArticleVersion.id == SHOWN).join(AsRead, AsRead.id == Feedback.version_id)
             .where(visible_to(actor), AsRead.confidentiality.in_([code for code, level in LEVEL.items()
                                                                 if level <= level_of(actor)])))
    if not can(actor, SEE_FEEDBACK):
        return query.where(false())
    if actor.can(EDITOR):
        return query
    return query.where(or_(Feedback.sender_id == (actor.person_id or 0), Article.owner_id == (actor.person_id or 0)))


def _filtered(session: Session, actor: Actor, query: Select[Any], today: date, *, q: str | None, kind: str | None,
              state: str | None, view: str | None, article_id: int | None) -> Select[Any]:
    query = query.where(Feedback.kind != FeedbackKind.HELPFUL)
    if q:
        query = query.where(or_(*(column.icontains(q, autoescape=True) for column in (
            Feedback.number, Feedback.note, Feedback.query, Feedback.contact, Article.number, ArticleVersion.title))))
    if kind:
        query = query.where(Feedback.kind == kind)
    if state == "late":
        query = query.where(Feedback.state.in_(WAITING), Feedback.change_id.is_(None), Feedback.due_on < today)
    elif state == "waiting":
        query = query.where(Feedback.state.in_(WAITING))
    elif state:
        query = query.where(Feedback.state == state)
    if view == "mine":
        query = query.where(_mine(session, actor))
    elif view == "sent":
        query = query.where(Feedback.sender_id == (actor.person_id or 0))
    if article_id:
        query = query.where(Feedback.article_id == article_id)
    return query


def feedback_lines(session: Session, actor: Actor, today: date, *, q: str | None = None, kind: str | None = None,
                   state: str | None = None, view: str | None = None, article_id: int | None = None,
                   before: int | None = None, limit: int = 50) -> tuple[list[FeedbackLine], int | None]:
    """A page of feedback this caller may see, newest first, and the id to go on from. What is only counted is not in it.

    state: a state, `waiting` or `late`; view: `mine` (to reply to), `sent` (said by me), else all.
    """
    query = _filtered(session, actor, _seen(actor, Feedback, Article, ArticleVersion.title, AsRead.label), today, q=q, kind=kind,
                      state=state, view=view, article_id=article_id)
    if before:
        query = query.where(Feedback.id < before)
    rows = session.execute(query.order_by(Feedback.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    return _lines(session, shown), shown[-1][0].id if len(rows) > limit else None


def count_feedback(session: Session, actor: Actor, today: date, *, q: str | None = None, kind: str | None = None,
                   state: str | None = None, view: str | None = None, article_id: int | None = None) -> int:
    """How many fit these filters for this caller."""
    return session.scalar(_filtered(session, actor, _seen(actor, func.count(Feedback.id)), today, q=q, kind=kind, state=state,
                                    view=view, article_id=article_id)) or 0


_ANY_OPEN = select(Feedback.id).where(Feedback.state == FeedbackState.OPEN).limit(1)
_ANY_OWN = select(Feedback.id).join(Article, Article.id == Feedback.article_id).where(or_(
    and_(Feedback.state == FeedbackState.OPEN, Article.owner_id == bindparam("person")),
    and_(Feedback.state == FeedbackState.TAKEN, Feedback.taker_id == bindparam("person")))).limit(1)


def _may_wait(session: Session, actor: Actor) -> bool:
    """Whether anything could wait for this caller: asked with every start page, and mostly nothing does."""
    if actor.can(EDITOR) and session.scalar(_ANY_OPEN) is not None:
        return True
    return session.scalar(_ANY_OWN, {"person": actor.person_id or 0}) is not None


def waiting_for(session: Session, actor: Actor, limit: int = 200) -> list[FeedbackLine]:
    """What this person must reply to, earliest due first."""
    if not _may_wait(session, actor):
        return []
    query = _seen(actor, Feedback, Article, ArticleVersion.title, AsRead.label).where(_mine(session, actor))
    return _lines(session, session.execute(query.order_by(Feedback.due_on, Feedback.id).limit(limit)).all())


def waiting_count(session: Session, actor: Actor) -> int:
    """How many words of readers this person must reply to."""
    if not _may_wait(session, actor):
        return 0
    return min(200, session.scalar(_seen(actor, func.count(Feedback.id)).where(_mine(session, actor))) or 0)


def _lines(session: Session, rows: Iterable[Any]) -> list[FeedbackLine]:
    found = list(rows)
    who = names(session, [one for row in found for one in (row[0].sender_id, row[1].owner_id)])
    people = directory(session).people
    return [FeedbackLine(
        id=row.id, number=row.number or "", kind=row.kind, state=row.state, article_id=article.id, article_number=article.number,
        title=title, version_label=label, note=row.note, sender=who.get(row.sender_id, ""), sent_at=row.sent_at,
        due_on=row.due_on, change_id=row.change_id, version=row.version, url=f"/knowledge/feedback/{row.id}",
        holder=who.get(article.owner_id or 0, "") if article.owner_id in people and people[article.owner_id].is_active else "")
        for row, article, title, label in found]


def visible_feedback(session: Session, actor: Actor, feedback_id: int) -> Feedback:
    """The feedback, or NotFound where it is missing or not for this caller."""
    row = session.scalars(_seen(actor, Feedback).where(Feedback.id == feedback_id)).one_or_none()
    if row is None:
        raise NotFound()
    found: Feedback = row
    return found


def later_versions(session: Session, row: Feedback) -> dict[int, str]:
    """Labels of the versions of the article that were published after the one the feedback is about, by id, newest first."""
    ordinal = select(ArticleVersion.ordinal).where(ArticleVersion.id == row.version_id).scalar_subquery()
    rows = session.execute(
        select(ArticleVersion.id, ArticleVersion.label).join(
            ArticlePublication, ArticlePublication.new_version_id == ArticleVersion.id)
        .where(ArticleVersion.article_id == row.article_id, ArticlePublication.article_id == row.article_id,
               ArticleVersion.ordinal > ordinal).distinct()
        .order_by(ArticleVersion.id.desc()))
    return {one.id: one.label for one in rows}


def tally(session: Session, article_id: int) -> dict[str, int]:
    """How often readers said each thing of the version of an article that is in force; what was withdrawn is not in it."""
    rows = session.execute(select(Feedback.kind, func.count(Feedback.id)).join(
        Article, Article.published_version_id == Feedback.version_id).where(
        Article.id == article_id, Feedback.state != FeedbackState.WITHDRAWN).group_by(Feedback.kind))
    return {row[0]: row[1] for row in rows}


def _numbered(session: Session, actor: Actor, number: str, limit: int) -> list[ThingCard]:
    rows = session.execute(_seen(actor, Feedback.id, Feedback.number, ArticleVersion.title, Feedback.state).where(
        Feedback.number.startswith(number)).order_by(Feedback.id.desc()).limit(limit))
    return [ThingCard("feedback", row.id, row.number, row.title, f"/knowledge/feedback/{row.id}", row.state) for row in rows]


NUMBERED["FB"] = _numbered
