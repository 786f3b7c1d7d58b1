"""A pack of the whole standard for a year of 10,000 records: reading them, writing the file, and the list of ten such years.

    python -m benchmarks.packs [--records 10000]

Records are certificates earned, duties done and talks, as a year of a big centre makes them; on SQLite."""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select

from kmsvc.app import make_database
from kmsvc.core.audit import append
from kmsvc.core.db import make_engine
from kmsvc.core.work import Database
from kmsvc.operations.setup import first_rows, install_standards
from kmsvc.operations.upgrade import upgrade_safely
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.passwords import readable_password
from kmsvc.people.system import OPERATOR
from kmsvc.people.units.queries import root_unit
from kmsvc.process.definitions.models import Process, ProcessReview, ProcessVersion
from kmsvc.registry import load_nouns
from kmsvc.settings import Settings
from kmsvc.standards.duties.clauses import ClauseFact, switch_on
from kmsvc.standards.duties.models import ClauseDuty, Obligation
from kmsvc.standards.evidence.queries import gathered, year_span
from kmsvc.standards.models.queries import clauses_of, model_by_code
from kmsvc.standards.packs.building import write_pack
from kmsvc.training.certificates.models import Certificate, CertificateKind, Passing

YEARS, LAST, ZONE = range(2017, 2027), 2026, "Asia/Shanghai"
PEOPLE, PROCESSES = 500, 40


def _at(year: int, number: int) -> datetime:
    return datetime(year, 1, 1, 2, tzinfo=UTC) + timedelta(hours=number * 8000 // 10_000)


def house(folder: Path, records: int) -> Database:
    """A centre with so many records a year for ten years: half certificates, three tenths duties, two tenths reviews of processes."""
    settings = Settings.from_env(data_dir=folder, database_url=f"sqlite:///{folder / 'kmsvc.db'}")
    engine = make_engine(settings.database_url)
    upgrade_safely(settings, engine)
    engine.dispose()
    db = make_database(settings)
    first_rows(db, settings, readable_password())
    passings, duties, reviews = records // 2, records * 3 // 10, records // 5
    install_standards(db)
    with db.begin(OPERATOR) as work:
        held = work.session
        root = root_unit(held)
        assert root is not None
        held.execute(insert(Person.__table__), [
            {"name": f"员工{number}", "unit_id": root.id, "language": "zh_Hans_CN", "state": "active", "is_first": False,
             "created_at": _at(2017, 0), "version": 1} for number in range(PEOPLE)])
        people = list(held.scalars(select(Person.id).order_by(Person.id)))[-PEOPLE:]
        kinds = [CertificateKind(number=f"CT-9{place}", name=f"证书{clause}", purpose="other", clause=clause, months=12,
                                 counting="rolling", roll_from="passed", early_days=0, grace_days=0)
                 for place, clause in enumerate(("28", "64", "80"))]
        processes = [Process(number=f"P-{number:03}", name=f"流程{number}", group="quality", klass="business", created_at=_at(2017, 0))
                     for number in range(PROCESSES)]
        held.add_all([*kinds, *processes])
        held.flush()
        versions = [ProcessVersion(process_id=one.id, ordinal=1, major=1, minor=0, name=one.name, body="正文", blocks=[],
                                   content_hash="0" * 64, recorded_at=_at(2017, 0)) for one in processes]
        certificates = [Certificate(kind_id=kind.id, person_id=person) for kind in kinds for person in people]
        held.add_all([*versions, *certificates])
        held.flush()
        switch_on(work, [ClauseFact("cc-cmm-oc-2017", number, None, f"职责{number}", f"n{number}", "annual", 12, None, "TRN")
                         for number in (8, 19, 27, 35, 94, 108, 114)], date(2017, 1, 1))
        rules = list(held.scalars(select(ClauseDuty).where(ClauseDuty.trigger.is_(None)).order_by(ClauseDuty.id)))
        for year in YEARS:
            held.execute(insert(Passing.__table__), [
                {"certificate_id": certificates[n % len(certificates)].id, "passed_on": _at(year, n * records // passings).date(),
                 "source": "manual", "noted_at": _at(year, n * records // passings), "proof": "考试成绩单"} for n in range(passings)])
            held.execute(insert(ProcessReview.__table__), [
                {"process_id": processes[n % PROCESSES].id, "version_id": versions[n % PROCESSES].id, "person_id": people[0],
                 "reviewed_on": _at(year, n * records // reviews).date(), "reason": "无变化", "at": _at(year, n * records // reviews)}
                for n in range(reviews)])
            _duties(db, work, rules, year, duties, records)
    return db


def _duties(db: Database, work: object, rules: list[ClauseDuty], year: int, duties: int, records: int) -> None:
    session = work.session  # type: ignore[attr-defined]
    first = (session.scalar(select(Obligation.id).order_by(Obligation.id.desc())) or 0) + 1
    rows = [{"id": first + n, "rule": rules[n % len(rules)].code, "rule_id": rules[n % len(rules)].id, "subject_kind": "unit",
             "subject_id": n, "period": f"{year}-{n:05}", "clause": rules[n % len(rules)].clause, "due_on": date(year, 12, 31),
             "created_at": _at(year, 0), "done_on": _at(year, n * records // duties).date(), "state": "done", "revision": 1}
            for n in range(duties)]
    session.execute(insert(Obligation.__table__), rows)
    for n, row in enumerate(rows):
        append(session, [{"act": "update", "subject": "standards_obligation", "subject_id": str(row["id"]), "before": {"state": "open"},
                          "after": {"state": "done", "done_on": str(row["done_on"])}}],
               {"at": _at(year, n * records // duties), "person_id": None, "login": "operator", "via": "cli", "session_ref": None,
                "request_id": None, "reason": None})


def measure(records: int = 10_000) -> dict[str, object]:
    """Seconds, megabytes, and whether two packs are one and the same."""
    load_nouns()
    with tempfile.TemporaryDirectory() as folder:
        db = house(Path(folder), records)
        digests, took, made = set(), [], None
        with db.look(OPERATOR) as work:
            model = model_by_code(work.session, "cc-cmm-oc-2017")
            assert model is not None
            clauses = clauses_of(work.session, model.id, subs=False)
            began = time.perf_counter()
            found = len(gathered(work.session, work.actor, year_span(LAST, date(LAST, 12, 31), ZONE)))
            listed = time.perf_counter() - began
            began = time.perf_counter()
            gathered(work.session, work.actor, year_span(min(YEARS), date(LAST, 12, 31), ZONE))
            oldest = time.perf_counter() - began
            for number in range(2):
                path = Path(folder) / f"{number}.zip"
                began = time.perf_counter()
                with path.open("wb") as out:
                    made = write_pack(work.session, work.actor, model, clauses, LAST, date(LAST, 12, 31), ZONE, out)
                took.append(time.perf_counter() - began)
                digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
            size = path.stat().st_size / 1_000_000
        db.engine.dispose()
    assert made is not None
    return {"records of the year, ten years kept": found, "in folders of clauses": made.records, "reading a year s": round(listed, 2),
            "reading the oldest s": round(oldest, 2), "pack of the whole standard s": round(max(took), 1), "size MB": round(size, 1),
            "both packs alike": len(digests) == 1}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=10_000)
    for name, value in measure(parser.parse_args().records).items():
        print(f"{name}: {value}")
