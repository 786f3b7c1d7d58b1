"""`kmsvc standards models …`: which standards are here, one as JSON or YAML, one brought in from a file."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import (
    PartFailed,
    Sentence,
    acting,
    as_option,
    checked,
    json_option,
    put,
    say_error,
    settle,
    with_database,
)
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.standards.models.models import StandardModel


@click.group()
def models() -> None:
    """Standards: their clauses, levels and figures, in our own short gists."""


@models.command("list")
@as_option
@json_option
@with_database
def list_command(db: Any, settings: Any, as_login: str | None, as_json: bool) -> None:
    """Every standard and edition that is here."""
    from kmsvc.standards.models.permissions import SEE_STANDARDS
    from kmsvc.standards.models.queries import model_lines

    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_STANDARDS)
        lines = model_lines(work.session)
    put({"items": [asdict(one) for one in lines]}, as_json=as_json, text="\n".join(
        f"{one.code:20} {one.edition:6} {one.clauses:4} clauses {one.subs:3} sub-items  {one.title_en}" for one in lines))


def wanted(work: Work, code: str, edition: str | None = None) -> StandardModel:
    """The standard of this code, or one sentence that names those there are."""
    from kmsvc.standards.models.queries import model_by_code, model_lines

    row = model_by_code(work.session, code, edition)
    if row is None:
        raise Sentence(N_("There is no standard %(standard)s here; there are: %(codes)s."), standard=code,
                       codes=", ".join(dict.fromkeys(one.code for one in model_lines(work.session))) or "\u2013")
    return row


@models.command("export")
@click.argument("code")
@click.option("--edition", help="An older edition than the newest.")
@click.option("--licensed", is_flag=True, help="With the wording the centre has licensed; no JSON.")
@click.option("--format", "form", type=click.Choice(["yaml", "xlsx", "csv"]), default="yaml", help="YAML unless said; xlsx needs --out.")
@click.option("--sheet", type=click.Choice(["clauses", "mappings"]), default="clauses", help="What stands in a sheet.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@as_option
@json_option
@with_database
def export_command(db: Any, settings: Any, code: str, edition: str | None, licensed: bool, form: str, sheet: str, out: Path | None,
                   as_login: str | None, as_json: bool) -> None:
    """One standard whole: YAML or a sheet that `models import` reads again, or JSON for scripts."""
    from kmsvc.convert.export import csv_bytes, xlsx_bytes
    from kmsvc.standards.models.permissions import KEEP_STANDARDS, SEE_STANDARDS
    from kmsvc.standards.models.queries import as_yaml, export
    from kmsvc.standards.models.sheets import COLUMNS, MAPPING, lines_of, mapping_lines

    if licensed and as_json:
        raise Sentence(N_("Licensed texts leave the house as YAML only; leave out --json."))
    if form == "xlsx" and out is None and not as_json:
        raise Sentence(N_("An xlsx is written to a file: say --out FILE.xlsx."))
    with db.look(acting(db, as_login)) as work:
        work.permit(KEEP_STANDARDS if licensed else SEE_STANDARDS)
        row = wanted(work, code, edition)
        if as_json:
            put(export(work.session, row), as_json=True)
            return
        if form == "yaml":
            data = as_yaml(work.session, row, licensed=licensed).encode()
        else:
            columns, rows = (MAPPING, mapping_lines(work.session, row)) if sheet == "mappings" else (
                COLUMNS, lines_of(work.session, row, licensed=licensed))
            head = [name for _, name, _ in columns]
            data = xlsx_bytes(row.code, head, rows) if form == "xlsx" else csv_bytes(head, rows)
    if out is None:
        put(None, as_json=False, text=data.decode("utf-8-sig").rstrip("\n"))
        return
    try:
        out.write_bytes(data)
    except OSError as error:
        raise Sentence(N_("%(path)s cannot be written."), path=out) from error


@models.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--model", "code", help="Of a sheet: which standard it is about.")
@click.option("--edition", help="Of a sheet: which edition; the newest unless said.")
@click.option("--title-zh", help="Of a sheet that brings a new standard or edition.")
@click.option("--title-en", help="The same in English.")
@click.option("--dry-run", is_flag=True, help="Only say what would become of it.")
@as_option
@json_option
@with_database
def import_command(db: Any, settings: Any, file: Path, code: str | None, edition: str | None, title_zh: str | None, title_en: str | None,
                   dry_run: bool, as_login: str | None, as_json: bool) -> None:
    """Bring in a standard, an edition, licensed texts or correspondences from YAML, xlsx or csv; the same again changes nothing."""
    from kmsvc.core.i18n import sentence
    from kmsvc.standards.models.frame import MOST_BYTES
    from kmsvc.standards.models.schemas import TargetInput, target_of
    from kmsvc.standards.models.taking import take_file

    target = target_of(checked(TargetInput(), {"code": code, "edition": edition, "title_zh": title_zh, "title_en": title_en}))
    if target is None and file.suffix.lower() in (".csv", ".xlsx"):
        raise Sentence(N_("Say which standard the sheet is about: --model CODE."))
    taken = take_file(db, acting(db, as_login), file, file.name, target, dry_run=dry_run, most=MOST_BYTES)
    settle(db, settings)
    told = taken.report.as_json(sentence)
    put({"code": taken.code, "edition": taken.edition, **told}, as_json=as_json,
        text=f"{taken.code} {taken.edition}: {told['read']} read, {told['created']} new, {told['updated']} changed, "
        f"{told['unchanged']} unchanged, {len(told['rejected'])} refused.")
    for one in told["rejected"]:
        say_error(f"{one['row']}: {one['reason']}")
    if told["rejected"]:
        raise PartFailed()


@models.command("take-back")
@click.argument("code")
@click.option("--edition", help="An older edition than the newest.")
@click.option("--reason", required=True, help="Why.")
@as_option
@json_option
@with_database
def take_back_command(db: Any, settings: Any, code: str, edition: str | None, reason: str, as_login: str | None, as_json: bool) -> None:
    """Take the last import of a standard back."""
    from kmsvc.standards.models.usecases import take_back

    with db.begin(acting(db, as_login)) as work:
        there = take_back(work, wanted(work, code, edition).id, reason=reason)
    settle(db, settings)
    put({"code": code, "there": there}, as_json=as_json, text=f"{code}: the last import is taken back.")
