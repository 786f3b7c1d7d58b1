"""Articles as they counted on an earlier day: which text, by the log of publications; who may read it, by the rights of today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import Moment, Reading, ThingCard
from kmsvc.core.clock import start_of_day
from kmsvc.files.queries import address_of
from kmsvc.knowledge.articles.models import Article, ArticlePublication, ArticleVersion
from kmsvc.knowledge.articles.permissions import level_of
from kmsvc.knowledge.articles.queries import FACE, whole_things
from kmsvc.knowledge.articles.rules import LEVEL, Confidentiality, Span, counted_on
from kmsvc.knowledge.articles.texts import readable
from kmsvc.knowledge.scopes.register import register
from kmsvc.people.accounts.queries import names
from kmsvc.search.scopes import unpacked

_P, _V, _A = (cast(Table, one.__table__) for one in (ArticlePublication, ArticleVersion, Article))
_LOG = (select(_P.c.article_id, _P.c.new_version_id, _P.c.effective_at, _V.c.valid_from, _V.c.valid_to)
        .select_from(_P.outerjoin(_V, _V.c.id == _P.c.new_version_id))
        .where(_P.c.article_id.in_(bindparam("ids", expanding=True))).order_by(_P.c.id))
_TEXTS = (select(*(_V.c[name] for name in ("id", "article_id", "ordinal", "label", "title", "confidentiality", "content_hash",
                                           "valid_from", "valid_to", "scopes")),
                 *(_A.c[name] for name in ("owner_id", "review_on", "published_version_id")))
          .select_from(_V.join(_A, _A.c.id == _V.c.article_id)).where(_V.c.id.in_(bindparam("ids", expanding=True))))


def counted(session: Session, ids: Sequence[int], moment: Moment) -> dict[int, int]:
    """Article id -> id of the version that counted on that day; articles of which none did are left out."""
    end = start_of_day(moment.day + timedelta(days=1), moment.zone)
    logs: dict[int, list[Any]] = {}
    for row in session.execute(_LOG, {"ids": list(ids)}):
        logs.setdefault(row.article_id, []).append(row)
    found: dict[int, int] = {}
    for article_id, log in logs.items():
        untils = [one.effective_at for one in log[1:]] + [None]
        spans = [Span(one.new_version_id, one.effective_at, until, one.valid_from, one.valid_to)
                 for one, until in zip(log, untils, strict=True) if one.new_version_id is not None]
        version_id = counted_on(moment.day, end, spans)
        if version_id is not None:
            found[article_id] = version_id
    return found


def version_on(session: Session, article_id: int, moment: Moment) -> int | None:
    """Id of the version of an article that counted on that day."""
    return counted(session, [article_id], moment).get(article_id)


def _texts(session: Session, actor: Actor, ids: Sequence[int], moment: Moment) -> dict[int, tuple[ThingCard, Any]]:
    """Article id -> its card of that day and the row of the version. Whoever may not see what is in force now does not see what
    was, and nobody sees a text above the own level."""
    known = whole_things(session, actor, ids)
    wanted = counted(session, list(known), moment)
    rows = [row for row in session.execute(_TEXTS, {"ids": list(wanted.values())})
            if LEVEL[Confidentiality(row.confidentiality)] <= level_of(actor)]
    words = readable(session, {row.id: row.content_hash for row in rows}, level_of(actor))
    found, values = {}, register(session)
    for row in rows:
        now = known[row.article_id]
        place = now.url if row.id == row.published_version_id else f"{now.url}/versions/{row.ordinal}"
        found[row.article_id] = (replace(
            now, title=row.title, url=f"{place}?on={moment.day.isoformat()}", summary=words[row.id][0], body=words[row.id][1],
            level=LEVEL[Confidentiality(row.confidentiality)], valid_from=row.valid_from, valid_to=row.valid_to,
            scopes=values.settled(unpacked(row.scopes or ""))), row)
    return found


def cards_on(session: Session, actor: Actor, ids: Sequence[int], moment: Moment) -> Mapping[int, ThingCard]:
    """Cards of the articles that counted on that day, with the words of then."""
    return {one: card for one, (card, _) in _texts(session, actor, ids, moment).items()}


def reading_on(session: Session, actor: Actor, article_id: int, moment: Moment) -> Reading | None:
    """The text of an article that counted on that day, as an agent reads it beside the results."""
    card, row = _texts(session, actor, [article_id], moment).get(article_id, (None, None))
    if card is None or row is None:
        return None
    end = start_of_day(moment.day + timedelta(days=1), moment.zone)
    since = session.scalar(select(ArticlePublication.effective_at).where(
        ArticlePublication.article_id == article_id, ArticlePublication.new_version_id == row.id).order_by(
            ArticlePublication.effective_at >= end, ArticlePublication.id.desc()).limit(1))
    present = row.id == row.published_version_id
    return Reading(card=card, version_label=f"V{row.label}", effective_on=None, since=since,
                   review_on=row.review_on if present else None, owner=names(session, [row.owner_id]).get(row.owner_id or 0, ""),
                   confidentiality=row.confidentiality, summary=card.summary, body=card.body, file_of=address_of(session, actor),
                   feedback_url=f"/knowledge/feedback/versions/{row.id}" if present else "", version_id=row.id, as_of=moment.day,
                   overtaken=not present or (row.valid_to is not None and row.valid_to < moment.today))


def gone_since(session: Session, actor: Actor, typed: str, moment: Moment, limit: int) -> Sequence[ThingCard]:
    """Articles that counted on that day and were retired since, by number or by a title they had."""
    words = typed.strip()
    if not words:
        return ()
    titled = select(ArticleVersion.article_id).where(ArticleVersion.title.icontains(words, autoescape=True))
    ids = session.scalars(select(Article.id).where(
        Article.retired_at >= start_of_day(moment.day, moment.zone), FACE.is_not(None),
        or_(Article.number == words.upper(), Article.id.in_(titled))).order_by(Article.id.desc()).limit(5 * limit)).all()
    return list(cards_on(session, actor, ids, moment).values())[:limit]
