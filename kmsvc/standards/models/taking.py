"""Bringing a file in, whatever it is: a model in YAML, or a sheet of clauses, licensed texts or mappings. A dry run keeps nothing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kmsvc.convert.reports import Report, RowResult
from kmsvc.convert.result import Notice, Table
from kmsvc.core.actors import Actor
from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Database, Work
from kmsvc.standards.models.frame import Frame, read
from kmsvc.standards.models.models import Clause, StandardModel
from kmsvc.standards.models.permissions import KEEP_STANDARDS
from kmsvc.standards.models.queries import clauses_of, data_of, licensed_texts, model_by_code
from kmsvc.standards.models.sheets import Target, read_sheet, rows_taken
from kmsvc.standards.models.usecases import import_model

YAML, SHEETS = (".yaml", ".yml"), (".csv", ".xlsx")
MOST_YAML = 3_000_000
"""bytes of a model at a page or at a door of programs; the command line takes more"""


class _NotKept(Exception):
    """A dry run ends its unit like this."""


@dataclass(frozen=True)
class Taken:
    """What a file did, or would do. own: the model came with the product and is the centre's own from then on."""

    code: str
    edition: str
    model_id: int
    report: Report[RowResult]
    own: bool = False


def is_ours(name: str) -> bool:
    """Whether a name says that it is a file we read."""
    return name.lower().endswith((*YAML, *SHEETS))


def take_file(db: Database, actor: Actor, path: Path, name: str, target: Target | None, *, dry_run: bool = False,
              most: int = MOST_YAML) -> Taken:
    """Bring a file in as a whole: every row that can be, in one unit. target: which edition a sheet is about. Raises InvalidInput and
    Refused with a sentence."""
    if not is_ours(name):
        raise InvalidInput({"file": [N_("A standard is a yaml, xlsx or csv file.")]})
    frame: Frame | None = None
    tables: list[Table] = []
    notices: list[Notice] = []
    if name.lower().endswith(YAML):
        frame = read(_text(path, most))
    else:
        if target is None:
            raise InvalidInput({"code": [N_("Say which standard the sheet is about.")]})
        tables, notices = read_sheet(path, name)
    held: list[Taken] = []
    with suppress(_NotKept), db.begin(actor) as work:
        work.permit(KEEP_STANDARDS)
        work.because(f"import: {name}"[:200])
        if frame is not None:
            held.append(_whole(work, frame, name))
        else:
            assert target is not None
            held.append(_rows(work, target, tables, notices, name))
        if dry_run:
            raise _NotKept
    return held[0]


def _text(path: Path, most: int) -> str:
    if path.stat().st_size > most:
        raise InvalidInput({"file": [Filled(N_("This file is larger than %(most)s MB."), most=most // 1_000_000)]})
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput({"file": [N_("This file is no text in UTF-8.")]}) from error


def _rows(work: Work, target: Target, tables: list[Table], notices: list[Notice], name: str) -> Taken:
    row = model_by_code(work.session, target.code, target.edition)
    mine = row is not None and row.is_packaged
    found = rows_taken(work.session, target, tables, notices, name)
    model_id = row.id if row is not None else 0
    if found.frame is not None:
        model_id = import_model(work, found.frame).model_id
    return Taken(found.data["code"], found.data["edition"], model_id, found.report, mine and _became_own(work, model_id))


def _became_own(work: Work, model_id: int) -> bool:
    row = work.session.get(StandardModel, model_id)
    return row is not None and not row.is_packaged


def _whole(work: Work, frame: Frame, name: str) -> Taken:
    """A whole model: what became of each clause, by its place."""
    row = model_by_code(work.session, frame.code, frame.edition)
    before = _said(work, row)
    mine = row is not None and row.is_packaged
    done = import_model(work, frame)
    after = _said(work, work.session.get(StandardModel, done.model_id))
    results = [RowResult(name, place, number, "created" if number not in before else
                         "unchanged" if before[number] == said else "updated")
               for place, (number, said) in enumerate(after.items(), 1)]
    return Taken(frame.code, frame.edition, done.model_id, Report(results, []), mine and _became_own(work, done.model_id))


def _said(work: Work, row: StandardModel | None) -> dict[str, Any]:
    """What each clause and sub-item says, by its name, with its licensed text."""
    if row is None:
        return {}
    work.session.flush()
    clauses: list[Clause] = clauses_of(work.session, row.id)
    texts = licensed_texts(work.session, [one.id for one in clauses])
    whole = {f"{one['no']}": {key: value for key, value in one.items() if key != "subs"}
             for one in data_of(work.session, row)["clauses"]}
    return {one.name: (whole[one.name] if one.sub is None else (one.title_zh, one.title_en), texts.get(one.id)) for one in clauses}
