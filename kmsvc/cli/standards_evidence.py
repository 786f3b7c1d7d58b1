"""`kmsvc standards evidence …`: the records that prove clauses, how a year is covered, and a year's proof as one file."""

from __future__ import annotations

import hashlib
import os
import secrets
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import Sentence, acting, as_option, json_option, progress, put, say, with_database
from kmsvc.cli.standards_models import wanted
from kmsvc.cli.standards_proof import add_command, list_command
from kmsvc.core.clock import local_date
from kmsvc.core.texts import N_

DAY = click.DateTime(["%Y-%m-%d"])
YEAR = click.IntRange(2000, 2100)


@click.group()
def evidence() -> None:
    """Records that prove clauses: what the service itself knows, as of any day."""


evidence.add_command(add_command)
evidence.add_command(list_command)


def _span(settings: Any, work: Any, year: int, as_of: datetime | None) -> Any:
    from kmsvc.standards.evidence.queries import year_span

    return year_span(year, as_of.date() if as_of else local_date(work.now, settings.timezone), settings.timezone)


@evidence.command("list")
@click.option("--year", type=YEAR, required=True, help="The calendar year of the records.")
@click.option("--clause", metavar="N", help="Only what proves this clause.")
@click.option("--kind", help="Only this kind of record.")
@click.option("--as-of", type=DAY, help="What had taken effect and was recorded by the end of this day; today unless given.")
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, year: int, clause: str | None, kind: str | None, as_of: datetime | None, as_login: str | None,
            as_json: bool) -> None:
    """The records of a year by day: who did what, when, with which result."""
    from kmsvc.standards.evidence.queries import EvidenceFilters, gathered, narrowed
    from kmsvc.standards.evidence.register import KINDS
    from kmsvc.standards.evidence.schemas import record_json

    if kind is not None and kind not in KINDS:
        raise Sentence(N_("There is no kind of record %(kind)s; there are: %(kinds)s."), kind=kind, kinds=", ".join(sorted(KINDS)))
    with db.look(acting(db, as_login)) as work:
        every = gathered(work.session, work.actor, _span(settings, work, year, as_of))
        found = narrowed(every, EvidenceFilters(clause=clause, kind=kind))
    put({"items": [record_json(one) for one in found]}, as_json=as_json, text="\n".join(
        f"{one.happened_on}  {one.kind:17} {one.number:18} {','.join(one.clauses):12} {one.result:10} {one.who or '-':8} {one.title}"
        for one in found) or "No records.")


@evidence.command("coverage")
@click.option("--year", type=YEAR, required=True, help="The calendar year of the records.")
@click.option("--state", type=click.Choice(["met", "missing", "there", "nothing"]), help="Only clauses that stand so.")
@click.option("--as-of", type=DAY, help="As it stood at the end of this day; today unless given.")
@as_option
@json_option
@with_database
def coverage_command(db: Any, settings: Any, year: int, state: str | None, as_of: datetime | None, as_login: str | None,
                     as_json: bool) -> None:
    """How each clause is covered by the records of a year, and what lacks proof."""
    from kmsvc.standards.evidence.queries import coverage
    from kmsvc.standards.evidence.schemas import cover_json

    with db.look(acting(db, as_login)) as work:
        rows = coverage(work.session, work.actor, _span(settings, work, year, as_of), None, state)
    put({"items": [cover_json(one) for one in rows]}, as_json=as_json, text="\n".join(
        f"#{one.clause:6} {one.cover.state:8} {one.cover.records:5}  {one.title_en}" for one in rows) or "No clauses.")


