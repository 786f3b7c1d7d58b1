"""`kmsvc knowledge …`: bring articles in, list them."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from kmsvc.cli.alignment import alignment
from kmsvc.cli.articles import add_to
from kmsvc.cli.bulletins import bulletins
from kmsvc.cli.citations import citations
from kmsvc.cli.contacts import contacts
from kmsvc.cli.feedback import feedback
from kmsvc.cli.figures import figures
from kmsvc.cli.flows import flows
from kmsvc.cli.gaps import gaps
from kmsvc.cli.glue import (
    PartFailed,
    acting,
    as_option,
    ctrl_c_waits,
    json_option,
    progress,
    put,
    say,
    settle,
    with_database,
)
from kmsvc.cli.health import health
from kmsvc.cli.learning import learning
from kmsvc.cli.lessons import lessons
from kmsvc.cli.licences import licences, proposals
from kmsvc.cli.relations import relations
from kmsvc.cli.reshapes import reshapes
from kmsvc.cli.reviews import reviews
from kmsvc.cli.scopes import scopes
from kmsvc.cli.shelf import shelf
from kmsvc.cli.templates import templates
from kmsvc.cli.vocabulary import vocabulary
from kmsvc.core.breaks import BrokenOff
from kmsvc.core.clock import local_date
from kmsvc.core.work import is_passing
from kmsvc.knowledge.articles.rules import ArticleState
from kmsvc.knowledge.exports.rules import home_of


@click.group()
def knowledge() -> None:
    """Articles."""


@knowledge.group()
def articles() -> None:
    """What agents read to customers."""


@articles.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--category", help="For rows that name none; made when missing.")
@click.option("--owner", help="Login of the owner, for rows that name none.")
@click.option("--publish", is_flag=True, help="Readers see them at once.")
@click.option("--add-scopes", is_flag=True, help="Add products, regions, channels and customer types that nobody knows.")
@click.option("--column", "columns", multiple=True, metavar="B=answer", help="What a column of a sheet is: title, question, answer, "
              "further text, category, keywords, …, ignored. Sheet1!B=answer for one sheet; Sheet1!*=ignored leaves it out. Repeatable.")
@click.option("--heading", metavar="yes|no|ROW", default="", help="Where the headings of sheets stand; found by itself otherwise.")
@click.option("--no-heading", is_flag=True, help="The first row is content: the same as --heading no.")
@click.option("--refused", "refused_to", type=click.Path(path_type=Path, dir_okay=False),
              help="Write the refused rows with their reasons to this csv or xlsx file, to be corrected and imported again.")
@click.option("--dry-run", is_flag=True, help="Check and count, keep nothing.")
@as_option
@json_option
@with_database
def import_command(db: Any, settings: Any, paths: tuple[Path, ...], category: str | None, owner: str | None, publish: bool,
                   add_scopes: bool, columns: tuple[str, ...], heading: str, no_heading: bool, refused_to: Path | None, dry_run: bool,
                   as_login: str | None, as_json: bool) -> None:
    """Bring articles in from files and folders; again updates what changed and leaves the rest alone."""
    from kmsvc.files.pictures import picture_keeper
    from kmsvc.knowledge.articles.import_columns import layout_said
    from kmsvc.knowledge.articles.import_rows import RowTold
    from kmsvc.knowledge.articles.imports import Defaults, Report, import_articles
    from kmsvc.notices.wording import catalogue

    texts = catalogue("en")
    if no_heading and heading:
        raise click.UsageError("--no-heading and --heading say the same thing twice; give one of them.")
    if refused_to is not None:
        _may_write(refused_to, paths)
    layout = layout_said(columns, "no" if no_heading else heading)
    refused: list[RowTold] = []
    report = Report()
    broken: BrokenOff | None = None
    try:
        with ctrl_c_waits() as stopping, progress("Read", None, quiet=as_json) as told:
            import_articles(db, acting(db, as_login), paths, Defaults(category, owner, publish, home_of(settings.base_url),
                                                                         add_scopes, layout),
                            dry_run=dry_run, rows=lambda told: refused.extend(one for one in told if one.outcome == "rejected"),
                            keep_picture=picture_keeper(settings.files_dir, "article"),
                            words=lambda source, params: texts.gettext(source) % dict(params) if params
                            else texts.gettext(source), progress=told, stopping=stopping, report=report)
        if report.stopped:
            _ended_early(db, settings, report, "Stopped.", dry_run)
        elif not dry_run:
            settle(db, settings)
    except KeyboardInterrupt:
        _ended_early(db, settings, report, "Stopped.", dry_run)
    except BrokenOff as error:
        broken = error
        _ended_early(db, settings, report, str(error), dry_run)
    except DBAPIError as error:
        if not is_passing(error):
            raise
        _ended_early(db, settings, report, "The database is busy or away.", dry_run)
    body = broken.told(report.as_json()) if broken else report.as_json()
    for line in report.warnings:
        say(line)
    for one in report.rejected:
        sheet = f" {one['sheet']}" if one.get("sheet") else ""
        say(f"{one['file']}{sheet}{':' + str(one['row']) if one['row'] is not None else ''}: {one['reason']}")
    put(body, as_json=as_json, text=f"read {report.read}: created {report.created}, updated {report.updated}, "
                                    f"unchanged {report.unchanged}, rejected {len(report.rejected)}"
                                    + (" (dry run, nothing kept)" if dry_run else ""))
    if refused_to is not None and refused:
        _write_refused(refused_to, refused, texts.gettext)
    if report.rejected or report.stopped:
        raise PartFailed()


def _may_write(refused_to: Path, paths: tuple[Path, ...]) -> None:
    """Say before anything is imported why the list of refused rows cannot be written there; it never replaces what is imported."""
    from kmsvc.knowledge.articles.import_reading import files_below

    if refused_to.suffix.lower() not in (".csv", ".xlsx"):
        raise click.UsageError("The list of refused rows is a .csv or .xlsx file.")
    target = refused_to.resolve()
    if any(path.resolve() == target for path, _ in files_below(paths)):
        raise click.UsageError(f"{refused_to} is one of the files to import; write the list of refused rows to another one.")
    if not target.parent.is_dir():
        raise click.UsageError(f"There is no folder {target.parent} for the list of refused rows.")
    if not os.access(target if target.exists() else target.parent, os.W_OK):
        raise click.UsageError(f"{refused_to} cannot be written; name another file for the list of refused rows.")


def _write_refused(refused_to: Path, refused: list[Any], texts: Any) -> None:
    """The list of refused rows; what it cannot hold is named."""
    from kmsvc.knowledge.articles.import_rows import too_long_for_a_cell, write_refused

    ending = refused_to.suffix.lower()
    long = too_long_for_a_cell(refused) if ending == ".xlsx" else []
    held = [one for one in refused if one not in long]
    try:
        refused_to.write_bytes(write_refused(held, ending, texts))
        say(f"{len(held)} refused rows are in {refused_to}; correct them there and import that file.")
    except OSError as error:
        say(f"The list of refused rows could not be written to {refused_to}: {error.strerror or error}.")
    for one in long:
        say(f"{one.file}{f' {one.sheet}' if one.sheet else ''}:{one.row} is too long for a cell of a workbook and not in the list; "
            "name a .csv file to get it, too.")


def _ended_early(db: Any, settings: Any, report: Any, why: str, dry_run: bool) -> None:
    """Say what an import that ended in the middle kept, and bring the index level with it where that goes."""
    report.stopped = True
    say(f"{why} What is counted below {'was only checked' if dry_run else 'is kept'}; run the command again for the rest.")
    try:
        if not dry_run:
            settle(db, settings)
    except DBAPIError as error:
        if not is_passing(error):
            raise
        say("What was kept is not in the index yet; the worker or the next command brings it in.")


@articles.command("list")
@click.option("--q", help="Words in number or title.")
@click.option("--state", type=click.Choice([one.value for one in ArticleState]), help="Only articles in this state.")
@click.option("--category", help="Only this category.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, state: str | None, category: str | None, limit: int,
            as_login: str | None, as_json: bool) -> None:
    """Articles, newest first."""
    from kmsvc.knowledge.articles.lists import article_lines

    actor = acting(db, as_login)
    with db.look(actor) as work:
        lines, _ = article_lines(work.session, actor, local_date(work.now, settings.timezone), q=q, state=state,
                                 category=category, limit=limit)
    put({"items": [asdict(line) for line in lines]}, as_json=as_json,
        text="\n".join(f"{line.number:9} {line.state:10} {line.category or '-':12} {line.title}" for line in lines))


add_to(articles)
knowledge.add_command(bulletins)
knowledge.add_command(flows)
knowledge.add_command(relations)
knowledge.add_command(citations)
knowledge.add_command(lessons)
knowledge.add_command(shelf)
knowledge.add_command(learning)
knowledge.add_command(vocabulary)
knowledge.add_command(scopes)
knowledge.add_command(feedback)
knowledge.add_command(contacts)
knowledge.add_command(figures)
knowledge.add_command(alignment)
knowledge.add_command(gaps)
knowledge.add_command(licences)
knowledge.add_command(reshapes)
knowledge.add_command(templates)
knowledge.add_command(proposals)
knowledge.add_command(reviews)
knowledge.add_command(health)
