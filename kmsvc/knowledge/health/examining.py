"""Looking for signs: texts are read once a version, all articles are judged every few minutes, one at once when it changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from heapq import nsmallest
from time import perf_counter, sleep
from typing import Any

from sqlalchemy import String, cast, delete, func, select
from sqlalchemy.orm import Session

from kmsvc.core import leases
from kmsvc.core.actors import Actor
from kmsvc.core.clock import local_date
from kmsvc.core.options import value
from kmsvc.core.work import Database, Work
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.health import rules, texts
from kmsvc.knowledge.health.gathering import facts_of
from kmsvc.knowledge.health.limits import ALIKE_PERCENT, limits
from kmsvc.knowledge.health.models import HealthLook, HealthPair, HealthSignRow, HealthText, HealthWord
from kmsvc.knowledge.health.permissions import EXAMINE_HEALTH
from kmsvc.knowledge.health.rules import Seen

READ_AT_ONCE = 100
WRITTEN_AT_ONCE = 50
PAUSE_S = 0.03
"""After each unit: on SQLite whoever writes waits for nobody longer than one of them takes."""
MOST_PAIRS = 2_000
"""Pairs kept, the likest first: more than that nobody looks through."""
_SHOWN = func.coalesce(Article.published_version_id, Article.draft_version_id)
_UNREAD = (select(ArticleVersion.id, ArticleVersion.title, ArticleVersion.body).join(Article, ArticleVersion.id == _SHOWN)
           .outerjoin(HealthText, HealthText.version_id == ArticleVersion.id)
           .where(Article.retired_at.is_(None), HealthText.version_id.is_(None)).order_by(ArticleVersion.id))
_SKETCHES = select(Article.id, HealthText.sketch).join(HealthText, HealthText.version_id == Article.published_version_id).where(
    HealthText.sketch.is_not(None))
_WORDS = select(HealthWord.article_id, HealthWord.sign, HealthWord.key).where(
    HealthWord.other_id.is_(None), HealthWord.withdrawn_at.is_(None))

Signs = dict[tuple[int, str], Seen]


def examine_all(db: Database, actor: Actor, zone: str, stopped: Callable[[], bool] = lambda: False) -> int:
    """Look at everything; returns how many articles there are. Nothing is locked while the worker thinks."""
    began = perf_counter()
    while not stopped() and _read_texts(db, actor):
        continue
    _compare(db, actor)
    with db.look(actor) as work:
        today = local_date(work.now, zone)
        found, count = _signs(work.session, today, zone, None, use=True)
        changed = _changes(work.session, found, None)
    for at in range(0, len(changed), WRITTEN_AT_ONCE):
        with db.begin(actor) as work:
            work.permit(EXAMINE_HEALTH)
            leases.wait_turn(work.session, "health")
            part = {article_id for article_id, _ in changed[at:at + WRITTEN_AT_ONCE]}
            again, _ = _signs(work.session, today, zone, part, use=False)  # somebody may have changed one meanwhile
            used = {place: seen for place, seen in found.items() if place[0] in part and seen.sign in rules.OF_USE}
            _keep(work, again | used, part)
        sleep(PAUSE_S)
        if stopped():
            return count
    with db.begin(actor) as work:
        work.permit(EXAMINE_HEALTH)
        row = work.session.get(HealthLook, 1) or HealthLook(id=1)
        row.at, row.articles, row.took_ms = work.now, count, round((perf_counter() - began) * 1000)
        work.session.add(row)
    return count


def examine(work: Work, ids: Collection[int], zone: str, *, use: bool = False) -> None:
    """Look at some articles at once, as part of what changed them or followed from it. The caller has asked for a permission.

    use: look through the searches too; else what was seen in them stands while the text is the same."""
    wanted = set(ids)
    leases.wait_turn(work.session, "health")
    work.session.flush()
    rows = work.session.execute(_UNREAD.where(Article.id.in_(wanted))).all()
    work.session.add_all(_text(row) for row in rows)
    work.session.flush()
    found, _ = _signs(work.session, local_date(work.now, zone), zone, wanted, use=use)
    _keep(work, found if use else _seen_in_searches(work.session, wanted) | found, wanted)


def _read_texts(db: Database, actor: Actor) -> int:
    with db.look(actor) as work:
        made = [_text(row) for row in work.session.execute(_UNREAD.limit(READ_AT_ONCE))]
    if made:
        with db.begin(actor) as work:
            work.permit(EXAMINE_HEALTH)
            leases.wait_turn(work.session, "health")
            known = set(work.session.scalars(select(HealthText.version_id).where(
                HealthText.version_id.in_([one.version_id for one in made]))))
            work.session.add_all(one for one in made if one.version_id not in known)
        sleep(PAUSE_S)
    return len(made)


def _text(row: Any) -> HealthText:
    return HealthText(version_id=row.id, links=[list(one) for one in texts.links_of(row.body)],
                      sketch=texts.sketch_of(row.title, row.body))


def _compare(db: Database, actor: Actor) -> None:
    """Find texts that are nearly the same, and remember the pairs."""
    with db.look(actor) as work:
        least = value(work.session, ALIKE_PERCENT) / 100
        found = texts.alike({row.id: row.sketch for row in work.session.execute(_SKETCHES)}, least)
        pairs = {(one, other): likeness for one, other, likeness in nsmallest(
            MOST_PAIRS, found, key=lambda pair: (-pair[2], pair[0], pair[1]))}
        known = {(row.article_id, row.other_id): row.likeness for row in work.session.scalars(select(HealthPair))}
    moved = sorted(pair for pair in known.keys() | pairs.keys() if known.get(pair) != pairs.get(pair))
    for at in range(0, len(moved), WRITTEN_AT_ONCE):
        with db.begin(actor) as work:
            work.permit(EXAMINE_HEALTH)
            leases.wait_turn(work.session, "health")
            for pair in moved[at:at + WRITTEN_AT_ONCE]:
                row = work.session.get(HealthPair, pair)
                if pair not in pairs:
                    work.session.execute(delete(HealthPair).where(HealthPair.article_id == pair[0], HealthPair.other_id == pair[1]))
                    continue
                row = row or HealthPair(article_id=pair[0], other_id=pair[1], since=work.now)
                row.likeness = pairs[pair]
                work.session.add(row)
        sleep(PAUSE_S)


def _seen_in_searches(session: Session, ids: Collection[int]) -> Signs:
    rows = session.scalars(select(HealthSignRow).join(Article, Article.id == HealthSignRow.article_id).where(
        HealthSignRow.article_id.in_(ids), HealthSignRow.sign.in_(sorted(rules.OF_USE)), HealthSignRow.gone_at.is_(None),
        HealthSignRow.key == cast(Article.published_version_id, String)))
    return {(row.article_id, row.sign): Seen(rules.HealthSign(row.sign), row.key, row.figure, row.rows) for row in rows}


def _signs(session: Session, today: date, zone: str, ids: Collection[int] | None, *, use: bool) -> tuple[Signs, int]:
    facts, set_to = facts_of(session, today, zone, ids, use=use), limits(session)
    right = {(row.article_id, row.sign, row.key) for row in session.execute(
        _WORDS if ids is None else _WORDS.where(HealthWord.article_id.in_(ids)))}
    return {(one.article_id, str(seen.sign)): seen for one in facts for seen in rules.judged(one, today, set_to)
            if (one.article_id, str(seen.sign), seen.key) not in right}, len(facts)


def _kept(session: Session, ids: Collection[int] | None) -> Iterable[HealthSignRow]:
    query = select(HealthSignRow)
    return session.scalars(query if ids is None else query.where(HealthSignRow.article_id.in_(ids)))


def _changes(session: Session, found: Signs, ids: Collection[int] | None) -> list[tuple[int, str]]:
    """Places where what is kept differs from what was found."""
    kept = {(row.article_id, row.sign): row for row in _kept(session, ids)}
    return sorted({place for place, seen in found.items() if place not in kept or _differs(kept[place], seen)}
                  | {place for place, row in kept.items() if row.gone_at is None and place not in found})


def _differs(row: HealthSignRow, seen: Seen) -> bool:
    return row.gone_at is not None or (row.key, row.figure, row.rows) != (seen.key, seen.figure, seen.rows)


def _keep(work: Work, found: Signs, ids: Collection[int]) -> None:
    kept = {(row.article_id, row.sign): row for row in _kept(work.session, ids)}
    for place, seen in found.items():
        row = kept.get(place)
        if row is None:
            row = HealthSignRow(article_id=place[0], sign=place[1], since=work.now)
            work.session.add(row)
        elif row.gone_at is not None or row.key != seen.key:
            row.since = work.now
        row.key, row.figure, row.rows, row.gone_at = seen.key, seen.figure, seen.rows, None
    for place, row in kept.items():
        if place not in found and row.gone_at is None:
            row.gone_at = work.now
