"""Looking for signs: texts are read once a version, all articles are judged every few minutes, one at once when it changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from heapq import nsmallest
from time import perf_counter
from typing import Any

from sqlalchemy import String, cast, delete, func, select
from sqlalchemy.orm import Session

from kmsvc.core import leases
from kmsvc.core.actors import Actor
from kmsvc.core.clock import local_date
from kmsvc.core.options import value
from kmsvc.core.pace import Rest, at_once
from kmsvc.core.work import Database, Work
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.health import rules, texts
from kmsvc.knowledge.health.gathering import facts_of, use_of
from kmsvc.knowledge.health.limits import ALIKE_PERCENT, limits
from kmsvc.knowledge.health.models import HealthLook, HealthPair, HealthSignRow, HealthText, HealthWord
from kmsvc.knowledge.health.permissions import EXAMINE_HEALTH
from kmsvc.knowledge.health.rules import Seen, Use
from kmsvc.knowledge.health.using import count_use

READ_AT_ONCE = 100
JUDGED_AT_ONCE = 200
WRITTEN_AT_ONCE = 50
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


def examine_all(db: Database, actor: Actor, zone: str, stopped: Callable[[], bool] = lambda: False, rest: Rest = at_once) -> int:
    """Look at everything; returns how many articles there are. Nothing is locked while the worker thinks.

    rest: called after each small unit of work; on SQLite whoever writes waits for nobody longer than one of them takes."""
    began = perf_counter()
    while not stopped() and _read_texts(db, actor):
        rest()
    _compare(db, actor, rest)
    with db.look(actor) as work:
        every = list(work.session.scalars(select(Article.id).order_by(Article.id)))
        used = use_of(work.session, local_date(work.now, zone), zone)
    rest()
    count = 0
    for at in range(0, len(every), JUDGED_AT_ONCE):
        if stopped():
            return count
        count += _examine_some(db, actor, zone, every[at:at + JUDGED_AT_ONCE], used, rest)
    count_use(db, actor, rest)
    with db.begin(actor) as work:
        work.permit(EXAMINE_HEALTH)
        row = work.session.get(HealthLook, 1) or HealthLook(id=1)
        row.at, row.articles, row.took_ms = work.now, count, round((perf_counter() - began) * 1000)
        work.session.add(row)
    return count


def _examine_some(db: Database, actor: Actor, zone: str, ids: list[int], used: Mapping[int, Use], rest: Rest) -> int:
    with db.look(actor) as work:
        found, count = _signs(work.session, local_date(work.now, zone), zone, ids, used)
        changed = _changed(work.session, found, ids)
    rest()
    for at in range(0, len(changed), WRITTEN_AT_ONCE):
        part = changed[at:at + WRITTEN_AT_ONCE]
        with db.begin(actor) as work:
            work.permit(EXAMINE_HEALTH)
            leases.wait_turn(work.session, "health")
            again, _ = _signs(work.session, local_date(work.now, zone), zone, part, used)  # one may have been changed meanwhile
            _keep(work, again, part)
        rest()
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
    today = local_date(work.now, zone)
    found, _ = _signs(work.session, today, zone, wanted, use_of(work.session, today, zone, wanted) if use else None)
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
    return len(made)


def _text(row: Any) -> HealthText:
    return HealthText(version_id=row.id, links=[list(one) for one in texts.links_of(row.body)],
                      sketch=texts.sketch_of(row.title, row.body))


def _compare(db: Database, actor: Actor, rest: Rest) -> None:
    """Find texts that are nearly the same, and remember the pairs."""
    with db.look(actor) as work:
        least = value(work.session, ALIKE_PERCENT) / 100
        sketches = {row.id: row.sketch for row in work.session.execute(_SKETCHES)}
        known = {(row.article_id, row.other_id): row.likeness for row in work.session.scalars(select(HealthPair))}
    rest()
    pairs = {(one, other): likeness for one, other, likeness in nsmallest(
        MOST_PAIRS, texts.alike(sketches, least, rest), key=lambda pair: (-pair[2], pair[0], pair[1]))}
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
        rest()


def _seen_in_searches(session: Session, ids: Collection[int]) -> Signs:
    rows = session.scalars(select(HealthSignRow).join(Article, Article.id == HealthSignRow.article_id).where(
        HealthSignRow.article_id.in_(ids), HealthSignRow.sign.in_(sorted(rules.OF_USE)), HealthSignRow.gone_at.is_(None),
        HealthSignRow.key == cast(Article.published_version_id, String)))
    return {(row.article_id, row.sign): Seen(rules.HealthSign(row.sign), row.key, row.figure, row.rows) for row in rows}


def _signs(session: Session, today: date, zone: str, ids: Collection[int], used: Mapping[int, Use] | None) -> tuple[Signs, int]:
    facts, set_to = facts_of(session, today, zone, ids, used), limits(session)
    right = {(row.article_id, row.sign, row.key) for row in session.execute(_WORDS.where(HealthWord.article_id.in_(ids)))}
    return {(one.article_id, str(seen.sign)): seen for one in facts for seen in rules.judged(one, today, set_to)
            if (one.article_id, str(seen.sign), seen.key) not in right}, len(facts)


def _kept(session: Session, ids: Collection[int]) -> Iterable[HealthSignRow]:
    return session.scalars(select(HealthSignRow).where(HealthSignRow.article_id.in_(ids)))


def _changed(session: Session, found: Signs, ids: Collection[int]) -> list[int]:
    """Articles of which what is kept differs from what was found."""
    kept = {(row.article_id, row.sign): row for row in _kept(session, ids)}
    return sorted({place[0] for place, seen in found.items() if place not in kept or _differs(kept[place], seen)}
                  | {place[0] for place, row in kept.items() if row.gone_at is None and place not in found})


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