@evidence.command("readiness")
@click.option("--year", type=YEAR, help="The calendar year of the records; that of the day unless given.")
@click.option("--on", type=DAY, help="The day of the audit; the end of the year unless given.")
@click.option("--state", type=click.Choice(["fail", "risk", "ready", "free"]), help="Only clauses that will stand so.")
@as_option
@json_option
@with_database
def readiness_command(db: Any, settings: Any, year: int | None, on: datetime | None, state: str | None, as_login: str | None,
                      as_json: bool) -> None:
    """What will fail, is at risk or is ready on the day of an audit, and what is missing until then."""
    from kmsvc.standards.evidence.queries import ready, year_span
    from kmsvc.standards.evidence.schemas import ready_json

    with db.look(acting(db, as_login)) as work:
        today = local_date(work.now, settings.timezone)
        its = year or (on.date() if on else today).year
        span = year_span(its, on.date() if on else date(its, 12, 31), settings.timezone)
        rows = ready(work.session, work.actor, span, today, state=state)
    put({"on": span.as_of, "year": its, "items": [ready_json(one) for one in rows]}, as_json=as_json, text="\n".join(
        f"#{one.row.clause:6} {one.state:6} {len(one.gaps):4}  {one.row.title_en}" for one in rows) or "No clauses.")


@evidence.command("pack")
@click.option("--model", "code", required=True, metavar="CODE", help="Which standard, e.g. cc-cmm-oc-2017.")
@click.option("--clause", "clauses", multiple=True, metavar="N", help="Only this clause; may be given several times.")
@click.option("--year", type=YEAR, required=True, help="The calendar year of the records.")
@click.option("--as-of", type=DAY, help="What had taken effect and was recorded by the end of this day; today unless given.")
@click.option("--out", "file", type=click.Path(path_type=Path, dir_okay=False), required=True,
              help="The zip; an earlier pack of that name is replaced, any other file is refused.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="The language of its words.")
@as_option
@json_option
@with_database
def pack(db: Any, settings: Any, code: str, clauses: tuple[str, ...], year: int, as_of: datetime | None, file: Path,
         lang: str, as_login: str | None, as_json: bool) -> None:
    """Write the proof of a year, clause by clause, to FILE; the same data, day and language give the same bytes."""
    from kmsvc.standards.models.queries import clauses_of
    from kmsvc.standards.packs.building import is_pack, write_pack
    from kmsvc.standards.packs.usecases import note_pack

    if file.exists() and not is_pack(file):
        raise Sentence(N_("%(file)s is there already and is no pack; name another file."), file=file)
    if not file.parent.is_dir():
        raise Sentence(N_("There is no folder %(folder)s."), folder=file.parent)
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        with db.look(acting(db, as_login)) as work:
            model = wanted(work, code)
            today = local_date(work.now, settings.timezone)
            day = as_of.date() if as_of else today
            chosen = _chosen(clauses_of(work.session, model.id), clauses, code)
            with part.open("xb") as out, progress("Clauses", len(chosen), quiet=as_json) as told:
                made = write_pack(work.session, work.actor, model, chosen, year, day, settings.timezone, out, told,
                                  files=settings.files_dir, lang=lang)
        digest = _digest(part)
        with db.begin(acting(db, as_login)) as work:
            note_pack(work, model, year, day, [one.name for one in chosen] if clauses else [], made.records, digest)
        _put_in_place(part, file)
    finally:
        part.unlink(missing_ok=True)
    if day > today:
        say(f"{day} is still to come: a pack made later may hold more.")
    put({"file": str(file), "sha256": digest, "clauses": made.clauses, "records": made.records, "as_of": day,
         "distinct": made.distinct}, as_json=as_json,
        text=f"{made.records} records of {made.clauses} clauses in {file}, as of {day}. SHA-256 {digest}")


def _put_in_place(part: Path, file: Path) -> None:
    """Whole or not at all."""
    with part.open("rb") as held:
        os.fsync(held.fileno())
    os.replace(part, file)


def _digest(path: Path) -> str:
    with path.open("rb") as held:
        return hashlib.file_digest(held, "sha256").hexdigest()


def _chosen(rows: list[Any], named: tuple[str, ...], code: str) -> list[Any]:
    """The clauses that were named, in the order of the standard; without a name all of them, without their sub-items."""
    if not named:
        return [one for one in rows if one.sub is None]
    by_name = {one.name: one for one in rows}
    names = {one.strip().lstrip("#") for one in named}
    if missing := sorted(names - set(by_name)):
        raise Sentence(N_("%(standard)s has no clause %(clause)s."), standard=code, clause=", ".join(missing))
    return [one for one in rows if one.name in names]
