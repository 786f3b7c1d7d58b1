"""Lists in and out at the terminal: the report of an import, and an export as csv or xlsx."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from kmsvc.cli.glue import PartFailed, Sentence, progress, put, say
from kmsvc.convert.export import csv_bytes, xlsx_bytes
from kmsvc.convert.reports import TAKEN, Report
from kmsvc.core.actors import Actor
from kmsvc.core.breaks import BrokenOff
from kmsvc.core.texts import N_
from kmsvc.core.work import Database
from kmsvc.knowledge.tables.taking import RowSort, read_rows, take_rows


def take_in(db: Database, actor: Actor, sort: RowSort, file: Path, *, dry_run: bool, as_json: bool,
            today: date | None = None) -> None:
    """Import the file and say what happened to each row that was not plain; PartFailed when some were refused."""
    if not file.is_file():
        raise Sentence(N_("There is no file %(file)s."), file=str(file))
    tables, notices = read_rows(file, file.name, sort)
    broken: BrokenOff | None = None
    try:
        with progress("Rows", sum(len(table.rows) for table in tables), quiet=as_json) as told:
            report = take_rows(db, actor, sort, tables, notices, file.name, dry_run=dry_run, told=told, today=today)
    except BrokenOff as error:
        report, broken = error.report, error
        say(str(error))
    tell_report(report, broken, dry_run=dry_run, as_json=as_json)


def tell_report(report: Report[Any], broken: BrokenOff | None, *, dry_run: bool, as_json: bool) -> None:
    """Say what became of the rows; PartFailed when some were refused or it ended in the middle."""
    for notice in report.notices:
        say(str(notice))
    body: dict[str, Any] = broken.told(report.as_json()) if broken else report.as_json()
    for one in body["rejected"]:
        say(f"{one['file']} row {one['row']}: {one['reason']}")
    done = ", ".join(f"{report.count(name)} {name}" for name in (*TAKEN, "rejected"))
    put(body, as_json=as_json, text=f"{len(report.results)} read: {done}" + (" (dry run, nothing was changed)" if dry_run else ""))
    if body["rejected"] or broken:
        raise PartFailed()


def give_out(file: Path, title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a list to a new file; its ending says csv or xlsx."""
    if file.suffix.lower() not in (".csv", ".xlsx"):
        raise Sentence(N_("The file ends in .csv or .xlsx."))
    if file.exists():
        raise Sentence(N_("The file %(file)s is there already; name a new one."), file=str(file))
    held = list(rows)
    file.write_bytes(xlsx_bytes(title, head, held) if file.suffix.lower() == ".xlsx" else csv_bytes(head, held))
    say(f"{len(held)} rows are in {file}.")
