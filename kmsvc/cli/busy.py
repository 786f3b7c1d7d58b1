"""`kmsvc training busy …`: leave, shifts and peaks; listed, taken in from a file, taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.cli.tables import give_out, take_in
from kmsvc.cli.things import loaded
from kmsvc.core.clock import local_date
from kmsvc.core.i18n import local
from kmsvc.training.plans import busy as usecases
from kmsvc.training.plans.busy_queries import (
    EVERYTHING,
    busy_import_line,
    busy_import_lines,
    busy_line,
    busy_lines,
)
from kmsvc.training.plans.busy_reading import intervals
from kmsvc.training.plans.busy_rows import HEAD, sort_for
from kmsvc.training.plans.busy_schemas import KINDS, BusyInput, busy_json, file_json, values_of
from kmsvc.training.plans.permissions import MAKE_PLANS


@click.group()
def busy() -> None:
    """Leave, shifts and peaks, against which sessions and exams are judged."""


@busy.command("list")
@click.option("--q", help="Name, account or note.")
@click.option("--kind", type=click.Choice(KINDS))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write all of them to a new csv or xlsx file.")
@as_option
@json_option
@with_database
def list_busy(db: Any, settings: Any, q: str | None, kind: str | None, limit: int, out: Path | None, as_login: str | None,
              as_json: bool) -> None:
    """Times, entered last first."""
    with db.look(acting(db, as_login)) as work:
        work.permit(MAKE_PLANS)
        found, _ = busy_lines(work.session, work.actor, q=q, kind=kind, limit=EVERYTHING if out else limit)
    zone = settings.timezone
    rows = [(one.person, one.login, one.kind, local(one.starts_at, zone), local(one.ends_at, zone), one.note) for one in found]
    if out is not None:
        give_out(out, "busy", HEAD, rows)
        return
    put({"items": [busy_json(one) for one in found]}, as_json=as_json, text="\n".join(
        f"{one.id:5} {one.kind:5} {row[3]:%Y-%m-%d %H:%M} {row[4]:%Y-%m-%d %H:%M} {one.person} {one.note or ''}".rstrip()
        for one, row in zip(found, rows, strict=True)))


@busy.command("add")
@click.option("--kind", type=click.Choice(KINDS), required=True)
@click.option("--person", help="Account or name; none for a peak.")
@click.option("--on", required=True, help="The day, or the first one.")
@click.option("--until", help="The last day.")
@click.option("--hours", help="9:00-18:00; a whole day of leave without it.")
@click.option("--note")
@as_option
@json_option
@with_database
def add(db: Any, settings: Any, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Enter a time."""
    data = loaded(BusyInput(), given)
    with db.begin(acting(db, as_login)) as work:
        work.permit(MAKE_PLANS)
        person = usecases.person_of(work.session, data["kind"], "", (data["person"] or "").strip())
        made = usecases.enter(work, person, intervals(values_of(data), local_date(work.now, settings.timezone), settings.timezone))
        items = [busy_json(busy_line(work.session, work.actor, one.id)) for one in made]
    put({"items": items}, as_json=as_json, text="\n".join(f"{one['id']} {one['kind']} {one['person']}".rstrip() for one in items))


@busy.command("remove")
@click.argument("which", type=int)
@click.option("--reason", required=True)
@as_option
@with_database
def remove(db: Any, settings: Any, which: int, reason: str, as_login: str | None) -> None:
    """Delete one."""
    with db.begin(acting(db, as_login)) as work:
        line = busy_line(work.session, work.actor, which)
        usecases.remove(work, which, reason=reason)
    put({}, as_json=False, text=f"{line.kind} {line.person}".rstrip())


@busy.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@as_option
@json_option
@with_database
def bring_in(db: Any, settings: Any, file: Path, dry_run: bool, as_login: str | None, as_json: bool) -> None:
    """Times out of a csv or xlsx file as people keep it; every refused row is named with its reason."""
    actor = acting(db, as_login)
    with db.look(actor) as work:
        today = local_date(work.now, settings.timezone)
    take_in(db, actor, sort_for(lambda: str(settings.timezone)), file, dry_run=dry_run, as_json=as_json, today=today)


@busy.command("imports")
@as_option
@json_option
@with_database
def imports(db: Any, settings: Any, as_login: str | None, as_json: bool) -> None:
    """Files that were taken in, newest first."""
    with db.look(acting(db, as_login)) as work:
        work.permit(MAKE_PLANS)
        found, _ = busy_import_lines(work.session, work.actor, limit=200)
    put({"items": [file_json(one) for one in found]}, as_json=as_json, text="\n".join(
        f"{one.id:4} {one.made:4} new {one.changed:4} changed {'taken back' if one.undone_at else '':10} {one.file}" for one in found))


@busy.command("take-back")
@click.argument("which", type=int)
@click.option("--reason", required=True)
@as_option
@json_option
@with_database
def take_back(db: Any, settings: Any, which: int, reason: str, as_login: str | None, as_json: bool) -> None:
    """Take an import back as a whole; `bring-back` undoes it."""
    _settled(db, as_login, as_json, which, lambda work: usecases.take_back(work, which, reason=reason))


@busy.command("bring-back")
@click.argument("which", type=int)
@as_option
@json_option
@with_database
def bring_back(db: Any, settings: Any, which: int, as_login: str | None, as_json: bool) -> None:
    """Bring an import back that was taken back."""
    _settled(db, as_login, as_json, which, lambda work: usecases.bring_back(work, which))


def _settled(db: Any, as_login: str | None, as_json: bool, which: int, act: Any) -> None:
    with db.begin(acting(db, as_login)) as work:
        busy_import_line(work.session, work.actor, which)
        found = act(work)
    put({"done": found.done, "stayed": found.stayed}, as_json=as_json, text=f"{found.done} done, {found.stayed} stay as they are")
