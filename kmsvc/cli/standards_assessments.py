"""`kmsvc standards assessments …`: what marks say of levels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import Sentence, acting, as_option, json_option, put, say, with_database
from kmsvc.cli.standards_models import wanted
from kmsvc.core.texts import N_

MOST_BYTES = 2_000_000


@click.group()
def assessments() -> None:
    """Marks against a standard, and the level they give."""


@assessments.command("score")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--model", "code", required=True, metavar="CODE", help="cc-cmm-oc-2017, ccso-2022, or one the centre brought in.")
@click.option("--basis", metavar="NAME", help="What counts as an item: subitems or clauses.")
@as_option
@json_option
@with_database
def score_command(db: Any, settings: Any, file: Path, code: str, basis: str | None, as_login: str | None, as_json: bool) -> None:
    """Score a csv of marks (no,sub,c,f with 10, 5, 0; for dimensions: dimension,mark,weight)."""
    from kmsvc.standards.assessments.marking import score_dimensions, score_file, scored_json
    from kmsvc.standards.models.permissions import SEE_STANDARDS

    if file.stat().st_size > MOST_BYTES:
        raise Sentence(N_("This file is larger than %(most)s MB."), most=MOST_BYTES // 1_000_000)
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Sentence(N_("This file is no text in UTF-8.")) from error
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_STANDARDS)
        model = wanted(work, code)
        if model.frame["scoring"] == "dimensions":
            body = score_dimensions(model, text)
        else:
            scored = score_file(work.session, model, text, basis)
            body = scored_json(scored, scored.warnings)
    put(body, as_json=as_json, text="\n".join([
        f"{code} ({body['basis']}): {body['total']} of {body['max_total']} points, level {body['level'] or '-'}",
        *(f"  {one['level']}: {'passed' if one['passed'] else 'missed: ' + ', '.join(one['failed'])}" for one in body["checks"])]))
    if not as_json:
        for one in body["warnings"]:
            say(one)
