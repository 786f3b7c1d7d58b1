"""Asking all saved searches: as a reader of the whole centre, whoever presses the button, so that one run compares with the next."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from time import perf_counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.clock import local_date
from kmsvc.core.errors import RuleBroken
from kmsvc.core.events import Delivery, Fact
from kmsvc.core.options import value
from kmsvc.core.pace import Rest, at_once
from kmsvc.core.texts import N_
from kmsvc.core.work import Database
from kmsvc.knowledge.bench.models import BenchRun, SavedSearch
from kmsvc.knowledge.bench.permissions import RUN_BENCH
from kmsvc.knowledge.bench.rules import LOOKED_AT, Cause
from kmsvc.knowledge.bench.usecases import MINUTES, WATCHED, Asked, keep_run
from kmsvc.search.engine import SearchEngine
from kmsvc.search.failures import SearchFailure
from kmsvc.search.models import DirtyMark
from kmsvc.search.queries import ask

ASKED_AT_ONCE = 20
READER = Actor(login="bench", name="bench", via="worker", permissions=frozenset({
    "search.query", "knowledge.article.read", "knowledge.article.read_secret", "process.definition.read",
    "process.definition.read_drafts"}))


def run_bench(db: Database, engine: SearchEngine, actor: Actor, cause: Cause, zone: str, rest: Rest = at_once) -> BenchRun:
    """Ask all saved searches and keep what they found. Nothing is locked while they are asked."""
    with db.look(actor) as work:
        work.permit(RUN_BENCH)
    asked = _ask_all(db, engine, local_date(db.clock(), zone), rest)
    with db.begin(actor) as work:
        return keep_run(work, asked, cause)


def _ask_all(db: Database, engine: SearchEngine, today: date, rest: Rest) -> Asked:
    began = perf_counter()
    ranks: dict[int, int | None] = {}
    with db.look(READER) as work:
        newest = work.session.scalar(select(func.max(Fact.id))) or 0
        rows = list(work.session.scalars(select(SavedSearch).order_by(SavedSearch.id)))
        try:
            generation = engine.seen()
        except SearchFailure as error:
            raise _no_index() from error
    for at in range(0, len(rows), ASKED_AT_ONCE):
        rest()
        with db.look(READER) as work:
            ranks |= {row.id: _rank(work.session, engine, row, today) for row in rows[at:at + ASKED_AT_ONCE]}
    return Asked(ranks, generation, newest, round((perf_counter() - began) * 1000))


def _rank(session: Session, engine: SearchEngine, row: SavedSearch, today: date) -> int | None:
    answer = ask(session, engine, READER, text=row.query, on=today, lag_s=0.0, kind=row.kind, category=row.category,
                 limit=LOOKED_AT, learned=False)
    if answer.degraded:
        raise _no_index()
    places = (place for place, one in enumerate(answer.items, start=1)
              if one.card.kind == "article" and one.card.id == row.article_id)
    return next(places, None)


def _no_index() -> RuleBroken:
    return RuleBroken("knowledge.bench.no_index", N_("The search index is not usable now. Run the bench when it is back."))


def is_due(session: Session, engine: SearchEngine, now: datetime) -> bool:
    """Whether a run is worth it: something moved since the last one, the index has taken it in, and some minutes passed."""
    newest = session.scalar(select(func.max(SavedSearch.created_at)))
    if newest is None or session.scalar(select(DirtyMark.id).limit(1)) is not None:
        return False
    last = session.scalars(select(BenchRun).order_by(BenchRun.id.desc()).limit(1)).one_or_none()
    if last is None:
        return True
    if timedelta(0) <= now - last.at < timedelta(minutes=value(session, MINUTES)) or _under_way(session):
        return False
    moved = session.scalar(select(Fact.id).where(Fact.kind.in_(WATCHED), Fact.id > last.fact_id).limit(1)) is not None
    return moved or newest > last.at or engine.generation() != (last.index_build, last.index_commit)


def _under_way(session: Session) -> bool:
    """Whether something that happened is not delivered yet, so that the index is not told of it."""
    return session.scalar(select(Delivery.id).join(Fact, Fact.id == Delivery.fact_id).where(
        Delivery.state == "pending", Fact.kind.in_(WATCHED)).limit(1)) is not None
