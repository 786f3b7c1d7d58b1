"""`kmsvc training questions …`: banks of questions, in and out of files, and what may be done with one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import (
    PartFailed,
    Sentence,
    acting,
    as_option,
    json_option,
    progress,
    put,
    say,
    settle,
    with_database,
)
from kmsvc.cli.things import WHICH, add_verbs, id_of
from kmsvc.core.breaks import BrokenOff
from kmsvc.core.clock import local_date
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.questions import listing, verbs
from kmsvc.training.questions.kinds import Kind
from kmsvc.training.questions.listing import Filters, bank_named
from kmsvc.training.questions.models import QuestionRow
from kmsvc.training.questions.permissions import SEE_QUESTIONS
from kmsvc.training.questions.rules import State
from kmsvc.training.questions.schemas import card_json, line_json


@click.group("questions")
def questions() -> None:
    """Questions of exams and practice."""


@questions.command("list")
@click.option("--q", help="Number, outside number or words of the question.")
@click.option("--bank", metavar="NAME", help="One bank.")
@click.option("--kind", type=click.Choice([one.value for one in Kind]))
@click.option("--state", type=click.Choice([one.value for one in State]))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def list_command(db: Any, settings: Any, q: str | None, bank: str | None, kind: str | None, state: str | None, limit: int,
                 as_login: str | None, as_json: bool) -> None:
    """Questions without their keys, the newest first."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_QUESTIONS)
        filters = Filters(q=q, bank=bank_named(work.session, bank) if bank else None, kind=kind, state=state)
        found = listing.lines(work.session, work.actor, filters, limit=limit)
    put({"items": [line_json(one) for one in found]}, as_json=as_json, text="\n".join(
        f"{one.number} {one.state:9} {one.kind:12} {one.head}" for one in found))


def _put(work: Work, question_id: int, settings: Any, as_json: bool) -> None:
    line = listing.line(work.session, work.actor, question_id)
    said = listing.content(work.session, line.version_id)
    offers = verbs.offers_for(work.session, work.actor, line, local_date(work.now, settings.timezone))
    body = line_json(line) if said is None else card_json(
        line, said, listing.flags_of(work.session, work.actor, question_id), offers)
    put(body, as_json=as_json, text=f"{line.number} {line.state} {line.kind} {line.head}")


@questions.command("show")
@WHICH
@as_option
@json_option
@with_database
def show_command(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One question, with its key in the JSON document."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_QUESTIONS)
        _put(work, id_of(work, QuestionRow, which), settings, as_json)


def _act(work: Work, question_id: int, name: str, data: dict[str, Any], settings: Any) -> None:
    verbs.act(work, question_id, name, data, local_date(work.now, settings.timezone), None)


add_verbs(questions, QuestionRow, verbs.VERBS, _act, _put)


@questions.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--bank", required=True, metavar="NAME", help="The bank they go into; made when missing.")
@click.option("--column", "columns", multiple=True, metavar="C=stem", help="What a column of a sheet is: stem, key, option, options, "
              "kind, number, topic, difficulty, points, explanation, tolerance, unit, credit, rubric, tags, ignore. "
              "Sheet1!C=stem for one sheet. Repeatable.")
@click.option("--heading", default="", metavar="no|ROW", help="Where the headings of sheets stand; found by itself otherwise.")
@click.option("--draft", is_flag=True, help="They are drafts, to be looked at before they are asked.")
@click.option("--language", type=click.Choice(["zh_Hans_CN", "en"]), default="zh_Hans_CN", show_default=True)
@click.option("--dry-run", is_flag=True, help="Check and count, keep nothing.")
@as_option
@json_option
@with_database
def import_command(db: Any, settings: Any, files: tuple[Path, ...], bank: str, columns: tuple[str, ...], heading: str, draft: bool,
                   language: str, dry_run: bool, as_login: str | None, as_json: bool) -> None:
    """Bring questions in: xlsx, xls, csv, GIFT, Moodle XML, Aiken, QTI; again updates what changed and leaves the rest alone."""
    from kmsvc.files.pictures import picture_keeper
    from kmsvc.training.questions.formats.choosing import said
    from kmsvc.training.questions.importing import Into, read_files, take_in
    from kmsvc.training.questions.saying import in_english
    from kmsvc.training.questions.usecases import QUESTION

    for file in files:
        if not file.is_file():
            raise Sentence(N_("There is no file %(file)s."), file=str(file))
    into = Into(bank, language, draft, said(columns, heading) if columns or heading else None)
    broken: BrokenOff | None = None
    try:
        with progress("Read", None, quiet=as_json) as told:
            report = take_in(db, acting(db, as_login), read_files([(one, one.name) for one in files], into.columns), into,
                             keep_picture=picture_keeper(settings.files_dir, QUESTION), dry_run=dry_run, told=told)
    except BrokenOff as error:
        broken, report = error, error.report
        say(str(error))
    if not dry_run:
        settle(db, settings)
    body = broken.told(report.as_json(in_english)) if broken else report.as_json(in_english)
    for warning in report.warnings(in_english):
        say(warning)
    for one in body["rejected"]:
        place = ":".join(str(each) for each in (one["file"], one.get("sheet"), one["row"]) if each)
        say(f"{place}: {one['reason']}")
    put(body, as_json=as_json, text=f"read {body['read']}: created {body['created']}, updated {body['updated']}, unchanged "
                                    f"{body['unchanged']}, rejected {len(body['rejected'])}"
                                    + (" (dry run, nothing kept)" if dry_run else ""))
    if body["rejected"] or broken:
        raise PartFailed()


@questions.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--format", "form", type=click.Choice(["xlsx", "csv", "gift", "moodle", "qti21", "qti30", "json", "aiken"]),
              help="Left out, the ending of the file says it.")
@click.option("--bank", metavar="NAME", help="One bank; all without it.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the headings.")
@as_option
@json_option
@with_database
def export_command(db: Any, settings: Any, file: Path, form: str | None, bank: str | None, language: str, as_login: str | None,
                   as_json: bool) -> None:
    """Write questions with their keys to a new file; what the format cannot hold is said."""
    from kmsvc.training.questions.exporting import LEFT_OUT, for_ending, losses, taken_out, written
    from kmsvc.training.questions.formats.every import FORMATS
    from kmsvc.training.questions.saying import LOST

    if file.exists():
        raise Sentence(N_("The file %(file)s is there already; name a new one."), file=str(file))
    chosen = FORMATS[form] if form else for_ending(file.suffix)
    with db.look(acting(db, as_login)) as work:
        filters = Filters(bank=bank_named(work.session, bank)) if bank else Filters()
        items = taken_out(work, filters, chosen.name)
        lost = losses(items, chosen)
        data = written(work, items, chosen, settings.files_dir, language)
    file.write_bytes(data)
    for code, numbers in lost.items():
        say(f"{chosen.label} cannot hold {LOST.get(code, code)}: {', '.join(numbers[:10])}" + (" …" if len(numbers) > 10 else ""))
    left_out = {number for code in LEFT_OUT for number in lost.get(code, ())}
    kept = len(items) - len(left_out)
    put({"file": str(file), "format": chosen.name, "questions": kept, "left_out": len(left_out), "lost": lost}, as_json=as_json,
        text=f"{kept} of {len(items)} questions are in {file}." if left_out else f"{kept} questions are in {file}.")
