"""`kmsvc knowledge articles export`: articles into a file that `import` reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import Sentence, acting, as_option, json_option, put, with_database
from kmsvc.core.clock import local_date
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.rules import ArticleState
from kmsvc.knowledge.exports.rules import ExportForm


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--reason", required=True, help="Why; it is kept with the file's digest.")
@click.option("--category", help="Only this category.")
@click.option("--state", type=click.Choice([one.value for one in ArticleState]), help="Published ones unless another is named.")
@click.option("--form", type=click.Choice([one.value for one in ExportForm]), help="By the ending of FILE unless named.")
@click.option("--secret", is_flag=True, help="With articles that hold secret text.")
@click.option("--force", is_flag=True, help="Write over FILE.")
@as_option
@json_option
@with_database
def export_command(db: Any, settings: Any, file: Path, reason: str, category: str | None, state: str | None, form: str | None,
                   secret: bool, force: bool, as_login: str | None, as_json: bool) -> None:
    """Write articles to FILE (.jsonl, .xlsx, .csv); `import` brings them in again."""
    from kmsvc.knowledge.exports.queries import line_of
    from kmsvc.knowledge.exports.rules import home_of
    from kmsvc.knowledge.exports.schemas import export_json
    from kmsvc.knowledge.exports.usecases import make_file, note_export

    wanted = form or file.suffix.lstrip(".").lower()
    if wanted not in {one.value for one in ExportForm}:
        raise Sentence(N_("Name FILE with the ending .jsonl, .xlsx or .csv, or say --form."))
    if file.exists() and not force:
        raise Sentence(N_("This file is there already; --force writes over it."))
    actor = acting(db, as_login)
    with db.look(actor) as work:
        made = make_file(work, form=wanted, home=home_of(settings.base_url), category=category, state=state,
                         today=local_date(work.now, settings.timezone), secret=secret)
    with db.begin(actor) as work:
        line = line_of(note_export(work, made, reason), work.actor.name)
    file.write_bytes(made.data)
    put({**export_json(line), "file": str(file)}, as_json=as_json,
        text=f"{line.articles} articles in {file}" + (f", {line.left_out} with secret text left out" if line.left_out else ""))
