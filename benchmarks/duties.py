"""The engine of duties: 10,000 people, 30 yearly rules that ask each of them; the first tick of a year, a tick that finds nothing to do,
a morning on which everybody is reminded.

    python -m benchmarks.duties [--people 10000] [--rules 30]

A tick is what the worker does: the rules of clauses and those of every other part of the service, in one transaction, on SQLite."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import func, insert, select

from kmsvc.app import make_database
from kmsvc.core.db import make_engine
from kmsvc.core.work import Database
from kmsvc.operations.setup import first_rows
from kmsvc.operations.upgrade import upgrade_safely
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.passwords import readable_password
from kmsvc.people.system import OPERATOR, SYSTEM
from kmsvc.people.units.queries import root_unit
from kmsvc.registry import load_nouns
from kmsvc.schedule import MOST_DUTIES
from kmsvc.settings import Settings
from kmsvc.standards.duties.clauses import ClauseFact, switch_on
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.rules import DutyOwner, DutyScope
from kmsvc.standards.duties.usecases import run_duties

FIRST, NEXT = date(2026, 1, 1), date(2027, 1, 1)
QUIET_TICKS = 15


def house(folder: Path, people: int, rules: int) -> Database:
    """A centre with so many people, of whom so many rules ask something each year."""
    settings = Settings.from_env(data_dir=folder, database_url=f"sqlite:///{folder / 'kmsvc.db'}")
    engine = make_engine(settings.database_url)
    upgrade_safely(settings, engine)
    engine.dispose()
    db = make_database(settings)
    first_rows(db, settings, readable_password())
    with db.begin(OPERATOR) as work:
        root = root_unit(work.session)
        assert root is not None
        work.session.execute(insert(Person.__table__), [
            {"name": f"p{number}", "unit_id": root.id, "language": "zh_Hans_CN", "state": "active", "is_first": False,
             "created_at": work.now, "version": 1} for number in range(people)])
        for row in switch_on(work, [ClauseFact("cc-cmm-oc-2017", number + 1, None, f"n{number}", f"n{number}", "annual", 12, None, "TRN")
                                    for number in range(rules)], FIRST):
            row.scope, row.owner_kind = DutyScope.PEOPLE.value, DutyOwner.SUBJECT.value
            if row.trigger is not None:
                row.is_on = False
    return db


def took_s(what: Callable[[], object]) -> tuple[float, float]:
    """Seconds of one call, and of one processor: what else the machine does is in the first."""
    began, worked = time.perf_counter(), time.process_time()
    what()
    return time.perf_counter() - began, time.process_time() - worked


def tick(db: Database, day: date) -> None:
    """What the worker does every thirty seconds."""
    more = True
    while more:
        with db.begin(SYSTEM) as work:
            more = run_duties(work, day, most=MOST_DUTIES).more


def measure(people: int = 10_000, rules: int = 30) -> dict[str, object]:
    """The figures for a quarter, a half and all of the people."""
    load_nouns()
    figures: dict[str, object] = {}
    for count in (people // 4, people // 2, people):
        with tempfile.TemporaryDirectory() as folder:
            db = house(Path(folder), count, rules)
            tick(db, FIRST)
            first = took_s(lambda db=db: tick(db, NEXT))  # type: ignore[misc]
            quiet = [took_s(lambda db=db: tick(db, NEXT))[0] * 1000 for _ in range(QUIET_TICKS)]  # type: ignore[misc]
            morning = took_s(lambda db=db: tick(db, date(2027, 12, 1)))  # type: ignore[misc]
            with db.look(SYSTEM) as work:
                rows = work.session.scalar(select(func.count()).select_from(Obligation))
            db.engine.dispose()
            name = f"{count:,} people × {rules} rules"
            figures |= {f"{name}: first tick of a year s (of one processor)": f"{first[0]:.1f} ({first[1]:.1f})",
                        f"{name}: a tick that finds nothing, median / slowest of {QUIET_TICKS} ms":
                            f"{statistics.median(quiet):.0f} / {max(quiet):.0f}",
                        f"{name}: everybody reminded in one morning s (of one processor)": f"{morning[0]:.1f} ({morning[1]:.1f})",
                        f"{name}: rows": f"{rows:,}"}
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--rules", type=int, default=30)
    given = parser.parse_args()
    for key, value in measure(given.people, given.rules).items():
        print(f"{key}: {value}")
