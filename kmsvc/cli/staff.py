"""`kmsvc people accounts import`: the report of an import for a terminal or a script."""

from __future__ import annotations

import csv
import os
from pathlib import Path

from kmsvc.cli.glue import Sentence, progress, say
from kmsvc.cli.tables import tell_report
from kmsvc.convert.reports import Report
from kmsvc.core.actors import Actor
from kmsvc.core.breaks import BrokenOff
from kmsvc.core.texts import N_
from kmsvc.core.work import Database
from kmsvc.people.accounts.imports import StaffResult, import_staff, read_staff


def take_in(db: Database, actor: Actor, file: str, *, dry_run: bool, make_units: bool, passwords_to: str | None,
            as_json: bool) -> None:
    """Import the file and say what happened to each row that was not plain; PartFailed when some were refused."""
    if not Path(file).is_file():
        raise Sentence(N_("There is no file %(file)s."), file=file)
    if passwords_to and Path(passwords_to).exists():
        raise Sentence(N_("The file %(file)s is there already; passwords go into a new one."), file=passwords_to)
    tables, notices = read_staff(file, Path(file).name)
    rows = sum(len(table.rows) for table in tables)
    broken: BrokenOff | None = None
    try:
        with progress("Rows", rows, quiet=as_json) as told:
            report = import_staff(db, actor, tables, notices, file, dry_run=dry_run, make_units=make_units,
                                  passwords=bool(passwords_to), told=told)
    except BrokenOff as error:  # what was made until then is told, its first passwords too
        report, broken = error.report, error
        say(str(error))
    if passwords_to and not dry_run:
        _write_passwords(Path(passwords_to), report)
    tell_report(report, broken, dry_run=dry_run, as_json=as_json)


def _write_passwords(path: Path, report: Report[StaffResult]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", newline="", encoding="utf-8-sig") as out:
        writer = csv.writer(out)
        writer.writerow(("login", "password"))
        writer.writerows((one.login, one.password) for one in report.results if one.password)
