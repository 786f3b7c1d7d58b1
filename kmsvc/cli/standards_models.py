"""`kmsvc standards models …`: which standards are here, one as JSON or YAML, one brought in from a file."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import PartFailed, Sentence, acting, as_option, json_option, put, settle, with_database
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.standards.models.models import StandardModel


class _OnlyALook(Exception):
    """What was done is taken back: it was only to be said."""


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
@click.option("--licensed", is_flag=True, help="With the wording the centre has licensed; YAML only.")
@as_option
@json_option
@with_database
def export_command(db: Any, settings: Any, code: str, edition: str | None, licensed: bool, as_login: str | None, as_json: bool) -> None:
    """One standard whole: YAML that `models import` reads again, or JSON for scripts."""
    from kmsvc.standards.models.permissions import KEEP_STANDARDS, SEE_STANDARDS
    from kmsvc.standards.models.queries import as_yaml, export

    if licensed and as_json:
        raise Sentence(N_("Licensed texts leave the house as YAML only; leave out --json."))
    with db.look(acting(db, as_login)) as work:
        work.permit(KEEP_STANDARDS if licensed else SEE_STANDARDS)
        row = wanted(work, code, edition)
        body = export(work.session, row) if as_json else as_yaml(work.session, row, licensed=licensed).rstrip("\n")
    put(body, as_json=as_json, text=body if isinstance(body, str) else None)


@models.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only say what would become of it.")
@as_option
@json_option
@with_database
def import_command(db: Any, settings: Any, file: Path, dry_run: bool, as_login: str | None, as_json: bool) -> None:
    """Bring in a standard, an edition, or licensed texts from YAML; importing the same again changes nothing."""
    from kmsvc.standards.models.frame import MOST_BYTES, read
    from kmsvc.standards.models.permissions import KEEP_STANDARDS
    from kmsvc.standards.models.usecases import import_model

    if file.stat().st_size > MOST_BYTES:
        raise Sentence(N_("This file is larger than %(most)s MB."), most=MOST_BYTES // 1_000_000)
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise Sentence(N_("This file is no text in UTF-8.")) from error
    frame = read(text)
    with suppress(_OnlyALook), db.begin(acting(db, as_login)) as work:
        work.permit(KEEP_STANDARDS)
        done = import_model(work, frame)
        if dry_run:
            raise _OnlyALook()
    settle(db, settings)
    body = {"code": frame.code, "edition": frame.edition, **{name: getattr(done, name) for name in (
        "read", "created", "updated", "unchanged", "rejected")}}
    put(body, as_json=as_json, text=f"{frame.code} {frame.edition}: {done.read} read, {done.created} new, {done.updated} changed, "
        f"{done.unchanged} unchanged.")
    if done.rejected:
        raise PartFailed()
