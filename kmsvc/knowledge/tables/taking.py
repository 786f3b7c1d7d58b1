"""Rows one by one, each in a transaction of its own: what happened, or would happen, to each, and why some are refused.

A dry run does the same and keeps nothing. The same file again changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError

from kmsvc.convert.reports import Report, RowResult, reasons_of
from kmsvc.convert.result import Notice, Table
from kmsvc.convert.service import table_file
from kmsvc.core.actors import Actor
from kmsvc.core.errors import InvalidInput, NotPermitted, Refusal
from kmsvc.core.permissions import Permission
from kmsvc.core.schemas import clean_text
from kmsvc.core.texts import N_
from kmsvc.core.work import Database, Work


@dataclass(frozen=True)
class Taken:
    """What became of a row. outcome: created, updated, unchanged. name: what it is about; changes: columns that differ."""

    outcome: str
    name: str
    changes: tuple[str, ...] = ()


Take = Callable[[Work, Mapping[str, str], bool, dict[str, str]], Taken]
"""(work, cells by code, dry run, what earlier rows of the file left for later ones) -> what became of it; or a refusal"""
FILE, TODAY = "\0file", "\0today"
"""what stands beside what earlier rows left: the name of the file, the day of the centre in ISO form"""


Lines = Callable[[Work, Callable[[Any], str], Callable[[datetime], datetime]], list[tuple[Any, ...]]]
"""(work, code -> word, instant -> in the centre's zone) -> all there are, as rows of the export"""


@dataclass(frozen=True)
class RowSort:
    """A sort of rows. name: its columns in convert/columns.toml; columns: (code, heading, what it holds), the first names the row;
    head, lines: the export of the whole list, which an import takes; place: the address of its list."""

    name: str
    permission: Permission
    take: Take
    head: tuple[str, ...]
    lines: Lines
    columns: tuple[tuple[str, str, str], ...]
    place: str
    title: str
    spread: Callable[[Mapping[str, str]], list[tuple[str, dict[str, str]]]] | None = None
    """rows that say several things, a column each: (name of the column, cells of a row of its own); none for a row that says one"""


class _NotKept(Exception):
    """A dry run ends its unit like this."""


def read_rows(path: Path | str, name: str, sort: RowSort) -> tuple[list[Table], list[Notice]]:
    """The sheets of a file, read in the limited child; raises Refused with a sentence."""
    tables, notices = table_file(path, name, sort=sort.name)
    return tables, [*notices, *(table.how_read for table in tables)]


def take_rows(db: Database, actor: Actor, sort: RowSort, tables: Sequence[Table], notices: Sequence[Notice], file: str, *,
              dry_run: bool = False, told: Callable[[int], None] = lambda done: None, today: date | None = None) -> Report[RowResult]:
    """Take in every row that can be; the others are named with the reason. today: of the centre, for rows that name days.

    Raises BrokenOff, with the report so far, when it ends in the middle: what is in stays, the same again takes the rest.
    """
    report = Report[RowResult]([], list(notices))
    results = report.results
    before: dict[str, str] = {FILE: file} | ({TODAY: today.isoformat()} if today else {})
    with db.look(actor) as work:
        work.permit(sort.permission)
    for row, column, cells in ((one, *part) for table in tables for one in table.rows for part in _parts(sort, one.values)):
        name = " ".join(filter(None, (cells.get(sort.columns[0][0], "")[:60], column[:30])))
        try:
            values = {code: _clean(value) for code, value in cells.items() if not code.startswith("+")}
            taken = _one(db, actor, sort, values, before, dry_run=dry_run, file=file)
            results.append(RowResult(file, row.number, f"{taken.name} {column[:30]}".strip(), taken.outcome, taken.changes))
        except NotPermitted as error:
            if not results or dry_run:
                raise
            raise report.broken(error, file, row.number) from error
        except Refusal as error:
            where = ((N_("%(name)s:"), {"name": name}),) if column else ()  # a row of many columns: which of them
            results.append(RowResult(file, row.number, name, "rejected", reasons=(*where, *reasons_of(error))))
        except IntegrityError:
            results.append(RowResult(file, row.number, name, "rejected", reasons=((N_(
                "Somebody wrote the same at this moment. Import the row again."), {}),)))
        except Exception as error:
            if dry_run:
                raise
            raise report.broken(error, file, row.number) from error
        told(len(results))
    return report


def _parts(sort: RowSort, values: Mapping[str, str]) -> list[tuple[str, Mapping[str, str]]]:
    found = sort.spread(values) if sort.spread else []
    return [*found] or [("", values)]


def _one(db: Database, actor: Actor, sort: RowSort, values: Mapping[str, str], before: dict[str, str], *, dry_run: bool,
         file: str) -> Taken:
    taken: list[Taken] = []
    try:
        with db.begin(actor) as work:
            work.permit(sort.permission)
            work.because(f"import: {file}"[:200])
            taken.append(sort.take(work, values, dry_run, before))
            if dry_run:
                raise _NotKept
    except _NotKept:
        pass
    return taken[0]


def _clean(value: str) -> str:
    try:
        return clean_text(value)
    except ValueError as error:
        raise InvalidInput({"row": [str(error)]}) from error
