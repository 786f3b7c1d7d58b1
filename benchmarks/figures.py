"""Figures of finding over a year of two million searches: what the page, its lists and the worker's counting cost (decision 0035).

The year lies in SQLite as if it had been judged and counted day by day; the last day is judged and counted by the worker's own code."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import text

from benchmarks.place import percentile
from kmsvc.app import make_database
from kmsvc.core.clock import local_date, system_clock
from kmsvc.core.db import make_engine
from kmsvc.core.work import Database
from kmsvc.knowledge.figures import queries, rows
from kmsvc.knowledge.figures.counting import count_all
from kmsvc.knowledge.figures.rules import Measure, Part, Span, period_of
from kmsvc.knowledge.figures.scope import Scope
from kmsvc.operations.schema import upgrade
from kmsvc.people.system import OPERATOR, SYSTEM
from kmsvc.people.units.usecases import add_unit
from kmsvc.registry import load_nouns
from kmsvc.settings import Settings

NOTES, DAYS, UNITS, PEOPLE, WORDS, ROUNDS = 2_000_000, 365, 40, 800, 5_000, 15
A_DAY = NOTES // DAYS
_NOTES = text("""
    INSERT INTO search_event (at, person_id, query, found, opened_kind, opened_id, rank, acted, unit_id, took_ms, outcome)
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :notes)
    SELECT strftime('%Y-%m-%d %H:%M:%f', :since, '+' || (i * :seconds / :notes) || ' seconds') || '000',
           CASE WHEN i > :known THEN 1 + (i * 7919) % :people END, 'word ' || ((i * 104729) % :words), (i * 31) % 20,
           CASE WHEN (i * 31) % 20 > 2 THEN 'article' END, CASE WHEN (i * 31) % 20 > 2 THEN 1 + (i * 13) % 10000 END,
           1, 1, 2 + (i * 17) % :units, CASE WHEN (i * 31) % 20 > 2 THEN 400 + (i * 37) % 9000 END,
           CASE WHEN i >= :notes - :last THEN NULL WHEN (i * 31) % 20 = 0 THEN 'zero' WHEN (i * 31) % 20 <= 2 THEN 'unopened'
                WHEN i % 19 = 0 THEN 'again' ELSE 'read' END FROM n""")
_COUNTS = text("""
    INSERT INTO knowledge_figure_day (day, unit_id, outcome, took, searches)
    SELECT date(at), unit_id, outcome, CASE WHEN took_ms IS NULL THEN -1 ELSE (took_ms + 199) / 200 * 2 END AS step, count(*)
    FROM search_event WHERE outcome IS NOT NULL GROUP BY date(at), unit_id, outcome, step""")
_DONE = text("INSERT INTO knowledge_figure_progress (id, event_id) SELECT 1, max(id) FROM search_event WHERE outcome IS NOT NULL")


def measure(notes: int = NOTES) -> dict[str, object]:
    """Milliseconds of the page and of its lists, and what a day costs the worker."""
    with tempfile.TemporaryDirectory(prefix="kmsvc-figures-") as folder:
        return _measured(Path(folder), notes)


def _measured(folder: Path, notes: int) -> dict[str, object]:
    load_nouns()
    settings = Settings.from_env(data_dir=folder, database_url=f"sqlite:///{folder / 'kmsvc.db'}")
    engine = make_engine(settings.database_url)
    upgrade(engine)
    now = system_clock()
    db = make_database(settings, engine=engine)
    _fill(db, now - timedelta(hours=1), notes)
    today = local_date(now, settings.timezone)
    whole = Scope(None, settings.timezone, today)
    part = Scope(frozenset(range(2, 12)), settings.timezone, today)
    year = period_of(Span.DAYS, today, today, today - timedelta(days=DAYS - 1), today)
    figures: dict[str, object] = {"searches noted": f"{notes:,}"}
    began = perf_counter()
    counted = count_all(db, SYSTEM, settings.timezone)
    figures[f"a day of {counted:,} judged and counted, s"] = round(perf_counter() - began, 1)
    with engine.connect() as connection:
        figures["counts kept"] = f"{connection.scalar(text('SELECT count(*) FROM knowledge_figure_day')):,}"
    for name, scope in (("whole centre", whole), ("ten units", part)):
        for told, period in (("four weeks", period_of(Span.RECENT, today, today)), ("a year", year)):
            figures[f"page, {name}, {told}, p50 / p95 ms"] = _told(db, lambda work, s=scope, p=period: queries.board(  # type: ignore[misc]
                work.session, s, p))
        asked = rows.Asked(Measure.ZERO, Part.HITS, year.days)
        figures[f"list of a year without a result, {name}: first page, p50 / p95 ms"] = _told(
            db, lambda work, s=scope, a=asked: rows.figure_rows(work.session, work.actor, a, s))  # type: ignore[misc]
        figures[f"list of a year without a result, {name}: its length, p50 / p95 ms"] = _told(
            db, lambda work, s=scope, a=asked: rows.count_rows(work.session, work.actor, a, s))  # type: ignore[misc]
    figures["up to when it counts, p50 / p95 ms"] = _told(db, lambda work: queries.counted_until(work.session, work.now))
    engine.dispose()
    return figures


def _fill(db: Database, until: datetime, notes: int) -> None:
    with db.begin(OPERATOR) as work:
        add_unit(work, code="CENTRE", name="Centre")
        for number in range(UNITS):
            add_unit(work, code=f"U{number}", name=f"Unit {number}", parent_code="CENTRE")
    with db.engine.begin() as connection:
        connection.execute(_NOTES, {
            "notes": notes, "since": f"{until - timedelta(days=DAYS):%Y-%m-%d %H:%M:%S}", "seconds": DAYS * 86_400,
            "known": notes - 30 * notes // DAYS, "people": PEOPLE, "words": WORDS, "units": UNITS, "last": notes // DAYS})
        connection.execute(_COUNTS)
        connection.execute(_DONE)
        connection.execute(text("ANALYZE"))


def _told(db: Database, ask: Callable[..., object]) -> str:
    times = []
    for _ in range(ROUNDS):
        with db.look(SYSTEM) as work:
            began = perf_counter()
            ask(work)
            times.append((perf_counter() - began) * 1000)
    return f"{percentile(times, 0.5):.0f} / {percentile(times, 0.95):.0f}"


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:75} {value}")
