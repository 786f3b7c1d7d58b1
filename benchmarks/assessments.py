"""Self-assessments of the whole standard: how long a round is reckoned, a figure opened, a way to each level found, a list read, beside
how many rounds are kept.

    python -m benchmarks.assessments [--rounds 40]

Each round has 177 items on SQLite; with one round kept and with many, side by side in one run."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import insert, select

from kmsvc.app import make_database
from kmsvc.core.db import make_engine
from kmsvc.core.work import Database
from kmsvc.operations.setup import first_rows, install_standards
from kmsvc.operations.upgrade import upgrade_safely
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.passwords import readable_password
from kmsvc.people.system import OPERATOR
from kmsvc.registry import load_nouns
from kmsvc.settings import Settings
from kmsvc.standards.assessments.figures import Figure, explain
from kmsvc.standards.assessments.marking import items_in
from kmsvc.standards.assessments.models import ClauseAnswer, SelfAssessment
from kmsvc.standards.assessments.permissions import RUN_ASSESSMENTS
from kmsvc.standards.assessments.queries import round_lines
from kmsvc.standards.assessments.simulating import simulate
from kmsvc.standards.assessments.standing import answers_of, standing_of
from kmsvc.standards.models.queries import clauses_of, model_by_code

CODE, TURNS, DAY = "cc-cmm-oc-2017", 15, date(2026, 12, 1)


def house(folder: Path, rounds: int) -> Database:
    """A centre with so many rounds of 177 answers, seven tenths of them with full marks."""
    settings = Settings.from_env(data_dir=folder, database_url=f"sqlite:///{folder / 'kmsvc.db'}")
    engine = make_engine(settings.database_url)
    upgrade_safely(settings, engine)
    engine.dispose()
    db = make_database(settings)
    first_rows(db, settings, readable_password())
    install_standards(db)
    with db.begin(OPERATOR) as work:
        model = model_by_code(work.session, CODE)
        assert model is not None
        work.permit(RUN_ASSESSMENTS)
        known = {(one.no, one.sub): one for one in clauses_of(work.session, model.id)}
        items = items_in(work.session, model, "subitems")
        lead = work.session.scalars(select(Person.id).order_by(Person.id)).first()
        assert lead is not None
        for number in range(rounds):
            row = SelfAssessment(number=f"SA-2026-{number:04}", title="自评", model_id=model.id, basis="subitems", sections=[],
                                 is_baseline=False, lead_id=lead, due_on=DAY, state="open", made_at=work.now)
            work.session.add(row)
            work.session.flush()
            work.session.execute(insert(ClauseAnswer.__table__), [
                {"assessment_id": row.id, "clause_id": known[one.key].id, "name": known[one.key].name, "place": place,
                 "state": "answered", "c": 10 if place % 10 < 7 else 5,
                 "f": 10 if place % 10 < 5 else 0, "reason": "理由", "proof": [], "version": 1}
                for place, one in enumerate(items)])
    return db


def median_ms(what: Callable[[], object]) -> float:
    """Milliseconds of the middle of some turns."""
    took = []
    for _ in range(TURNS):
        began = time.perf_counter()
        what()
        took.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(took), 1)


def measure(rounds: int = 40) -> dict[str, object]:
    """Milliseconds with one round kept and with many."""
    load_nouns()
    found: dict[str, object] = {}
    for kept in (1, rounds):
        with tempfile.TemporaryDirectory() as folder:
            db = house(Path(folder), kept)
            with db.look(OPERATOR) as work:
                row = work.session.get_one(SelfAssessment, 1)
                answers = answers_of(work.session, row.id)
                held = standing_of(work.session, row, answers)
                for name, what in (
                        ("a round reckoned out of the database", lambda work=work, row=row: standing_of(
                            work.session, row, answers_of(work.session, row.id))),
                        ("a figure opened", lambda held=held: explain(held, Figure.TOTAL)),
                        ("the way to L5 found", lambda held=held: simulate(held, "L5", None, {})),
                        ("the list of rounds", lambda work=work: round_lines(work.session, work.actor))):
                    found[f"{name}, {kept} kept, ms"] = median_ms(what)
            db.engine.dispose()
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=40)
    for name, value in measure(parser.parse_args().rounds).items():
        print(f"{name}: {value}")
